"""A person as every domain knows them: how they are reached, what they did, and what they ask for."""

from __future__ import annotations

from datetime import timedelta

from schema.model import Model
from schema.text import OutsideId
from schema.vocabulary import Locale

MORE_WITHIN = timedelta(seconds=1.5)
"""How long words that announce more are held for it: the parts of a letter that was cut leave a phone together."""


class Channel(Model):
    """How a person is reached: the task queue that serves the channel, and the address within it."""

    task_queue: str
    address: OutsideId
    """Personal (a chat id, a name): only ever inside payloads."""


class FromPerson(Model):
    """The base of what a person did in a channel."""

    update_id: OutsideId | None = None
    """The channel's id of it: one that was heard before changes nothing. None where nothing is ever redelivered."""


class PersonRequest(Model):
    """The base of what a person asks for, with or without an open session."""

    user_ref: str
    channel: Channel
    locale: Locale
    update_id: OutsideId | None = None
    """What the channel calls this request, so that one that it brings again gets no second reply."""


class PersonRef(Model):
    """Input of activities that concern a person as a whole."""

    user_ref: str
