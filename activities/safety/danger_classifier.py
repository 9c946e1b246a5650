"""The classifier of danger: a support vector machine over the vectors of sentences.

It weighs a sentence by how near it is to the lines of `schema/safety/training.*.yaml` that it learned from, dangerous
or safe. Of which kind a danger is, a logistic regression tells. `make second-net` trains both and writes
`schema/safety/second_net.npz`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Self

import numpy as np
from numpy.typing import NDArray

from activities.ai.sentence_encoder import Vectors
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
    kinds: NDArray[np.str_]
    """The kinds of danger."""
    kind_weights: NDArray[np.float32]
    """What each axis says for a kind, one kind a row."""
    kind_intercepts: NDArray[np.float32]
    soft: float
    """From this score on, a text gets a soft sentence."""
    sure: float
    """From here on, it gets crisis support."""

    @classmethod
    def shipped(cls) -> Self:
        """The classifier that this code comes with."""
        with resources.as_file(resources.files("schema.safety") / FILE) as path, np.load(path) as data:
            return cls(**{name: data[name] if data[name].ndim else data[name].item() for name in data.files})

    def scores(self, vectors: Vectors) -> NDArray[np.float32]:
        """How dangerous each vector is: 0 is between safe and dangerous."""
        places = self._on_axes(vectors)
        learned = self.learned.astype(np.float32) * np.float32(self.step)
        distances = (places**2).sum(1)[:, None] + (learned**2).sum(1) - 2 * places @ learned.T
        return np.asarray(np.exp(-np.float32(self.gamma) * distances) @ self.weights + np.float32(self.intercept))

    def kind_of(self, vector: Vectors) -> TrainingKind:
        """The likeliest kind of danger."""
        likely = self.kind_weights @ self._on_axes(vector) + self.kind_intercepts
        return TrainingKind(str(self.kinds[int(likely.argmax())]))

    def danger_in(self, vectors: Vectors) -> Danger | None:
        """The danger in the parts of one text: that of the most dangerous part."""
        scores = self.scores(vectors)
        part = int(scores.argmax())
        if scores[part] < self.soft:
            return None
        level = DangerLevel.SURE if scores[part] >= self.sure else DangerLevel.SOFT
        danger = self.kind_of(vectors[part]).danger
        return danger.model_copy(update={"level": level}) if danger else None

    def _on_axes(self, vectors: Vectors) -> Vectors:
        return np.asarray((vectors - self.mean) @ self.axes.T, dtype=np.float32)
