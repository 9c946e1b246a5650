"""What a person in a terminal asks about their profile, and says against it: with noted clients, and for real."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from gateway.presentation.texts.texts import Texts
from gateway.terminal.choices import AboutValue, NotMe
from gateway.terminal.conversation import Conversation
from gateway.terminal.inbound.keyboard import Line, PipedKeyboard
from gateway.terminal.outbound.screen import Screen
from gateway.terminal.session_link import SessionLink, Visitor
from schema.profile.layers import ValueName
from schema.profile_vocabulary import Layer, Theme
from schema.safety.messages import Overheard
from schema.vocabulary import Locale, Trait
from tests.people.visit import Visit, in_order, joined
from tests.telegram.fake_clients import Asked

OPENNESS = ValueName(layer=Layer.BIG_FIVE, name=Trait.OPENNESS)
DECIDING = ValueName(layer=Layer.SIGNATURE, name="decision_pattern")
LATELY = ValueName(layer=Layer.ADAPTIVE_TRAITS, name="decision_pattern")


class Noted:
    """A conversation with clients that note what it asks for."""

    def __init__(self, locale: Locale = Locale.EN) -> None:
        self.asked = Asked()
        self.screen = Screen(Console(record=True, width=80, file=io.StringIO()), locale)
        link = SessionLink(
            self.asked.clients(), Visitor("me", "a" * 16, locale), self.screen, revive=_nothing_to_revive
        )
        self._conversation = Conversation(link, self.screen, PipedKeyboard(self.screen, iter(())))

    async def hears(self, text: str) -> list[tuple[str, object]]:
        """What is asked for when a line is entered, with the words that are screened."""
        self.asked.calls.clear()
        assert await self._conversation._handle(Line(text, None, self.screen.choices))
        return [(name, said.text if isinstance(said, Overheard) else said) for name, said in self.asked.calls]

    @property
    def said(self) -> str:
        """All that stands on the screen."""
        return joined(self.screen.console.export_text(clear=False))


async def _nothing_to_revive() -> None:
    """No server runs."""


@pytest.mark.parametrize(
    ("line", "calls"),
    [
        ("/evolution", [("show_profile", ("evolution", Theme.LIGHT))]),
        ("How have I changed?", [("show_profile", ("evolution", Theme.LIGHT))]),
        ("/why", [("show_profile", ("values", Theme.LIGHT))]),
        ("/why openness to the new", [("why", OPENNESS)]),
        ("/why Openness", [("why", OPENNESS)]),
        ("/why decision_pattern", [("why", DECIDING)]),
        ("/why how you decide, lately", [("why", LATELY)]),
        ("/notme openness", [("deny", OPENNESS)]),
        ("/find my mother", [("screen_text", "my mother"), ("find", "my mother")]),
    ],
)
async def test_a_command_asks_for_what_it_names(line: str, calls: list[tuple[str, object]]) -> None:
    assert await Noted().hears(line) == calls


async def test_a_value_is_named_in_the_language_of_the_person() -> None:
    assert await Noted(Locale.RU).hears("/why Как вы решаете") == [("why", DECIDING)]
    assert await Noted(Locale.RU).hears("/notme открытость") == [("deny", OPENNESS)]


@pytest.mark.parametrize("command", ["/why", "/notme"])
async def test_words_that_name_no_value_are_screened_and_told_to_be_none(command: str) -> None:
    noted = Noted()
    assert await noted.hears(f"{command} I want to die") == [("screen_text", "i want to die")]
    # Several begin so.
    assert await noted.hears(f"{command} how you") == [("screen_text", "how you")]
    assert joined(noted.screen.texts.say("value-unknown")) in noted.said


@pytest.mark.parametrize(("line", "key"), [("/find", "find-how"), ("/notme", "terminal-not-me-which")])
async def test_a_command_without_its_words_says_how_to_use_it(line: str, key: str) -> None:
    noted = Noted()
    await noted.hears(line)
    assert joined(noted.screen.texts.say(key)) in noted.said


async def test_a_number_asks_about_a_value_and_the_next_denies_it() -> None:
    noted = Noted()
    noted.screen.offer((AboutValue(OPENNESS), AboutValue(DECIDING)))
    assert await noted.hears("2") == [("why", DECIDING)]
    assert await noted.hears("1") == [("why", OPENNESS)]
    noted.screen.offer((NotMe(OPENNESS),))
    assert await noted.hears("1") == [("deny", OPENNESS)]
    # Said once, it is no number any more.
    assert not noted.screen.choices


async def test_a_person_sees_why_and_takes_it_back(arrives: Callable[..., Visit]) -> None:
    person = arrives(planned_questions=3)
    curious = (
        "I am curious, I love art, new ideas and imagination.",
        "I love new things, new places and poetry, and I ask how things work.",
        "I am a dreamer, curious about everything, and I love exploring new ideas.",
    )
    assert await person.pipes("1", *curious) is not None
    asks = ("/evolution", "/why", "/why openness", "/notme openness", "/notme openness")
    assert await person.pipes(*asks, "/quit") is None
    texts = Texts(Locale.EN)
    openness = texts.say("trait-openness")
    assert in_order(
        joined(person.seen),
        [
            joined(texts.say("evolution-too-early")),
            joined(texts.say("why-which")),
            f"1 {openness}",
            joined(texts.say("reasons-title", value=openness)),
            "I love new things",
            joined(texts.say("terminal-not-me")),
            joined(texts.say("notice-value-denied")),
            joined(texts.say("notice-nothing-to-deny")),
        ],
    )
