"""All texts that people read, as Fluent files: one folder per language (`ru/`, `en/`).

All channels share them.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from fluent.runtime import FluentBundle, FluentResource

from schema.vocabulary import Locale


class TextMissing(LookupError):
    """A text, or a value that it needs, is missing: a bug. The message names the text, never a value."""


class Texts:
    """The texts of one language."""

    def __init__(self, locale: Locale) -> None:
        self.locale = locale
        self._bundle = _bundle(locale)

    def say(self, key: str, **values: str | float) -> str:
        """Returns the text `key` with its values filled in. Raises `TextMissing`."""
        message = self._bundle.get_message(key) if self._bundle.has_message(key) else None
        if message is None or message.value is None:
            raise TextMissing(f"{self.locale}/ has no text {key!r}")
        text, errors = self._bundle.format_pattern(message.value, values)
        if errors:
            raise TextMissing(f"{self.locale}/: {key!r} lacks {', '.join(str(error) for error in errors)}")
        return str(text)


def key_of(value: str) -> str:
    """Spells a value of the vocabulary as in text keys."""
    return value.lower().replace("_", "-")


@cache
def _bundle(locale: Locale) -> FluentBundle:
    # Both languages run from left to right, so values need no Unicode isolation marks.
    bundle = FluentBundle([locale.value], use_isolating=False)
    bundle.add_resource(FluentResource(source(locale)))
    return bundle


def source(locale: Locale) -> str:
    """Returns all Fluent files of a language, joined."""
    folder = files(__package__) / locale.value
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.iterdir(), key=lambda file: file.name))
