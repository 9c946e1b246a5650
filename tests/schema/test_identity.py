"""A person's name outside of payloads: always the same, and telling nothing."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from schema.identity import user_ref

PEPPER = SecretStr("only of this test")


@given(st.text())
def test_it_is_fit_for_workflow_ids_and_always_the_same(channel_id: str) -> None:
    assert re.fullmatch("[a-z2-7]{16}", user_ref(PEPPER, channel_id))
    assert user_ref(PEPPER, channel_id) == user_ref(PEPPER, channel_id)


@given(st.integers(min_value=1), st.integers(min_value=1))
def test_two_people_are_never_one(one: int, other: int) -> None:
    assert (user_ref(PEPPER, str(one)) == user_ref(PEPPER, str(other))) == (one == other)


@given(st.integers(min_value=1))
def test_without_the_pepper_it_cannot_be_computed(channel_id: int) -> None:
    assert user_ref(PEPPER, str(channel_id)) != user_ref(SecretStr("of somebody else"), str(channel_id))


def test_it_stays_what_it_was_when_people_first_came() -> None:
    assert user_ref(SecretStr("a pepper of a test"), "12345") == "xvvrekr6k3wahpl5"
