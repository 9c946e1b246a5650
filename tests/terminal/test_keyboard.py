"""Lines from a pipe, and lines that a person types."""

from __future__ import annotations

import asyncio
import io
import itertools
from collections.abc import AsyncIterator, Iterator

import pytest
from prompt_toolkit.application import create_app_session, get_app
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from gateway.terminal.choices import Choice
from gateway.terminal.inbound.keyboard import READ_AHEAD, Line, PipedKeyboard, TypedKeyboard
from gateway.terminal.inbound.lines import Unreadable, lines_of
from gateway.terminal.outbound.screen import Screen
from schema.coaching.deliveries import CoachReply
from schema.coaching.drafts import Draft, draft_key
from schema.deliveries import Delivery, Question
from schema.onboarding.messages import ANSWER_LIMIT
from schema.vocabulary import Depth, Domain, Energy, Locale
from tests.people.person import PATIENCE
from tests.terminal.conftest import Pipe

CTRL_C, CTRL_D, BACKSPACE = "\x03", "\x04", "\x7f"


@pytest.fixture
def screen() -> Screen:
    """A screen with a question on it."""
    screen = Screen(Console(record=True, width=80, file=io.StringIO()), Locale.EN)
    shows_question(screen, "first")
    return screen


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    """What the person's fingers do."""
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        yield keys


@pytest.fixture
async def typing(screen: Screen, keys: PipeInput) -> AsyncIterator[asyncio.Task[Line | None]]:
    """The line that the person types."""
    typing = asyncio.create_task(TypedKeyboard(screen).line())
    yield typing
    # Before the keys are gone, else the editor goes on reading where another test's keys will be.
    typing.cancel()
    await asyncio.wait([typing])


def shows_question(screen: Screen, nonce: str) -> None:
    question = Question(
        nonce=nonce,
        question_id="work-surface-01",
        domain=Domain.WORK,
        depth=Depth.SURFACE,
        energy=Energy.OPENING,
        text="What do you love to do?",
        number=1,
        planned=12,
    )
    screen.show(Delivery(key=nonce, address="me", locale=Locale.EN, messages=[question]))


async def until_typed(text: str) -> None:
    """Waits until the editor has taken in the keys that were pressed."""
    async with asyncio.timeout(PATIENCE):
        while get_app().current_buffer.text != text:
            await asyncio.sleep(0.01)


async def test_a_piped_line_is_said_only_when_it_is_the_persons_turn(screen: Screen) -> None:
    keyboard = PipedKeyboard(screen, iter(["одна строка", "", "last"]))
    screen.await_reply()
    reading = asyncio.ensure_future(keyboard.line())
    await asyncio.sleep(0.05)
    assert not reading.done()
    shows_question(screen, "second")
    assert await reading == Line("одна строка", "second")
    assert await keyboard.line() == Line("", "second")
    assert await keyboard.line() == Line("last", "second")
    assert await keyboard.line() is None
    assert "› одна строка" in screen.console.export_text()


async def test_bytes_that_are_no_text_are_refused_before_what_comes_in_front_of_them_is_said(
    screen: Screen, pipe: Pipe
) -> None:
    source, into = pipe
    # More than is decoded at once.
    into.write(b"I love the sea, and I love the river.\n" * 500 + b"I love the caf\xe9.\n")
    into.flush()
    keyboard = PipedKeyboard(screen, lines_of(source))
    screen.await_reply()
    line = asyncio.ensure_future(keyboard.line())
    async with asyncio.timeout(PATIENCE):
        while keyboard._unreadable is None:
            await asyncio.sleep(0.01)
    shows_question(screen, "second")
    with pytest.raises(Unreadable):
        await line


async def test_an_endless_pipe_is_read_ahead_only_so_far(screen: Screen) -> None:
    given = itertools.count()
    keyboard = PipedKeyboard(screen, (f"{n}" for n in given))
    assert await keyboard.line() == Line("0", "first")
    async with asyncio.timeout(PATIENCE):
        while keyboard._read.qsize() < READ_AHEAD:
            await asyncio.sleep(0.01)
    assert [await keyboard.line() for _ in range(3)] == [Line(f"{n}", "first") for n in (1, 2, 3)]
    assert len(keyboard.unread_lines()) <= READ_AHEAD + 1
    assert next(given) <= READ_AHEAD + 10


async def test_letters_of_another_encoding_are_not_kept_as_something_else(screen: Screen, keys: PipeInput) -> None:
    keys.send_bytes("море\r".encode("cp1251"))
    keys.send_text("sea\r")
    assert await TypedKeyboard(screen).line() == Line("sea", "first")
    assert "I can't make out those letters" in screen.console.export_text()


async def test_a_typed_answer_belongs_to_the_question_it_was_begun_at(
    screen: Screen, keys: PipeInput, typing: asyncio.Task[Line | None]
) -> None:
    keys.send_text("I love")
    await until_typed("I love")
    shows_question(screen, "second")
    keys.send_text(" music\r")
    assert await typing == Line("I love music", "first")


async def test_an_answer_begun_anew_belongs_to_the_question_that_is_there_then(
    screen: Screen, keys: PipeInput, typing: asyncio.Task[Line | None]
) -> None:
    keys.send_text("I")
    await until_typed("I")
    keys.send_text(BACKSPACE)
    await until_typed("")
    shows_question(screen, "second")
    keys.send_text("Music\r")
    assert await typing == Line("Music", "second")


