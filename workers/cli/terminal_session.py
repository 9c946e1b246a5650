"""Shared by `selfology chat` and `selfology demo`: starts the servers and runs one conversation on the screen."""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from temporalio.client import Client

from activities.coaching.drafts import PostgresDraftFeed
from gateway.clients.temporal.clients import temporal_clients
from gateway.terminal.conversation import Conversation
from gateway.terminal.inbound.keyboard import Keyboard
from gateway.terminal.outbound.screen import Screen
from gateway.terminal.session_link import SessionLink, Visitor
from schema.coaching.drafts import DraftFeed
from schema.identity import Identities
from schema.onboarding.messages import SessionOutcome, SessionSettings
from schema.operator_error import OperatorError
from workers.client import connect
from workers.database import database_pool
from workers.database_roles import Role
from workers.logs import log_to
from workers.settings import Settings
from workers.shutdown import stop_on_signals
from workers.stack.home import Home
from workers.stack.join import Stack, joined_stack
from workers.telemetry.start import start_telemetry


@dataclass(frozen=True)
class Terminal:
    """A screen with a connection to the servers."""

    settings: Settings
    home: Home
    stack: Stack
    client: Client
    screen: Screen
    identities: Identities
    feed: DraftFeed
    """What the coach is writing."""

    async def visitor(self, name: str) -> Visitor:
        """Returns the person of a name, in the screen's language. Raises `KeysAway`."""
        return Visitor(name, await self.identities.person_of("terminal", name), self.screen.texts.locale)

    async def converse(
        self, visitor: Visitor, keyboard: Keyboard, session: SessionSettings | None = None, *, with_coach: bool = True
    ) -> SessionOutcome | None:
        """Runs a conversation until the person leaves; without the coach, at most until the session ends.

        Returns how the session ended, None if it has not. Raises `PersonErased`, and `WorkflowFailureError` when an
        erasure failed.
        """
        link = SessionLink(
            temporal_clients(
                self.client,
                place="in a terminal",
                task_timeout=self.settings.engine.workflow_task_timeout,
                settings=session,
            ),
            visitor,
            self.screen,
            revive=self._revive,
        )
        with stop_on_signals() as leaving:
            conversation = Conversation(link, self.screen, keyboard, with_coach=with_coach, feed=self.feed)
            return await conversation.hold(self.client, leaving)

    def point_to_web_ui(self, visitor: Visitor) -> None:
        """Shows the session's address in the embedded Web UI, if there is one."""
        if self.stack.ui_url:
            url = f"{self.stack.ui_url}/namespaces/{self.client.namespace}/workflows/{visitor.session_id}"
            self.screen.say("terminal-web-ui", url=url)

    async def _revive(self) -> None:
        before = self.stack.temporal_address
        if await self.stack.ensure_alive() and self.stack.temporal_address != before:
            raise OperatorError("The servers came back at another address; the place is kept: run the command again.")


@asynccontextmanager
async def open_terminal(screen: Screen) -> AsyncIterator[Terminal]:
    """Connects a screen to the servers and starts them if necessary. Raises `OperatorError`."""
    settings = Settings()
    home = Home.prepared(settings.home)
    # Logs go to a file, so that they do not appear on the person's screen.
    log_to(logging.FileHandler(home.log_of("terminal")))
    start_telemetry("terminal")
    async with AsyncExitStack() as exits:
        with screen.console.status(screen.texts.say("terminal-starting")):
            stack = await exits.enter_async_context(joined_stack(settings, Role.BOT))
            await stack.check_database()
            encryption = await exits.enter_async_context(stack.encryption())
            client = await connect(stack.temporal_address, encryption, channel=True)
            # Connects once the conversation asks for what is being written.
            pool = await exits.enter_async_context(database_pool(stack.database_url, min_size=0, max_size=1))
            feed = PostgresDraftFeed(pool, encryption.columns)
        for complaint in stack.complaints:
            # On stderr, for the operator who set the keys.
            sys.stderr.write(f"selfology: {complaint}\n")
        yield Terminal(settings, home, stack, client, screen, encryption.identities(stack.pepper), feed)
