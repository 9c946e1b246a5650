"""What of an answer has a vector, and what of it a search shows."""

from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from activities.profile.said import MOST_PARTS, QUOTED, READ, quote, read_as


@given(st.lists(st.text("abc \n.", max_size=400), max_size=9).map(". ".join), st.data())
def test_a_quote_is_of_a_bounded_length_and_has_the_part_in_it(text: str, data: st.DataObject) -> None:
    plain = " ".join(text.split())
    part = data.draw(st.sampled_from(list(read_as(uuid.UUID(int=7), text).values())))
    shown = quote(text, part)
    assert len(shown) <= QUOTED
    assert shown.removeprefix("… ").removesuffix(" …") in plain
    if len(plain) <= QUOTED:
        assert shown == plain
    elif len(part) <= QUOTED - 5 and part in plain:
        assert part in shown


@given(st.text("ab.\n ", max_size=9000))
def test_what_is_embedded_of_an_answer_is_bounded_and_its_own(text: str) -> None:
    answer = uuid.UUID(int=7)
    whole, *parts = read_as(answer, text).values()
    assert len(whole) <= READ
    assert len(parts) == 0 or 2 <= len(parts) <= MOST_PARTS
    assert whole not in parts
    assert len(set(parts)) == len(parts)
    assert read_as(answer, text) == read_as(answer, text)
    assert not set(read_as(uuid.UUID(int=8), text)) & set(read_as(answer, text))
