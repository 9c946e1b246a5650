"""What a person reads in Telegram, in both languages: one message for what is said in one breath, within its limits."""

from __future__ import annotations

from uuid import UUID

import pytest
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from gateway.presentation.texts.texts import Texts
from gateway.telegram import keyboards
from gateway.telegram.callback_data import (
    Act,
    ChoiceCallback,
    ConsentCallback,
    EraseCallback,
    EraseStep,
    LanguageCallback,
    NotQuiteCallback,
    PrivacyCallback,
    QuestionCallback,
    ResumeCallback,
    SafetyCallback,
)
from gateway.telegram.outbound.parts import Card, EvolutionPicture, ExportFile, ExportNote, Part, Resend, TextPart
from gateway.telegram.outbound.rendering import render
from gateway.telegram.outbound.splitting import CAPTION_LIMIT, MESSAGE_LIMIT
from schema.coaching.deliveries import CoachReply, WishKept
from schema.coaching.wishes import StyleWish
from schema.danger import Danger
from schema.deliveries import (
    Concern,
    ConsentRequest,
    CrisisSupport,
    DataExport,
    Delivery,
    EvolutionView,
    FatigueOffer,
    Feedback,
    Found,
    Goodbye,
    HeardWords,
    Insights,
    Message,
    Notice,
    NoticeCode,
    Nudge,
    Paused,
    ProfileCard,
    ProfileValues,
    Question,
    Reasons,
    Summary,
    WelcomeBack,
)
from schema.profile.layers import Profile, TraitLevel, ValueName
from schema.profile_vocabulary import Layer, Theme
from schema.safety.data import contacts
from schema.vocabulary import CrisisKind, Depth, Domain, Energy, Locale, Trait
from tests.crises import EVERY_CARE
from tests.memory_messages import about_memories
from tests.portraits import connection, everything, evolution_view, reason
from tests.step_messages import about_steps
from tests.telegram.bot_api.formatting import Formatted, parse_html, utf16

each_locale = pytest.mark.parametrize("locale", Locale)

HOSTILE = "</b><i>1 < 2 & 3 > 2 &amp; &lt; \"q\" 'q' <a href='tg://x'>👨‍👩‍👧 שלום \u202eשלום \u202emirrored\x07 \x00"

PROFILE = Profile(
    traits=[TraitLevel(trait=trait, score=0.7, confidence=0.4, evidence=3) for trait in Trait],
    patterns=["the sea", HOSTILE],
    insights=["insight one", "insight two", "insight three", HOSTILE],
    answers=5,
    offline=True,
)
NOTHING_YET = Profile(traits=[], patterns=[], insights=[], answers=0)


CHOICES = ["I sing", "I walk in the woods", "I like to do nothing at all"]


def question(text: str = "What do you love to do?", number: int = 3, choices: list[str] | None = None) -> Question:
    return Question(
        nonce="0a1b2c3d",
        question_id="work-surface-01",
        domain=Domain.WORK,
        depth=Depth.SURFACE,
        energy=Energy.OPENING,
        text=text,
        number=number,
        planned=10,
        choices=choices or [],
    )


OPENNESS = ValueName(layer=Layer.BIG_FIVE, name=Trait.OPENNESS)
REASONS = [
    Reasons(value=OPENNESS, reasons=[]),
    Reasons(value=OPENNESS, reasons=[reason(), reason(HOSTILE * 40, HOSTILE * 40)], more=3),
    Reasons(value=ValueName(layer=Layer.ADAPTIVE_TRAITS, name="a_later_aspect"), reasons=[reason()]),
]
FOUND = [
    Found(query="night", words=[reason(), reason(HOSTILE * 40)]),
    Found(query=HOSTILE * 40, words=[]),
    Found(query="night", words=[], available=False),
]

