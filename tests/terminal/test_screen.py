"""What a person sees in a terminal, in both languages, on a usual and on a narrow screen."""

from __future__ import annotations

import io
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from gateway.presentation import layer_words, profile_words
from gateway.presentation.texts.texts import Texts
from gateway.terminal.choices import AboutValue, AnswerChoice, NotMe
from gateway.terminal.outbound.rendering import plain
from gateway.terminal.outbound.screen import Screen
from gateway.terminal.outbound.sender import TerminalSender
from schema.coaching.deliveries import CoachReply, WishKept
from schema.coaching.wishes import StyleWish
from schema.danger import Danger, DangerLevel
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
    SafetyQuestion,
    Summary,
    WelcomeBack,
)
from schema.profile.layers import Profile, TraitLevel, ValueName
from schema.profile_vocabulary import Layer
from schema.safety.data import contacts
from schema.vocabulary import CrisisKind, Depth, Domain, Energy, Evolution, Locale, Trait
from tests.crises import EVERY_CARE
from tests.erasures import NobodyIsErased
from tests.memory_messages import about_memories
from tests.portraits import connection, everything, evolution_view, portrait, reason
from tests.step_messages import about_steps

each_locale = pytest.mark.parametrize("locale", list(Locale))
each_width = pytest.mark.parametrize("width", [80, 60])

PROFILE = Profile(
    traits=[
        TraitLevel(trait=trait, score=score, confidence=confidence, evidence=evidence, evolution=evolution)
        for trait, score, confidence, evidence, evolution in zip(
            Trait, (0.0, 0.3, 0.5, 0.8, 1.0), (0.0, 0.3, 0.5, 0.8, 0.99), (1, 2, 5, 11, 21), Evolution, strict=True
        )
    ],
    patterns=["a pattern"],
    insights=["insight one", "insight two", "insight three", "insight four"],
    answers=21,
    offline=True,
)


def question(nonce: str = "n1", *, again: bool = False, text: str = "What do you love to do?") -> Question:
    return Question(
        nonce=nonce,
        question_id="work-surface-01",
        domain=Domain.WORK,
        depth=Depth.SURFACE,
        energy=Energy.OPENING,
        text=text,
        number=3,
        planned=12,
        again=again,
    )


OPENNESS = ValueName(layer=Layer.BIG_FIVE, name=Trait.OPENNESS)

EVERY_MESSAGE: list[Message] = [
    ConsentRequest(planned=12),
    WelcomeBack(planned=12),
    Feedback(text="You notice the quiet.", offline=True),
    Feedback(text="You notice the quiet.", offline=False),
    CoachReply(reply_id="r", text="What would help?", offline=True),
    HeardWords(text="I slept badly.", nonce="7"),
    WishKept(wish=StyleWish.SHORTER),
    WishKept(wish=StyleWish.INFORMAL, offline=True),
    WishKept(wish=None),
    *about_steps("call my brother"),
    *about_memories("I have a brother"),
    question(),
    FatigueOffer(suggest="pause"),
    FatigueOffer(suggest="end"),
    *EVERY_CARE,
    *(Paused(reason=reason) for reason in ("person", "fatigue", "crisis", "operator")),
    Nudge(),
    Nudge(before_consent=True),
    *(Notice(code=code) for code in NoticeCode),
    Summary(answers=5, profile=PROFILE, analyses_pending=2),
    ProfileCard(profile=PROFILE),
    ProfileCard(profile=Profile(traits=[], patterns=[], insights=[], answers=0)),
    ProfileCard(profile=everything(Locale.RU)),
    ProfileValues(profile=everything(Locale.EN)),
    ProfileValues(profile=Profile(traits=[], patterns=[], insights=[], answers=0)),
    EvolutionView(values=[]),
    evolution_view(),
    Reasons(value=OPENNESS, reasons=[]),
    Reasons(value=OPENNESS, reasons=[reason(), reason("word " * 300, "x" * 300)], more=3),
    Found(query="night", words=[reason()]),
    Found(query="x" * 500, words=[]),
    Found(query="night", words=[], available=False),
    Insights(profile=PROFILE),
    Insights(profile=PROFILE, connections=[connection(), connection()]),
    Insights(profile=Profile(traits=[], patterns=[], insights=[], answers=0)),
    DataExport(user_ref="abcdefghijklmnop"),
    *(Goodbye(reason=reason) for reason in ("declined", "not_begun", "stopped", "timed_out", "abandoned")),
]


