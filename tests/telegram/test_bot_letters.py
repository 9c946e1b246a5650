"""Letters that Telegram cuts, and words that are not the person's own."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.api.enums.v1 import EventType

from schema.onboarding.messages import SubmittedAnswer
from tests.keys import decrypted, payloads_in
from tests.people.telegram_user import PATIENCE, TelegramUser
from tests.telegram.bot_api import BotApi
from tests.telegram.conftest import RunsBot
from workflows.onboarding.session import OnboardingSession

DANGER = "I want to kill myself"
PARAGRAPH = "The river is slow here, and in the evening the whole town walks along it. " * 12
LETTER = "\n\n".join([PARAGRAPH.strip()] * 9)


def said(anna: TelegramUser, key: str) -> int:
    return sum(anna.text(key) in message.words for message in anna.phone.screen)


async def answers(anna: TelegramUser) -> list[SubmittedAnswer]:
    """What the session was told as an answer, in this order."""
    return [
        SubmittedAnswer.model_validate_json(payloads_in(await decrypted(event))[0].data)
        async for event in anna.session.fetch_history_events()
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
        and event.workflow_execution_signaled_event_attributes.signal_name == "submit_answer"
    ]


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_long_letter_reaches_the_session_whole_and_says_where_more_may_come(
    runs_bot: RunsBot, mode: str
) -> None:
    async with runs_bot(mode) as town:
        anna = town.somebody()
        await anna.begins()
        await anna.writes(LETTER)
        async with asyncio.timeout(PATIENCE):
            # The server writes down what comes during a task when that is done.
            while len(heard := await answers(anna)) < 3:
                await asyncio.sleep(0.02)
        assert "\n\n".join(part.text for part in heard) == LETTER
        assert [part.more_expected for part in heard] == [True, True, False]
        await anna.is_asked(2)
        assert (await anna.session.query(OnboardingSession.progress)).answered == 1
        assert await anna.kept() == [part.text for part in heard]


async def test_a_long_letter_without_a_conversation_is_answered_once(runs_bot: RunsBot) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        await anna.writes(LETTER)
        await anna.sees("notice-not-begun")
        assert await anna.is_left_in_peace()


async def test_forwarded_words_are_no_answer_and_the_person_is_asked_about_them(runs_bot: RunsBot) -> None:
    async with runs_bot() as town:
        anna, boris = town.somebody(), town.somebody()
        await anna.begins()
        await anna.phone.forwards("We miss you.", "Call me.", by=boris.phone)
        await anna.sees("notice-somebody-elses-words")
        await anna.phone.forwards("/stop")
        await anna.sees("notice-somebody-elses-words")
        await anna.phone.lets_a_bot_write("Know thyself.")
        await anna.sees("notice-somebody-elses-words")
        assert said(anna, "notice-somebody-elses-words") == 3
        assert await anna.kept() == []
        await anna.writes("It makes me think of home.")
        await anna.is_asked(2)
        assert await anna.kept() == ["It makes me think of home."]


async def test_forwarded_words_without_a_conversation_are_asked_about_too(runs_bot: RunsBot) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        await anna.phone.forwards("We miss you.", "Call me.")
        await anna.sees("notice-somebody-elses-words")
        assert await anna.is_left_in_peace()


async def test_ones_own_words_are_ones_own_when_forwarded(runs_bot: RunsBot) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        await anna.begins()
        await anna.phone.forwards("I wrote this down last night.", by=anna.phone)
        await anna.is_asked(2)
        assert await anna.kept() == ["I wrote this down last night."]


async def test_a_crisis_in_forwarded_words_is_answered_as_somebody_elses(runs_bot: RunsBot, api: BotApi) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        await anna.begins()
        await anna.phone.forwards("Don't look for me.", DANGER)
        support = await anna.sees("crisis-contacts")
        assert anna.text("crisis-support-somebody-else") in support.text
        assert said(anna, "notice-somebody-elses-words") == 0
        # The conversation stands where it was.
        assert (await anna.progress()).open_question is not None
        assert await anna.kept() == []
    async with runs_bot(limit=1) as town:
        boris = town.somebody()
        await boris.writes("/help")
        await boris.sees("telegram-help")
        await boris.phone.forwards(DANGER)
        assert boris.text("crisis-support-somebody-else") in (await boris.sees("crisis-contacts")).text


async def test_words_of_any_kind_of_message_are_heard_for_a_crisis(runs_bot: RunsBot) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        await anna.phone.sends_poll("What shall I do?", "Sleep", DANGER)
        await anna.sees("telegram-not-words")
        await anna.sees("crisis-contacts")
        await anna.sees("safety-question")
        await anna.phone.sends_poll("What shall I do?", "Sleep", "Eat")
        await anna.sees("telegram-not-words")
        assert await anna.is_left_in_peace()