async def test_a_line_knows_the_choices_that_it_was_begun_at_and_no_later_ones(
    screen: Screen, keys: PipeInput, typing: asyncio.Task[Line | None]
) -> None:
    keys.send_text("1")
    await until_typed("1")
    screen.offer((Choice.SAFE, Choice.HELP))
    keys.send_text("\r")
    assert await typing == Line("1", "first")
    keys.send_text("1\r")
    assert await TypedKeyboard(screen).line() == Line("1", "first", (Choice.SAFE, Choice.HELP))


async def test_what_is_begun_on_an_empty_screen_belongs_to_nothing_that_comes(keys: PipeInput) -> None:
    screen = Screen(Console(record=True, width=80, file=io.StringIO()), Locale.EN)
    typing = asyncio.create_task(TypedKeyboard(screen).line())
    keys.send_text("y")
    await until_typed("y")
    shows_question(screen, "first")
    screen.offer((Choice.AGREE, Choice.DECLINE))
    keys.send_text("es\r")
    assert await typing == Line("yes", None)


async def test_a_piped_line_sees_the_choices_that_are_open_when_it_is_its_turn(screen: Screen) -> None:
    screen.offer((Choice.AGREE, Choice.DECLINE))
    assert await PipedKeyboard(screen, iter(["1"])).line() == Line("1", "first", (Choice.AGREE, Choice.DECLINE))


async def test_an_empty_line_gets_a_kind_word_and_another_try(screen: Screen, keys: PipeInput) -> None:
    keys.send_text("  \rmusic\r")
    assert await TypedKeyboard(screen).line() == Line("music", "first")
    assert "A few words are enough" in screen.console.export_text()


async def test_what_is_too_long_is_heard_and_stays_in_the_editor_to_be_shortened(
    screen: Screen, keys: PipeInput
) -> None:
    keyboard = TypedKeyboard(screen)
    keys.send_text("x" * (ANSWER_LIMIT + 1) + "\r")
    assert await keyboard.line() == Line("x" * (ANSWER_LIMIT + 1), "first")
    shows_question(screen, "second")
    keys.send_text(BACKSPACE + "\r")
    assert await keyboard.line() == Line("x" * ANSWER_LIMIT, "first")
    keys.send_text("y\r")
    assert await keyboard.line() == Line("y", "second")


async def test_a_mishap_elsewhere_in_the_program_takes_nothing_out_of_the_editor(
    keys: PipeInput, typing: asyncio.Task[Line | None]
) -> None:
    keys.send_text("mus")
    await until_typed("mus")
    asyncio.get_running_loop().call_exception_handler({"message": "nobody waited for this"})
    await asyncio.sleep(0.05)
    keys.send_text("ic\r")
    assert await asyncio.wait_for(typing, PATIENCE) == Line("music", "first")


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
async def test_ctrl_c_and_ctrl_d_leave(screen: Screen, keys: PipeInput, key: str) -> None:
    keys.send_text(key)
    assert await TypedKeyboard(screen).line() is None


async def test_what_the_coach_is_writing_stands_above_the_line_until_the_reply_comes(
    screen: Screen, keys: PipeInput, typing: asyncio.Task[Line | None]
) -> None:
    def drawn() -> str:
        return "".join(text for _, text, *_ in typed._message())

    typed = TypedKeyboard(screen)
    screen.await_reply()
    keys.send_text("an")
    await until_typed("an")
    assert "You" not in drawn()
    one, two = a_draft("You miss him."), a_draft("You miss him. How long has it been?", 2)
    await screen.sketch(one)
    await screen.sketch(two)
    await screen.sketch(one)
    assert drawn().startswith("  You miss him. How long has it been?\n\n")
    # Of what is longer than the screen, the end is seen.
    await screen.sketch(a_draft("\n".join(f"line {n}" for n in range(100)), 3))
    assert "line 99" in drawn()
    assert len(drawn().splitlines()) < screen.console.height
    reply = CoachReply(reply_id=one.reply_id, text="You miss him. How long has it been?")
    screen.show(Delivery(key="1", address="me", locale=Locale.EN, messages=[reply], replaces=draft_key(one.reply_id)))
    await screen.sketch(a_draft("You miss him.", 4))
    assert screen.sketched() == []
    assert screen.console.export_text().count("You miss him.") == 1
    keys.send_text("swer\r")
    assert await typing == Line("answer", "first")


async def test_nothing_of_a_draft_stays_when_a_line_is_sent_meanwhile(screen: Screen, keys: PipeInput) -> None:
    screen.await_reply()
    await screen.sketch(a_draft("You miss him."))
    typed, drawn = TypedKeyboard(screen), list[bool]()
    # The editor draws itself for the last time when the line is sent, and that stays.
    typed._prompt.app.after_render += lambda app: drawn.append("You miss him." in str(typed._message()))
    typing = asyncio.create_task(typed.line())
    await until_typed("")
    async with asyncio.timeout(PATIENCE):
        while not drawn:
            await asyncio.sleep(0.01)
    keys.send_text("hello\r")
    await typing
    assert drawn[0]
    assert not drawn[-1]


def a_draft(text: str, number: int = 1) -> Draft:
    """What a reply is so far."""
    return Draft(
        reply_id="6f2d0a52-39c1-4c6f-9b0e-0f6b1f7b2c11",
        user_ref="aaaabbbbccccdddd",
        address="me",
        locale=Locale.EN,
        number=(0, 1, number),
        text=text,
    )
