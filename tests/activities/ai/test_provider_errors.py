"""What operators and Temporal learn of a provider's failure, and what nobody learns: texts and keys."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import anthropic
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.ai import errors
from activities.ai.anthropic import AnthropicModel
from activities.ai.errors import later, retry_after
from activities.ai.language_model import LanguageModelAnalyst
from tests.activities.ai.conftest import KEY, Answers, Wire
from tests.activities.ai.test_language_models import answer
from workflows import policies

SECRET = answer("My secret is zanzibar-moth, and nobody knows.")
SETTING = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}


async def failure(ai: Wire, model: str, key: str = KEY) -> ApplicationError:
    with pytest.raises(ApplicationError) as failed:
        await ai.analyst(model, key).deep(SECRET)
    return failed.value


@pytest.mark.parametrize(
    ("model", "type_", "retried"),
    [
        ("limited", errors.BUSY, True),
        ("overloaded", errors.BUSY, True),
        ("broken", errors.UNAVAILABLE, True),
        ("away", errors.UNAVAILABLE, True),
        ("cut", errors.UNAVAILABLE, True),
        ("cut-midway", errors.UNAVAILABLE, True),
        ("garbled", errors.UNAVAILABLE, True),
        ("wrong-key", errors.KEY_REFUSED, False),
        ("forbidden", errors.KEY_REFUSED, False),
        ("empty-account", errors.ACCOUNT_EMPTY, False),
        ("unknown-model", errors.REQUEST_REFUSED, False),
        ("bad-request", errors.REQUEST_REFUSED, False),
        ("slips", errors.MALFORMED_OUTPUT, False),
    ],
)
async def test_a_failure_is_what_it_is_and_tells_nothing_of_the_person(
    ai: Wire, model: str, type_: str, retried: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        error = await failure(ai, model)
    assert (error.type, error.non_retryable) == (type_, not retried)
    # The SDKs' own retries are off: one layer retries, and it is Temporal. A correction is no retry.
    assert len(ai.sent) == (2 if model == "slips" else 1)
    kept = Failure()
    await DataConverter.default.encode_failure(error, kept)
    for told in (str(error), repr(error), str(kept), "".join(traceback.format_exception(error)), caplog.text):
        assert "zanzibar" not in told
        assert KEY not in told
        assert "What stayed with you" not in told


async def test_a_rate_limit_waits_as_long_as_the_provider_asks_and_a_little_longer(ai: Wire) -> None:
    wait = (await failure(ai, "limited")).next_retry_delay
    assert wait is not None
    assert timedelta(seconds=8) <= wait <= timedelta(seconds=10)


async def test_a_provider_that_asks_for_a_second_each_time_is_asked_a_few_times_and_not_every_second(ai: Wire) -> None:
    left, requests = policies.DEEP_READING.schedule_to_close, 0
    while left > timedelta():
        requests += 1
        attempt = ActivityEnvironment()
        attempt.info = replace(attempt.info, attempt=requests)
        wait = (await attempt.run(failure, ai, "briefly-limited")).next_retry_delay
        assert wait is not None
        left -= wait
    assert 5 <= requests == len(ai.sent) <= 8


@given(
    st.timedeltas(timedelta(milliseconds=1), timedelta(days=1)),
    st.integers(min_value=1, max_value=10**6),
    st.floats(min_value=0, max_value=1),
)
def test_a_wait_is_never_shorter_than_asked_nor_than_the_one_before(
    asked: timedelta, attempt: int, chance: float
) -> None:
    assert asked < later(asked, attempt, chance) <= (asked + timedelta(seconds=30)) * 1.25
    assert later(asked, attempt, chance) <= later(asked, attempt + 1, chance)


def test_those_who_were_sent_away_together_do_not_come_back_together() -> None:
    minute = timedelta(minutes=1)
    assert later(minute, 1, 1) - later(minute, 1, 0) > timedelta(seconds=10)


@pytest.mark.parametrize("model", ["wrong-key", "forbidden", "empty-account"])
async def test_a_refused_key_names_its_setting(ai: Wire, model: str) -> None:
    assert SETTING[ai.provider] in str(await failure(ai, model))


async def test_a_key_with_a_line_break_is_refused_without_being_shown(
    ai: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        error = await failure(ai, "reader", f"{KEY}\n")
    assert (error.type, error.non_retryable) == (errors.KEY_REFUSED, True)
    assert SETTING[ai.provider] in str(error)
    assert KEY not in "".join(traceback.format_exception(error)) + caplog.text


async def test_anthropic_says_in_words_alone_that_an_account_is_empty(wire: str) -> None:
    ai = Wire("anthropic", wire)
    error = await failure(ai, "low-balance")
    assert (error.type, error.non_retryable) == (errors.ACCOUNT_EMPTY, True)
    assert "ANTHROPIC_API_KEY" in str(error)
    assert "Plans & Billing" not in str(error)
    await ai.close()


async def test_an_unknown_model_says_where_to_look(ai: Wire) -> None:
    assert "check the model's name" in str(await failure(ai, "unknown-model"))


@pytest.mark.parametrize("code", ["model_not_found", "unsupported_country_region_territory"])
async def test_what_is_forbidden_for_another_reason_does_not_blame_the_key(
    openai_that: Callable[[Answers], LanguageModelAnalyst], code: str
) -> None:
    forbidden = httpx2.Response(403, json={"error": {"code": code, "message": "zanzibar-moth"}})
    with pytest.raises(ApplicationError) as failed:
        await openai_that(lambda request: forbidden).deep(SECRET)
    assert (failed.value.type, failed.value.non_retryable) == (errors.REQUEST_REFUSED, True)
    assert f"(HTTP 403, {code}): check the model's name, its settings and your access to it" in str(failed.value)


async def test_a_provider_that_is_not_there(ai: Wire) -> None:
    ai.url = "http://127.0.0.1:9"
    error = await failure(ai, "reader")
    assert (error.type, error.non_retryable) == (errors.UNAVAILABLE, False)


# What aimock does not do: OpenAI's refusals and failures inside an answer


def streamed(*events: dict[str, object]) -> httpx2.Response:
    lines = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
    return httpx2.Response(200, text=lines, headers={"content-type": "text/event-stream"})


def response(status: str = "completed", **fields: object) -> httpx2.Response:
    whole = {"id": "resp_1", "object": "response", "created_at": 0, "model": "reader", "output": [], "tools": []}
    return streamed({"type": f"response.{status}", "response": {**whole, "status": status, **fields}})


REFUSAL = {
    "type": "message",
    "id": "msg_1",
    "role": "assistant",
    "status": "completed",
    "content": [{"type": "refusal", "refusal": "I will not read about zanzibar-moth."}],
}


@pytest.mark.parametrize(
    ("answered", "type_", "retried"),
    [
        (response(output=[REFUSAL]), errors.CONTENT_REFUSED, False),
        (
            response(status="incomplete", incomplete_details={"reason": "content_filter"}),
            errors.CONTENT_REFUSED,
            False,
        ),
        (response(status="failed", error={"code": "invalid_prompt", "message": "m"}), errors.CONTENT_REFUSED, False),
        (response(status="failed", error={"code": "server_error", "message": "m"}), errors.UNAVAILABLE, True),
        (response(status="failed", error={"code": "rate_limit_exceeded", "message": "m"}), errors.BUSY, True),
        (
            httpx2.Response(400, json={"error": {"code": "content_policy_violation", "message": "m"}}),
            errors.CONTENT_REFUSED,
            False,
        ),
        (
            httpx2.Response(400, json={"error": {"code": "billing_hard_limit_reached", "message": "m"}}),
            errors.ACCOUNT_EMPTY,
            False,
        ),
        (httpx2.Response(503, json={"error": {"code": "slow_down", "message": "m"}}), errors.BUSY, True),
        (httpx2.Response(200, text="<html>zanzibar-moth</html>"), errors.UNAVAILABLE, True),
        # A reply that ends before it is whole, and one that fails on the way.
        (streamed({"type": "response.output_text.delta", "delta": "zanzibar-moth"}), errors.UNAVAILABLE, True),
        (streamed({"type": "error", "code": "rate_limit_exceeded", "message": "zanzibar-moth"}), errors.BUSY, True),
        (streamed({"type": "error", "error": {"code": "server_error", "message": "m"}}), errors.UNAVAILABLE, True),
    ],
)
async def test_what_openai_says_inside_an_answer(
    openai_that: Callable[[Answers], LanguageModelAnalyst], answered: httpx2.Response, type_: str, retried: bool
) -> None:
    with pytest.raises(ApplicationError) as failed:
        await openai_that(lambda request: answered).deep(SECRET)
    assert (failed.value.type, failed.value.non_retryable) == (type_, not retried)
    assert "zanzibar" not in "".join(traceback.format_exception(failed.value))


@pytest.mark.parametrize(
    ("code", "type_", "retried"),
    [
        ("rate_limit_exceeded", errors.BUSY, True),
        ("server_is_overloaded", errors.BUSY, True),
        ("slow_down", errors.BUSY, True),
        ("insufficient_quota", errors.ACCOUNT_EMPTY, False),
        ("invalid_prompt", errors.CONTENT_REFUSED, False),
        ("context_length_exceeded", errors.REQUEST_REFUSED, False),
        ("server_error", errors.UNAVAILABLE, True),
        ("vector_store_timeout", errors.UNAVAILABLE, True),
        # What nobody has heard of yet may pass.
        ("zanzibar-moth", errors.UNAVAILABLE, True),
    ],
)
@pytest.mark.parametrize("said", ["in the response", "as an event", "in an error of an event"])
async def test_what_openai_says_in_the_middle_of_a_reply(
    openai_that: Callable[[Answers], LanguageModelAnalyst], said: str, code: str, type_: str, retried: bool
) -> None:
    answered = {
        "in the response": response(status="failed", error={"code": code, "message": "m"}),
        "as an event": streamed({"type": "error", "code": code, "message": "m"}),
        "in an error of an event": streamed({"type": "error", "error": {"type": code, "code": code, "message": "m"}}),
    }[said]
    with pytest.raises(ApplicationError) as failed:
        await openai_that(lambda request: answered).deep(SECRET)
    assert (failed.value.type, failed.value.non_retryable) == (type_, not retried)
    assert "zanzibar" not in "".join(traceback.format_exception(failed.value))


async def test_an_unknown_failure_of_anthropics_in_the_middle_of_a_reply_may_pass() -> None:
    answered = streamed({"type": "error", "error": {"type": "zanzibar-moth", "message": "m"}})
    http = httpx2.AsyncClient(transport=httpx2.MockTransport(lambda request: answered))
    ai = Wire("anthropic", "")
    analyst = LanguageModelAnalyst(
        AnthropicModel(anthropic.AsyncAnthropic(api_key=KEY, http_client=http), "reader", ai.record)
    )
    with pytest.raises(ApplicationError) as failed:
        await analyst.deep(SECRET)
    assert (failed.value.type, failed.value.non_retryable) == (errors.UNAVAILABLE, False)


async def test_anthropics_refusal_goes_to_another_model(wire: str) -> None:
    ai = Wire("anthropic", wire)
    error = await failure(ai, "refuser")
    assert (error.type, error.non_retryable) == (errors.CONTENT_REFUSED, True)
    # It was answered, so it was paid for.
    assert len(ai.usages) == 1
    await ai.close()


# How long to wait


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "20"}, 20),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "20"}, 1.5),
        ({"retry-after": "0"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "1e300"}, 86400),
        ({"retry-after": "Fri, 01 Jan 1999 00:00:00 GMT"}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize("apart", [timedelta(hours=-1), timedelta(), timedelta(hours=1)])
def test_retry_after_a_date_is_told_by_the_clock_of_whoever_names_it(apart: timedelta) -> None:
    theirs = datetime.now(UTC).replace(microsecond=0) + apart
    headers = {
        "date": format_datetime(theirs, usegmt=True),
        "retry-after": format_datetime(theirs + timedelta(minutes=2), usegmt=True),
    }
    assert retry_after(headers) == timedelta(minutes=2)


@pytest.mark.parametrize("date", [{}, {"date": "soon"}])
def test_retry_after_a_date_of_somebody_who_does_not_tell_the_time(date: dict[str, str]) -> None:
    until = datetime.now(UTC) + timedelta(minutes=2)
    wait = retry_after({"retry-after": format_datetime(until, usegmt=True), **date})
    assert wait is not None
    assert timedelta() < wait <= timedelta(seconds=120)


@given(st.text(), st.text())
def test_no_header_breaks_it(said: str, date: str) -> None:
    wait = retry_after({"retry-after": said, "date": date})
    assert wait is None or timedelta() < wait <= timedelta(days=1)
