"""The meaning of memories as vectors, where the worker holds the sentence encoder.

A person has some hundred memories at most, so they are compared one by one, and their vectors stand encrypted beside
them: what is forgotten has none left anywhere.
"""

from __future__ import annotations

import base64
from array import array
from collections.abc import Sequence
from operator import mul
from typing import Protocol, runtime_checkable

Vector = Sequence[float]


@runtime_checkable
class Meanings(Protocol):
    """Encodes texts, beside the event loop."""

    async def vectors_of(self, texts: Sequence[str]) -> list[Vector]:
        """The vectors of texts, each of length 1."""
        ...


def packed(vector: Vector) -> str:
    """A vector as text."""
    return base64.b64encode(array("f", vector).tobytes()).decode()


def unpacked(text: str) -> Vector:
    """The vector in a text."""
    found = array("f")
    found.frombytes(base64.b64decode(text))
    return found


def cosine(one: Vector, other: Vector) -> float:
    """How near two meanings are, -1 to 1; 0 for vectors of two encoders."""
    return sum(map(mul, one, other)) if len(one) == len(other) else 0.0
