"""The page of messages is that of the code."""

from __future__ import annotations

from tests.messages import PAGE, page


def test_the_page_of_messages_is_as_the_code_is() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.messages"
