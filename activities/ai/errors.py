"""Translates a provider's failure for Temporal: retryable or not, after which wait, and why.

An SDK's exception may quote the prompt, the answer or the key in its message, body, request or cause. So it is never
passed on: `failure_of` builds a new error from the kind of failure and the HTTP status, and callers raise it
`from None`.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import anthropic
import httpx2
import openai
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.ai.providers import Provider

BUSY = "ProviderBusy"
"""Rate limit or overload; retried when the provider says so, or a little later."""
UNAVAILABLE = "ProviderUnavailable"
"""Timeouts, broken connections and the provider's internal errors; retried."""
KEY_REFUSED = "ProviderKeyRefused"
ACCOUNT_EMPTY = "ProviderAccountEmpty"
REQUEST_REFUSED = "ProviderRequestRefused"
CONTENT_REFUSED = "ContentRefused"
MALFORMED_OUTPUT = "MalformedOutput"

# Longer than any limit's window; also keeps a nonsense header from overflowing a timedelta.
_LONGEST_WAIT = timedelta(days=1)
# Added to the wait that a provider asks for, which may be only a second. Grows as `policies.DEEP_READING` does.
_LONGEST_GROWTH = 30
# Spreads the retries of requests that were refused together.
_SPREAD = 0.25
_REFUSED_CONTENT = frozenset(
    {"content_filter", "content_policy_violation", "invalid_prompt", "bio_policy", "misalignment_policy_violation"}
)
_OVERLOADED = frozenset({"rate_limit_exceeded", "server_is_overloaded", "slow_down"})
_NO_CREDIT = frozenset(
    {
        "insufficient_quota",
        "billing_hard_limit_reached",
        "credit_balance_exhausted",
        "organization_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
        "project_spend_limit_exceeded",
        "billing_error",
        "contract_spend_limit_reached",
        "enforced_spend_limit_reached",
    }
)
# Anthropic has no code for an empty account: it sends an `invalid_request_error` with these words.
_LOW_BALANCE = "Your credit balance is too low to access the Anthropic API"
# Anthropic reports a failure in the middle of a reply by its type; the reply itself began with a 200.
_STATUS_OF = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "overloaded_error": 529,
    "timeout_error": 504,
    "api_error": 500,
}
# The reasons of a refusal that operators may read. Only known words: any other could be part of the prompt.
_TELLING = frozenset(
    {
        "model_not_found",
        "unsupported_country_region_territory",
        "data_residency_mismatch",
        "context_length_exceeded",
        "unsupported_parameter",
        "unsupported_value",
        "invalid_json_schema",
        "not_found_error",
        "request_too_large",
    }
)


class ConnectionCut(Exception):
    """The reply ended before it was whole."""


class ResponseFailed(Exception):
    """The provider answered 200 and said in the body that it failed, with its own code."""

    def __init__(self, code: str | None) -> None:
        super().__init__("the provider reports a failure")
        self.code = code


def failure_of(error: Exception, provider: Provider) -> ApplicationError:
    """The error that replaces an SDK's exception in workflow history; raise it `from None`."""
    if isinstance(error, (openai.APIStatusError, anthropic.APIStatusError)):
        status = error.status_code if error.status_code >= 300 else _STATUS_OF.get(error.type or "", 500)
        return _refusal(status, _words(error), error.response.headers, provider)
    if isinstance(error, ResponseFailed):
        return _reported(frozenset({error.code or ""}), provider)
    if _unsendable_key(error):
        return _key_refused(provider, "cannot be sent with the key as it is (spaces, line breaks, letters)")
    if isinstance(error, (openai.APITimeoutError, anthropic.APITimeoutError, TimeoutError)):
        return unavailable(provider, "did not answer in time")
    if isinstance(
        error, (openai.APIConnectionError, anthropic.APIConnectionError, httpx2.TransportError, ConnectionCut)
    ):
        return unavailable(provider, "could not be reached, or the connection broke")
    if type(error) is openai.APIError:
        # A failure that was reported in the middle of a reply.
        return _reported(frozenset({error.code or "", error.type or ""}), provider)
    # Only the class is passed on: the message may quote what was sent or received.
    return unavailable(provider, f"answered something unreadable ({type(error).__name__})")


def usage_told(error: Exception) -> Mapping[str, Any] | None:
    """The usage of a failed request, if the provider reports it with the failure."""
    if not isinstance(error, (openai.APIError, anthropic.APIStatusError)):
        return None
    body = error.body
    if isinstance(error, openai.APIStatusError):
        # This SDK keeps only the inner part.
        try:
            body = error.response.json()
        except (ValueError, httpx2.StreamError):
            return None
    usage = body.get("usage") if isinstance(body, dict) else None
    return usage if isinstance(usage, dict) else None


def unavailable(provider: Provider, what: str, after: timedelta | None = None) -> ApplicationError:
    """A retryable error; the retry waits for `after` if the provider named a wait."""
    return ApplicationError(f"{provider.name} {what}", type=UNAVAILABLE, next_retry_delay=_wait(after))


def content_refused(provider: Provider) -> ApplicationError:
    """The model or its provider's filter refuses this answer; another model may read it."""
    return ApplicationError(f"{provider.name} refused to read this answer", type=CONTENT_REFUSED, non_retryable=True)


