"""The server: it reads calls, plays faults, and notes what it processed and what it refused."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from email.utils import formatdate
from time import time as wall_clock
from types import TracebackType
from typing import Any, NamedTuple, Self

from aiohttp import web

from tests.ports import free_port, listening_on
from tests.telegram.bot_api.chats import Chat, Json
from tests.telegram.bot_api.faults import Fault, Faults
from tests.telegram.bot_api.methods import Methods
from tests.telegram.bot_api.people import Person
from tests.telegram.bot_api.rates import Rates
from tests.telegram.bot_api.refusals import Refusal, too_many_requests
from tests.telegram.bot_api.requests import MAX_FILES, Given, read_request
from tests.telegram.bot_api.spec import Spec, Upload
from tests.telegram.bot_api.updates import Updates

BOT_ID = 7_000_000_001

RESULTS = {
    "getMe": "User",
    "getUpdates": "Array of Update",
    "getWebhookInfo": "WebhookInfo",
    **dict.fromkeys(("sendMessage", "sendPhoto", "sendDocument"), "Message"),
    **dict.fromkeys(("editMessageText", "editMessageCaption", "editMessageReplyMarkup"), "Message"),
    "getMyCommands": "Array of BotCommand",
    "getFile": "File",
    "getMyName": "BotName",
    "getMyDescription": "BotDescription",
    "getMyShortDescription": "BotShortDescription",
}
"""What methods answer that say more than that all is well."""


OUTDATED = {"disable_web_page_preview"}
"""Parameters that the specification has no more, and Telegram still takes."""


class Call(NamedTuple):
    """A call that was processed, whether or not its answer arrived."""

    method: str
    params: Json
    result: Any


class Refused(NamedTuple):
    """A call that was answered with an error."""

    method: str
    status: int
    description: str
    chat_id: str | None
    """The chat that it was about. Deliveries that an earlier test has left over are about chats of that one."""


class BotApi:
    """Telegram, as far as one bot can see it, on a free loopback port.

    With `limits` it refuses more messages than Telegram takes: 30 a second, and one a second in each chat, by `clock`.
    With `outdated` it takes the parameters of older clients; our own bot has no need of them.
    """

    def __init__(
        self,
        *,
        limits: bool = False,
        outdated: bool = False,
        clock: Callable[[], float] = time.monotonic,
        username: str = "selfology_test_bot",
    ) -> None:
        self.token = f"{BOT_ID}:{secrets.token_urlsafe(26)}"
        self.calls: list[Call] = []
        """Every call that was processed, in order."""
        self.refused: list[Refused] = []
        """Every call that was answered with an error, played ones included."""
        self.fetched: list[str] = []
        """The path of every file that was fetched, in order."""
        self.clock_ahead = 0.0
        """Seconds that Telegram's clock is ahead of this machine's."""
        self._limits = limits
        self._outdated = outdated
        self._me = {"id": BOT_ID, "is_bot": True, "first_name": "Selfology", "username": username}
        self._spec = Spec.load()
        self._faults = Faults()
        self._updates = Updates(self._spec, self._reply)
        self._gone = asyncio.Event()
        self._bot = Methods(self._me, self._updates, Rates(clock) if limits else None, _loop_time)
        self._people: dict[int, Person] = {}
        self._runner: web.AppRunner | None = None
        self._port = free_port()

    async def __aenter__(self) -> Self:
        await self.comes_back()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.goes_away()

    @property
    def url(self) -> str:
        """Where the server listens; calls go to `{url}/bot{token}/{method}`."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def commands(self) -> dict[tuple[str, str], list[Json]]:
        """The bot's commands, by scope (`default`) and language ("" for all others)."""
        return self._bot.commands

    @property
    def profile(self) -> dict[tuple[str, str], str]:
        """The bot's `name`, `description` and `short_description`, by field and language."""
        return self._bot.profile

    @property
    def is_polled(self) -> bool:
        """Whether the bot waits for updates in a long poll."""
        return self._updates.is_polled

    @property
    def unheard(self) -> int:
        """How many updates the bot has not confirmed."""
        return len(self._updates.pending)

    def person(self, user_id: int, language_code: str = "ru", name: str = "Anna") -> Person:
        """Somebody who uses Telegram in this language; the same person for the same id."""
        if user_id not in self._people:
            user = {"id": user_id, "is_bot": False, "first_name": name, "language_code": language_code}
            chat = self._bot.chats[user_id] = Chat(user)
            self._people[user_id] = Person(chat, self._bot)
        return self._people[user_id]

    def will(self, fault: Fault) -> None:
        """Plays this fault when it is due."""
        self._faults.add(fault)

    def redelivers(self, update_id: int) -> None:
        """Plays an update again, as Telegram does when it did not hear that it has arrived."""
        self._updates.replay(update_id)

    async def goes_away(self) -> None:
        """Stops listening and delivering; open connections break. Chats and undelivered updates are kept."""
        await self._updates.go_away()
        self._gone.set()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def comes_back(self) -> None:
        """Listens again, on the same port."""
        # A message of 50 MB and what is around it.
        app = web.Application(client_max_size=MAX_FILES + 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._serve_file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
        await self._runner.setup()
        await web.SockSite(self._runner, await listening_on(self._port)).start()
        self._gone.clear()
        self._updates.come_back()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        given: Given = ({}, {})
        try:
            if not secrets.compare_digest(request.match_info["token"].encode(), self.token.encode()):
                raise Refusal(401, "Unauthorized")
            method = self._spec.method(method)
            given = await read_request(request)
            if self._outdated:
                given = ({name: value for name, value in given[0].items() if name not in OUTDATED}, given[1])
            fault = self._faults.next(method, given[0].get("chat_id"))
            match fault.kind if fault else None:
                case "429":
                    raise too_many_requests(fault.retry_after if fault else 1)
                case "500":
                    raise Refusal(500, "Internal Server Error")
                case "hang":
                    await self._gone.wait()
                    return _hang_up(request)
                case "refuse":
                    return _hang_up(request)
                case "answer" if fault:
                    if fault.processed:
                        await self._process(method, given)
                    body = fault.body.encode() if isinstance(fault.body, str) else fault.body
                    return web.Response(status=fault.status, body=body, headers=fault.headers)
            try:
                if fault and fault.kind == "hold":
                    fault.holds.set()
                    await fault.released.wait()
                result = await self._process(method, given)
                if fault and fault.kind == "late":
                    fault.holds.set()
                    await fault.released.wait()
            finally:
                if fault and fault.kind == "cut":
                    _hang_up(request)
        except Refusal as refusal:
            # Whoever has hung up was not answered: an older long poll that ends when its bot starts anew, for one.
            if request.transport is not None and not request.transport.is_closing():
                self.refused.append(Refused(method, refusal.status, refusal.description, _chat_of(given)))
            headers = {} if refusal.retry_after is None else {"Retry-After": str(refusal.retry_after)}
            return web.json_response(refusal.body, status=refusal.status, headers=headers)
        # By a clock of Telegram's own, which a test that sets this machine's does not touch.
        told = {"Date": formatdate(wall_clock() + self.clock_ahead, usegmt=True)}
        return web.json_response({"ok": True, "result": result}, headers=told)

    async def _serve_file(self, request: web.Request) -> web.Response:
        token, path = request.match_info["token"], request.match_info["path"]
        content = self._bot.files.at(path) if secrets.compare_digest(token.encode(), self.token.encode()) else None
        if content is None:
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        self.fetched.append(path)
        return web.Response(body=content, content_type="application/octet-stream")

    async def _process(self, method: str, given: Given) -> Any:
        params = self._spec.parameters(method, *given)
        result = await self._bot.call(method, params)
        self._spec.expect(RESULTS.get(method, "True"), result)
        self.calls.append(Call(method, params, result))
        return result

    async def _reply(self, given: Json, uploads: dict[str, Upload]) -> None:
        """A call that a webhook made in its answer; nobody hears what becomes of it."""
        method = str(given.pop("method"))
        try:
            await self._process(self._spec.method(method), (given, uploads))
        except Refusal as refusal:
            self.refused.append(Refused(method, refusal.status, refusal.description, _chat_of((given, uploads))))


def _chat_of(given: Given) -> str | None:
    chat_id = given[0].get("chat_id")
    return None if chat_id is None else str(chat_id)


def _hang_up(request: web.Request) -> web.Response:
    """Closes the connection; the response is for aiohttp alone, which wants one."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
