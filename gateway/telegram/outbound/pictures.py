"""Draws pictures for phones from Typst templates: the same input gives the same bytes, on every machine."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import as_file, files
from typing import Literal

import typst

from schema.base_model import Model

WIDTH = 1080
"""Pixels of a picture; Telegram keeps photos up to 1280 and shows them about 380 points wide."""
DESCRIPTION_LIMIT = 1000
"""Characters of a picture's description; Telegram takes captions of up to 1024."""
Form = Literal["png", "svg"]

_PAGE_POINTS = 380
# The font has Latin and Cyrillic; it would draw boxes for anything else (emoji, other scripts, controls).
_UNSETTABLE = re.compile(r"[^ -~¡-¬®-ňŊ-ƿЀ-ѹҊ-ҝҠ-ӿ‐-‧‰-⁐€₽№]+")


def draw(template: str, words: Model, form: Form) -> bytes:
    """Draws a template of this folder, `WIDTH` pixels wide and as high as needed.

    Takes about 0.1 s of CPU and releases the interpreter lock: call it from a thread.
    """
    sources, fonts = _templates()
    # Typst takes several files by name, which its stub does not say.
    picture: object = typst.compile(  # type: ignore[call-overload]
        {"main.typ": sources[f"{template}.typ"], "look.typ": sources["look.typ"]},
        format=form,
        ppi=72 * WIDTH / _PAGE_POINTS,
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"words": words.model_dump_json()},
    )
    assert isinstance(picture, bytes)  # several pages would be a list
    return picture


def settable(words: str) -> str:
    """Leaves out what the pictures' font can't draw."""
    return " ".join(_UNSETTABLE.sub(" ", unicodedata.normalize("NFC", words)).split())


def clipped(words: str, length: int) -> str:
    """Shortens words to at most `length` characters."""
    return words if len(words) <= length else f"{words[: length - 1].rstrip()}…"


@cache
def _templates() -> tuple[dict[str, bytes], typst.Fonts]:
    with as_file(files("fontpkg_inter") / "files") as folder:
        # Only this font, so that a picture looks the same on every machine.
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    sources = [file for file in files(__package__).iterdir() if file.name.endswith(".typ")]
    return {file.name: file.read_bytes() for file in sources}, fonts