def a_screen(locale: Locale = Locale.EN, width: int = 80) -> Screen:
    return Screen(Console(record=True, width=width, file=io.StringIO(), highlight=False), locale)


def shown(screen: Screen) -> str:
    """What has come onto the screen since it was last looked at."""
    return screen.console.export_text()


def joined(text: str) -> str:
    """A screen's words without its frames and line ends."""
    return " ".join(text.replace("│", " ").split())


def delivery(*messages: Message, locale: Locale = Locale.EN, key: str = "k") -> Delivery:
    return Delivery(key=key, address="me", locale=locale, messages=list(messages))


@each_locale
@each_width
def test_every_message_fits_the_screen(locale: Locale, width: int) -> None:
    for message in EVERY_MESSAGE:
        screen = a_screen(locale, width)
        screen.show(delivery(message, locale=locale))
        lines = shown(screen).splitlines()
        assert any(line.strip() for line in lines), message
        assert max(cell_len(line) for line in lines) <= width, message


def test_the_list_above_has_every_kind_of_message() -> None:
    kinds = Delivery.model_json_schema()["properties"]["messages"]["items"]["discriminator"]["mapping"]
    assert {message.kind for message in EVERY_MESSAGE} == set(kinds)


@each_locale
def test_a_question_says_where_in_the_session_the_person_is(locale: Locale) -> None:
    screen = a_screen(locale)
    screen.show(delivery(question(), locale=locale))
    title = {Locale.RU: "Вопрос 3 примерно из 12 · работа", Locale.EN: "Question 3 of about 12 · work"}[locale]
    assert title in (text := shown(screen))
    assert "What do you love to do?" in text
    assert "━━━━┄" in text


@each_locale
@pytest.mark.parametrize("kind", list(CrisisKind))
def test_crisis_support_names_everybody_who_can_be_reached(locale: Locale, kind: CrisisKind) -> None:
    screen = a_screen(locale)
    screen.show(delivery(CrisisSupport(crisis=kind), locale=locale))
    text = joined(shown(screen))
    for contact in contacts(locale, Danger(kind=kind)):
        assert contact.name in text
        assert (contact.phone or str(contact.url).rstrip("/")) in text


@each_locale
def test_a_portrait_says_how_sure_it_is_and_who_wrote_it(locale: Locale) -> None:
    screen, texts = a_screen(locale), Texts(locale)
    screen.show(delivery(ProfileCard(profile=PROFILE), locale=locale))
    text = joined(shown(screen))
    for level, where in zip(PROFILE.traits, ("low", "low", "middle", "high", "high"), strict=True):
        assert texts.say(f"trait-{level.trait}") in text
        # Of a guess there is no sentence, no place on a scale, and nothing of what it rests on.
        visible = level.trait is not Trait.OPENNESS
        assert (texts.say(f"trait-{level.trait}-{where}") in text) is visible
        assert (texts.say(f"trait-{level.trait}-from") in text) is visible
        assert (f" · {texts.say('trait-evidence', answers=level.evidence, all=21)}" in text) is visible
    for word in ("guess", "shape", "clear", "sure"):
        assert texts.say(f"confidence-{word}") in text
    # That it is a draft comes before all that it claims.
    claim = text.index(texts.say("trait-conscientiousness-low"))
    assert text.index(texts.say("profile-offline")) < claim < text.index(texts.say("profile-sketch"))
    assert "insight four" in text
    assert "insight one" not in text


