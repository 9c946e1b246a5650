"""What a person under eighteen is told, and whom they can reach."""

from __future__ import annotations

import pytest

from gateway.presentation.minor import minor_paragraphs
from gateway.presentation.texts.texts import Texts
from schema.vocabulary import Locale


@pytest.mark.parametrize(("locale", "line"), [(Locale.RU, "8 800 200-01-22"), (Locale.EN, "0800 1111")])
def test_who_is_under_eighteen_is_told_why_what_is_erased_and_whom_to_call(locale: Locale, line: str) -> None:
    words, contacts = minor_paragraphs(Texts(locale))
    assert Texts(locale).say("minor-goodbye") == words
    assert [each for each in contacts.splitlines() if each.startswith(line)]
    # The emergency number comes before all others.
    assert "112" in contacts.splitlines()[1] or "911" in contacts.splitlines()[1]
