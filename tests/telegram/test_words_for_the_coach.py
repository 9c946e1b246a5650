"""What is written while no session is open: the inbound side alone hands it to the coach. No server runs."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from gateway.erasures import Erasure
from gateway.presentation.texts.texts import Texts
from schema.channel_queues import TELEGRAM_QUEUE
from schema.deliveries import NoticeCode
from schema.vocabulary import Locale
from tests.telegram.noted_gateway import ANNA, Gateway


async def test_what_no_session_takes_goes_to_the_coach(gateway: Gateway) -> None:
    gateway.asked.session_open = False
    await gateway.hears(long := "A walk by the river. " * 120)
    [(name, said)] = gateway.asked.calls
    assert name == "say"
    [said] = _models([said])
    assert said.model_dump()["text"] == long
    assert said.model_dump(include={"channel", "locale", "more_expected"}) == {
        "channel": {"task_queue": TELEGRAM_QUEUE, "address": str(ANNA)},
        "locale": Locale.EN,
        "more_expected": True,
    }
    assert gateway.said == []


@pytest.mark.parametrize("words", ["хватит", "Next question, please", "Let's take a break", "continue"])
async def test_plain_words_for_what_only_a_session_can_do_are_words_to_the_coach(gateway: Gateway, words: str) -> None:
    gateway.asked.session_open = False
    await gateway.hears(words)
    *_, (name, said) = gateway.asked.calls
    assert (name, _models([said])[0].model_dump()["text"]) == ("say", words)
    assert gateway.said == []


@pytest.mark.parametrize(
    ("session_open", "coach_awake", "asked"),
    [
        (True, True, ["edit_answer"]),
        (False, True, ["edit"]),
        (False, False, ["edit", "screen_text"]),
    ],
)
async def test_an_edit_goes_to_whoever_hears_of_it(
    gateway: Gateway, session_open: bool, coach_awake: bool, asked: list[str]
) -> None:
    gateway.asked.session_open, gateway.asked.coach_awake = session_open, coach_awake
    await gateway.hears_edit("A walk by the sea.")
    assert [name for name, _ in gateway.asked.calls] == asked
    assert {said.model_dump()["text"] for said in _models([said for _, said in gateway.asked.calls])} == {
        "A walk by the sea."
    }
    assert gateway.said == []


@pytest.mark.parametrize("session_open", [True, False])
async def test_words_of_others_are_screened_and_asked_about(gateway: Gateway, session_open: bool) -> None:
    gateway.asked.session_open = session_open
    await gateway.hears("We miss you.", by="Boris")
    [(name, overheard)] = gateway.asked.calls
    assert name == "screen_text"
    assert _models([overheard])[0].model_dump()["otherwise"] is NoticeCode.SOMEBODY_ELSES_WORDS


@pytest.mark.parametrize("written", ["/new", "New topic, please", "давайте сменим тему"])
async def test_another_topic_begins_once_no_question_is_open(gateway: Gateway, written: str) -> None:
    await gateway.hears(written)
    assert (gateway.asked.calls, gateway.said) == ([], [Texts(Locale.EN).say("topic-later")])
    gateway.asked.session_open = False
    await gateway.hears(written)
    assert [name for name, _ in gateway.asked.calls] == ["begin_topic"]


async def test_while_a_person_is_erased_the_coach_hears_nothing_and_a_crisis_is_heard(gateway: Gateway) -> None:
    gateway.asked.session_open, gateway.asked.erasure = False, Erasure("run", under_way=True)
    await gateway.hears("A walk by the river.")
    *_, (name, overheard) = gateway.asked.calls
    assert name == "screen_text"
    assert _models([overheard])[0].model_dump()["otherwise"] is None
    assert gateway.said == []


def _models(said: list[object]) -> list[BaseModel]:
    models = [each for each in said if isinstance(each, BaseModel)]
    assert len(models) == len(said)
    return models
