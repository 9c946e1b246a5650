"""The fictional people who answer in `selfology demo`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gateway.terminal.inbound.manners import Manner
from gateway.terminal.inbound.persona import OutOfAnswers, Persona, Script, load_persona
from schema.deliveries import Question
from schema.vocabulary import Depth, Domain, Energy, Locale
from workflows.analysis.rules.text_features import read
from workflows.safety.rules.levels import danger_in

PERSONAS = {locale: load_persona(locale) for locale in Locale}
EVERYBODY = {(locale, manner): load_persona(locale, manner) for locale in Locale for manner in Manner}
OTHER = {Locale.RU: Locale.EN, Locale.EN: Locale.RU}

each_locale = pytest.mark.parametrize("locale", Locale)
each_person = pytest.mark.parametrize(("locale", "manner"), EVERYBODY)


def asked(domain: Domain, energy: Energy = Energy.NEUTRAL) -> Question:
    return Question(
        nonce="n",
        question_id="q",
        domain=domain,
        depth=Depth.SURFACE,
        energy=energy,
        text="?",
        number=1,
        planned=12,
    )


questions = st.builds(asked, st.sampled_from(Domain), st.sampled_from(Energy))


@each_locale
def test_a_persona_has_a_different_answer_for_everything(locale: Locale) -> None:
    answers = PERSONAS[locale].everything
    assert len(answers) == len(set(answers)) == 12 * 4 + 6


@each_locale
def test_an_answer_is_a_few_open_sentences_in_the_language_of_the_persona(locale: Locale) -> None:
    for answer in PERSONAS[locale].everything:
        reading = read(answer, default=OTHER[locale])
        assert reading.language is locale, answer
        assert 25 <= reading.words <= 70, answer
        assert len(answer) <= 600, answer
        assert "\n" not in answer


@each_person
def test_no_answer_is_heard_as_danger(locale: Locale, manner: Manner) -> None:
    assert [answer for answer in EVERYBODY[locale, manner].everything if danger_in(answer)] == []


@each_locale
def test_no_answer_asks_for_a_pause(locale: Locale) -> None:
    assert [answer for answer in PERSONAS[locale].everything if read(answer, locale).tired] == []


@each_person
@given(session=st.lists(questions, min_size=15, max_size=15))
def test_nothing_is_said_twice_in_the_longest_session(locale: Locale, manner: Manner, session: list[Question]) -> None:
    script = Script(EVERYBODY[locale, manner])
    said = [script.answer_to(question) for question in session]
    assert len(set(said)) == 15


@each_locale
def test_an_answer_is_about_what_was_asked(locale: Locale) -> None:
    persona = PERSONAS[locale]
    for domain in Domain:
        script = persona.script()
        assert [script.answer_to(asked(domain)) for _ in range(4)] == persona.answers[domain]
        assert [script.answer_to(asked(domain, Energy.HEALING)) for _ in range(6)] == persona.healing


def test_a_used_up_domain_borrows_from_others_until_all_is_said() -> None:
    persona = PERSONAS[Locale.EN]
    script = persona.script()
    said = [script.answer_to(asked(Domain.MONEY)) for _ in persona.everything]
    assert set(said) == set(persona.everything)
    with pytest.raises(OutOfAnswers, match="Daniel has given all 54 answers"):
        script.answer_to(asked(Domain.MONEY))


def test_a_persona_without_a_domain_is_refused() -> None:
    data = PERSONAS[Locale.EN].model_dump()
    del data["answers"][Domain.PAST]
    with pytest.raises(ValidationError, match="no answers for PAST"):
        Persona.model_validate(data)


def test_a_persona_with_less_to_say_than_a_session_asks_is_refused() -> None:
    data = PERSONAS[Locale.EN].model_dump()
    data["answers"] = {domain: answers[:1] for domain, answers in data["answers"].items()}
    data["healing"] = data["healing"][:1]
    with pytest.raises(ValidationError, match="fewer than 15 answers"):
        Persona.model_validate(data)


@pytest.mark.parametrize("answer", ["", "a" * 601])
def test_an_answer_too_short_or_too_long_is_refused(answer: str) -> None:
    data = PERSONAS[Locale.EN].model_dump()
    data["healing"][0] = answer
    with pytest.raises(ValidationError, match=r"healing\.0"):
        Persona.model_validate(data)
