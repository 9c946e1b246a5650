"""Danger is heard in every spelling people use, and everyday speech is left in peace."""

from __future__ import annotations

import time
from importlib import resources
from pathlib import Path
from random import Random
from typing import get_args

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schema.danger import Danger
from schema.onboarding.messages import ANSWER_LIMIT
from schema.safety.data import BrokenSafetyData, Contacts, DangerDetail, Phrases, contacts, parse, phrases
from schema.vocabulary import CrisisKind, Locale
from workflows.safety.rules import phrases as compiled
from workflows.safety.rules.crisis import detect, plain_form

HERE = Path(__file__).parent


def _examples(name: str) -> dict[Locale, object]:
    return {
        locale: yaml.safe_load((HERE / f"{name}.{locale.value}.yaml").read_text(encoding="utf-8")) for locale in Locale
    }


MUST = [
    (CrisisKind(kind), text)
    for of_locale in _examples("must").values()
    if isinstance(of_locale, dict)
    for kind, texts in of_locale.items()
    for text in texts
]
MUST_NOT = [text for texts in _examples("must_not").values() if isinstance(texts, list) for text in texts]
FAMILIES = yaml.safe_load((HERE / "families.must.yaml").read_text(encoding="utf-8"))
PAIRS = [(CrisisKind(kind), line) for family in FAMILIES.values() for kind, lines in family.items() for line in lines]
MUST += [(kind, text) for kind, line in PAIRS for text in line.split(" | ")]
NEIGHBOURS = yaml.safe_load((HERE / "families.must_not.yaml").read_text(encoding="utf-8"))
NEUTRAL = {
    Locale.RU: "Сегодня на работе было много дел, вечером я гуляла в парке и слушала музыку. ",
    Locale.EN: "There was a lot to do at work today, and in the evening I walked in the park with music on. ",
}


# Each of these lists is one test: as two thousand tests they cost ten times what they look at.
@pytest.mark.parametrize("kind", CrisisKind)
def test_danger_is_heard(kind: CrisisKind) -> None:
    texts = [text for of, text in MUST if of is kind]
    assert texts
    assert [text for text in texts if detect(text) is not kind] == []


def test_what_is_heard_in_one_language_is_heard_in_the_other() -> None:
    assert [line for kind, line in PAIRS if [detect(text) for text in line.split(" | ")] != [kind, kind]] == []


def test_what_only_stands_close_to_danger_is_left_in_peace_in_both_languages() -> None:
    lines = [line for lines in NEIGHBOURS.values() for line in lines]
    assert [line for line in lines if [detect(text) for text in line.split(" | ")] != [None, None]] == []


def test_everyday_speech_is_left_in_peace() -> None:
    assert [text for text in MUST_NOT if detect(text)] == []


FRESH_HEARD = {Locale.EN: (20, 1), Locale.RU: (26, 0)}
"""Of eighty dangers and eighty everyday lines in new shapes, how many were heard when they were first read."""


@pytest.mark.parametrize("locale", Locale)
def test_of_lines_in_new_shapes_no_less_is_heard_than_docs_say(locale: Locale) -> None:
    side = (Locale.EN, Locale.RU).index(locale)
    dangers = yaml.safe_load((HERE / "fresh.must.yaml").read_text(encoding="utf-8"))
    everyday = yaml.safe_load((HERE / "fresh.must_not.yaml").read_text(encoding="utf-8"))
    heard = sum(detect(line.split(" | ")[side]) is not None for lines in dangers.values() for line in lines)
    alarms = sum(detect(line.split(" | ")[side]) is not None for line in everyday)
    assert heard >= FRESH_HEARD[locale][0]
    assert alarms <= FRESH_HEARD[locale][1]


def test_no_question_of_the_bank_is_heard_as_danger() -> None:
    for file in resources.files("schema.onboarding").joinpath("questions").iterdir():
        for question in yaml.safe_load(file.read_text(encoding="utf-8"))["questions"]:
            assert detect(question["ru"]) is None, question["id"]
            assert detect(question["en"]) is None, question["id"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Муж меня бьёт, и я не хочу жить", CrisisKind.SELF_HARM),
        ("He beats me and I'm going to kill him", CrisisKind.VIOLENCE),
        ("Никогда не думала о суициде. Но муж меня бьёт", CrisisKind.ABUSE),
        ("I am not suicidal, but I want to kill my boss", CrisisKind.VIOLENCE),
    ],
)
def test_the_most_urgent_danger_wins(text: str, kind: CrisisKind) -> None:
    assert detect(text) is kind


dangers = st.sampled_from(MUST)
in_words = st.sampled_from([(kind, text) for kind, text in MUST if " i c " not in text and not text.startswith("х о")])
breaks = st.lists(st.sampled_from([" ", ",", "  ", "...", " — ", "\n", " 😭 ", "\t"]), min_size=1, max_size=3)


@given(dangers, st.randoms(use_true_random=False))
def test_letter_case_hides_nothing(danger: tuple[CrisisKind, str], chance: Random) -> None:
    kind, text = danger
    assert detect("".join(chance.choice([letter.upper(), letter.lower()]) for letter in text)) is kind


