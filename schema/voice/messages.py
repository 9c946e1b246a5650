"""The interface of what takes spoken messages: input and signals."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from schema.base_model import Model
from schema.person import FromPerson, PersonRequest
from schema.text import CleanText, OutsideId

LONGEST = timedelta(minutes=5)
"""The longest voice message that is heard. People are told so when theirs is longer."""
LARGEST = 20_000_000
"""The most bytes of one: Telegram hands no larger file to a bot."""


class VoiceTimes(Model):
    """The times of a voice message. Part of the input, so that a change of defaults never breaks a replay."""

    mend_within: timedelta = timedelta(seconds=8)
    """How long the person may look at what was heard before it is taken."""
    rewrite_within: timedelta = timedelta(minutes=10)
    """How long the better words are waited for, once the person wants to mend what was heard."""


class TakeSpokenRequest(PersonRequest):
    """Input of `TakeSpoken`."""

    times: VoiceTimes = VoiceTimes()


class SpokenMessage(FromPerson):
    """Signal `speak`: a voice message. It names the recording at the channel, and holds none of it."""

    update_id: OutsideId
    message_id: OutsideId
    file_id: OutsideId
    """The channel's name of the recording, by which only the channel's own process can fetch it."""
    seconds: float = Field(ge=0)
    """How long it lasts, as the channel tells it."""
    nonce: OutsideId | None = None
    """The asking that it replies to, if the channel knows."""


class WrittenMessage(FromPerson):
    """Signal `write`: a text that came while a voice message is on its way, behind which it waits its turn."""

    update_id: OutsideId
    message_id: OutsideId
    text: CleanText
    nonce: OutsideId | None = None
    more_expected: bool = False
    """As in `SubmittedAnswer`."""


class Mending(FromPerson):
    """Signal `mend`: the person wants to put what was heard in other words."""

    nonce: OutsideId
    """Names the transcript with the button."""
