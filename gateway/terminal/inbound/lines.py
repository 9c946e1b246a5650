"""Decodes a pipe or file into lines of text, in a known encoding only; encodings are never guessed."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator

# UTF-32 first: its mark begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Unreadable(ValueError):
    """The bytes are not valid in their encoding. The message quotes none of them."""


def lines_of(source: io.BufferedReader, encoding: str | None = None) -> Iterator[str]:
    """Yields the lines without their LF, CRLF or CR.

    A file is read to its end before the first line is returned. A pipe may stay open, so it is read line by line.

    Args:
        encoding: The source's encoding; None for the one of its byte order mark, else UTF-8.

    Raises:
        Unreadable: At once for a file, in place of a line for a pipe.
    """
    lines = _decoded(source, encoding)
    return iter(list(lines)) if source.seekable() else lines


def _decoded(source: io.BufferedReader, encoding: str | None) -> Iterator[str]:
    # TextIOWrapper's universal newlines know these three and no others.
    text = io.TextIOWrapper(source, encoding or _marked(source), errors="strict", newline=None)
    try:
        for line in text:
            # UTF-16 and UTF-32 without a mark may decode as UTF-8, with NUL characters.
            if "\x00" in line:
                raise Unreadable
            yield line.removesuffix("\n")
    except UnicodeError:
        raise Unreadable from None


def _marked(source: io.BufferedReader) -> str:
    """Returns the encoding of the byte order mark, else UTF-8."""
    begins = source.peek(4)
    return next((encoding for mark, encoding in _MARKS.items() if begins.startswith(mark)), "utf-8-sig")