@given(dangers, st.booleans())
def test_yo_may_be_written_either_way(danger: tuple[CrisisKind, str], dotted: bool) -> None:
    kind, text = danger
    assert detect(text.replace("е", "ё") if dotted else text.replace("ё", "е")) is kind


@given(in_words, breaks)
def test_spaces_and_marks_between_words_hide_nothing(danger: tuple[CrisisKind, str], marks: list[str]) -> None:
    kind, text = danger
    assert detect(f" {''.join(marks)} ".join(text.split(" "))) is kind


@given(dangers, st.sampled_from(Locale), st.integers(0, 5), st.integers(0, 5))
def test_other_words_around_hide_nothing(
    danger: tuple[CrisisKind, str], locale: Locale, before: int, after: int
) -> None:
    kind, text = danger
    assert detect(f"{NEUTRAL[locale] * before}{text}. {NEUTRAL[locale] * after}") is kind


@given(st.text())
@example("")
@example("\ud800")
@example("̶" * 50 + "𝓀𝒾𝓁𝓁 ﷺ ½ ß İ")
def test_any_text_gets_an_answer(text: str) -> None:
    assert detect(text) in (None, *CrisisKind)


@given(st.text(alphabet="аеёнoпa1*.,- яйi'_\n", min_size=1, max_size=12))
@settings(max_examples=50)
@example("не хочу ")
@example("i want to ")
@example("а1")
@example("a*")
@example("a-")
def test_a_long_repeated_text_is_read_in_time(piece: str) -> None:
    text = (piece * ANSWER_LIMIT)[:ANSWER_LIMIT]
    started = time.process_time()
    detect(text)
    # Milliseconds are expected; a backtracking pattern would take minutes.
    assert time.process_time() - started < 5


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("kind", CrisisKind)
def test_a_person_in_danger_sees_all_contacts_the_emergency_number_first(locale: Locale, kind: CrisisKind) -> None:
    shown = contacts(locale, Danger(kind=kind))
    assert shown[0].emergency
    assert shown[0].phone in ("112", "911")
    assert len(shown) >= 2
    assert all(kind in contact.kinds for contact in shown)
    assert any(contact.name == "Find A Helpline" for contact in shown), "people live in other countries too"


@pytest.mark.parametrize(
    ("text", "read"),
    [("i wnat it", "i want it"), ("K!LL $uicidal un@live", "kil suicidal unalive"), ("хчоу ж1ть", "хочу ж1ть")],
)
def test_swapped_and_masked_letters_are_put_back(text: str, read: str) -> None:
    assert plain_form(text).replace("ʔ", "") == read


def test_no_word_of_ours_is_taken_for_a_slip_of_the_finger() -> None:
    files = [
        file for end in ("yaml", "ftl", "md") for file in HERE.parents[1].rglob(f"*.{end}") if ".venv" not in file.parts
    ]
    ours = (file.read_text(encoding="utf-8") for file in files if HERE not in file.parents)
    assert not [word for text in ours for word in plain_form(text).split() if word in compiled.MISSPELT]


@pytest.mark.parametrize("age", [9, 11, 13, 17])
def test_a_childs_age_is_heard_as_a_number(age: int) -> None:
    assert detect(f"I'm {age} and my uncle touches me") is CrisisKind.ABUSE
    assert detect(f"Мне {age}, дядя меня трогает") is CrisisKind.ABUSE


def test_each_language_has_phrases_of_its_own() -> None:
    assert phrases(Locale.RU).dangers.keys() == phrases(Locale.EN).dangers.keys() == set(CrisisKind)


def test_every_phrase_compiles() -> None:
    # A process compiles those it needs, so that it starts at once.
    for phrase in (*compiled.GUARDS, *(danger for dangers in compiled.DANGERS.values() for danger in dangers)):
        assert phrase.regex.pattern == phrase.pattern


def test_a_misspelt_field_is_named_with_file_and_line() -> None:
    details = "".join(f"  {detail}: [слово]\n" for detail in get_args(DangerDetail))
    dangers = "".join(f"  {kind}: [слово]\n" for kind in CrisisKind)
    text = f"list: {{}}\nguards: []\ndangers:\n{dangers}details:\n{details}"
    with pytest.raises(BrokenSafetyData, match=r"phrases\.ru\.yaml:1: list: Extra"):
        parse(Phrases, text, "phrases.ru.yaml")


def test_broken_yaml_is_named_with_file_and_line() -> None:
    with pytest.raises(BrokenSafetyData, match=r"contacts\.yaml:3: not YAML"):
        parse(Contacts, "ru:\n  - name: [\n", "contacts.yaml")


def test_a_contact_nobody_can_reach_is_refused() -> None:
    with pytest.raises(BrokenSafetyData, match=r"contacts\.yaml:4: ru\.contacts\.0"):
        parse(Contacts, "ru:\n  home: [RU]\n  contacts:\n  - name: Помощь\n", "contacts.yaml")
