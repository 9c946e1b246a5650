"""A text that is still being written, cut into whole sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.ai.sentences import whole_sentences


@pytest.mark.parametrize(
    ("text", "sentences", "rest"),
    [
        ("You said it twice. Then wh", ["You said it twice. "], "Then wh"),
        ("You said it twice.", [], "You said it twice."),
        ("You said it twice. ", [], "You said it twice. "),
        ("Really?! Yes… And so", ["Really?! ", "Yes… "], "And so"),
        ("You waited... and waited. Why?", ["You waited... and waited. "], "Why?"),
        ("“Enough.” That was you.", ["“Enough.” "], "That was you."),
        ("Some do it early, e.g. Anna. And you?", ["Some do it early, e.g. Anna. "], "And you?"),
        ("Dr. Brown called at 3.5. You went.", ["Dr. Brown called at 3.5. "], "You went."),
        ("So do I. And now?", ["So do I. "], "And now?"),
        ("Вы молчали, т. е. ждали. И что потом", ["Вы молчали, т. е. ждали. "], "И что потом"),
        ("И т. д. А дальше", [], "И т. д. А дальше"),
        ("«Хватит!» Это ваши слова.", ["«Хватит!» "], "Это ваши слова."),
        ("Это про А. С. Пушкина. А вы?", ["Это про А. С. Пушкина. "], "А вы?"),
        ("Это был не я. А кто?", ["Это был не я. "], "А кто?"),
        ("1. Call her. 2. Rest.", ["1. Call her. "], "2. Rest."),
        ("No stop here\n\nAnd on", ["No stop here\n\n"], "And on"),
    ],
)
def test_sentences(text: str, sentences: list[str], rest: str) -> None:
    assert whole_sentences(text) == (sentences, rest)


texts = st.text() | st.lists(
    st.sampled_from(
        ["Да", "я", "т.", "е.", "I", "e.g.", "Dr.", "so", "И", "3", ".", "!", "?", "…", "»", "\n", " ", "”"]
    )
).map("".join)


@given(texts)
def test_nothing_is_lost_and_every_sentence_says_something(text: str) -> None:
    sentences, rest = whole_sentences(text)
    assert "".join([*sentences, rest]) == text
    assert all(sentence.strip() for sentence in sentences)


@given(texts, texts)
def test_what_comes_later_changes_no_whole_sentence(text: str, more: str) -> None:
    before, _ = whole_sentences(text)
    assert whole_sentences(text + more)[0][: len(before)] == before


@given(st.lists(texts))
def test_a_stream_is_cut_like_the_whole(pieces: list[str]) -> None:
    said, rest = list[str](), ""
    for piece in pieces:
        more, rest = whole_sentences(rest + piece)
        said += more
    assert (said, rest) == whole_sentences("".join(pieces))
