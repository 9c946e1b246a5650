"""Keeps what a person says to the coach, and reads it."""

from __future__ import annotations

from collections.abc import Sequence

from schema.coaching.activities import CoachStore, Heard, MessagesToHear, MessageToKeep
from workflows import policies
from workflows.coaching.state import CoachState, Waiting


async def hear(state: CoachState, texts: Sequence[Waiting], reply_id: str) -> Heard:
    """Keeps messages that are to get a reply, once, and reads them. From then on, the state knows their person."""
    heard = await policies.DATABASE.run(
        CoachStore.hear,
        MessagesToHear(
            user_ref=state.user_ref,
            reply_id=reply_id,
            messages=[
                MessageToKeep(update_id=text.said.update_id, text=text.said.text, said_at=text.at) for text in texts
            ],
            locale=texts[0].said.locale,
            conversation_id=texts[0].said.conversation_id or state.conversation_id,
        ),
        summary="Hear what was said",
    )
    state.speaks(heard.locale)
    state.known = heard.known
    return heard
