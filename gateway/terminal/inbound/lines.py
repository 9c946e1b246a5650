"""The bytes of a pipe or file as lines of text. What can be told with certainty is read; nothing is guessed."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator

# Longer marks first: that of UTF-32 begins like that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Unreadable(ValueError):
    """Bytes that are not in the encoding that they should be in. Quotes none of them."""


def lines_of(source: io.BufferedReader, encoding: str | None = None) -> Iterator[str]:
    """The lines without their ends, be these LF, CRLF or CR.

    A file ends, so all of it is read before any line is given; a pipe may stay open and is read as it comes.

    Args:
        encoding: what the source is known to be in; None for UTF-8, or what a byte order mark says.

    Raises:
        Unreadable: at once for a file, in place of a line for a pipe.
    """
    lines = _decoded(source, encoding)
    return iter(list(lines)) if source.seekable() else lines


def _decoded(source: io.BufferedReader, encoding: str | None) -> Iterator[str]:
    # The text's own treatment of line ends knows these three and no others.
    text = io.TextIOWrapper(source, encoding or _marked(source), errors="strict", newline=None)
    try:
        for line in text:
            # Letters of two or four bytes may pass for UTF-8, but for the zeros between them.
            if "\x00" in line:
                raise Unreadable
            yield line.removesuffix("\n")
    except UnicodeError:
        raise Unreadable from None


def _marked(source: io.BufferedReader) -> str:
    """The encoding that a byte order mark names, else UTF-8 with or without its mark."""
    begins = source.peek(4)
    return next((encoding for mark, encoding in _MARKS.items() if begins.startswith(mark)), "utf-8-sig")