EVERY_MESSAGE: list[Message] = [
    ConsentRequest(planned=12),
    WelcomeBack(planned=12),
    Feedback(text=HOSTILE, offline=True),
    CoachReply(reply_id="r", text=HOSTILE, offline=True),
    HeardWords(text=HOSTILE, nonce="7"),
    WishKept(wish=StyleWish.SHORTER),
    WishKept(wish=StyleWish.INFORMAL, offline=True),
    WishKept(wish=None),
    question(HOSTILE),
    question(choices=CHOICES),
    FatigueOffer(suggest="pause"),
    FatigueOffer(suggest="end"),
    *EVERY_CARE,
    *(Paused(reason=reason) for reason in ("person", "fatigue", "crisis", "operator")),
    Nudge(),
    Nudge(before_consent=True),
    *(Notice(code=code) for code in NoticeCode),
    Summary(answers=5, profile=PROFILE, analyses_pending=2),
    Summary(answers=5, profile=NOTHING_YET, analyses_pending=5),
    ProfileCard(profile=PROFILE),
    ProfileCard(profile=NOTHING_YET),
    ProfileCard(profile=everything(Locale.RU), theme=Theme.DARK),
    ProfileValues(profile=NOTHING_YET),
    ProfileValues(profile=everything(Locale.EN)),
    EvolutionView(values=[]),
    evolution_view(),
    *REASONS,
    *FOUND,
    *about_steps(HOSTILE),
    *about_memories(HOSTILE),
    Insights(profile=PROFILE),
    Insights(profile=PROFILE, connections=[connection(HOSTILE), connection()]),
    Insights(profile=NOTHING_YET),
    DataExport(user_ref="aaaabbbbccccdddd"),
    *(Goodbye(reason=reason) for reason in ("declined", "not_begun", "stopped", "timed_out", "abandoned")),
]


def rendered(*messages: Message, locale: Locale = Locale.EN) -> list[Part]:
    return render(Delivery(key="s:1", address="1001", locale=locale, messages=list(messages)))


def only_words(*messages: Message, locale: Locale = Locale.EN) -> TextPart:
    (part,) = rendered(*messages, locale=locale)
    assert isinstance(part, TextPart)
    return part


def read(html: str) -> str:
    return parse_html(html).text


def labels(keyboard: InlineKeyboardMarkup | None) -> list[str]:
    return [button.text for row in keyboard.inline_keyboard for button in row] if keyboard else []


def data(keyboard: InlineKeyboardMarkup | None) -> list[str]:
    return [button.callback_data or "" for row in keyboard.inline_keyboard for button in row] if keyboard else []


def words_of(part: Part) -> str:
    match part:
        case TextPart():
            return part.html
        case Card() | EvolutionPicture():
            return part.caption
        case ExportNote() | ExportFile():
            return ""


@each_locale
def test_every_message_is_something_that_telegram_takes(locale: Locale) -> None:
    for message in EVERY_MESSAGE:
        parts = rendered(message, locale=locale)
        assert parts, message
        for part in parts:
            assert isinstance(part, ExportNote | ExportFile) or read(words_of(part)).strip(), message
            limit = CAPTION_LIMIT if isinstance(part, Card | EvolutionPicture) else MESSAGE_LIMIT
            assert utf16(read(words_of(part))) <= limit, message
        assert parts == rendered(message, locale=locale)


def test_the_list_above_has_every_kind_of_message() -> None:
    kinds = Delivery.model_json_schema()["properties"]["messages"]["items"]["discriminator"]["mapping"]
    assert {message.kind for message in EVERY_MESSAGE} == set(kinds)


def test_the_reflection_and_the_next_question_are_one_message() -> None:
    part = only_words(Feedback(text="You notice the quiet.", offline=False), question())
    assert read(part.html) == "You notice the quiet.\n\nQuestion 3 of about 10 · work\nWhat do you love to do?"
    assert labels(part.keyboard) == ["Another question", "Take a break"]
    assert part.resend is Resend.UNTIL_KNOWN


@each_locale
def test_a_question_says_where_in_the_session_the_person_is(locale: Locale) -> None:
    frame = {Locale.RU: "Вопрос 3 примерно из 10 · работа", Locale.EN: "Question 3 of about 10 · work"}[locale]
    assert frame in read(only_words(question(), locale=locale).html)


@each_locale
def test_what_people_and_models_write_is_shown_as_it_is_written(locale: Locale) -> None:
    shown = "".join(character for character in HOSTILE if character not in "\x00\x07").strip()
    for message in (Feedback(text=HOSTILE, offline=False), question(HOSTILE), Insights(profile=PROFILE)):
        assert shown in read(only_words(message, locale=locale).html)


def test_that_the_offline_analyst_reads_along_is_told_with_the_first_reflection_only() -> None:
    mark = Texts(Locale.EN).say("feedback-offline")
    reflection = Feedback(text="You notice the quiet.", offline=True)
    assert mark in read(only_words(reflection, question(number=2)).html)
    assert mark not in read(only_words(reflection, question(number=3)).html)
    assert mark not in read(only_words(Feedback(text="I hear you.", offline=False), question(number=2)).html)


