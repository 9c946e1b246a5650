"""Trains the second net on `schema/safety/training.*.yaml` and writes it: `make second-net`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

import schema.safety
from activities.ai.sentence_encoder import SentenceEncoder
from activities.safety.second_net import FILE, Classifier, parts_of
from schema.safety.training_lines import TrainingKind, training_lines
from schema.vocabulary import Locale

SOFT, SURE = 0.2, 0.4
"""Chosen on lines that training left out; see docs/safety.md."""
GAMMA, C = 1.0, 3.0


def examples() -> list[tuple[str, TrainingKind]]:
    """The parts of all lines, as a text is weighed, with the kind of each."""
    return [
        (part, kind)
        for locale in Locale
        for kind, lines in training_lines(locale).items()
        for line in lines
        # The danger of a line may stand in one of its parts only.
        for part in ([line] if kind.danger else parts_of(line))
    ]


def train(encoder: SentenceEncoder) -> Classifier:
    """The classifier of today's lines: the same on every machine, but for the last digits."""
    texts, kinds = zip(*examples(), strict=True)
    vectors = encoder.encode(texts)
    dangerous = np.array([kind.danger is not None for kind in kinds])
    net = SVC(C=C, gamma=GAMMA, class_weight="balanced").fit(vectors, dangerous)
    step = float(np.abs(net.support_vectors_).max() / 127)
    dangers = [kind for kind in TrainingKind if kind.danger and kind in kinds]
    of_danger = LogisticRegression(C=10, max_iter=3000, class_weight="balanced")
    of_danger.fit(vectors[dangerous], [dangers.index(kind) for kind in kinds if kind.danger])
    return Classifier(
        encoder=str(encoder.name()),
        support=np.rint(net.support_vectors_ / step).astype(np.int8),
        step=step,
        weights=net.dual_coef_[0].astype(np.float32),
        bias=float(net.intercept_[0]),
        gamma=GAMMA,
        kinds=dangers,
        coefficients=of_danger.coef_.astype(np.float32),
        intercepts=of_danger.intercept_.astype(np.float32),
        soft=SOFT,
        sure=SURE,
    )


def main() -> None:
    """Writes the trained classifier into the package."""
    net = train(SentenceEncoder())
    kept = {name: value for name, value in vars(net).items() if name != "kinds"}
    path = Path(schema.safety.__file__).with_name(FILE)
    np.savez_compressed(path, kinds=np.array([kind.value for kind in net.kinds]), **kept)


if __name__ == "__main__":
    main()
