"""People of tests who talk to Selfology in Telegram, in their own language."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import asyncpg
from pydantic import SecretStr
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowHandle

from gateway.presentation.texts.texts import Texts
from schema.encrypted_columns import MESSAGE
from schema.identity import user_ref
from schema.onboarding.messages import SessionOutcome, SessionProgress
from schema.onboarding.names import SESSION_ID
from schema.vocabulary import Locale
from tests.keys import readable
from tests.telegram.bot_api import BotApi, BotMessage
from workflows.onboarding.session import OnboardingSession

PEPPER = SecretStr("pepper of tests")

PATIENCE = 30.0
"""Seconds in which a running bot has done what a test waits for; on a busy machine it needs a few."""

ANSWERS = {
    Locale.RU: (
        "Люблю пробовать новое, мне всё любопытно: летом учусь ходить под парусом, и мне радостно.",
        "Мы с сестрой говорим каждый вечер, она успокаивает меня, когда тревожно.",
        "Планирую неделю в воскресенье и горжусь, когда довожу дело до конца.",
    ),
    Locale.EN: (
        "I love trying new things, last summer I learned to sail and felt so curious and alive.",
        "My sister and I talk every evening, she calms me when I worry about my work.",
        "I plan my week on Sunday and feel proud when I finish what I promised to myself.",
    ),
}


@dataclass(frozen=True)
class TelegramTown:
    """Where people of tests live: their Telegram, and what is behind it."""

    api: BotApi
    client: Client
    pool: asyncpg.Pool
    locale: Locale = Locale.EN
    """What people here speak, and what a bot speaks to those of whom it is not known."""

    def somebody(self, locale: Locale | None = None, language_code: str | None = None) -> TelegramUser:
        """A new person, whose Telegram speaks their language, or another one."""
        locale = locale or self.locale
        return TelegramUser(self, random.randrange(10**6, 10**10), locale, language_code or locale)


class TelegramUser:
    """Somebody with a phone. Texts and buttons are named by their keys, and read in the person's language."""

    def __init__(self, town: TelegramTown, chat_id: int, locale: Locale, language_code: str) -> None:
        self.phone = town.api.person(chat_id, language_code=language_code)
        self.locale = locale
        self.user_ref = user_ref(PEPPER, f"telegram:{chat_id}")
        self._town = town

    def text(self, key: str, **values: str | int) -> str:
        """What a text says in the person's language."""
        return Texts(self.locale).say(key, **values)

    async def writes(self, text: str) -> int:
        """Sends a text; its update id."""
        return await self.phone.writes(text)

    async def taps(self, key: str, message: BotMessage | None = None) -> int:
        """Taps a button, and waits until the bot has answered, which it does last; the update id."""
        update = await self.phone.taps(self.text(key), message)
        await until(lambda: self.phone.unanswered_taps == 0)
        return update

    async def sees(self, key: str, **values: str | int) -> BotMessage:
        """Reads on until this text."""
        return await self.phone.sees(self.text(key, **values))

    async def is_asked(self, number: int, planned: int = 12) -> BotMessage:
        """Reads on until the question of this number, and takes as long as it takes a human to read it."""
        question = await self.sees("question-frame", number=number, planned=planned)
        # Nobody answers before the session has heard that its question was shown.
        while any(p.activity_type.name == "deliver" for p in await self._pending_activities()):
            await asyncio.sleep(0.03)
        await self.progress()
        return question

    async def begins(self, planned: int = 12) -> BotMessage:
        """Presses Start, agrees, and sees the first question."""
        await self.writes("/start")
        await self.sees("consent-question")
        await self.taps("choice-agree")
        return await self.is_asked(1, planned)

    async def answers(self, index: int = 0) -> None:
        """Answers the question that stands there, in words of their own."""
        await self.writes(ANSWERS[self.locale][index])

    async def is_left_in_peace(self) -> bool:
        """Whether nothing more comes."""
        return await self.phone.sees_nothing_more()

    @property
    def session(self) -> WorkflowHandle[OnboardingSession, SessionOutcome]:
        """The person's session."""
        return self._town.client.get_workflow_handle_for(OnboardingSession.run, SESSION_ID.of(self.user_ref))

    async def _pending_activities(self) -> Sequence[PendingActivityInfo]:
        return (await self.session.describe()).raw_description.pending_activities

    async def progress(self) -> SessionProgress:
        """What operators see of the session."""
        return await self.session.query(OnboardingSession.progress)

    async def kept(self) -> list[str]:
        """What the database keeps of the person's answers, oldest first."""
        rows = await self._town.pool.fetch(
            "SELECT m.* FROM onboarding_system.answer_messages m JOIN onboarding_system.answers a USING (answer_id)"
            " WHERE a.user_ref = $1 ORDER BY m.heard_at, m.position",
            self.user_ref,
        )
        return [row["text"] for row in await readable(rows, MESSAGE)]


async def until_kept(person: TelegramUser, texts: list[str]) -> None:
    """Waits until the database keeps these answers of a person."""
    async with asyncio.timeout(PATIENCE):
        while await person.kept() != texts:
            await asyncio.sleep(0.02)


async def until(happens: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Waits for what a running bot does."""
    async with asyncio.timeout(patience):
        while not happens():
            await asyncio.sleep(0.01)