@pytest.mark.parametrize("blank", ["", " \n", "\x00 \x07"])
def test_a_reflection_that_says_nothing_is_left_out(blank: str) -> None:
    nothing = Feedback(text=blank, offline=True)
    assert rendered(nothing) == []
    assert rendered(nothing, question(number=2)) == rendered(question(number=2))
    assert rendered(nothing, CrisisSupport(crisis=CrisisKind.ABUSE)) == rendered(CrisisSupport(crisis=CrisisKind.ABUSE))


def test_long_words_come_in_pieces_and_only_the_last_has_buttons() -> None:
    parts = rendered(Feedback(text="word " * 3000, offline=False), question())
    assert len(parts) == 4
    assert [part.resend for part in parts] == [*[Resend.NEVER] * 3, Resend.UNTIL_KNOWN]
    assert [bool(isinstance(part, TextPart) and part.keyboard) for part in parts] == [False, False, False, True]
    assert read(words_of(parts[-1])).endswith("What do you love to do?")


@each_locale
@pytest.mark.parametrize("kind", CrisisKind)
def test_support_in_a_crisis_comes_alone_and_names_everybody_who_can_be_reached(
    kind: CrisisKind, locale: Locale
) -> None:
    before, support, after = rendered(
        Nudge(), CrisisSupport(crisis=kind), Feedback(text="I am here.", offline=False), question(), locale=locale
    )[:3]
    assert isinstance(support, TextPart)
    assert support.keyboard is not None
    others = [button.text for row in support.keyboard.inline_keyboard for button in row]
    assert {Locale.RU: "Казахстан", Locale.EN: "Canada"}[locale] in others
    assert "I am here." in words_of(after)
    formatted = parse_html(support.html)
    for contact in contacts(locale, Danger(kind=kind)):
        reached_by = contact.phone or str(contact.url).rstrip("/")
        assert contact.name in formatted.text
        # A number within other markup may not be one that can be tapped.
        assert reached_by not in marked(formatted)
        assert f"\n{reached_by} — {contact.name}" in formatted.text
    assert read(words_of(before)) == Texts(locale).say("nudge")


def marked(formatted: Formatted) -> str:
    text = formatted.text.encode("utf-16-le")
    return "\n".join(
        text[e["offset"] * 2 : (e["offset"] + e["length"]) * 2].decode("utf-16-le") for e in formatted.entities
    )


def test_an_export_is_announced_and_comes_as_two_files() -> None:
    note, html, json = rendered(DataExport(user_ref="aaaabbbbccccdddd"))
    assert note == ExportNote("aaaabbbbccccdddd")
    assert html == ExportFile("aaaabbbbccccdddd", "html")
    assert json == ExportFile("aaaabbbbccccdddd", "json")