def malformed_output(provider: Provider) -> ApplicationError:
    """The reply did not fit its schema in two attempts."""
    return ApplicationError(
        f"{provider.name} answered twice in a form that does not fit the schema",
        type=MALFORMED_OUTPUT,
        non_retryable=True,
    )


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """How long a provider asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110)."""
    if (seconds := _number(headers.get("retry-after-ms"))) is not None:
        return _bounded(seconds / 1000)
    said = headers.get("retry-after")
    if (seconds := _number(said)) is not None:
        return _bounded(seconds)
    if (until := _date(said)) is None:
        return None
    # Uses the provider's clock: this machine's may differ.
    now = _date(headers.get("date")) or datetime.now(UTC)  # noqa: TID251
    return _bounded((until - now).total_seconds())


def later(asked: timedelta, attempt: int, chance: float) -> timedelta:
    """The wait after this attempt (from 1): at least `asked`, longer after each attempt.

    `chance` (0 to 1) is the share of the random spread that is added.
    """
    growth = timedelta(seconds=min(2 ** (attempt - 1), _LONGEST_GROWTH))
    return (asked + growth) * (1 + _SPREAD * chance)


def _wait(asked: timedelta | None) -> timedelta | None:
    """The wait that Temporal uses; None leaves it to the retry policy and its back-off."""
    if asked is None:
        return None
    attempt = activity.info().attempt if activity.in_activity() else 1
    return later(asked, attempt, random.random())


def _refusal(status: int, words: frozenset[str], headers: Mapping[str, str], provider: Provider) -> ApplicationError:
    if status < 400:
        return _redirected(provider, status)
    telling = sorted(words & _TELLING)
    # A refusal with another reason is not about the key.
    if status in (401, 403) and not telling:
        return _key_refused(provider, f"refused the key (HTTP {status})")
    if status == 402 or words & _NO_CREDIT:
        return _account_empty(provider, f"(HTTP {status})")
    if status in (429, 529) or words & _OVERLOADED:
        return _busy(provider, f"(HTTP {status})", retry_after(headers))
    if status in (408, 409) or status >= 500:
        return unavailable(provider, f"failed (HTTP {status})", retry_after(headers))
    if words & _REFUSED_CONTENT:
        return content_refused(provider)
    return _request_refused(provider, ", ".join([f"HTTP {status}", *telling]))


def _reported(words: frozenset[str], provider: Provider) -> ApplicationError:
    when = "while it answered"
    if words & _REFUSED_CONTENT:
        return content_refused(provider)
    if words & _NO_CREDIT:
        return _account_empty(provider, when)
    if words & _OVERLOADED:
        return _busy(provider, when, None)
    if telling := sorted(words & _TELLING):
        return _request_refused(provider, f"{', '.join(telling)} {when}")
    # Includes unknown error types: the provider had already accepted the request.
    return unavailable(provider, f"failed {when}")


def _busy(provider: Provider, when: str, after: timedelta | None) -> ApplicationError:
    return ApplicationError(f"{provider.name} is busy {when}", type=BUSY, next_retry_delay=_wait(after))


def _key_refused(provider: Provider, what: str) -> ApplicationError:
    return ApplicationError(
        f"{provider.name} {what}: check {provider.key_setting}", type=KEY_REFUSED, non_retryable=True
    )


def _account_empty(provider: Provider, when: str) -> ApplicationError:
    return ApplicationError(
        f"{provider.name} has no credit left {when}: top up the account of {provider.key_setting}",
        type=ACCOUNT_EMPTY,
        non_retryable=True,
    )


def _redirected(provider: Provider, status: int) -> ApplicationError:
    return ApplicationError(
        f"{provider.name} sends on to another address (HTTP {status}), which is refused: check {provider.url_setting}",
        type=REQUEST_REFUSED,
        non_retryable=True,
    )


def _request_refused(provider: Provider, reason: str) -> ApplicationError:
    return ApplicationError(
        f"{provider.name} refused the request ({reason}): check the model's name, its settings and your access to it",
        type=REQUEST_REFUSED,
        non_retryable=True,
    )


def _words(error: openai.APIStatusError | anthropic.APIStatusError) -> frozenset[str]:
    """The provider's error codes. They are only compared, never quoted."""
    if isinstance(error, openai.APIStatusError):
        return frozenset(word for word in (error.code, error.type) if word)
    low_balance = "billing_error" if (error.api_message or "").startswith(_LOW_BALANCE) else None
    return frozenset(word for word in (error.type, error.error_code, low_balance) if word)


def _unsendable_key(error: Exception) -> bool:
    # A key pasted with a line break or with Cyrillic letters fails in the HTTP client, which quotes it. Bodies are
    # UTF-8, so only headers are refused as ASCII or as illegal.
    if isinstance(error, UnicodeEncodeError):
        return error.encoding == "ascii"
    return "Illegal header value" in str(error.__cause__)


def _date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    # A date without a zone ("-0000") is in UTC.
    return date.replace(tzinfo=date.tzinfo or UTC)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _bounded(seconds: float) -> timedelta | None:
    return timedelta(seconds=min(seconds, _LONGEST_WAIT.total_seconds())) if seconds > 0 else None
