"""How often a search finds what was meant: `python -m tests.recall.recall` prints the table of docs/profile.md.

60 queries a language look for one text each, mostly without a word of it, in their own language and in the other, where
a text says the same. Found is what is among the first three. With OPENAI_API_KEY it measures OpenAI's embedder, which
costs a few cents; without it, the offline one.

Long answers are embedded as the product does it, and whole, to compare.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from activities.ai.embedding import Embedder
from activities.ai.usage import Usage
from activities.profile.said import read_as
from activities.profile.vectors import FLOOR
from gateway.terminal.inbound.manners import Manner
from gateway.terminal.inbound.persona import load_persona
from schema.vocabulary import Locale
from schema.yaml_files import read_yaml
from workers.ai_settings import AISettings
from workers.language_models import embedder

HERE = Path(__file__).parent
SAID: list[dict[str, str]] = read_yaml((HERE / "said.yaml").read_text(encoding="utf-8"))
BESIDES: dict[str, list[str]] = read_yaml((HERE / "said_besides.yaml").read_text(encoding="utf-8"))
FIRST = 3
"""Found is what is among so many."""
OF_ONE_PERSON = 40
"""So many texts does a person leave in a few sessions."""
DRAWS = 20

Vectors = NDArray[np.float32]
Recall = dict[str, dict[tuple[Locale, Locale], float]]
"""Shares, most of the queries that find their text, by what they look among and by the languages of query and text."""


def personas(locale: Locale) -> list[str]:
    """What the invented people of the terminal say."""
    return [answer for manner in Manner for answer in load_persona(locale, manner).everything]


def corpus(locale: Locale) -> list[str]:
    """What a search looks among. The first 60 texts are those that the queries mean."""
    return [*(each[locale] for each in SAID), *BESIDES[locale], *personas(locale)]


def in_long_answers(locale: Locale) -> list[str]:
    """The same texts, the first 60 each in the middle of an answer of several sentences."""
    around = iter(personas(locale) * 2)
    return [*(f"{next(around)} {each[locale]} {next(around)}" for each in SAID), *corpus(locale)[len(SAID) :]]


async def recall(of: Embedder) -> Recall:
    """Embeds everything and searches."""

    async def vectors(texts: Sequence[str]) -> Vectors:
        batches = [await of.embed(texts[first : first + 100]) for first in range(0, len(texts), 100)]
        return np.array([vector for batch in batches for vector in batch], dtype=np.float32)

    found: Recall = {}
    queries = {locale: await vectors([each[f"{locale}_query"] for each in SAID]) for locale in Locale}
    for locale in Locale:
        short, long = corpus(locale), in_long_answers(locale)
        parts = [(n, part) for n, text in enumerate(long) for part in read_as(uuid4(), text).values()]
        of_short, of_long = await vectors(short), await vectors(long)
        of_parts = await vectors([part for _, part in parts])
        for asked, query in queries.items():
            # An answer is as near as the nearest of its sentences.
            nearest = np.full((len(long), len(query)), -1, dtype=np.float32)
            np.maximum.at(nearest, np.array([n for n, _ in parts]), of_parts @ query.T)
            for name, share in (
                (f"{len(short)} texts", _share(query @ of_short.T)),
                (f"{OF_ONE_PERSON} texts", _among_a_persons(query @ of_short.T)),
                ("within long answers, embedded whole", _share(query @ of_long.T)),
                ("within long answers, each sentence embedded, too", _share(nearest.T)),
            ):
                found.setdefault(name, {})[asked, locale] = share
            for name, likeness in (("embedded whole", query @ of_long.T), ("each sentence embedded, too", nearest.T)):
                own, others = _near_enough(likeness)
                found.setdefault(f"the long answer that is meant is near enough, {name}", {})[asked, locale] = own
                found.setdefault(f"another long answer is near enough, {name}", {})[asked, locale] = others
    return found


def _share(likeness: Vectors) -> float:
    """The share of queries whose own text has fewer than three nearer ones."""
    own = np.diagonal(likeness)[:, None]
    return float(np.mean((likeness > own).sum(axis=1) < FIRST))


def _near_enough(likeness: Vectors) -> tuple[float, float]:
    """The share of queries and texts that a search would show: of those that belong together, and of others."""
    shown, own = likeness[:, : len(likeness)] >= FLOOR, np.eye(len(likeness), dtype=bool)
    return float(shown[own].mean()), float(shown[~own].mean())


def _among_a_persons(likeness: Vectors) -> float:
    """The share where a query has but few texts to look among, drawn by chance."""
    chance = random.Random(7)
    found = 0
    for n, _ in product(range(len(likeness)), range(DRAWS)):
        others = chance.sample([each for each in range(likeness.shape[1]) if each != n], OF_ONE_PERSON - 1)
        found += int((likeness[n, others] > likeness[n, n]).sum() < FIRST)
    return found / len(likeness) / DRAWS


def table(of: Recall) -> str:
    """The recall as a table in Markdown."""
    pairs = [(query, text) for query in (Locale.EN, Locale.RU) for text in (Locale.EN, Locale.RU)]
    rows = [f"| query > text, found among the first {FIRST} of | " + " | ".join(f"{a} > {b}" for a, b in pairs) + " |"]
    rows.append("|---" * (len(pairs) + 1) + "|")
    rows += [f"| {name} | " + " | ".join(f"{shares[pair]:.0%}" for pair in pairs) + " |" for name, shares in of.items()]
    return "\n".join(rows)


async def main() -> None:
    """Prints the table."""

    async def unrecorded(answer_id: str | None, usage: Usage) -> None:
        return

    async with embedder(AISettings(), unrecorded) as chosen:
        sys.stdout.write(f"{chosen.name}\n\n{table(await recall(chosen))}\n")


if __name__ == "__main__":
    asyncio.run(main())