ANSWER = UUID(int=7)
REPLY = CoachReply(reply_id="r", text="What would help?")
CONCERN = Concern(danger=Danger(kind=CrisisKind.ABUSE), nonce="c")
HELP = SafetyCallback(answer="help", nonce="c", crisis=CrisisKind.ABUSE)
YES_OR_NO = [*(ConsentCallback(granted=granted, nonce="f00d") for granted in (True, False)), PrivacyCallback()]


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ((ConsentRequest(planned=12, nonce="f00d"),), YES_OR_NO),
        ((Notice(code=NoticeCode.CONSENT_FIRST, nonce="f00d"),), YES_OR_NO),
        ((Notice(code=NoticeCode.NOT_BEGUN, nonce="f00d"),), YES_OR_NO),
        ((Notice(code=NoticeCode.NOT_BEGUN),), []),
        ((REPLY,), []),
        ((REPLY, CONCERN), [HELP]),
        (
            (Notice(code=NoticeCode.SKIPPED), question()),
            [QuestionCallback(action=Act.SKIP, nonce="0a1b2c3d"), QuestionCallback(action=Act.PAUSE, nonce="0a1b2c3d")],
        ),
        (
            (FatigueOffer(suggest="pause"), question()),
            [
                QuestionCallback(action=Act.GO_ON, nonce="0a1b2c3d"),
                QuestionCallback(action=Act.PAUSE, nonce="0a1b2c3d"),
            ],
        ),
        (
            (Feedback(text="I hear you.", offline=False), FatigueOffer(suggest="end"), question()),
            [QuestionCallback(action=Act.GO_ON, nonce="0a1b2c3d"), QuestionCallback(action=Act.STOP, nonce="0a1b2c3d")],
        ),
        (
            (FatigueOffer(suggest="end"), question(choices=CHOICES)),
            [
                *(ChoiceCallback(nonce="0a1b2c3d", index=index) for index in range(3)),
                QuestionCallback(action=Act.GO_ON, nonce="0a1b2c3d"),
                QuestionCallback(action=Act.STOP, nonce="0a1b2c3d"),
            ],
        ),
        ((Feedback(text="I hear you.", offline=False), Paused(reason="fatigue")), [ResumeCallback()]),
        (
            (Feedback(text="I hear you.", offline=False, answer_id=str(ANSWER)), question()),
            [
                QuestionCallback(action=Act.SKIP, nonce="0a1b2c3d"),
                QuestionCallback(action=Act.PAUSE, nonce="0a1b2c3d"),
                NotQuiteCallback(answer_id=ANSWER),
            ],
        ),
        (
            (Feedback(text="I hear you.", offline=False, answer_id=str(ANSWER)),),
            [NotQuiteCallback(answer_id=ANSWER)],
        ),
        ((Notice(code=NoticeCode.ADDED_TO_ANSWER),), []),
        ((Nudge(),), []),
        ((Goodbye(reason="stopped"),), []),
    ],
)
def test_buttons_say_what_they_are_about(messages: tuple[Message, ...], expected: list[CallbackData]) -> None:
    assert data(only_words(*messages).keyboard) == [tap.pack() for tap in expected]


def test_all_of_a_reply_of_the_coach_may_be_sent_again_once_and_an_empty_one_is_not_sent() -> None:
    assert only_words(REPLY).resend is Resend.ONCE
    assert [part.resend for part in rendered(CoachReply(reply_id="r", text="word " * 1500))] == [Resend.ONCE] * 2
    assert rendered(CoachReply(reply_id="r", text=" \x00")) == []


@each_locale
def test_each_choice_is_a_button_in_a_row_of_its_own_and_one_may_always_write(locale: Locale) -> None:
    part = only_words(question(choices=CHOICES), locale=locale)
    texts = Texts(locale)
    assert part.keyboard
    rows = [[button.text for button in row] for row in part.keyboard.inline_keyboard]
    assert rows == [*([choice] for choice in CHOICES), [texts.say("choice-skip"), texts.say("choice-pause")]]
    assert read(part.html).endswith(texts.say("telegram-choose-or-write"))
    assert texts.say("telegram-choose-or-write") not in read(only_words(question(), locale=locale).html)


def test_languages_are_called_as_their_speakers_call_them() -> None:
    assert labels(keyboards.languages()) == ["Русский", "English"]
    assert data(keyboards.languages()) == [LanguageCallback(locale=locale).pack() for locale in Locale]


@each_locale
def test_erasing_is_asked_twice_and_two_taps_at_one_place_keep_everything(locale: Locale) -> None:
    texts, asked_at = Texts(locale), 1_795_000_000
    first, second = keyboards.erase_first(texts, asked_at), keyboards.erase_second(texts, asked_at)
    keep, sure, really_sure = (
        EraseCallback(step=step, asked_at=asked_at).pack()
        for step in (EraseStep.KEEP, EraseStep.SURE, EraseStep.REALLY_SURE)
    )
    assert data(first) == [keep, sure]
    assert data(second) == [really_sure, keep]
    assert len({*labels(first), *labels(second)}) == 3


@each_locale
def test_no_button_carries_more_than_telegram_takes(locale: Locale) -> None:
    texts, nonce, asked_at = Texts(locale), "0a1b2c3d", 253_402_300_799
    every = [
        keyboards.consent(texts, nonce),
        keyboards.question(texts, nonce),
        keyboards.with_choices(CHOICES, nonce, keyboards.question(texts, nonce)),
        keyboards.offer(texts, nonce, "pause"),
        keyboards.offer(texts, nonce, "end"),
        keyboards.resume(texts),
        keyboards.languages(),
        keyboards.erase_first(texts, asked_at),
        keyboards.erase_second(texts, asked_at),
    ]
    carried = [piece for keyboard in every for piece in data(keyboard)]
    assert all(0 < len(piece.encode()) <= 64 for piece in carried)
