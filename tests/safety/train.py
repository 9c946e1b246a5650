"""Trains the second net on `schema/safety/training.*.yaml` and writes it: `make second-net`."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

import schema.safety
from activities.ai.sentence_encoder import SentenceEncoder, Vectors
from activities.safety.danger_classifier import FILE, DangerClassifier
from activities.safety.second_net import parts_of
from schema.safety.training_lines import TrainingKind, training_lines
from schema.vocabulary import Locale

SOFT, SURE = 0.15, 0.4
"""Chosen by `tests.safety.cross_validate`; see docs/safety.md."""

_AXES, _C, _GAMMA = 192, 3.0, 2.0


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


def train(encoder: SentenceEncoder, lines: Sequence[Line]) -> DangerClassifier:
    """What the lines teach: the same on every machine, but for the last digits."""
    texts, kinds = zip(*((text, line.kind) for line in lines for text in line.taught), strict=True)
    return fit(encoder.encode(texts), kinds, name=str(encoder.name()), lines=digest(lines))


def fit(vectors: Vectors, kinds: Sequence[TrainingKind], *, name: str = "", lines: str = "") -> DangerClassifier:
    """What vectors of these kinds teach."""
    axes = PCA(_AXES, svd_solver="full").fit(vectors)
    places = axes.transform(vectors)
    step = float(np.abs(places).max()) / 127
    places = np.rint(places / step).astype(np.int8)
    machine = SVC(C=_C, gamma=_GAMMA, class_weight="balanced")
    machine.fit(places * step, [kind.danger is not None for kind in kinds])
    of_danger = [index for index, kind in enumerate(kinds) if kind.danger]
    teller = LogisticRegression(C=10, max_iter=1000, class_weight="balanced")
    teller.fit(places[of_danger] * step, [kinds[index].value for index in of_danger])
    return DangerClassifier(
        encoder=name,
        lines=lines,
        mean=axes.mean_.astype(np.float32),
        axes=axes.components_.astype(np.float32),
        step=step,
        learned=places[machine.support_],
        weights=machine.dual_coef_[0].astype(np.float32),
        intercept=float(machine.intercept_[0]),
        gamma=_GAMMA,
        kinds=teller.classes_,
        kind_weights=teller.coef_.astype(np.float32),
        kind_intercepts=teller.intercept_.astype(np.float32),
        soft=SOFT,
        sure=SURE,
    )


def main() -> None:
    """Writes the trained classifier into the package."""
    trained = train(SentenceEncoder(), all_lines())
    np.savez_compressed(Path(schema.safety.__file__).with_name(FILE), **dataclasses.asdict(trained))


if __name__ == "__main__":
    main()