def test_a_portrait_of_which_little_is_known_has_no_gap_in_it() -> None:
    screen = a_screen(Locale.EN)
    screen.show(
        delivery(ProfileCard(profile=Profile(traits=[], patterns=[], insights=[], answers=3)), locale=Locale.EN)
    )
    lines = [line.strip("│ ") for line in shown(screen).splitlines()]
    assert not any(not first and not second for first, second in pairwise(lines[1:-1]))


@each_locale
def test_a_portrait_tells_all_its_layers(locale: Locale) -> None:
    screen, texts = a_screen(locale), Texts(locale)
    screen.show(delivery(ProfileCard(profile=portrait(locale)), locale=locale))
    text = joined(shown(screen))
    for key in ("dynamic-self-awareness-high", "way-learning-edge-asking-for-help", "way-stress-response-freeze"):
        assert texts.say(key) in text
    for key in ("domain-creativity", "facet-ideas", "facet-order", "layers-lately"):
        assert texts.say(key) in text
    assert layer_words.unknown(portrait(locale), texts) in text
    assert texts.say("aspect-love-language") in layer_words.unknown(portrait(locale), texts)
    # Empty layers are left out.
    screen.show(delivery(ProfileCard(profile=PROFILE), locale=locale))
    assert texts.say("layers-signature") not in (text := shown(screen))
    assert texts.say("layers-unknown") not in text


@each_locale
def test_evolution_is_drawn_with_marks_where_a_change_is_clear(locale: Locale) -> None:
    screen, texts = a_screen(locale), Texts(locale)
    screen.show(delivery(evolution_view(), locale=locale))
    text = shown(screen)
    low, high = texts.say("trait-openness-from"), texts.say("trait-openness-to")
    assert re.search(rf"{low} +▄ ▅ ▅ ▅ ▆ ▇◆▇ ▇  +{high}", text)
    assert texts.say("evolution-increasing") in text
    assert texts.say("evolution-no-direction") in text
    assert {Locale.RU: "14 мая 2026", Locale.EN: "14 May 2026"}[locale] in joined(text)


@each_locale
def test_values_are_numbered_and_their_reasons_can_be_denied(locale: Locale) -> None:
    screen, texts, profile = a_screen(locale), Texts(locale), portrait(locale)
    easier = question().model_copy(update={"choices": ["I sing"]})
    screen.show(delivery(easier, locale=locale))
    screen.show(delivery(ProfileValues(profile=profile), locale=locale))
    values = layer_words.values(profile)
    assert screen.choices == (AnswerChoice("I sing", "n1"), *map(AboutValue, values))
    assert f" 2  {layer_words.name(values[0], texts)}\n" in shown(screen)
    screen.show(delivery(Reasons(value=OPENNESS, reasons=[reason()]), locale=locale))
    assert screen.choices == (AnswerChoice("I sing", "n1"), NotMe(OPENNESS))
    text = joined(shown(screen))
    assert "I paint at night." in text
    assert texts.say("terminal-not-me") in text
    # A denial can't be undone, so its number goes with whatever is said next.
    screen.show(delivery(Found(query="night", words=[]), locale=locale))
    assert list(screen.choices) == [AnswerChoice("I sing", "n1")]


@each_locale
def test_insights_are_told_in_words(locale: Locale) -> None:
    screen, texts = a_screen(locale), Texts(locale)
    screen.show(delivery(Insights(profile=PROFILE), locale=locale))
    text = joined(shown(screen))
    for said in ("insight one", "insight four", "a pattern", texts.say("profile-offline")):
        assert said in text


