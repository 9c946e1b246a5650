"""The second net: a classifier over the vectors of sentences, beside the rules.

A support vector machine with a Gaussian kernel says how dangerous a sentence is: it compares the sentence with those of
`schema/safety/training.*.yaml`. A logistic regression over the same lines says which kind of danger it is.
`make second-net` trains both and writes `schema/safety/second_net.npz`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from itertools import pairwise
from typing import Self

import asyncpg
import numpy as np
from numpy.typing import NDArray
from temporalio import activity

from activities.ai.sentence_encoder import SentenceEncoder, Vectors
from schema.danger import Danger, DangerLevel
from schema.errors import AnswerGone
from schema.safety.activities import AnswerToWeigh, SecondNet, TextToScreen, Weighing
from schema.safety.training_lines import TrainingKind
from workflows.safety.rules.levels import detailed

FILE = "second_net.npz"
_SENTENCE = re.compile(r"[^.!?…;\n]+[.!?…;\n]*\s*")
_WORDS = re.compile("[a-zа-яё]{2}", re.IGNORECASE)
"""What it was trained on: of signs alone and other scripts it knows nothing."""
_SHORTEST, _LONGEST = 30, 300
"""Characters of a part of a text that is weighed by itself."""


class SecondNetOutdated(RuntimeError):
    """The classifier was trained on vectors of another encoder. For operators."""


@dataclass(frozen=True)
class Classifier:
    """The trained classifier."""

    encoder: str
    """The encoder whose vectors it takes."""
    support: NDArray[np.int8]
    """The vectors of lines that bear the decision, one row each, in steps of `step`: an eighth of their size."""
    step: float
    weights: NDArray[np.float32]
    """How much each of them speaks for danger."""
    bias: float
    gamma: float
    """The width of the kernel `exp(-gamma * distance squared)`."""
    kinds: list[TrainingKind]
    """The kinds of danger."""
    coefficients: NDArray[np.float32]
    """One row a kind."""
    intercepts: NDArray[np.float32]
    soft: float
    """From this score on, a text gets a soft sentence."""
    sure: float
    """From this score on, it gets crisis support."""

    @classmethod
    def shipped(cls) -> Self:
        """The classifier that this code comes with."""
        with resources.as_file(resources.files("schema.safety") / FILE) as path, np.load(path) as data:
            return cls(
                encoder=str(data["encoder"]),
                support=data["support"],
                step=float(data["step"]),
                weights=data["weights"],
                bias=float(data["bias"]),
                gamma=float(data["gamma"]),
                kinds=[TrainingKind(kind) for kind in data["kinds"]],
                coefficients=data["coefficients"],
                intercepts=data["intercepts"],
                soft=float(data["soft"]),
                sure=float(data["sure"]),
            )

    def scores(self, vectors: Vectors) -> NDArray[np.float32]:
        """How dangerous each vector is: 0 in between, 1 and more for what is much like danger."""
        support = self._support
        squares = (vectors**2).sum(axis=1)[:, None] + (support**2).sum(axis=1) - 2 * vectors @ support.T
        return np.asarray(np.exp(-self.gamma * squares) @ self.weights + self.bias)

    def danger_in(self, vectors: Vectors) -> Danger | None:
        """The danger in the parts of one text: that of the most dangerous part."""
        scores = self.scores(vectors)
        part = int(scores.argmax())
        if scores[part] < self.soft:
            return None
        level = DangerLevel.SURE if scores[part] >= self.sure else DangerLevel.SOFT
        likeliest = int((vectors[part] @ self.coefficients.T + self.intercepts).argmax())
        danger = self.kinds[likeliest].danger
        return danger.model_copy(update={"level": level}) if danger else None

    @cached_property
    def _support(self) -> Vectors:
        return self.support.astype(np.float32) * np.float32(self.step)


class Net:
    """The encoder and the classifier together. Weighs one text at a time, in a thread of its own."""

    def __init__(self, encoder: SentenceEncoder, classifier: Classifier) -> None:
        if classifier.encoder != encoder.name():
            raise SecondNetOutdated(
                f"The second net was trained with {classifier.encoder}, and {encoder.name()} is installed: install that"
                " version, or run `make second-net`."
            )
        self._encoder = encoder
        self._classifier = classifier
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="encoder")

    @classmethod
    def loaded(cls) -> Self:
        """The net that this code comes with. Raises `SecondNetOutdated`."""
        return cls(SentenceEncoder(), Classifier.shipped())

    def danger_in(self, text: str) -> Danger | None:
        """The danger that a text speaks of."""
        parts = parts_of(text)
        danger = self._classifier.danger_in(self._encoder.encode(parts)) if parts else None
        return detailed(danger, text) if danger else None

    async def weigh(self, text: str) -> Weighing:
        """As `danger_in`, beside the event loop."""
        danger = await asyncio.get_running_loop().run_in_executor(self._thread, self.danger_in, text)
        return Weighing(danger=danger)


class EncoderSecondNet(SecondNet):
    """The activities of the second net."""

    def __init__(self, pool: asyncpg.Pool, net: Net) -> None:
        self._pool = pool
        self._net = net

    @activity.defn
    async def weigh_answer(self, answer: AnswerToWeigh) -> Weighing:
        text = await self._pool.fetchval(
            "SELECT string_agg(text, E'\\n' ORDER BY position) FROM onboarding_system.answer_messages"
            " WHERE answer_id = $1",
            answer.answer_id,
        )
        if text is None:
            raise AnswerGone
        weighing = await self._net.weigh(text)
        if weighing.danger and weighing.danger.sure:
            await self._pool.execute(
                "UPDATE onboarding_system.answers SET crisis = $2 WHERE answer_id = $1 AND crisis IS NULL",
                answer.answer_id,
                weighing.danger.kind,
            )
        return weighing

    @activity.defn
    async def weigh_text(self, text: TextToScreen) -> Weighing:
        return await self._net.weigh(text.text)


def parts_of(text: str) -> list[str]:
    """The sentences of a text, short ones joined to the next and long ones cut; and two neighbours at a time."""
    parts: list[str] = []
    for sentence in _sentences(text):
        if parts and len(parts[-1]) < _SHORTEST:
            parts[-1] = f"{parts[-1]} {sentence}"
        else:
            parts.append(sentence)
    if len(parts) == 1:
        return parts
    pairs = [f"{first} {second}" for first, second in pairwise(parts)]
    return list(dict.fromkeys([*parts, *pairs]))


def _sentences(text: str) -> Iterable[str]:
    for sentence in _SENTENCE.findall(text):
        if not _WORDS.search(sentence):
            continue
        words = sentence.split()
        while words:
            cut = _fitting(words)
            yield " ".join(words[:cut])[:_LONGEST]
            words = words[cut:]


def _fitting(words: Sequence[str]) -> int:
    """How many of the words fit into one part."""
    length = 0
    for count, word in enumerate(words):
        length += len(word) + 1
        if length > _LONGEST:
            return max(count, 1)
    return len(words)
