"""What a person says about the last reply or reflection: that it missed, is to be said differently, or was enough."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from temporalio.client import WorkflowFailureError

from gateway.terminal.inbound.input_parser import Command
from gateway.terminal.outbound.screen import Screen
from gateway.terminal.session_link import SessionLink
from schema.coaching.marks import ReplyMark

_MARKS = {
    Command.NOT_QUITE: ReplyMark.MISSED,
    Command.DIFFERENTLY: ReplyMark.DIFFERENTLY,
    Command.ENOUGH: ReplyMark.ENOUGH,
}


class Objections:
    """Takes what a person says about what stands last on their screen."""

    def __init__(self, link: SessionLink, screen: Screen) -> None:
        self._link = link
        self._screen = screen

    async def take(self, command: Command) -> None:
        """Tells the coach what the person says about its reply; of a reflection, only that it missed."""
        if reply := self._screen.replied:
            self._screen.await_reply()
            await self._link.mark(UUID(reply.reply_id), _MARKS[command], self._screen.texts.locale)
        elif command is Command.NOT_QUITE and self._screen.reflected:
            # Of a workflow that failed, operators know; the objection is kept before it is thanked for.
            with suppress(WorkflowFailureError):
                await self._link.object_to(self._screen.reflected, self._screen.texts.locale)
        else:
            self._screen.say("not-quite-nothing")
