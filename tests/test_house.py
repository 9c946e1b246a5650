"""The picture of the house is that of the house."""

from __future__ import annotations

from tests.house import PAGE, page


def test_the_picture_of_the_house_is_as_the_imports_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.house"
