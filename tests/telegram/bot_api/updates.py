"""Updates on their way to the bot: a queue for long polling, or posts to its webhook."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import aiohttp

from tests.telegram.bot_api.chats import Json
from tests.telegram.bot_api.refusals import bad_request, conflict
from tests.telegram.bot_api.requests import read_reply
from tests.telegram.bot_api.spec import Spec, Upload

RETRY = 0.1
"""Seconds until a webhook that failed is tried again. Telegram waits longer; a test has no time."""

ONLY_WHEN_ASKED = {"chat_member", "message_reaction", "message_reaction_count"}
"""Kinds of updates that come only to bots that name them."""


@dataclass
class Webhook:
    """Where updates are posted to."""

    url: str
    secret_token: str | None = None
    max_connections: int = 40
    last_error: str | None = None


@dataclass(eq=False)
class Update:
    """An update, and the chat that it is of."""

    id: int
    chat_id: int
    json: Json = field(repr=False)
    replayed: bool = False
    """Played again though the bot has confirmed it once; only a bot that saw it again confirms it again."""


class Updates:
    """The bot's updates that are not confirmed yet."""

    def __init__(self, spec: Spec, replies: Callable[[Json, dict[str, Upload]], Awaitable[None]]) -> None:
        self.pending: deque[Update] = deque()
        self.webhook: Webhook | None = None
        self._spec = spec
        self._kinds = {name for name in spec.types["Update"] if name != "update_id"}
        self._allowed = self._kinds - ONLY_WHEN_ASKED
        # Telegram goes on counting somewhere; a bot that remembers ids of another test must not mistake these for them.
        self._next_id = random.randrange(10**8, 9 * 10**8)
        self._known: dict[int, Update] = {}
        self._poll: asyncio.Future[None] | None = None
        self._replies = replies
        self._posts: dict[int, asyncio.Task[None]] = {}
        self._http: aiohttp.ClientSession | None = None

    @property
    def is_polled(self) -> bool:
        """Whether a long poll waits for something to come."""
        return self._poll is not None and not self._poll.done()

    def add(self, kind: str, chat_id: int, content: Json) -> int:
        """An update of this kind; its id. Kinds that the bot did not ask for are dropped, as Telegram does."""
        update = Update(self._next_id, chat_id, {"update_id": self._next_id, kind: content})
        self._spec.expect("Update", update.json)
        self._next_id += 1
        if kind in self._allowed:
            self._known[update.id] = update
            self._deliver(update)
        return update.id

    def replay(self, update_id: int) -> None:
        """Delivers an update again that was delivered before."""
        self._deliver(replace(self._known[update_id], replayed=True))

    def allow(self, kinds: list[str] | None) -> None:
        """Which kinds come from now on; an empty list means the usual ones, none at all leaves things as they are.

        Raises:
            Refusal: a kind that does not exist. Telegram ignores it, but whoever asks for it is mistaken.
        """
        if kinds is None:
            return
        if unknown := set(kinds) - self._kinds:
            raise bad_request(f"allowed_updates has unknown kinds: {', '.join(sorted(unknown))}")
        self._allowed = set(kinds) or self._kinds - ONLY_WHEN_ASKED

    async def get(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """What `getUpdates` answers: all that came from `offset` on; what is below it is confirmed by that.

        Raises:
            Refusal: 409 while a webhook is set, or when another `getUpdates` or `setWebhook` ended this one.
        """
        if self.webhook:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        if offset < 0:
            self.pending = deque(list(self.pending)[offset:])
        # An offset in the future confirms nothing.
        elif offset <= self._next_id:
            self.pending = deque(update for update in self.pending if update.id >= offset or update.replayed)
        if not self.pending and seconds > 0:
            self._end_poll("other getUpdates request; make sure that only one bot instance is running")
            poll = self._poll = asyncio.get_running_loop().create_future()
            try:
                await asyncio.wait_for(poll, seconds)
            except TimeoutError:
                pass
            finally:
                if self._poll is poll:
                    self._poll = None
        shown = list(self.pending)[:limit]
        for update in shown:
            update.replayed = False
        return [update.json for update in shown]

    def set_webhook(self, webhook: Webhook | None, *, drop: bool) -> None:
        """Posts updates to this address from now on, what waits included, or to none.

        Raises:
            Refusal: 400 for an address or a secret token that Telegram does not take.
        """
        if webhook:
            parts = urlsplit(webhook.url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise bad_request("invalid webhook URL specified")
            self._end_poll("setWebhook request")
        if drop:
            self.pending.clear()
        self.webhook = webhook
        self._post_all()

    def webhook_info(self) -> Json:
        """What `getWebhookInfo` answers."""
        webhook = self.webhook or Webhook("")
        info: Json = {
            "url": webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
            "max_connections": webhook.max_connections,
        }
        return {**info, "last_error_message": webhook.last_error} if webhook.last_error else info

    async def go_away(self) -> None:
        """Delivers nothing until `come_back`; what is not confirmed stays."""
        posts, self._posts = self._posts, {}
        for post in posts.values():
            post.cancel()
        if self._http:
            await self._http.close()
            self._http = None

    def come_back(self) -> None:
        """Delivers, from now on or again."""
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(60))
        self._post_all()

    def _end_poll(self, reason: str) -> None:
        if self._poll and self.is_polled:
            self._poll.set_exception(conflict(f"terminated by {reason}"))

    def _deliver(self, update: Update) -> None:
        self.pending.append(update)
        if self._poll and self.is_polled:
            self._poll.set_result(None)
        self._post(update.chat_id)

    def _post_all(self) -> None:
        for chat_id in {update.chat_id for update in self.pending}:
            self._post(chat_id)

    def _post(self, chat_id: int) -> None:
        """Chats are posted side by side, the updates of each in order."""
        running = self._posts.get(chat_id)
        if self.webhook and self._http and (running is None or running.done()):
            self._posts[chat_id] = asyncio.create_task(self._post_chat(self._http, chat_id))

    async def _post_chat(self, http: aiohttp.ClientSession, chat_id: int) -> None:
        while (webhook := self.webhook) and (update := next((u for u in self.pending if u.chat_id == chat_id), None)):
            if not await self._post_one(http, webhook, update):
                await asyncio.sleep(RETRY)
            elif update in self.pending:
                self.pending.remove(update)

    async def _post_one(self, http: aiohttp.ClientSession, webhook: Webhook, update: Update) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret_token} if webhook.secret_token else {}
        try:
            async with http.post(webhook.url, json=update.json, headers=headers) as response:
                if not response.ok:
                    webhook.last_error = f"Wrong response from the webhook: {response.status} {response.reason}"
                    return False
                reply = await read_reply(response)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            webhook.last_error = f"Webhook connection failed: {type(error).__name__}"
            return False
        # A webhook may answer with a call of its own.
        if reply:
            await self._replies(*reply)
        return True
