"""Invented people who talk with the offline coach; each script is what one of them says, whatever is asked."""

from __future__ import annotations

from importlib import resources

from activities.ai.offline.coach import OfflineCoach
from schema.base_model import Model
from schema.coaching.context import ReplyContext, Style, Turn
from schema.vocabulary import Locale
from schema.yaml_files import read_yaml

_NEUTRAL = Style()


class Script(Model):
    """One person, and what they say turn by turn."""

    name: str
    locale: Locale
    who: str
    style: Style = Style()
    says: list[str]


def scripts() -> list[Script]:
    """All of them, by language and name."""
    files = (file for file in resources.files(__package__).iterdir() if file.name.endswith(".yaml"))
    read = [Script.model_validate(read_yaml(file.read_text(encoding="utf-8"))) for file in files]
    return sorted(read, key=lambda script: (script.locale, script.name))


async def hold(script: Script) -> list[Turn]:
    """The whole talk, turn by turn."""
    return await talk(script.says, script.locale, script.style)


async def talk(says: list[str], locale: Locale, style: Style = _NEUTRAL, *, troubled: bool = False) -> list[Turn]:
    """What a person says, with the coach's reply to each."""
    coach, turns = OfflineCoach(), list[Turn]()
    for text in says:
        turns.append(Turn(speaker="person", text=text))
        reply = await coach.write(ReplyContext(locale=locale, turns=turns, style=style, troubled=troubled))
        turns.append(Turn(speaker="coach", text=reply.text, moves=reply.moves))
    return turns
