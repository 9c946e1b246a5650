"""A realistic stream of answers: whole sessions by the real rules, with people who are brief, usual or expansive.

How many words people write is log-normal with a median of 20: a fifth of answers have at most 8 words, a tenth more
than 70. Their words are those of the invented people of the demo, cut or joined to that length.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import cycle, islice

from gateway.terminal.inbound.persona import Persona, load_persona
from schema.onboarding.bank import BankQuestion
from schema.vocabulary import Domain, Locale
from tests.people.interview import Interview
from workflows.analysis.rules.routing import AnswerTraits
from workflows.analysis.rules.text_features import read

MEDIAN_WORDS, SPREAD = 20, 1.0


def answers(bank: Sequence[BankQuestion], sessions: int, seed: int = 1) -> Iterator[AnswerTraits]:
    """The answers of many sessions of twelve questions, half of them Russian, as routing sees them."""
    chance = random.Random(seed)
    people = [load_persona(locale) for locale in Locale]
    locales = list(Locale)
    for number in range(sessions):
        who = number % len(people)
        yield from _session(bank, people[who], locales[who], f"{seed}-{number}", chance)


def _session(
    bank: Sequence[BankQuestion], person: Persona, locale: Locale, session_id: str, chance: random.Random
) -> Iterator[AnswerTraits]:
    interview = Interview(bank, session_id, locale)
    while question := interview.next_question():
        said = read(_text(person, question.domain, chance), locale)
        yield AnswerTraits(
            words=said.words,
            sharing=said.sharing,
            depth=question.depth,
            energy=question.energy,
            crisis=None,
            troubled=False,
        )
        interview.answered(question, words=said.words, sharing=said.sharing)


def _text(person: Persona, domain: Domain, chance: random.Random) -> str:
    wanted = max(1, round(chance.lognormvariate(0, SPREAD) * MEDIAN_WORDS))
    told = list(person.answers[domain])
    chance.shuffle(told)
    return " ".join(islice(cycle(" ".join(told).split()), wanted))
