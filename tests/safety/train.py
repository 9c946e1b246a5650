"""Trains the second net on `schema/safety/training.*.yaml` and writes it: `make second-net`."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize
from sklearn.svm import SVC, LinearSVC

import schema.safety
from activities.ai.sentence_encoder import SentenceEncoder, Vectors
from activities.safety.danger_classifier import FILE, DangerClassifier
from activities.safety.letters import BUCKETS, buckets_of
from schema.safety.training_lines import TrainingKind
from tests.safety.lines import Line, all_lines, digest

CALM, SOFT, SURE = -0.7, 0.15, 0.75
"""Chosen on the lists of `tests/safety/tuning`; see docs/safety.md."""

HARMLESS = -0.8
"""Below this score of the letters, no danger of those lists is lost."""

_AXES, _C, _GAMMA = 192, 3.0, 2.0
_CACHE = 9000
"""MB of memory for the training; with 1,500, it takes three times as long."""
_LETTER_C, _LETTER_SHARE = 3.0, 0.9


def train(encoder: SentenceEncoder, lines: Sequence[Line]) -> DangerClassifier:
    """What the lines teach: the same on every machine, but for the last digits."""
    texts, kinds = zip(*((text, line.kind) for line in lines for text in line.taught), strict=True)
    return fit(texts, encoder.encode(texts), kinds, name=str(encoder.name()), lines=digest(lines))


def fit(
    texts: Sequence[str], vectors: Vectors, kinds: Sequence[TrainingKind], *, name: str = "", lines: str = ""
) -> DangerClassifier:
    """What texts with these vectors, of these kinds, teach."""
    dangerous = [kind.danger is not None for kind in kinds]
    axes = PCA(_AXES, svd_solver="full").fit(vectors)
    places = axes.transform(vectors)
    step = float(np.abs(places).max()) / 127
    places = np.rint(places / step).astype(np.int8)
    machine = SVC(C=_C, gamma=_GAMMA, class_weight="balanced", cache_size=_CACHE)
    machine.fit(places * step, dangerous)
    letters = _letters_of(texts)
    rarity = np.log((1 + len(texts)) / (1 + letters.getnnz(axis=0))) + 1
    letter_machine = LinearSVC(C=_LETTER_C, class_weight="balanced")
    letter_machine.fit(normalize(letters.multiply(rarity).tocsr()), dangerous)
    of_danger = [index for index, is_danger in enumerate(dangerous) if is_danger]
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
        rarity=rarity.astype(np.float16),
        letter_weights=letter_machine.coef_[0].astype(np.float16),
        letter_intercept=float(letter_machine.intercept_[0]),
        letter_share=_LETTER_SHARE,
        harmless=HARMLESS,
        kinds=teller.classes_,
        kind_weights=teller.coef_.astype(np.float32),
        kind_intercepts=teller.intercept_.astype(np.float32),
        calm=CALM,
        soft=SOFT,
        sure=SURE,
    )


def _letters_of(texts: Sequence[str]) -> csr_matrix:
    """The buckets of each text, one text a row."""
    found = [buckets_of(text) for text in texts]
    columns = [bucket for buckets in found for bucket in buckets]
    values = [counts for buckets in found for counts in buckets.values()]
    ends = np.cumsum([0, *map(len, found)])
    return csr_matrix((values, columns, ends), shape=(len(found), BUCKETS))


def main() -> None:
    """Writes the trained classifier into the package."""
    trained = train(SentenceEncoder(), all_lines())
    np.savez_compressed(Path(schema.safety.__file__).with_name(FILE), **dataclasses.asdict(trained))


if __name__ == "__main__":
    main()
