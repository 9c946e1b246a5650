"""The lines of `schema/safety/training.*.yaml`, as the second net learns from them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from schema.safety.training_lines import TrainingKind, training_lines
from schema.vocabulary import Locale
from workflows.safety.rules.sentences import parts_of


class Line(NamedTuple):
    """A line to learn from."""

    text: str
    kind: TrainingKind

    @property
    def taught(self) -> list[str]:
        """What is learned from it: all of a danger, which may stand in one part only, and each part of a safe line."""
        return [self.text] if self.kind.danger else parts_of(self.text)


def all_lines() -> list[Line]:
    """The lines of both languages."""
    return [Line(text, kind) for locale in Locale for kind, texts in training_lines(locale).items() for text in texts]


def digest(lines: Sequence[Line]) -> str:
    """The same as long as the lines are."""
    return hashlib.sha256("\n".join(f"{line.kind} {line.text}" for line in lines).encode()).hexdigest()
