"""How well lines are heard by a net that learned from the others only: `python -m tests.safety.cross_validate`.

Lines that resemble each other are left out together, so that no frame is known.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from itertools import chain

import numpy as np
from sklearn.cluster import AgglomerativeClustering
from sklearn.model_selection import StratifiedGroupKFold

from activities.ai.sentence_encoder import SentenceEncoder
from activities.safety.second_net import parts_of
from schema.safety.training_lines import TrainingKind
from tests.safety.train import SOFT, SURE, all_lines, fit
from workflows.safety.rules.crisis import detect

ONE_FRAME = 0.2
"""The cosine distance under which two lines have one frame."""


def main() -> None:
    """Prints how much is heard, in all and of each kind."""
    lines = all_lines()
    encoder = SentenceEncoder()
    heard_in = [parts_of(line.text) or [line.text] for line in lines]
    texts = list(
        dict.fromkeys(text for line, parts in zip(lines, heard_in, strict=True) for text in (*line.taught, *parts))
    )
    vectors = dict(zip(texts, encoder.encode(texts), strict=True))
    whole = encoder.encode([line.text for line in lines])
    frames = AgglomerativeClustering(
        n_clusters=None, distance_threshold=ONE_FRAME, metric="cosine", linkage="single"
    ).fit_predict(whole)
    scores, told = np.zeros(len(lines)), list[TrainingKind](line.kind for line in lines)
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    for known, unknown in folds.split(whole, [line.kind for line in lines], frames):
        taught = [(text, lines[index].kind) for index in known for text in lines[index].taught]
        net = fit(
            [text for text, _ in taught], np.array([vectors[text] for text, _ in taught]), [kind for _, kind in taught]
        )
        for index in unknown:
            parts = np.array([vectors[text] for text in heard_in[index]])
            of_parts = net.scores(heard_in[index], parts)
            scores[index], told[index] = of_parts.max(), net.kind_of(parts[of_parts.argmax()])
    dangers = [(line.kind.danger, kind.danger) for line, kind in zip(lines, told, strict=True) if line.kind.danger]
    right = np.mean([bool(found and found.kind == danger.kind) for danger, found in dangers])
    _tell(f"{len(lines)} lines; the kind is right for {right:.0%} of dangers")
    rules = np.array([detect(line.text) is not None for line in lines])
    for level, threshold in (("soft or sure", SOFT), ("sure", SURE)):
        heard: dict[TrainingKind, list[bool]] = defaultdict(list)
        for line, is_heard in zip(lines, (scores >= threshold) | rules, strict=True):
            heard[line.kind].append(bool(is_heard))
        for name, dangerous in (("dangers", True), ("safe lines", False)):
            kinds = {kind: of for kind, of in heard.items() if (kind.danger is not None) is dangerous}
            _tell(f"{level}, {name}: {np.mean(list(chain.from_iterable(kinds.values()))):.1%}")
            for kind in sorted(kinds, key=lambda kind: float(np.mean(kinds[kind]))):
                _tell(f"  {np.mean(kinds[kind]):4.0%} {kind}")


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
