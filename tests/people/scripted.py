"""`python -m tests.people.scripted terse ru 3`: a whole session of an invented person, read aloud without a server.

The questions are those that Smart Mix chooses, reflections and portrait those of the offline analyst. `3` is the seed:
with another one come other questions, and so other answers.
"""

from __future__ import annotations

import asyncio
import sys
import textwrap
from collections import Counter
from dataclasses import dataclass
from functools import cache

from activities.ai.offline.analyst import OfflineAnalyst
from activities.onboarding.recalling import Recalled, recalled
from gateway.presentation.profile_words import how_sure, is_visible, where
from gateway.presentation.texts.texts import Texts
from gateway.terminal.inbound.manners import Manner
from gateway.terminal.inbound.persona import load_persona
from schema.analysis.readings import AnswerInContext, DeepAnalysis, EarlierAnswer
from schema.deliveries import Question
from schema.onboarding.bank import load_bank
from schema.vocabulary import Locale
from tests.people.interview import BEGAN, PLANNED, Interview
from workflows.analysis.rules.local_reading import read_locally
from workflows.profile.rules.merge import merge
from workflows.profile.rules.portrait import Layers, layers
from workflows.profile.rules.readings import Reading, of_analysis


@dataclass(frozen=True)
class Turn:
    """One question, the person's answer, and what was made of it."""

    question: str
    answer: str
    reflection: str
    analysis: DeepAnalysis


@dataclass(frozen=True)
class Session:
    """A whole session, and what stays of it."""

    turns: list[Turn]
    layers: Layers
    patterns: list[str]
    insights: list[str]
    returns_to: Recalled | None
    """What a later session would begin with."""


_bank = cache(load_bank)


@cache
def session(manner: Manner, locale: Locale, seed: int = 1) -> Session:
    """Holds a session with an invented person."""
    return asyncio.run(_session(manner, locale, seed))


async def _session(manner: Manner, locale: Locale, seed: int) -> Session:
    analyst, script, bank = OfflineAnalyst(), load_persona(locale, manner).script(), _bank()
    by_id = {question.id: question for question in bank}
    interview = Interview(bank, f"session-{seed}", locale)
    turns: list[Turn] = []
    readings: list[Reading] = []
    while chosen := interview.next_question():
        text = script.answer_to(
            Question(
                nonce=str(len(turns)),
                question_id=chosen.question_id,
                domain=chosen.domain,
                depth=chosen.depth,
                energy=chosen.energy,
                text=chosen.text,
                number=len(turns) + 1,
                planned=PLANNED,
            )
        )
        answer = AnswerInContext(
            question=chosen.text,
            domain=chosen.domain,
            depth=chosen.depth,
            energy=chosen.energy,
            listens_for=by_id[chosen.question_id].listens_for,
            text=text,
            locale=locale,
            earlier=[EarlierAnswer(question=turn.question, text=turn.answer) for turn in turns],
        )
        instant, deep = await analyst.instant(answer), await analyst.deep(answer)
        turns.append(Turn(chosen.text, text, instant.reflection, deep))
        heard = read_locally(text, locale)
        readings += of_analysis(
            deep,
            answer_id=f"{len(turns) - 1:02}",
            asked=chosen.question_id,
            occasion="session",
            began_at=BEGAN,
            said_at=interview.now,
        )
        interview.answered(
            chosen,
            words=heard.words,
            sharing=heard.sharing,
            quality=instant.quality,
            sentiment=instant.sentiment,
            tired=heard.tired,
            crisis=heard.crisis is not None,
            breakthrough=deep.breakthrough,
        )
    told = [turn.analysis for turn in turns]
    patterns = Counter(pattern for analysis in told for pattern in analysis.patterns)
    return Session(
        turns=turns,
        layers=layers(merge(readings)),
        patterns=[pattern for pattern, times in patterns.most_common() if times > 1],
        insights=list(dict.fromkeys(analysis.insight for analysis in told if analysis.insight)),
        returns_to=recalled([turn.answer for turn in reversed(turns)], locale),
    )


def read_aloud(held: Session, texts: Texts) -> str:
    """The session as lines of text."""
    lines: list[str] = []
    for number, turn in enumerate(held.turns, 1):
        lines += [f"{number}. {turn.question}", _indented(f"> {turn.answer}"), _indented(turn.reflection)]
        lines += [_indented(f"  [{trait.trait} {trait.score} ±{trait.confidence}]") for trait in turn.analysis.traits]
        lines += [_indented(f"  [{', '.join(turn.analysis.patterns)}]")] if turn.analysis.patterns else []
        lines += [_indented(f"  [{turn.analysis.insight}]")] if turn.analysis.insight else []
        lines.append("")
    for level in held.layers.traits:
        said = where(level.trait, level.score, texts) if is_visible(level.confidence) else "–"
        lines.append(f"{level.trait} {level.score} {how_sure(level.confidence, texts)} {level.evidence}: {said}")
    lines += [*held.patterns, *held.insights, f"return: {held.returns_to}"]
    return "\n".join(lines)


def _indented(text: str) -> str:
    return textwrap.fill(text, 116, initial_indent="   ", subsequent_indent="   ")


if __name__ == "__main__":
    manner, locale, seed = Manner(sys.argv[1]), Locale(sys.argv[2]), int(sys.argv[3])
    sys.stdout.write(read_aloud(session(manner, locale, seed), Texts(locale)) + "\n")
