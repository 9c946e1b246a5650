"""A conversation in a terminal with a real session behind it, as a script or an invented person has it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from gateway.presentation.texts.texts import Texts
from gateway.terminal.conversation import PersonErased
from gateway.terminal.inbound.keyboard import Line
from gateway.terminal.inbound.persona import AT_ONCE, PersonaKeyboard, load_persona
from gateway.terminal.session_link import SessionLink
from schema.danger import Danger
from schema.onboarding.messages import ANSWER_LIMIT, SessionOutcome
from schema.safety.data import contacts
from schema.vocabulary import CrisisKind, Locale, Status
from tests.people.visit import Visit, in_order, joined
from workflows.onboarding.session import OnboardingSession

ANSWERS = (
    "I love trying new things, last summer I learned to sail and felt so curious and alive.",
    "My sister and I talk every evening, she calms me when I worry about my work.",
    "I plan my week on Sunday and feel proud when I finish what I promised to myself.",
)


async def test_a_piped_script_has_a_whole_session(arrives: Callable[..., Visit]) -> None:
    person = arrives(planned_questions=3)
    outcome = await person.pipes("1", *ANSWERS)
    assert outcome is not None
    assert (outcome.status, outcome.answers) == (Status.COMPLETED, 3)
    assert in_order(
        person.seen,
        [
            "Shall we begin?",
            "› 1",
            "Question 1 of about 3",
            "› I love trying new things",
            "Question 2 of about 3",
            "Question 3 of about 3",
            "What came together",
        ],
    )


async def test_a_reflection_that_missed_is_objected_to_by_a_command(arrives: Callable[..., Visit]) -> None:
    person = arrives(planned_questions=3)
    assert await person.pipes("1", "/notquite", ANSWERS[0], "/notquite", "/quit") is None
    assert in_order(
        joined(person.seen), ["no reply of mine here yet", "Question 2 of about 3", "Thank you for saying so."]
    )


async def test_a_person_who_leaves_finds_their_question_again(arrives: Callable[..., Visit]) -> None:
    person = arrives()
    assert await person.pipes("yes", ANSWERS[0], "/quit", "never read") is None
    question = person.screen.question
    assert question is not None
    # Answered only after the session has heard that its last message was shown.
    assert (await person.progress()).open_nonce == question.nonce
    assert await person.pipes() is None
    assert "Question 2 of about 12" in person.seen
    assert person.screen.nonce == question.nonce
    assert (await person.progress()).answered == 1


async def test_declining_in_words(arrives: Callable[..., Visit]) -> None:
    person = arrives(Locale.RU)
    outcome = await person.pipes("нет")
    assert outcome is not None
    assert outcome.status is Status.DECLINED
    assert "В базе данных о вас ничего не осталось" in person.seen


async def test_commands_do_what_they_say(arrives: Callable[..., Visit]) -> None:
    person = arrives()
    await person.pipes("yes", "/skip", "/pause", "/profile", "/resume", "/language ru", "/nonsense", "/help", "")
    assert in_order(
        person.seen,
        [
            "we'll leave that one",
            "let's take a break",
            "There is nothing to tell yet",
            "Good to have you back",
            "Question 1 of about 12",
            "Теперь говорим по-русски",
            "Вопрос 1 примерно из 12",
            "Такой команды нет",
            "/quit — уйти",
            "Сообщение пришло пустым",
        ],
    )
    assert (await person.progress()).locale is Locale.RU


async def test_plain_words_do_what_a_command_does(arrives: Callable[..., Visit]) -> None:
    person = arrives()
    await person.pipes("yes", "Next question, please", "my portrait", "export my data", "давайте по-русски", "стоп")
    assert in_order(
        person.seen,
        [
            "we'll leave that one",
            "There is nothing to tell yet",
            "A terminal can't send files",
            "Теперь говорим по-русски",
            "Хорошо, на этом остановимся",
        ],
    )


async def test_the_question_is_shown_once_more(arrives: Callable[..., Visit]) -> None:
    person = arrives()

    class Returning:
        typed = iter(["yes", "/help", "/start"])

        async def line(self) -> Line | None:
            await person.screen.turn.wait()
            # Answered only after the session has heard that its last message was shown.
            await person.progress()
            if text := next(self.typed, None):
                return Line(text, None, person.screen.choices)
            while person.seen.count("Question 1 of") < 2:
                await asyncio.sleep(0.01)
            return None

        def unread_lines(self) -> list[str]:
            return []

    await person.converses(Returning())
    assert in_order(person.seen, ["Question 1 of", "/delete", "Question 1 of"])


async def test_who_wants_to_be_erased_is_asked_twice(arrives: Callable[..., Visit]) -> None:
    person = arrives()
    with pytest.raises(PersonErased):
        await person.pipes("yes", ANSWERS[0], "forget me", "1", "/delete", "2", "1")
    assert in_order(
        person.seen,
        [
            "Question 2",
            "Erase everything kept",
            "everything stays",
            "Erase everything kept",
            "be brought back",
            "Done:",
        ],
    )
    assert await person.pipes("/quit") is None
    assert "Shall we begin?" in person.seen


async def test_who_reads_the_document_first_may_still_agree(arrives: Callable[..., Visit]) -> None:
    person = arrives(Locale.RU)
    await person.pipes("3", "1", "/privacy")
    head = "Кто отвечает за данные"
    assert in_order(person.seen, ["Начнём?", head, "Мне есть 18", "Вопрос 1", head])


async def test_who_asked_before_consent_and_keeps_may_still_agree(arrives: Callable[..., Visit]) -> None:
    person = arrives()
    await person.pipes("delete my data", "1", "1")
    assert in_order(person.seen, ["Shall we begin?", "Erase everything kept", "everything stays", "Question 1"])


async def test_choosing_a_language_while_resting_waits_for_nothing(arrives: Callable[..., Visit]) -> None:
    person = arrives()
    await person.pipes("yes", "/pause", "/language ru", "1")
    assert in_order(
        person.seen, ["let's take a break", "Теперь говорим по-русски", "Хорошо, что вы вернулись", "Вопрос 1"]
    )


async def test_a_tired_person_takes_the_offered_pause(arrives: Callable[..., Visit]) -> None:
    person = arrives()
    await person.pipes("yes", "I'm tired of these questions", "2")
    said = ["a good moment for a break", "Question 2", "1  Go on    2  Take a break", "let's take a break"]
    assert in_order(person.seen, said)
    assert (await person.progress()).status is Status.PAUSED


async def test_going_on_after_an_offer_is_no_answer_and_closes_the_choice(arrives: Callable[..., Visit]) -> None:
    person = arrives()
    await person.pipes("yes", "I'm tired of these questions", "1", "1")
    progress = await person.progress()
    assert (progress.status, progress.answered) == (Status.ACTIVE, 2)


async def test_a_text_that_is_too_long_is_not_sent(arrives: Callable[..., Visit]) -> None:
    person = arrives()
    await person.pipes("yes", "x" * (ANSWER_LIMIT + 1))
    assert f"That's a long message: {ANSWER_LIMIT + 1:,} characters" in person.seen
    assert "Real people answer here" not in person.seen
    assert (await person.progress()).answered == 0


LONG = "I get up, I go to work, I come home. " * (ANSWER_LIMIT // 30)


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize(
    ("line", "then"),
    [
        (f"{LONG} I want to kill myself.", "answer-too-long"),
        (f"{LONG * 30} I want to kill myself. {LONG * 30}", "answer-too-long"),
        ("/i want to kill myself", "unknown-command"),
        ("/хочу умереть", "unknown-command"),
        ("/skip I want to kill myself", "unknown-command"),
        ("/language I want to kill myself", "language-which"),
        ("/quit\nI want to kill myself", "unknown-command"),
    ],
)
async def test_a_cry_for_help_is_heard_in_what_is_no_answer(
    arrives: Callable[..., Visit], line: str, then: str, locale: Locale
) -> None:
    person = arrives(locale)
    await person.pipes("1", line)
    told = Texts(locale).say(then, length=len(line), limit=ANSWER_LIMIT)
    assert in_order(
        joined(person.seen), [contacts(locale, Danger(kind=CrisisKind.SELF_HARM))[0].name, " ".join(told.split()[:3])]
    )
    assert (await person.progress()).answered == 0


async def test_before_consent_it_is_heard_too(arrives: Callable[..., Visit]) -> None:
    person = arrives()
    await person.pipes("/i want to kill myself", "1", "2")
    support = ["Real people answer here", "Are you safe right now?", "glad you are safe"]
    assert in_order(person.seen, ["Shall we begin?", *support, "Shall we begin?", "holds noth"])


@pytest.mark.parametrize("locale", Locale)
async def test_after_a_cry_for_help_one_says_by_number_or_in_words_whether_one_is_safe(
    arrives: Callable[..., Visit], locale: Locale
) -> None:
    person, texts = arrives(locale), Texts(locale)
    cry, misread = {
        Locale.EN: ("I want to kill myself.", "That's not what I meant."),
        Locale.RU: ("Я хочу умереть.", "Вы меня не так поняли."),
    }[locale]
    await person.pipes("1", cry, "1", cry, misread, "/stop")
    keys = ("crisis-contacts", "safety-question", "notice-safe", "crisis-again", "safety-question", "notice-misread")
    assert in_order(joined(person.seen), [texts.say(key)[:30] for key in keys])
    assert texts.say("crisis-care")[:30] in joined(person.seen)


async def test_words_after_a_no_are_heard_and_told_to_be_kept_nowhere(arrives: Callable[..., Visit]) -> None:
    person = arrives()
    assert await person.pipes("no", "I only wanted to say", "", "that I want to kill myself.", "/quit") is not None
    told = ["we won't begin", "nothing of this is kept", "Nothing here yet", "Real people answer here"]
    assert in_order(joined(person.seen), told)


async def test_words_after_the_last_line_are_heard_and_told_to_be_in_no_answer(arrives: Callable[..., Visit]) -> None:
    person = arrives()
    assert await person.pipes("no", "/quit", "I only wanted to say", "", "that I want to kill myself.") is not None
    assert in_order(person.seen, ["we won't begin", "Real people answer here", "2 more lines came after the end"])


async def test_commands_that_a_script_ends_with_are_no_words(arrives: Callable[..., Visit]) -> None:
    person = arrives()
    await person.pipes("no", "/stop", "", "/quit")
    assert "after the end" not in person.seen


async def test_a_line_that_crosses_with_the_end_is_heard(
    arrives: Callable[..., Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    person = arrives()
    ended, crossed = SessionLink.outcome, asyncio.Event()

    async def late(link: SessionLink, session: WorkflowHandle[OnboardingSession, SessionOutcome]) -> SessionOutcome:
        outcome = await ended(link, session)
        await crossed.wait()
        return outcome

    class Quick:
        typed = iter(["no", "I want to kill myself."])

        async def line(self) -> Line | None:
            match next(self.typed, None):
                case "no":
                    await person.screen.turn.wait()
                    return Line("no", None, person.screen.choices)
                case str(text):
                    await person.session.result()
                    return Line(text, None)
            while "Real people answer here" not in person.seen:
                await asyncio.sleep(0.01)
            crossed.set()
            return None

        def unread_lines(self) -> list[str]:
            return []

    monkeypatch.setattr(SessionLink, "outcome", late)
    await person.converses(Quick())
    assert in_order(person.seen, ["we won't begin", "Real people answer here"])


@pytest.mark.parametrize(
    ("said", "seen"), [("I want to kill myself.", True), ("I like the river behind our house.", False)]
)
async def test_who_leaves_while_the_server_is_away_is_told_what_did_not_get_through(
    arrives: Callable[..., Visit], monkeypatch: pytest.MonkeyPatch, said: str, seen: bool
) -> None:
    person = arrives()
    send = WorkflowHandle.signal

    def signal(handle: WorkflowHandle[object, object], signal: Any, said: object) -> Awaitable[None]:
        if signal is OnboardingSession.submit_answer:
            person.leaving.set()
            raise RPCError("the server is away", RPCStatusCode.UNAVAILABLE, b"")
        return send(handle, signal, said)

    monkeypatch.setattr(WorkflowHandle, "signal", signal)
    assert await person.pipes("yes", said) is None
    assert "Your last words may not have reached me" in person.seen
    assert ("Real people answer here" in person.seen) is seen


async def test_nothing_can_be_chosen_after_the_end(arrives: Callable[..., Visit]) -> None:
    person = arrives()
    await person.pipes("/stop")
    assert person.seen.count("type a number") == 1
    await person.pipes("yes", "/pause", "/stop")
    # For consent, and to go on after the pause.
    assert person.seen.count("type a number") == 2


async def test_someone_told_to_leave_leaves(arrives: Callable[..., Visit]) -> None:
    person = arrives()

    class Silent:
        async def line(self) -> None:
            await person.screen.turn.wait()
            person.leaving.set()
            await asyncio.Event().wait()

        def unread_lines(self) -> list[str]:
            return []

    assert await person.converses(Silent()) is None
    assert (await person.progress()).status is Status.ACTIVE


@pytest.mark.parametrize("locale", list(Locale))
async def test_an_invented_person_gets_a_portrait_and_goes_on_with_the_coach(
    arrives: Callable[..., Visit], locale: Locale
) -> None:
    person, invented = arrives(locale, planned_questions=4), load_persona(locale)
    assert invented.coaching
    outcome = await person.converses(PersonaKeyboard(invented, person.screen, AT_ONCE))
    assert outcome is not None
    assert (outcome.status, outcome.answers) == (Status.COMPLETED, 4)
    assert Texts(locale).say("summary-title") in person.seen
    # Four answers say little, and nothing is claimed that they don't tell.
    assert Texts(locale).say("profile-title") in person.seen or Texts(locale).say("profile-sketch") in joined(
        person.seen
    )
    # Whatever they tell the coach gets a reply, until they have told everything.
    assert in_order(joined(person.seen), [text[:40] for text in invented.coaching])
    assert person.screen.replied is not None


async def test_an_answer_is_sent_until_it_is_acknowledged(
    arrives: Callable[..., Visit], monkeypatch: pytest.MonkeyPatch
) -> None:
    person = arrives()
    send = WorkflowHandle.signal
    away = [RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED]

    def signal(handle: WorkflowHandle[object, object], signal: Any, said: object) -> Awaitable[None]:
        if signal is OnboardingSession.submit_answer and away:
            raise RPCError("the server is away", away.pop(), b"")
        return send(handle, signal, said)

    monkeypatch.setattr(WorkflowHandle, "signal", signal)
    monkeypatch.setattr("gateway.terminal.session_link.TRY_AGAIN", 0)
    await person.pipes("yes", ANSWERS[0])
    assert person.seen.count("The connection is gone") == 1
    assert in_order(person.seen, ["The connection is gone", "The connection is back"])
    assert (await person.progress()).answered == 1
