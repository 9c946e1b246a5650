"""The classifier of danger: two support vector machines, one over the vectors of sentences, one over their letters.

The first weighs a sentence by how near its meaning is to the lines of `schema/safety/training.*.yaml` that it learned
from, dangerous or safe; the second by the letters that speak for danger or against it. Their scores are added. Of which
kind a danger is, a logistic regression over the vectors tells. `make second-net` trains all and writes
`schema/safety/second_net.npz`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Self

import numpy as np
from numpy.typing import NDArray

from activities.ai.sentence_encoder import Vectors
from activities.safety.letters import buckets_of
from schema.danger import Danger, DangerLevel
from schema.safety.training_lines import TrainingKind

FILE = "second_net.npz"


@dataclass(frozen=True)
class DangerClassifier:
    """What was learned."""

    encoder: str
    """The encoder whose vectors it takes."""
    lines: str
    """The digest of the lines that it learned from."""
    mean: NDArray[np.float32]
    axes: NDArray[np.float32]
    """The principal axes of the lines, one a row: what else is in a vector says little of danger."""
    step: float
    """How far apart two neighbouring whole numbers of `learned` are on an axis."""
    learned: NDArray[np.int8]
    """The lines that matter, one a row, on the axes."""
    weights: NDArray[np.float32]
    """How much each of them says for danger, or against it."""
    intercept: float
    gamma: float
    """How fast a line loses its say with distance."""
    rarity: NDArray[np.float16]
    """How rare each bucket of letters is (the inverse document frequency)."""
    letter_weights: NDArray[np.float16]
    """How much each bucket says for danger, or against it."""
    letter_intercept: float
    letter_share: float
    """How much the letters' score counts beside that of the meaning."""
    harmless: float
    """Below this score of its letters, the meaning of a part need not be asked for."""
    kinds: NDArray[np.str_]
    """The kinds of danger."""
    kind_weights: NDArray[np.float32]
    """What each axis says for a kind, one kind a row."""
    kind_intercepts: NDArray[np.float32]
    calm: float
    """Below this score, what only the rules hear is not sure."""
    soft: float
    """From this score on, a text gets a soft sentence."""
    sure: float
    """From here on, it gets crisis support."""

    @classmethod
    def shipped(cls) -> Self:
        """The classifier that this code comes with."""
        with resources.as_file(resources.files("schema.safety") / FILE) as path, np.load(path) as data:
            return cls(**{name: data[name] if data[name].ndim else data[name].item() for name in data.files})

    def scores(self, letters: NDArray[np.float32], vectors: Vectors) -> NDArray[np.float32]:
        """How dangerous each part of a text is, given its score `of_letters` and its vector.

        0 is between safe and dangerous.
        """
        return np.asarray(self.of_meaning(vectors) + self.letter_share * letters, dtype=np.float32)

    def of_meaning(self, vectors: Vectors) -> NDArray[np.float32]:
        """The score of each vector."""
        # exp(-gamma |p - l|²) in three factors, of which the lines' own is in their say: half the work of distances.
        places = self._on_axes(vectors)
        say = np.exp(places @ self._lines) @ self._say
        return np.asarray(np.exp(-np.float32(self.gamma) * (places**2).sum(1)) * say + np.float32(self.intercept))

    @cached_property
    def _lines(self) -> Vectors:
        """The lines that matter, one a column, which BLAS multiplies twice as fast; times twice gamma."""
        return np.ascontiguousarray(self.learned.T * np.float32(2 * self.gamma * self.step))

    @cached_property
    def _say(self) -> Vectors:
        """How much each line says to a part in the middle of all."""
        lengths = (self._lines**2).sum(0) / np.float32(4 * self.gamma)
        return np.asarray(np.exp(-lengths) * self.weights)

    def of_letters(self, parts: Sequence[str]) -> NDArray[np.float32]:
        """The score of the letters of each part."""
        return np.array([self._of_letters(part) for part in parts], dtype=np.float32)

    def _of_letters(self, part: str) -> float:
        found = buckets_of(part)
        buckets = np.fromiter(found.keys(), np.intp)
        present = np.fromiter(found.values(), np.float32) * self.rarity[buckets]
        length = float(np.linalg.norm(present)) or 1.0
        return float(present @ self.letter_weights[buckets]) / length + self.letter_intercept

    def kind_of(self, vector: Vectors) -> TrainingKind:
        """The likeliest kind of danger."""
        likely = self.kind_weights @ self._on_axes(vector) + self.kind_intercepts
        return TrainingKind(str(self.kinds[int(likely.argmax())]))

    def danger_in(self, letters: NDArray[np.float32], vectors: Vectors) -> tuple[Danger | None, bool]:
        """The danger in the parts of one text, that of the most dangerous part; and whether all of it is calm."""
        scores = self.scores(letters, vectors)
        part = int(scores.argmax())
        if scores[part] < self.soft:
            return None, bool(scores[part] < self.calm)
        level = DangerLevel.SURE if scores[part] >= self.sure else DangerLevel.SOFT
        danger = self.kind_of(vectors[part]).danger
        return danger and danger.model_copy(update={"level": level}), False

    def _on_axes(self, vectors: Vectors) -> Vectors:
        return np.asarray((vectors - self.mean) @ self.axes.T, dtype=np.float32)
