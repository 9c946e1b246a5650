"""What a typed line means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.presentation.commands import asked
from gateway.terminal.choices import AnswerChoice, Choice, Numbered, OtherCountry, choices_after, countries_of
from gateway.terminal.inbound.input_parser import (
    AnswerText,
    ChooseLanguage,
    Command,
    FindWords,
    InvalidCommand,
    Meaning,
    TooLong,
    ValueCommand,
    meaning,
)
from schema.coaching.deliveries import CoachReply
from schema.danger import Danger, DangerLevel
from schema.deliveries import (
    Concern,
    ConsentRequest,
    CrisisSupport,
    FatigueOffer,
    Feedback,
    Goodbye,
    Message,
    Notice,
    NoticeCode,
    Paused,
    Question,
    SafetyQuestion,
    Summary,
)
from schema.onboarding.messages import ANSWER_LIMIT
from schema.profile.layers import Profile
from schema.vocabulary import CrisisKind, Depth, Domain, Energy, Locale

CONSENT = (Choice.AGREE, Choice.DECLINE, Choice.PRIVACY)
QUESTION = Question(
    nonce="n",
    question_id="work-surface-01",
    domain=Domain.WORK,
    depth=Depth.SURFACE,
    energy=Energy.OPENING,
    text="What do you like?",
    number=1,
    planned=12,
)
WITH_CHOICES = QUESTION.model_copy(update={"choices": ["I sing", "I walk", "I rest"]})
SHORT = tuple(AnswerChoice(text, "n") for text in WITH_CHOICES.choices)
DANGER = Danger(kind=CrisisKind.ABUSE)
SAFETY = (Choice.SAFE, Choice.HELP, Choice.MISREAD)
CONCERN = Concern(danger=Danger(kind=CrisisKind.ABUSE, level=DangerLevel.SOFT), nonce="c")
ABROAD = OtherCountry(DANGER)
REPLY = CoachReply(reply_id="r", text="What would help?")
NOTHING = Profile(traits=[], patterns=[], insights=[], answers=0)
CHOICES = st.lists(st.sampled_from(Choice), unique=True).map(tuple)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("1", Choice.AGREE),
        (" 2. ", Choice.DECLINE),
        ("Да!", Choice.AGREE),
        ("нет", Choice.DECLINE),
        ("YES", Choice.AGREE),
        ("3", Choice.PRIVACY),
        ("4", AnswerText("4")),
        ("yes, but what do you keep?", AnswerText("yes, but what do you keep?")),
    ],
)
def test_consent_takes_a_number_or_a_plain_yes_or_no(line: str, meant: Meaning) -> None:
    assert meaning(line, CONSENT) == meant


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("2", AnswerChoice("I walk", "n")),
        (" 3. ", AnswerChoice("I rest", "n")),
        ("4", AnswerText("4")),
        ("0", AnswerText("0")),
        ("2 of them", AnswerText("2 of them")),
        ("I walk", AnswerText("I walk")),
        ("/skip", Command.SKIP),
    ],
)
def test_only_a_bare_number_in_range_is_a_choice(line: str, meant: Meaning) -> None:
    assert meaning(line, SHORT) == meant


@pytest.mark.parametrize("line", ["1", "2", "да", "no"])
def test_a_number_is_an_answer_when_nothing_is_to_be_chosen(line: str) -> None:
    assert meaning(line, ()) == AnswerText(line)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("/skip", Command.SKIP),
        ("  /PAUSE ", Command.PAUSE),
        ("/language ru", ChooseLanguage(Locale.RU)),
        ("/language EN", ChooseLanguage(Locale.EN)),
        ("/language", InvalidCommand("language-which")),
        ("/language fr", InvalidCommand("language-which")),
        ("/skip it", InvalidCommand("unknown-command")),
        ("/delete?", Command.DELETE),
        ("/dance", InvalidCommand("unknown-command")),
        ("/evolution", Command.EVOLUTION),
        ("/why", Command.WHY),
        ("/why Openness", ValueCommand("why", "openness")),
        ("/notme Openness", ValueCommand("notme", "openness")),
        ("/notme", InvalidCommand("terminal-not-me-which")),
        ("/find My Mother ", FindWords("My Mother")),
        ("/find", InvalidCommand("find-how")),
        (f"/find {'x' * ANSWER_LIMIT}y", TooLong(ANSWER_LIMIT + 1)),
    ],
)
def test_commands(line: str, meant: Meaning) -> None:
    assert meaning(line, CONSENT) == meant


@given(st.text(max_size=200).filter(lambda text: asked(text) is None))
def test_every_other_line_is_an_answer_and_stays_as_it_was_written(line: str) -> None:
    assert meaning(line, ()) == AnswerText(line)


@given(st.text(max_size=60), CHOICES)
def test_no_line_goes_unheard(line: str, choices: tuple[Choice, ...]) -> None:
    meant = meaning(line, choices)
    assert isinstance(meant, Meaning)
    # Some commands are equal to choices, in their letters.
    assert not isinstance(meant, Choice) or meant in choices


def test_an_answer_may_be_as_long_as_the_limit_and_no_longer() -> None:
    assert meaning("x" * ANSWER_LIMIT, ()) == AnswerText("x" * ANSWER_LIMIT)
    assert meaning("x" * (ANSWER_LIMIT + 1), ()) == TooLong(ANSWER_LIMIT + 1)


@pytest.mark.parametrize(
    ("messages", "before", "after"),
    [
        ([ConsentRequest(planned=12)], (), CONSENT),
        ([Notice(code=NoticeCode.CONSENT_FIRST)], CONSENT, CONSENT),
        ([CrisisSupport(crisis=CrisisKind.ABUSE)], CONSENT, (*CONSENT, ABROAD)),
        ([CrisisSupport(crisis=CrisisKind.ABUSE), SafetyQuestion(nonce="s")], SHORT, (*SAFETY, ABROAD)),
        ([SafetyQuestion(nonce="s", care=DANGER)], (*countries_of(DANGER, Locale.EN), *SAFETY), (*SAFETY, ABROAD)),
        ([Notice(code=NoticeCode.SAFE), QUESTION], (*SAFETY, ABROAD), ()),
        ([CONCERN, WITH_CHOICES], (), (*SHORT, Choice.HELP)),
        ([CONCERN, FatigueOffer(suggest="pause"), QUESTION], (), (Choice.HELP, Choice.GO_ON, Choice.PAUSE)),
        ([Notice(code=NoticeCode.ADDED_TO_ANSWER), CONCERN], (*SHORT, Choice.HELP), (*SHORT, Choice.HELP)),
        ([CONCERN, Notice(code=NoticeCode.CONSENT_FIRST)], CONSENT, (*CONSENT, Choice.HELP)),
        ([QUESTION], CONSENT, ()),
        ([FatigueOffer(suggest="pause"), QUESTION], (), (Choice.GO_ON, Choice.PAUSE)),
        ([FatigueOffer(suggest="end"), QUESTION], (), (Choice.GO_ON, Choice.STOP)),
        ([QUESTION], (Choice.GO_ON, Choice.PAUSE), ()),
        ([WITH_CHOICES], CONSENT, SHORT),
        ([FatigueOffer(suggest="pause"), WITH_CHOICES], (), (*SHORT, Choice.GO_ON, Choice.PAUSE)),
        ([QUESTION], SHORT, ()),
        ([Feedback(text="So.", offline=True)], SHORT, ()),
        ([Notice(code=NoticeCode.EMPTY_ANSWER)], SHORT, SHORT),
        ([CrisisSupport(crisis=CrisisKind.ABUSE), Paused(reason="crisis")], (), (Choice.RESUME, ABROAD)),
        ([Goodbye(reason="abandoned")], (Choice.RESUME,), ()),
        ([REPLY], (*SAFETY, ABROAD), ()),
        ([REPLY, CONCERN], (*SAFETY, ABROAD), (Choice.HELP,)),
        ([Goodbye(reason="not_begun")], CONSENT, ()),
        ([Summary(answers=3, profile=NOTHING, analyses_pending=0)], (Choice.GO_ON, Choice.STOP), ()),
    ],
)
def test_choices_stay_open_until_a_question_or_the_end_takes_their_place(
    messages: list[Message], before: tuple[Numbered, ...], after: tuple[Numbered, ...]
) -> None:
    assert choices_after(messages, before, Locale.EN) == after
