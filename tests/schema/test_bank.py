"""The question bank as it ships, and what an editor of it is told when a file is broken."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from gateway.presentation.commands import asked
from schema.onboarding.bank import BankError, BankQuestion, load_bank
from schema.vocabulary import Depth, Domain, Energy, Locale, Trait, Trust
from workflows.analysis.rules.local_reading import read_locally

QUESTION = """\
  - id: work-surface-01
    depth: SURFACE
    energy: OPENING
    trust: 1
    listens_for: [openness]
    ru: "Что вас радует в том, чем вы заняты?"
    en: "What do you enjoy in what you do?"
"""


def broken(folder: Path, text: str) -> str:
    """What the editor of a file with this text is told."""
    (folder / "work.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BankError) as error:
        load_bank(folder)
    return str(error.value)


def test_the_bank_is_large_and_balanced(bank: list[BankQuestion]) -> None:
    by_domain = Counter(q.domain for q in bank)
    healing = Counter(q.domain for q in bank if q.energy is Energy.HEALING and q.depth is Depth.SURFACE)
    assert len(bank) >= 240
    assert set(by_domain) == set(Domain)
    assert min(by_domain.values()) >= 20
    assert min(healing[domain] for domain in Domain) >= 3
    assert {(q.domain, q.depth) for q in bank} == {(domain, depth) for domain in Domain for depth in Depth}


def test_each_question_is_in_its_language_and_speaks_to_everybody(bank: list[BankQuestion]) -> None:
    # A gendered past tense or «сам» would leave half of the readers out.
    gendered = re.compile(r"\b(сам|сама|рад|рада|готов|готова|должна|уверен|уверена)\b(?!-)", re.IGNORECASE)
    for question in bank:
        assert not re.search(r"[A-Za-z]", question.ru), question.id
        assert not re.search(r"[А-Яа-яЁё]", question.en), question.id
        assert not re.search(r"\bВ(ы|ас|ам|ами|аш\w*)\b", question.ru[1:]), question.id
        assert not gendered.search(question.ru), question.id


def test_nobody_is_told_what_is_wrong_with_them(bank: list[BankQuestion]) -> None:
    """What is asked about a shadow or a wound is asked only of who knows it: "if there is", «если есть»."""
    for question in bank:
        if question.depth is Depth.SHADOW or question.energy is Energy.HEAVY:
            assert re.search(r"\bif\b", question.en, re.IGNORECASE), question.id
            assert re.search(r"\bесли\b", question.ru, re.IGNORECASE), question.id


SORE = {
    *("guilt-and-shame", "a-hurtful-remark", "a-loss", "the-end-of-life", "what-is-left-of-you", "someone-ill"),
    *("inner-quarrel", "a-dream-let-go", "a-habit-that-takes", "help-now", "an-unlived-wish", "early-beliefs"),
}
"""Themes for which nobody picks an answer from a list."""


def test_every_domain_and_every_trait_has_questions_with_choices(bank: list[BankQuestion]) -> None:
    easier = [q for q in bank if q.choices]
    assert min(Counter(q.domain for q in easier)[domain] for domain in Domain) >= 5
    assert min(Counter(c.value for q in easier for c in q.listens_for)[trait] for trait in Trait) >= 8
    assert {Energy.OPENING, Energy.NEUTRAL, Energy.PROCESSING, Energy.HEALING} == {q.energy for q in easier}


def test_no_choices_are_offered_where_it_hurts(bank: list[BankQuestion]) -> None:
    assert {q.theme for q in bank} > SORE
    for question in bank:
        if question.choices:
            assert question.theme not in SORE, question.id
            assert question.depth in (Depth.SURFACE, Depth.CONSCIOUS), question.id
            assert not question.never_after, question.id
            assert not re.search(r"\b(ill|illness|lost|died|hurt|abuse|debt|quarrel)\b", question.en), question.id


def test_choices_are_in_their_language_and_speak_for_everybody(bank: list[BankQuestion]) -> None:
    # A past tense in the first person has a gender, and so have short adjectives.
    gendered = re.compile(
        r"\bя (\w+ )?\w+(л|ла|лся|лась)\b|\b(сам|сама|рад|рада|готов|готова|уверен|уверена|должен|должна)\b"
        r"|(быть|бываю|остаюсь|живу|дома) (один|одна|одному|одной)\b",
        re.IGNORECASE,
    )
    for question in bank:
        for choice in question.choices_in(Locale.RU):
            assert not re.search(r"[A-Za-z]", choice), (question.id, choice)
            assert not gendered.search(choice), (question.id, choice)
        for choice in question.choices_in(Locale.EN):
            assert not re.search(r"[А-Яа-яЁё]", choice), (question.id, choice)


@pytest.mark.parametrize("locale", Locale)
def test_a_choice_is_taken_for_an_answer_and_nothing_else(bank: list[BankQuestion], locale: Locale) -> None:
    """Not for danger, weariness or a command, whoever reads it."""
    for question in bank:
        for choice in question.choices_in(locale):
            reading = read_locally(choice, locale)
            heard = (reading.crisis, reading.danger, reading.tired, reading.minor, reading.language)
            assert heard == (None, None, False, False, locale), (question.id, choice)
            assert asked(choice) is None, (question.id, choice)


def test_a_theme_is_shared(bank: list[BankQuestion]) -> None:
    """A theme of one question would be a typing error in its name."""
    shared = Counter(q.theme for q in bank if q.theme)
    assert [theme for theme, questions in shared.items() if questions < 2] == []


def test_a_permission_is_a_sentence_of_its_own(bank: list[BankQuestion]) -> None:
    """Behind a dash it reads as a second question: «что в них труднее всего — насколько хочется говорить?»."""
    behind_a_dash = re.compile(r"[—,] (насколько|хотя бы|хоть в двух|as far as|as much as)[^.?!]*\?")
    for question in bank:
        assert not behind_a_dash.search(question.ru), question.id
        assert not behind_a_dash.search(question.en), question.id


def test_a_stranger_is_not_asked_to_look_into_a_wound(bank: list[BankQuestion]) -> None:
    for question in bank:
        if question.energy is Energy.PROCESSING and {"fears", "neuroticism"} & set(question.listens_for):
            assert question.trust >= Trust.ACQUAINTANCE, question.id


def test_a_sound_file_loads(tmp_path: Path) -> None:
    (tmp_path / "work.yaml").write_text(f"domain: WORK\nquestions:\n{QUESTION}", encoding="utf-8")
    (only,) = load_bank(tmp_path)
    assert (only.id, only.domain) == ("work-surface-01", Domain.WORK)


@pytest.mark.parametrize(
    ("line", "mended", "where", "why"),
    [
        ("depth: SURFACE", "depth: DEEPEST", "work.yaml:4", "depth"),
        ("trust: 1", "trust: 9", "work.yaml:6", "trust"),
        ("energy: OPENING", "energy: HEAVY", "work.yaml:3", "trust 4 or 5"),
        ("listens_for: [openness]", "listens_for: [everything]", "work.yaml:7", "listens_for"),
        ('en: "What do you enjoy in what you do?"', "en: short", "work.yaml:9", "en"),
        ("id: work-surface-01", "id: Work 1", "work.yaml:3", "id"),
        (
            "depth: SURFACE",
            "depth: EDGE\n    choices: {ru: [Да-да, Нет, Когда как], en: [I do, I don't, At times]}",
            "work.yaml:3",
            "fit after any danger",
        ),
        *(
            ("    ru:", f"    choices: {choices}\n    ru:", "work.yaml:8", why)
            for choices, why in [
                ("{ru: [Да-да, Нет, Когда как], en: [I do, I don't]}", "at least 3 items"),
                ("{ru: [Да-да, Нет, Когда как], en: [I do, I don't, At times, Who knows]}", "same number"),
                ("{ru: [Да-да, Нет, Нет], en: [I do, I don't, At times]}", "twice"),
                (f"{{ru: [Да-да, Нет, Когда как], en: [I do, I don't, {'At times ' * 5}]}}", "at most 40"),
            ]
        ),
    ],
)
def test_a_broken_question_is_named_by_file_and_line(
    tmp_path: Path, line: str, mended: str, where: str, why: str
) -> None:
    told = broken(tmp_path, f"domain: WORK\nquestions:\n{QUESTION}".replace(line, mended))
    assert told.startswith(where)
    assert why in told


def test_a_repeated_question_is_named_with_where_it_stands_already(tmp_path: Path) -> None:
    told = broken(tmp_path, f"domain: WORK\nquestions:\n{QUESTION}{QUESTION}")
    assert told == "work.yaml:10: 'work-surface-01' stands already at work.yaml:3"


@pytest.mark.parametrize(
    ("text", "where"), [("", "work.yaml:1"), ("domain: [WORK\n", "work.yaml:2"), ("domain: WORK\n", "work.yaml:1")]
)
def test_a_file_that_is_no_bank_is_named(tmp_path: Path, text: str, where: str) -> None:
    assert broken(tmp_path, text).startswith(where)


def test_an_empty_folder_is_no_bank(tmp_path: Path) -> None:
    with pytest.raises(BankError, match="no question files"):
        load_bank(tmp_path)
