"""Trains the second net on `schema/safety/training.*.yaml` and writes it: `make second-net`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

import schema.safety
from activities.ai.sentence_encoder import SentenceEncoder
from activities.safety.second_net import FILE, Classifier, parts_of
from schema.safety.training_lines import TrainingKind, training_lines
from schema.vocabulary import Locale

SOFT, SURE = 0.8, 0.95
"""Chosen on lists of development; see docs/safety.md."""


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
    classes = [kind for kind in TrainingKind if kind in kinds]
    model = LogisticRegression(C=30, max_iter=3000, class_weight="balanced")
    model.fit(encoder.encode(texts), [classes.index(kind) for kind in kinds])
    return Classifier(
        encoder=str(encoder.name()),
        kinds=classes,
        coefficients=model.coef_.astype(np.float32),
        intercepts=model.intercept_.astype(np.float32),
        soft=SOFT,
        sure=SURE,
    )


def main() -> None:
    """Writes the trained classifier into the package."""
    net = train(SentenceEncoder())
    np.savez_compressed(
        Path(schema.safety.__file__).with_name(FILE),
        encoder=net.encoder,
        kinds=np.array([kind.value for kind in net.kinds]),
        coefficients=net.coefficients,
        intercepts=net.intercepts,
        soft=net.soft,
        sure=net.sure,
    )


if __name__ == "__main__":
    main()
