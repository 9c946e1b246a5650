"""What a person reads, in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor
from hypothesis import given
from hypothesis import strategies as st

import gateway.presentation.texts
from gateway.presentation.texts.texts import TextMissing, Texts, source
from gateway.telegram.inbound.commands import COMMANDS as BOT_COMMANDS
from gateway.terminal.choices import Choice
from schema.danger import Danger
from schema.deliveries import FatigueOffer, Goodbye, NoticeCode, Paused
from schema.profile_vocabulary import WAYS, Dynamic, Facet, Theme
from schema.safety.data import contacts
from schema.vocabulary import CrisisKind, Domain, Evolution, Locale, Trait
from schema.yaml_files import read_yaml

each_locale = pytest.mark.parametrize("locale", Locale)

GLOSSARY = read_yaml((Path(gateway.presentation.texts.__file__).parent / "glossary.yaml").read_text(encoding="utf-8"))

COMMANDS = r"/language (?:ru|en)\b|/[a-z]+\b"


class ModelRef(Visitor):
    """Collects the variables and the words of what it visits."""

    def __init__(self) -> None:
        self.variables: set[str] = set()
        self.words: list[str] = []

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:
        self.variables.add(node.id.name)

    def visit_TextElement(self, node: ftl.TextElement) -> None:
        self.words.append(node.value)


def entries(locale: Locale) -> list[ftl.EntryType]:
    return FluentParser().parse(source(locale)).body


def written(locale: Locale) -> dict[str, ModelRef]:
    texts = {}
    for message in entries(locale):
        if isinstance(message, ftl.Message):
            texts[message.id.name] = ModelRef()
            texts[message.id.name].visit(message)
    return texts


WRITTEN = {locale: written(locale) for locale in Locale}


def dashed(code: str) -> str:
    return code.lower().replace("_", "-")


def reasons(model: type[FatigueOffer | Goodbye | Paused], field: str) -> tuple[str, ...]:
    return get_args(model.model_fields[field].annotation)


def keys_of_the_schema() -> Iterator[str]:
    yield from (f"notice-{dashed(code)}" for code in NoticeCode)
    yield from (f"paused-{reason}" for reason in reasons(Paused, "reason"))
    # To a person under eighteen more is said.
    yield from (f"goodbye-{dashed(reason)}" for reason in reasons(Goodbye, "reason") if reason != "underage")
    yield from (f"fatigue-offer-{suggest}" for suggest in reasons(FatigueOffer, "suggest"))
    yield from (f"crisis-support-{about}" for about in [*map(dashed, CrisisKind), "somebody-else"])
    yield from (f"domain-{dashed(domain)}" for domain in Domain)
    yield from (f"choice-{choice}" for choice in Choice)
    # A trait that has not settled is shown without a word on its movement.
    yield from (f"evolution-{evolution}" for evolution in Evolution if evolution is not Evolution.UNSETTLED)
    for dynamic in map(dashed, Dynamic):
        yield from (f"dynamic-{dynamic}{part}" for part in ("", "-from", "-to", "-low", "-middle", "-high"))
    yield from (f"facet-{dashed(facet)}" for facet in Facet)
    for aspect, ways in WAYS.items():
        yield from (f"aspect-{dashed(aspect)}", f"aspect-{dashed(aspect)}-begins")
        yield from (f"way-{dashed(aspect)}-{dashed(way)}" for way in ways)
    yield from (f"choice-theme-{theme}" for theme in Theme)
    for trait in Trait:
        yield from (f"trait-{trait}", *(f"trait-{trait}-{where}" for where in ("low", "middle", "high")))


def said_by_channels() -> Iterator[tuple[str, set[str]]]:
    """Every text that the channels' code names in full, with the values that it hands over."""
    for file in Path(gateway.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match call:
                case ast.Call(func=ast.Attribute(attr="say"), args=[ast.Constant(value=str(key))], keywords=values):
                    yield key, {value.arg for value in values if value.arg}
                case ast.Call(func=ast.Name(id="Line"), args=[ast.Constant(value=str(key)), ast.Dict(keys=values)]):
                    yield key, {str(value.value) for value in values if isinstance(value, ast.Constant)}
                case ast.Call(func=ast.Name(id="Line"), args=[ast.Constant(value=str(key))]):
                    yield key, set()


@each_locale
def test_the_file_has_no_mistakes(locale: Locale) -> None:
    junk = [entry.content for entry in entries(locale) if isinstance(entry, ftl.Junk)]
    names = [entry.id.name for entry in entries(locale) if isinstance(entry, ftl.Message)]
    assert not junk
    assert sorted(names) == sorted(set(names))


def test_both_languages_say_the_same_things_with_the_same_values() -> None:
    russian, english = ({key: read.variables for key, read in WRITTEN[locale].items()} for locale in Locale)
    assert russian == english


@each_locale
def test_everything_a_workflow_can_say_has_its_text(locale: Locale) -> None:
    assert not set(keys_of_the_schema()) - WRITTEN[locale].keys()


@each_locale
def test_everything_a_channel_says_has_its_text_and_its_values(locale: Locale) -> None:
    said = list(said_by_channels())
    have = {key: read.variables for key, read in WRITTEN[locale].items()}
    assert said
    assert [(key, values) for key, values in said if have.get(key) != values] == []


@each_locale
def test_every_text_can_be_said(locale: Locale) -> None:
    for key, read in WRITTEN[locale].items():
        said = Texts(locale).say(key, **dict.fromkeys(read.variables, 3))
        assert said.strip()
        assert not re.search(r"[{}<>$\u2068\u2069]", said), key


@pytest.mark.parametrize(
    ("answers", "russian", "english"),
    [
        (1, "1 ответ", "1 answer"),
        (2, "2 ответа", "2 answers"),
        (5, "5 ответов", "5 answers"),
        (11, "11 ответов", "11 answers"),
        (21, "21 ответ", "21 answers"),
    ],
)
def test_a_noun_agrees_with_its_number(answers: int, russian: str, english: str) -> None:
    assert re.search(rf"{russian}\b", Texts(Locale.RU).say("profile-basis", answers=answers))
    assert re.search(rf"{english}\b", Texts(Locale.EN).say("profile-basis", answers=answers))


@pytest.mark.parametrize(
    ("of", "russian", "english"),
    [
        (1, "1 из 1 ответа", "1 of 1 answer"),
        (2, "1 из 2 ответов", "1 of 2 answers"),
        (12, "1 из 12 ответов", "1 of 12 answers"),
        (21, "1 из 21 ответа", "1 of 21 answers"),
    ],
)
def test_each_trait_says_on_how_many_of_all_answers_it_rests(of: int, russian: str, english: str) -> None:
    assert Texts(Locale.RU).say("trait-evidence", answers=1, all=of) == russian
    assert Texts(Locale.EN).say("trait-evidence", answers=1, all=of) == english


@pytest.mark.parametrize(
    ("answers", "russian", "english"),
    [
        (1, "на 1 вопрос.", "1 question."),
        (2, "на 2 вопроса.", "2 questions."),
        (5, "на 5 вопросов.", "5 questions."),
        (21, "на 21 вопрос.", "21 questions."),
    ],
)
def test_thanks_count_the_questions(answers: int, russian: str, english: str) -> None:
    assert Texts(Locale.RU).say("summary-thanks", answers=answers).endswith(russian)
    assert Texts(Locale.EN).say("summary-thanks", answers=answers).endswith(english)


def test_about_so_many_questions_takes_the_genitive() -> None:
    values = {"readers": "", "operator": "", "emergency": ""}
    assert "около 12 вопросов" in Texts(Locale.RU).say("consent-request", planned=12, **values)
    assert "около 21 вопроса," in Texts(Locale.RU).say("consent-request", planned=21, **values)


@given(st.integers(min_value=0, max_value=99_999))
def test_russian_nouns_agree_with_any_number(answers: int) -> None:
    tens, ones = answers % 100, answers % 10
    if ones == 1 and tens != 11:
        noun = "ответ"
    elif ones in (2, 3, 4) and tens not in (12, 13, 14):
        noun = "ответа"
    else:
        noun = "ответов"
    assert Texts(Locale.RU).say("profile-basis", answers=answers).endswith(f"{ones} {noun}.")


@each_locale
def test_an_unknown_text_is_a_mistake(locale: Locale) -> None:
    with pytest.raises(TextMissing, match="no-such-text"):
        Texts(locale).say("no-such-text")


@each_locale
def test_a_text_is_never_shown_with_a_hole_and_never_tells_its_values(locale: Locale) -> None:
    for key, read in WRITTEN[locale].items():
        for missing in read.variables:
            given_values = dict.fromkeys(read.variables - {missing}, "Anna")
            with pytest.raises(TextMissing, match=missing) as error:
                Texts(locale).say(key, **given_values)
            assert "Anna" not in str(error.value)


@each_locale
def test_no_word_of_a_portrait_is_a_clinic_s_or_a_judge_s(locale: Locale) -> None:
    judging = (
        r"\b(?:depress|neuro|hostil|disorder|patholog|anxiety|lazy|weak|депресс|невро|враждеб|тревожност|лен[иь]|слаб)"
    )
    portrait = {
        key: " ".join(text.words)
        for key, text in WRITTEN[locale].items()
        if re.match(r"(?:trait|dynamic|facet|aspect|way|layers|value)-", key)
    }
    assert len(portrait) > 100
    assert {key: words for key, words in portrait.items() if re.search(judging, words, re.IGNORECASE)} == {}


def test_russian_has_no_latin_words_but_commands_and_the_name() -> None:
    words = " ".join(word for read in WRITTEN[Locale.RU].values() for word in read.words)
    assert re.findall(r"[A-Za-z]+", re.sub(COMMANDS, "", words).replace("Selfology", "")) == []


def test_english_has_no_cyrillic() -> None:
    assert not re.search(r"[А-Яа-яЁё]", source(Locale.EN))


def test_russian_addresses_a_person_in_lower_case() -> None:
    words = "\n".join(word for read in WRITTEN[Locale.RU].values() for word in read.words)
    assert re.findall(r"(?<=[а-яё,;:—] )(?:Вы|Вас|Вам|Вами|Ваш[а-яё]*)\b", words) == []


@each_locale
def test_a_crisis_text_sends_no_one_to_a_command(locale: Locale) -> None:
    for about in [*map(dashed, CrisisKind), "somebody-else"]:
        assert not re.search(COMMANDS, Texts(locale).say(f"crisis-support-{about}"))


@each_locale
def test_help_names_every_command(locale: Locale) -> None:
    shown = Texts(locale).say("help") + Texts(locale).say("terminal-quit")
    for command in (
        "/skip",
        "/pause",
        "/resume",
        "/stop",
        "/profile",
        "/insights",
        "/evolution",
        "/why",
        "/notme",
        "/find",
        "/export",
        "/privacy",
        "/delete",
        "/start",
        "/new",
        "/language ru",
        "/language en",
        "/help",
        "/quit",
    ):
        assert command in shown


def test_the_bots_own_texts_are_those_that_its_code_names() -> None:
    named = {
        node.value
        for file in (Path(gateway.__file__).parent / "telegram").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and re.fullmatch(r"telegram(-[a-z]+)+", str(node.value))
    }
    assert named == {key for key in WRITTEN[Locale.EN] if key.startswith("telegram-")}


@pytest.mark.parametrize("thing", GLOSSARY)
def test_one_thing_has_one_name(thing: str) -> None:
    avoided = re.compile("|".join(rf"\b{stem}" for stem in GLOSSARY[thing]["avoid"]), re.IGNORECASE)
    for locale, texts in WRITTEN.items():
        told = {key: re.sub(COMMANDS, "", " ".join(text.words)) for key, text in texts.items()}
        assert not {key for key, words in told.items() if avoided.search(words)}
        named = GLOSSARY[thing][locale].split(", ")
        assert any(name[:-1] in words.lower() for name in named for words in told.values())


TOASTS = (
    "no-session",
    "telegram-go-on",
    "telegram-choice-unreadable",
    "telegram-too-many",
    "telegram-trouble",
    "notice-button-is-old",
    "notice-choice-came-late",
)


@each_locale
def test_what_is_said_over_a_tapped_button_fits_there(locale: Locale) -> None:
    # The limits are Telegram's own: https://core.telegram.org/bots/api
    assert [key for key in TOASTS if len(Texts(locale).say(key)) > 200] == []


TOUCH = r"\b(?:tap|button|click|кноп|наж[иа]?[мт])"


@each_locale
def test_only_where_one_can_tap_is_tapping_spoken_of(locale: Locale) -> None:
    told = {key for key, text in WRITTEN[locale].items() if re.search(TOUCH, " ".join(text.words), re.IGNORECASE)}
    assert told
    assert {key for key in told if not key.startswith("telegram-")} == set()


@each_locale
def test_what_telegram_shows_of_a_bot_fits_there(locale: Locale) -> None:
    texts = Texts(locale)
    assert len(texts.say("telegram-description")) <= 512
    assert len(texts.say("telegram-short-description")) <= 120
    assert all(1 <= len(texts.say(f"command-{command}")) <= 256 for command in BOT_COMMANDS)


@each_locale
def test_the_bots_help_names_every_command_of_its_menu(locale: Locale) -> None:
    help_ = Texts(locale).say("telegram-help")
    assert set(BOT_COMMANDS) - set(re.findall(r"(?<=/)[a-z]+", help_)) == {"help"}


@each_locale
@pytest.mark.parametrize("key", ["help", "telegram-help", "telegram-too-many"])
def test_what_is_said_when_no_one_listens_names_whom_to_call(locale: Locale, key: str) -> None:
    numbers = [c.reached_by for c in contacts(locale, Danger(kind=CrisisKind.VIOLENCE)) if c.emergency]
    assert numbers
    for number in numbers:
        assert number in Texts(locale).say(key)
