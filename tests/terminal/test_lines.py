"""What is read of a file or pipe, whatever program has written it, and what is refused."""

from __future__ import annotations

import codecs
import io

import pytest

from gateway.terminal.inbound.lines import Unreadable, lines_of
from tests.terminal.conftest import Pipe

ANSWERS = ["1", "Люблю море, ёжиков и «тишину» 🌊.", "", "I love the café.", "/stop"]


def read(content: bytes) -> list[str]:
    return list(lines_of(io.BufferedReader(io.BytesIO(content))))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_what_can_be_told_is_read(mark: bytes, encoding: str, end: str) -> None:
    assert read(mark + end.join(ANSWERS).encode(encoding)) == ANSWERS
    assert read(mark + "".join(f"{line}{end}" for line in ANSWERS).encode(encoding)) == ANSWERS


def test_nothing_else_ends_a_line() -> None:
    line = "one\u2028two\x85three\x0bfour\x0cfive\ufeffsix"
    assert read(f"{line}\nnext".encode()) == [line, "next"]


def test_an_empty_file_has_no_lines() -> None:
    assert read(b"") == read(codecs.BOM_UTF8) == read(codecs.BOM_UTF16_LE) == []


@pytest.mark.parametrize(
    "content",
    [
        *("1\nЛюблю море и тишину.\n".encode(encoding) for encoding in ("cp1251", "cp866", "koi8-r", "mac-cyrillic")),
        "1\nI love the café.\n".encode("latin-1"),
        *("1\nЛюблю море.\n".encode(encoding) for encoding in ("utf-16-le", "utf-16-be", "utf-32-le")),
        "1\nI love the sea.\n".encode("utf-16-le"),
        codecs.BOM_UTF16_LE + "1\nморе".encode("utf-16-le")[:-1],
        "1\nморе".encode()[:-1],
        b"1\n" * 100_000 + "море".encode("cp1251"),
        b"1\nhello\x00there\n",
    ],
)
def test_of_anything_else_not_one_line_is_given(content: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        lines_of(io.BufferedReader(io.BytesIO(content)))
    assert str(refused.value) == ""


def test_a_pipe_gives_each_line_as_it_comes_and_is_refused_where_it_is_no_text(
    pipe: Pipe,
) -> None:
    source, into = pipe
    lines = lines_of(source)
    for line in ANSWERS:
        into.write(f"{line}\r\n".encode())
        into.flush()
        assert next(lines) == line
    into.write("море\n".encode("cp1251"))
    into.flush()
    with pytest.raises(Unreadable):
        next(lines)


def test_what_is_typed_is_in_the_encoding_of_the_terminal(
    pipe: Pipe,
) -> None:
    source, into = pipe
    into.write("море\n".encode("cp866"))
    into.close()
    assert list(lines_of(source, "cp866")) == ["море"]
