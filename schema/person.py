"""Base models about a person, for every domain: the channel, an action in it, a request."""

from __future__ import annotations

from datetime import timedelta

from schema.base_model import Model
from schema.text import OutsideId
from schema.vocabulary import Locale

MORE_WITHIN = timedelta(seconds=1.5)
"""How long a text with `more_expected` waits for its next part. A phone sends the parts of a cut text together."""


class Channel(Model):
    """A channel to a person: the task queue that serves it, and the address in it."""

    task_queue: str
    address: OutsideId
    """Personal (a chat id, a name): only allowed inside payloads."""


class FromPerson(Model):
    """The base of signals: something a person did in a channel."""

    update_id: OutsideId | None = None
    """The channel's id of the update, an idempotency key. None in channels that never redeliver."""


class PersonRequest(Model):
    """The base of requests that a person makes with or without an open session."""

    user_ref: str
    channel: Channel
    locale: Locale
    update_id: OutsideId | None = None
    """The channel's id of the update, so that a redelivered request gets no second reply."""


class PersonRef(Model):
    """Input of activities that concern a person as a whole."""

    user_ref: str