@each_locale
@each_width
def test_a_scale_has_a_word_at_both_its_ends(locale: Locale, width: int) -> None:
    screen, texts = a_screen(locale, width), Texts(locale)
    screen.show(delivery(ProfileCard(profile=PROFILE), locale=locale))
    text = shown(screen)
    for trait in profile_words.visible(PROFILE):
        ends = (texts.say(f"trait-{trait}-from"), texts.say(f"trait-{trait}-to"))
        assert re.search(rf"{ends[0]} +[─▒●]+ +{ends[1]}", text)


def test_a_band_is_the_wider_the_less_is_known() -> None:
    screen = a_screen()
    screen.show(delivery(ProfileCard(profile=PROFILE)))
    # The legend has such a mark too.
    bars = [line for line in shown(screen).splitlines() if "●" in line][:4]
    assert all(bar.count("●") == 1 for bar in bars)
    sure = bars[-1]
    assert sure.rstrip(" │").endswith("● worry")
    assert "▒" not in sure
    middling = [bar.count("▒") for bar in bars[:3]]
    assert middling == sorted(middling, reverse=True)


def test_a_summary_does_not_count_the_same_answers_twice() -> None:
    screen = a_screen()
    screen.show(delivery(Summary(answers=21, profile=PROFILE, analyses_pending=0)))
    text = shown(screen)
    assert "You answered 21 questions." in text
    assert "21 answers read" not in text
    screen.show(delivery(Summary(answers=5, profile=PROFILE, analyses_pending=0)))
    assert "21 answers read in all." in shown(screen)


@each_locale
def test_a_summary_without_a_portrait_yet_does_not_ask_for_first_answers(locale: Locale) -> None:
    screen, texts = a_screen(locale), Texts(locale)
    nothing_yet = Profile(traits=[], patterns=[], insights=[], answers=0)
    screen.show(delivery(Summary(answers=5, profile=nothing_yet, analyses_pending=6), locale=locale))
    text = joined(shown(screen))
    assert texts.say("summary-pending") in text
    assert texts.say("profile-empty") not in text
    assert "6" not in text


@each_locale
def test_choices_are_numbered(locale: Locale) -> None:
    screen = a_screen(locale)
    screen.show(delivery(ConsentRequest(planned=12), locale=locale))
    words = {
        Locale.RU: "1  Мне есть 18, начнём    2  Нет, спасибо",
        Locale.EN: "1  I'm 18 or older, let's begin    2  No, thank you",
    }
    assert words[locale] in shown(screen)


@each_locale
def test_short_answers_are_numbered_each_on_a_line_and_one_may_always_write(locale: Locale) -> None:
    screen = a_screen(locale)
    easier = question().model_copy(update={"choices": ["I sing", "I walk in the woods", "I rest"]})
    screen.show(delivery(FatigueOffer(suggest="pause"), easier, locale=locale))
    lines = [line.strip() for line in shown(screen).splitlines() if line.strip()]
    texts = Texts(locale)
    at = lines.index("1  I sing")
    assert lines[at : at + 3] == ["1  I sing", "2  I walk in the woods", "3  I rest"]
    assert lines[at + 3].startswith(f"4  {texts.say('choice-go-on')}    5  {texts.say('choice-pause')}")
    assert joined(" ".join(lines[at + 3 :])).endswith(texts.say("terminal-choose-or-write"))


@each_locale
def test_the_question_of_safety_carries_the_numbers_when_it_is_asked_again(locale: Locale) -> None:
    screen, danger = a_screen(locale), Danger(kind=CrisisKind.SELF_HARM)
    screen.show(delivery(SafetyQuestion(nonce="s", care=danger), locale=locale))
    assert contacts(locale, danger)[0].reached_by in shown(screen)


@each_locale
def test_a_soft_word_says_by_which_line_help_comes(locale: Locale) -> None:
    screen, help_ = a_screen(locale), Texts(locale).say("choice-help")
    soft = Danger(kind=CrisisKind.SELF_HARM, level=DangerLevel.SOFT)
    screen.show(delivery(Concern(danger=soft, nonce="c"), question(), locale=locale))
    text = joined(shown(screen))
    assert text.count(help_) == 2
    assert f"1 {help_}" in text


