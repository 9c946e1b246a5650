"""A text too long for one message comes in pieces, which say together what it says."""

from __future__ import annotations

import re

from aiogram.utils.formatting import Bold, Italic, Text
from hypothesis import given
from hypothesis import strategies as st

from gateway.telegram.outbound.splitting import MESSAGE_LIMIT, split
from tests.telegram.bot_api.formatting import Formatted, parse_html, utf16

bodies = st.recursive(
    st.text(alphabet=st.sampled_from("aя👩‍ \n<&>\"'/b;"), max_size=60),
    lambda inner: st.builds(
        lambda kind, parts: kind(*parts), st.sampled_from([Text, Bold, Italic]), st.lists(inner, max_size=4)
    ),
    max_leaves=12,
).map(lambda body: body if isinstance(body, Text) else Text(body))


def styles(formatted: Formatted) -> list[tuple[str, frozenset[str]]]:
    """Every character that can be seen, with how it looks."""
    looks: list[tuple[str, frozenset[str]]] = []
    offset = 0
    for character in formatted.text:
        if not character.isspace():
            on = {e["type"] for e in formatted.entities if e["offset"] <= offset < e["offset"] + e["length"]}
            looks.append((character, frozenset(on)))
        offset += utf16(character)
    return looks


@given(body=bodies, first=st.integers(2, 40), limit=st.integers(2, 40))
def test_pieces_are_whole_and_say_together_what_the_text_says(body: Text, first: int, limit: int) -> None:
    pieces = [parse_html(piece) for piece in split(body, first=first, limit=limit)]
    assert [look for piece in pieces for look in styles(piece)] == styles(parse_html(body_html(body)))
    for number, piece in enumerate(pieces):
        assert 0 < utf16(piece.text) <= (limit if number else first)
        assert piece.text == piece.text.strip()


def body_html(body: Text) -> str:
    """The same text by a way of its own: every node wrapped in its tag."""
    tag = {None: "", "bold": "b", "italic": "i"}[body.type]
    inner = "".join(body_html(node) if isinstance(node, Text) else escaped(node) for node in body)
    return f"<{tag}>{inner}</{tag}>" if tag else inner


def escaped(text: str) -> str:
    return re.sub("[<>&]", lambda found: {"<": "&lt;", ">": "&gt;", "&": "&amp;"}[found[0]], text)


def test_a_text_is_broken_between_paragraphs_rather_than_within() -> None:
    assert split(Text("one two\n\nthree four\nfive"), first=20) == ["one two", "three four\nfive"]
    assert split(Text("one two\nthree four"), first=12) == ["one two", "three four"]
    assert split(Text("one two three"), first=9) == ["one two", "three"]
    assert split(Text("👩👩👩"), first=3) == ["👩", "👩👩"]


def test_a_text_that_fits_exactly_is_one_piece() -> None:
    assert len(split(Text("👩" * (MESSAGE_LIMIT // 2)))) == 1
    assert len(split(Text("👩" * (MESSAGE_LIMIT // 2), "a"))) == 2
