"""A strict Bot API server for tests, on loopback: it keeps chats, refuses what Telegram refuses, and plays faults.

Requests are held to the machine-readable specification (`spec.json`, made by `condense.py`). Refusals and their wording
follow the sources of Telegram's own server (tdlib/telegram-bot-api and tdlib/td). Where the real server shrugs, this
one refuses: a parameter that the method does not have, a value of the wrong type, an unknown kind of update.

It differs from Telegram in that webhooks may be plain HTTP, all chats are private ones, and text is formatted as HTML
or by entities, not by Markdown; links and mentions in plain text are not marked.
"""

from tests.telegram.bot_api.chats import BotMessage
from tests.telegram.bot_api.faults import Fault
from tests.telegram.bot_api.people import Person
from tests.telegram.bot_api.server import BotApi

__all__ = ["BotApi", "BotMessage", "Fault", "Person"]
