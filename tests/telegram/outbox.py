"""The sending side for tests: deliveries go out as activities of a session and are tried again as Temporal does."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.account.person_export import PostgresPersonExports
from activities.telegram.send_ledger import PostgresSendLedger
from gateway.erasures import Erasures
from gateway.telegram.bot_api import BotApiSession
from gateway.telegram.outbound.drafts import TelegramDrafts
from gateway.telegram.outbound.sender import TelegramSender
from gateway.telegram.send_rate import Rate, SendRate
from gateway.telegram.typing_sign import Typing
from schema.deliveries import Delivered, Delivery, Message, Question
from schema.profile.layers import Profile, TraitLevel
from schema.vocabulary import Depth, Domain, Energy, Locale, Trait
from tests.erasures import NobodyIsErased
from tests.keys import encryption
from tests.telegram.bot_api import BotApi, Person

USER_REF = "aaaabbbbccccdddd"
"""Whose session sends."""
PROFILE = Profile(
    traits=[TraitLevel(trait=trait, score=0.7, confidence=0.4, evidence=3) for trait in Trait],
    patterns=["the sea"],
    insights=["You notice the quiet."],
    answers=5,
)
ASKED = Question(
    nonce="0a1b2c3d",
    question_id="work-surface-01",
    domain=Domain.WORK,
    depth=Depth.SURFACE,
    energy=Energy.OPENING,
    text="What do you love to do?",
    number=3,
    planned=10,
)

_QUICK = SendRate(Rate(100), Rate(1000))
_NOBODY = NobodyIsErased()
_CHATS = itertools.count(700_100_200)


@dataclass(frozen=True)
class Outbox:
    """A sender, and the Telegram that it sends to."""

    api: BotApi
    pool: asyncpg.Pool
    bot: Bot
    typing: Typing
    pace: SendRate = _QUICK
    erasures: Erasures = _NOBODY

    def somebody(self) -> Person:
        """Somebody new, with an empty chat."""
        return self.api.person(next(_CHATS))

    async def tries(self, delivery: Delivery) -> Delivered | ApplicationError:
        """One try; what it came to."""
        ledger, records = (
            PostgresSendLedger(self.pool, self.bot.id),
            PostgresPersonExports(self.pool, encryption().columns),
        )
        drafts = TelegramDrafts(self.bot, ledger, self.typing, self.pace, erasures=self.erasures)
        sender = TelegramSender(
            self.bot, ledger, records, self.typing, self.pace, drafts=drafts, erasures=self.erasures
        )
        try:
            return await ActivityEnvironment().run(sender.deliver, delivery)
        except ApplicationError as error:
            return error

    async def fails(self, delivery: Delivery) -> ApplicationError:
        """One try that has to fail."""
        failure = await self.tries(delivery)
        assert isinstance(failure, ApplicationError)
        return failure

    async def delivers(self, delivery: Delivery) -> list[str | None]:
        """Tries until it is done or never will be; the types of the failures on the way."""
        failures: list[str | None] = []
        for _ in range(6):
            result = await self.tries(delivery)
            if isinstance(result, Delivered):
                return failures
            failures.append(result.type)
            if result.non_retryable:
                return failures
        raise AssertionError(f"tried again and again: {failures}")


@asynccontextmanager
async def outbox_at(
    api: BotApi, pool: asyncpg.Pool, *, url: str | None = None, token: str | None = None
) -> AsyncIterator[Outbox]:
    """A sender to this Telegram, unless another address or token is given."""
    session = BotApiSession(api=TelegramAPIServer.from_base(url or api.url))
    async with Bot(token or api.token, session=session) as bot:
        yield Outbox(api, pool, bot, Typing(bot))


def to(person: Person, *messages: Message, locale: Locale = Locale.EN, replaces: str | None = None) -> Delivery:
    """A new delivery."""
    key = f"{uuid.uuid4()}:1"
    return Delivery(
        key=key, user_ref=USER_REF, address=str(person.id), locale=locale, messages=list(messages), replaces=replaces
    )


def seen(person: Person, words: str) -> int:
    """How often the person sees these words."""
    return sum(message.words.count(words) for message in person.screen)
