"""`python -m tests.telegram.screens ru coach picture.png`: a conversation as it looks on a phone.

It draws a `session`, or the talk with the `coach` after it. A name that ends with `.html` gets a page. The bot, the
workers and the servers are real, Telegram is that of the tests, and the person is the one of the demo.
"""

from __future__ import annotations

import asyncio
import base64
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any, Literal

import asyncpg
from jinja2 import Environment

from activities.onboarding.question_store import store_bank
from gateway.terminal.inbound.persona import load_persona
from schema.coaching.names import COACH_ID
from schema.onboarding.bank import load_bank
from schema.onboarding.messages import SessionSettings
from schema.vocabulary import Energy, Locale
from tests import servers
from tests.browser.chromium import chromium
from tests.keys import encryption
from tests.people.person import at_rest
from tests.people.telegram_user import TelegramTown, TelegramUser
from tests.telegram.bot_api import BotApi, BotMessage
from tests.telegram.bot_api.chats import Message
from tests.telegram.conftest import plain_client, running_bot
from tests.telegram.test_bot_coach import is_replied_to
from workers.bootstrap import Parts
from workers.encoder import second_net
from workers.run import workers_of
from workers.settings import Engine

Part = Literal["session", "coach"]

PLANNED = 3

PAGE = """<!doctype html><meta charset="utf-8"><title>Selfology</title>
<style>
  body { margin: 0; background: #cfd9c7; font: 16px/1.35 Inter, "DejaVu Sans", sans-serif; }
  main { width: 430px; padding: 14px 12px; display: flex; flex-direction: column; gap: 8px; }
  section { max-width: 88%; }
  .bubble { background: #fff; border-radius: 16px 16px 16px 4px; padding: 9px 13px; white-space: pre-wrap;
            overflow-wrap: anywhere; }
  .person { align-self: flex-end; }
  .person .bubble { background: #e2fcc9; border-radius: 16px 16px 4px 16px; }
  img { width: 100%; border-radius: 16px 16px 4px 4px; display: block; }
  .row { display: flex; gap: 5px; margin-top: 5px; }
  .row span { flex: 1; text-align: center; background: #00000055; color: #fff; border-radius: 9px; padding: 8px 4px;
              font-size: 14px; }
</style>
<main>
{% for message in messages %}
<section class="{{ 'person' if message.person }}">
{% if message.photo %}<img src="data:image/png;base64,{{ message.photo }}" alt="">{% endif %}
{% if message.html %}<div class="bubble">{{ message.html | safe }}</div>{% endif %}
{% for row in message.buttons %}<div class="row">{% for button in row %}<span>{{ button }}</span>{% endfor %}</div>
{% endfor %}
</section>
{% endfor %}
</main>
"""

TAGS = {"bold": "b", "italic": "i"}


async def play(human: TelegramUser) -> None:
    """A short session, from Start to the profile."""
    own, bank = load_persona(human.locale), {question.id: question for question in load_bank()}
    await human.begins(planned=PLANNED)
    for number in range(PLANNED):
        asked = bank[(await human.progress()).open_question or ""]
        fitting = own.healing if asked.energy is Energy.HEALING else own.answers[asked.domain]
        await human.writes(fitting[number])
        if number + 1 < PLANNED:
            await human.is_asked(number + 2, PLANNED)
    await human.sees("summary-thanks", answers=PLANNED)


async def talk(town: TelegramTown, human: TelegramUser) -> None:
    """A talk with the coach, up to a step that they agree on."""
    coach = town.client.get_workflow_handle(COACH_ID.of(human.user_ref))
    for replies, text in enumerate(load_persona(human.locale).coaching, start=1):
        await human.writes(text)
        await is_replied_to(town, human, replies)
        # What a reply proposes follows it.
        await at_rest(coach)
        shown = human.phone.conversation[-1]
        if isinstance(shown, BotMessage) and any(human.text("choice-step-agree") in row for row in shown.buttons):
            await human.taps("choice-step-agree", shown)
            await human.phone.sees("/timezone")
            return


async def page(locale: Locale, part: Part) -> str:
    """That part of the conversation as HTML."""
    async with (
        servers.temporal() as env,
        servers.database() as address,
        asyncpg.create_pool(address, min_size=1) as pool,
        BotApi() as api,
    ):
        client = await plain_client(env.client.service_client.config.target_host)
        await store_bank(pool, bank := load_bank())
        parts = Parts.on(pool, encryption(), bank, net=await second_net(pool, encryption().columns))
        session = SessionSettings(planned_questions=PLANNED)
        async with (
            workers_of(env.client, parts, Engine(), sandbox=False),
            running_bot(client, pool, api, session=session, locale=locale) as town,
        ):
            human = town.somebody()
            await play(human)
            begun = len(human.phone.conversation) if part == "coach" else 0
            if part == "coach":
                await talk(town, human)
            return drawn(human.phone.conversation[begun:])


def drawn(conversation: Sequence[Message]) -> str:
    """Messages of a chat as HTML."""
    return Environment(autoescape=True).from_string(PAGE).render(messages=[_shown(each) for each in conversation])


def _shown(message: Any) -> dict[str, Any]:
    by_bot = isinstance(message, BotMessage)
    photo = message.photo if by_bot else None
    text = (message.text or message.caption or "") if by_bot else message.text
    return {
        "person": not by_bot,
        "html": _html(text, message.entities),
        "buttons": message.buttons if by_bot else [],
        "photo": base64.b64encode(photo).decode() if photo else None,
    }


def _html(text: str, entities: list[dict[str, Any]]) -> str:
    """Text with its entities, whose offsets count UTF-16 units."""
    units = text.encode("utf-16-le")
    marks: list[tuple[int, int, str]] = []
    for entity in entities:
        if tag := TAGS.get(entity["type"]):
            start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
            marks += [(start, 1, f"<{tag}>"), (end, 0, f"</{tag}>")]
    pieces, done = [], 0
    for at, _, mark in sorted(marks):
        pieces += [escape(units[done:at].decode("utf-16-le")), mark]
        done = at
    return "".join([*pieces, escape(units[done:].decode("utf-16-le"))])


async def picture(shown: str) -> bytes:
    """A page as a PNG picture."""
    async with chromium() as browser:
        tab = await browser.new_page(device_scale_factor=1.5)
        await tab.set_content(shown)
        return await tab.locator("main").screenshot()


if __name__ == "__main__":
    _, chosen, wanted, name = sys.argv
    html = asyncio.run(page(Locale(chosen), "coach" if wanted == "coach" else "session"))
    Path(name).write_bytes(html.encode() if name.endswith(".html") else asyncio.run(picture(html)))
