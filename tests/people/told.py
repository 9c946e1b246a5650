"""`python -m tests.people.told`: how much the offline analyst hears of what people tell of themselves.

Twelve invented people a language answer twelve questions each. Who wrote their answers has not seen the lists,
and labelled what a careful reader takes each answer as evidence of. The lists were widened beside the `tuned` half; the
`fresh` half is only measured. With a name (`fresh/en/ruth`), that person's whole profile is read aloud.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from activities.ai.offline.analyst import OfflineAnalyst
from gateway.presentation.profile_words import is_visible
from schema.analysis.readings import AnswerInContext, DeepAnalysis, EarlierAnswer
from schema.base_model import Model
from schema.onboarding.bank import load_bank
from schema.vocabulary import Locale
from schema.yaml_files import read_yaml
from tests.people.interview import BEGAN
from workflows.profile.rules.merge import merge
from workflows.profile.rules.portrait import Layers, layers
from workflows.profile.rules.readings import Reading, of_analysis

FOLDER = Path(__file__).with_name("told")
KINDS = ("trait", "dynamic", "way")


class Answer(Model):
    """One answer, and what a careful reader takes it as evidence of: `openness+`, `decision_pattern=deliberate`."""

    question: str
    text: str
    shows: list[str]


class Told(Model):
    """A person's answers, and what an attentive reader says of the person after all of them."""

    who: str
    whole: list[str]
    answers: list[Answer]


@dataclass(frozen=True)
class Read:
    """What the offline analyst made of a person."""

    told: Told
    analyses: list[DeepAnalysis]
    layers: Layers

    @property
    def visible(self) -> set[str]:
        """The traits that the person is shown."""
        levels = (level for level in self.layers.traits if is_visible(level.confidence))
        return {f"{level.trait}{'+' if level.score > 0.5 else '-'}" for level in levels}


def files(half: str, locale: Locale) -> list[Path]:
    """The people of one half of a language: `tuned` or `fresh`."""
    return sorted((FOLDER / half / locale).glob("*.yaml"))


@cache
def read(file: Path) -> Read:
    """Reads a person's answers as the offline analyst does."""
    return asyncio.run(
        _read(Told.model_validate(read_yaml(file.read_text(encoding="utf-8"))), Locale(file.parent.name))
    )


async def _read(told: Told, locale: Locale) -> Read:
    bank = {question.id: question for question in load_bank()}
    analyst = OfflineAnalyst()
    earlier: list[EarlierAnswer] = []
    analyses: list[DeepAnalysis] = []
    readings: list[Reading] = []
    for number, answer in enumerate(told.answers):
        question = bank[answer.question]
        analysis = await analyst.deep(
            AnswerInContext(
                question=question.text(locale),
                domain=question.domain,
                depth=question.depth,
                energy=question.energy,
                listens_for=question.listens_for,
                text=answer.text,
                locale=locale,
                earlier=earlier,
            )
        )
        earlier.append(EarlierAnswer(question=question.text(locale), text=answer.text))
        analyses.append(analysis)
        readings += of_analysis(
            analysis,
            answer_id=f"{number:02}",
            asked=question.id,
            occasion="session",
            began_at=BEGAN,
            said_at=BEGAN + timedelta(minutes=number),
        )
    return Read(told, analyses, layers(merge(readings)))


def heard(analysis: DeepAnalysis) -> Iterator[tuple[str, str, str | None]]:
    """What an analysis takes an answer as evidence of: its kind, its label, and the quote."""
    for trait in analysis.traits:
        yield "trait", f"{trait.trait}{'+' if trait.direction == 'high' else '-'}", trait.quote
    for dynamic in analysis.dynamics:
        yield "dynamic", f"{dynamic.dynamic}{'+' if dynamic.direction == 'high' else '-'}", dynamic.quote
    for way in analysis.aspects:
        yield "way", f"{way.aspect}={way.way}", way.quote


def kind_of(label: str) -> str:
    """The kind of a label."""
    if "=" in label:
        return "way"
    known = ("openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism")
    return "trait" if label[:-1] in known else "dynamic"


def counts(people: list[Read]) -> Counter[tuple[str, str]]:
    """How many labels were heard, unlabelled and missed, by kind; and of whole people, the traits shown."""
    count: Counter[tuple[str, str]] = Counter()
    for person in people:
        for answer, analysis in zip(person.told.answers, person.analyses, strict=True):
            told = {(kind, label) for kind, label, _ in heard(analysis)}
            labels = {(kind_of(label), label) for label in answer.shows}
            for which, those in (("heard", told & labels), ("unlabelled", told - labels), ("missed", labels - told)):
                count.update((kind, which) for kind, _ in those)
        whole = {label for label in person.told.whole if kind_of(label) == "trait"}
        count["shown", "heard"] += len(person.visible & whole)
        count["shown", "unlabelled"] += len(person.visible - whole)
        count["shown", "missed"] += len(whole - person.visible)
    return count


def aloud(person: Read) -> str:
    """A person's answers, each with what was made of it, and the profile."""
    lines = [person.told.who]
    for answer, analysis in zip(person.told.answers, person.analyses, strict=True):
        lines += [f"\n{answer.question}: {answer.text}", f"    labelled {answer.shows}"]
        lines += [f"    {label} «{quote}»" for _, label, quote in heard(analysis)]
    lines += ["", f"whole {person.told.whole}", f"shown {sorted(person.visible)}"]
    return "\n".join(lines)


def main() -> None:
    """Prints one person, or the figures of all."""
    if sys.argv[1:]:
        sys.stdout.write(aloud(read(FOLDER / f"{sys.argv[1]}.yaml")) + "\n")
        return
    for half in ("tuned", "fresh"):
        for locale in Locale:
            count = counts([read(file) for file in files(half, locale)])
            for kind in (*KINDS, "shown"):
                those = ", ".join(f"{count[kind, which]} {which}" for which in ("heard", "unlabelled", "missed"))
                sys.stdout.write(f"{half} {locale} {kind}: {those}\n")


if __name__ == "__main__":
    main()