@each_locale
def test_a_choice_that_was_taken_stands_with_its_reflection(locale: Locale) -> None:
    screen = a_screen(locale)
    screen.show(delivery(Feedback(text="So.", offline=False, chosen="I sing"), locale=locale))
    assert Texts(locale).say("feedback-chosen", choice="I sing") in shown(screen)


async def test_a_delivery_that_is_tried_again_is_shown_once() -> None:
    screen = a_screen()
    sender = TerminalSender(screen, NobodyIsErased())
    for _ in range(2):
        await sender.deliver(delivery(Nudge(), key="session:7"))
    assert shown(screen).count("I'm here") == 1
    await sender.deliver(delivery(Nudge(), key="session:8"))
    assert shown(screen).count("I'm here") == 1


def test_the_question_that_stands_there_is_not_printed_twice() -> None:
    screen = a_screen()
    screen.show(delivery(question()))
    shown(screen)
    screen.show(delivery(question(again=True)))
    assert shown(screen) == ""
    assert screen.turn.is_set()


def test_a_question_comes_back_after_something_else_and_in_another_language() -> None:
    screen = a_screen()
    screen.show(delivery(question()))
    screen.show(delivery(Paused(reason="person")))
    shown(screen)
    screen.show(delivery(Notice(code=NoticeCode.RESUMED), question(again=True)))
    assert "What do you love to do?" in shown(screen)
    screen.show(delivery(question(again=True, text="Что вы любите делать?"), locale=Locale.RU))
    assert "Что вы любите делать?" in shown(screen)


@pytest.mark.parametrize(
    ("messages", "awaits"),
    [
        ([ConsentRequest(planned=12)], True),
        ([Feedback(text="So.", offline=True), question()], True),
        ([Paused(reason="person")], True),
        ([Notice(code=NoticeCode.NOTHING_TO_SKIP)], True),
        ([Feedback(text="So.", offline=True)], False),
        ([Notice(code=NoticeCode.SKIPPED)], False),
        ([Goodbye(reason="stopped")], False),
        ([CoachReply(reply_id="r", text="So?")], True),
        ([Notice(code=NoticeCode.TOPIC_BEGUN)], True),
        ([Notice(code=NoticeCode.ERASED)], False),
    ],
)
def test_it_is_the_persons_turn_only_when_nothing_more_is_to_come(messages: list[Message], awaits: bool) -> None:
    screen = a_screen()
    screen.show(delivery(*messages))
    assert screen.turn.is_set() is awaits


@given(st.text())
def test_no_text_can_steer_the_terminal(text: str) -> None:
    assert not any(c < " " or "\x7f" <= c < "\xa0" for c in plain(text) if c != "\n")


def test_a_text_can_not_change_colours() -> None:
    screen = a_screen()
    screen.show(delivery(Feedback(text="\x1b[31mred\x07 [bold]not bold[/bold]", offline=False)))
    assert "[31mred [bold]not bold[/bold]" in (text := shown(screen))
    assert "\x1b" not in text


@each_locale
def test_that_no_language_model_reads_along_or_replies_is_told_once_each(locale: Locale) -> None:
    screen = a_screen(locale)
    for key, one, two in (
        ("feedback-offline", Feedback(text="One.", offline=True), Feedback(text="Two.", offline=True)),
        (
            "coach-offline",
            CoachReply(reply_id="1", text="One.", offline=True, first=True),
            CoachReply(reply_id="2", text="Two.", offline=True),
        ),
    ):
        mark = Texts(locale).say(key)
        screen.show(delivery(one, locale=locale))
        assert mark in shown(screen)
        screen.show(delivery(two, locale=locale))
        assert mark not in (text := shown(screen))
        assert "Two." in text
