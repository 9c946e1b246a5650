"""A script for the models of the long talks: it says what it was given, and tries what it may not.

It shows what a model is given, what becomes of what it says, and what is remembered of it; not how well a model talks.
It knows the person only by the parts of its request that hold memories, and not by the talk: asked something, it says
the nearest. Its replies begin, in turns, by proposing once more what has failed, and by bringing up what is to be
left alone; of a message that tells nothing, it makes up a memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.coaching.scripted_providers import Asked
from tests.coaching.scripts import Scene

MADE_UP = {"en": "I am an airline pilot", "ru": "Я лётчик гражданской авиации"}
_PART = re.compile(r"^([A-Z]+)-([0-9a-f]{24})\n(.*?)\n?^\1-\2$", re.MULTILINE | re.DOTALL)
_NUMBERED = re.compile(r"^(\d+)\. .*\nKNOWN-[0-9a-f]{24}\n(.*)$", re.MULTILINE)
_ASKS = re.compile(
    r"\?|^(?:and |quiz time\. )?(?:what|who|where|when|remind)|^(?:и |а )?(?:что|где|с чего|на что|подругу)",
    re.IGNORECASE,
)
_OF_STEPS = re.compile(r"\btried\b|пробовали|шаг", re.IGNORECASE)
_NEAREST = 1
_OVER = re.compile(r"; (?:true until|верно до) ")
_TELLS = {"en": "You told me: {}.", "ru": "Раньше прозвучало вот что: {}."}
_FAILED = {"en": "This did not work: {}.", "ru": "Вот что не получилось: {}."}
_AGAIN = {"en": "What if you try this: {}?", "ru": "Что если попробовать: {}?"}
_ON = {
    "en": ("What happened then?", "What is it like for you?", "Where does it begin?", "Who was there?"),
    "ru": ("Что было потом?", "Каково это для вас?", "С чего это начинается?", "Кто был рядом?"),
}


class Given(NamedTuple):
    """The parts of a request for a reply."""

    parts: dict[str, list[str]]
    """The lines of each."""
    last: str
    """What the person has said last."""
    locale: str


@dataclass
class ScriptedCoach:
    """Replies and remembers by the scenes of a talk."""

    scenes: Sequence[Scene]
    given: list[Given] = field(default_factory=list)
    """What the models were given for the replies, in their order."""
    tempted: set[str] = field(default_factory=set)
    """What it has tried to say, and may not."""
    stopped: int = 0
    """How often a reply was asked for anew because a sentence may not be said."""
    asked: list[str] = field(default_factory=list)
    """The providers that were asked for replies."""

    def answer(self, asked: Asked) -> str | None:
        """The reply to a request; None for what the script has no scene for, such as insights."""
        request = asked.texts[0]
        if asked.shaped:
            return self._notes(request) if "MESSAGE-" in request else None
        self.asked.append(asked.provider)
        if len(asked.texts) > 1:
            self.stopped += 1
            return self._goes_on(self.given[-1])
        given = _given(request)
        self.given.append(given)
        again = [_AGAIN[given.locale].format(step) for step in failed(given)]
        # The trial of what the product promises to prevent.
        tempting = [*self._trespasses(given), *again] if len(self.given) % 2 else [*again, *self._trespasses(given)]
        self.tempted.update(tempting)
        return " ".join([*tempting, self._goes_on(given)])

    def _trespasses(self, given: Given) -> list[str]:
        """Questions that bring up what the person wants left alone."""
        bounded = given.parts.get("BOUNDARIES", [])
        notes = [note for scene in self.scenes for note in scene.notes]
        return [note.trespass for note in notes if note.trespass and note.text in bounded]

    def _goes_on(self, given: Given) -> str:
        scene = self._scene(given.last)
        if _ASKS.search(given.last):
            lines = [_TELLS[given.locale].format(line) for line in known(given)[:_NEAREST]]
            if _OF_STEPS.search(given.last):
                lines = [_FAILED[given.locale].format(step) for step in failed(given)]
        else:
            lines = [_ON[given.locale][len(self.given) % len(_ON[given.locale])]]
        step = f"\nSTEP: {json.dumps({'what': scene.step}, ensure_ascii=False)}" if scene and scene.step else ""
        return " ".join(lines or _ON[given.locale][:1]) + step

    def _notes(self, request: str) -> str:
        message = "\n".join(_parts(request)["MESSAGE"])
        known = [(int(number), text) for number, text in _NUMBERED.findall(request)]
        scene = self._scene(message)
        changes = []
        for note in scene.notes if scene else []:
            ended = next((number for number, text in known if note.ends and note.ends in text), None)
            changes.append(
                {
                    "action": "supersede" if ended else "add",
                    "memory": ended,
                    **note.model_dump(mode="json", include={"kind", "text", "quote"}),
                }
            )
        if not changes:
            made_up = MADE_UP[_locale(message)]
            changes = [{"action": "add", "memory": None, "kind": "fact", "text": made_up, "quote": made_up}]
        return json.dumps({"changes": changes}, ensure_ascii=False)

    def _scene(self, message: str) -> Scene | None:
        return next((scene for scene in self.scenes if message.startswith(scene.says)), None)


def _parts(request: str) -> dict[str, list[str]]:
    """The fenced parts by name; of those that come several times, the last."""
    return {name: text.splitlines() for name, _, text in _PART.findall(request)}


def _given(request: str) -> Given:
    parts = _parts(request)
    last = "\n".join(parts.pop("PERSON"))
    return Given(parts, last, _locale(last))


def _locale(text: str) -> str:
    return "ru" if re.search("[а-яё]", text, re.IGNORECASE) else "en"


def known(given: Given) -> list[str]:
    """What is remembered and holds still, as the person said it."""
    lines = [line for line in given.parts.get("MEMORIES", []) if not _OVER.search(line)]
    return [line.split(": ", 1)[-1].rstrip(".") for line in lines]


def failed(given: Given) -> list[str]:
    return [line.removeprefix("- ").split(";")[0] for line in given.parts.get("FAILED", [])]
