"""What `selfology chat` and `selfology demo` share: servers, a quiet screen, and one conversation on it."""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from temporalio.client import Client

from gateway.clients.temporal.clients import temporal_clients
from gateway.terminal.conversation import Conversation
from gateway.terminal.inbound.keyboard import Keyboard
from gateway.terminal.outbound.screen import Screen
from gateway.terminal.session_link import SessionLink, Visitor
from schema.onboarding.messages import SessionOutcome, SessionSettings
from schema.operator_error import OperatorError
from workers.client import connect
from workers.logs import log_core, log_to
from workers.settings import Settings
from workers.shutdown import told_to_stop
from workers.stack.home import Home
from workers.stack.join import Stack, joined_stack


@dataclass(frozen=True)
class Terminal:
    """A screen with servers behind it."""

    settings: Settings
    home: Home
    stack: Stack
    client: Client
    screen: Screen

    async def converse(
        self, visitor: Visitor, keyboard: Keyboard, session: SessionSettings | None = None
    ) -> SessionOutcome | None:
        """Has a conversation; None when the person left before its end. Raises `WorkflowFailureError`."""
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
        with told_to_stop() as leaving:
            return await Conversation(link, self.screen, keyboard).hold(self.client, leaving)

    def point_to_web_ui(self, visitor: Visitor) -> None:
        """Says where the session can be looked at, if there is a Web UI of ours."""
        if self.stack.ui_url:
            url = f"{self.stack.ui_url}/namespaces/{self.client.namespace}/workflows/{visitor.session_id}"
            self.screen.say("terminal-web-ui", url=url)

    async def _revive(self) -> None:
        before = self.stack.temporal_address
        if await self.stack.ensure_alive() and self.stack.temporal_address != before:
            raise OperatorError("The servers came back at another address; the place is kept: run the command again.")


@asynccontextmanager
async def open_terminal(screen: Screen) -> AsyncIterator[Terminal]:
    """The servers behind a screen, started if need be. Raises `OperatorError`."""
    settings = Settings()
    home = Home.prepared(settings.home)
    # A person's screen is no place for logs, neither Python's nor those of Temporal's own core.
    log_to(logging.FileHandler(home.log_of("terminal")))
    log_core()
    async with AsyncExitStack() as exits:
        with screen.console.status(screen.texts.say("terminal-starting")):
            stack = await exits.enter_async_context(joined_stack(settings))
            await stack.check_database()
            client = await connect(stack.temporal_address)
        for complaint in stack.complaints:
            # For whoever set the keys, who is not the person on the screen.
            sys.stderr.write(f"selfology: {complaint}\n")
        yield Terminal(settings, home, stack, client, screen)
