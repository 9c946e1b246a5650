"""Has OpenAI write down recordings, by one request of its API.

It speaks HTTP by aiohttp, which the bot's process has anyway, and not by the SDK: the process that is nearest to the
outside world then carries nothing that it does not need.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, FormData
from pydantic import Field, ValidationError
from temporalio.exceptions import ApplicationError

from activities.ai.providers import OPENAI
from activities.ai.usage import figure
from schema.base_model import Model
from schema.voice.activities import Transcript

_API = "https://api.openai.com/v1"
_SECONDS = 45.0
"""`policies.TRANSCRIPTION` gives an attempt 60 s; the rest is for fetching the recording."""
_CHECK_SECONDS = 2.5
_MOST_SECONDS = 24 * 60 * 60
_RETRIED = (408, 409, 429)

BUSY = "ProviderBusy"
UNAVAILABLE = "ProviderUnavailable"
REFUSED = "ProviderRequestRefused"
KEY_REFUSED = "ProviderKeyRefused"


class _Usage(Model):
    """What a transcription used, in tokens or in seconds: compatible servers may leave any of it out."""

    seconds: Any = None
    input_tokens: Any = None
    output_tokens: Any = None


class _Answer(Model):
    text: str
    usage: _Usage | None = Field(default=None)


class OpenAITranscriber:
    """Writes down recordings with a transcription model. Keeps none of them."""

    def __init__(self, key: str, model: str, *, base_url: str | None = None) -> None:
        self._key = key
        self._model = model
        self._url = (base_url or _API).rstrip("/")
        self.analyst = f"{OPENAI.slug}/{model}"

    async def transcribe(self, audio: bytes, seconds: float) -> Transcript:
        """The words of a recording in OGG that lasts so many seconds.

        Raises `ApplicationError`; one that no further attempt would mend is not retryable. It quotes nothing.
        """
        form = FormData()
        # By its name the API knows the format; the person's own name for it stays here.
        form.add_field("file", audio, filename="voice.ogg", content_type="audio/ogg")
        form.add_field("model", self._model)
        form.add_field("response_format", "json")
        begun = perf_counter()
        status, answer = await self._send("POST", "audio/transcriptions", _SECONDS, form)
        if status != 200:
            raise _refusal(status)
        try:
            heard = _Answer.model_validate_json(answer)
        except ValidationError:
            raise ApplicationError(f"{OPENAI.name} answered something unreadable", type=UNAVAILABLE) from None
        used = heard.usage or _Usage()
        return Transcript(
            text=heard.text,
            analyst=self.analyst,
            seconds=_length(used.seconds) or seconds,
            tokens_in=figure(used.input_tokens),
            tokens_out=figure(used.output_tokens),
            latency_ms=(perf_counter() - begun) * 1000,
        )

    async def check(self) -> None:
        """Checks key and model, free of charge. Raises `ApplicationError` as `transcribe` does."""
        status, _ = await self._send("GET", f"models/{self._model}", _CHECK_SECONDS)
        # A key that may transcribe and nothing else is not shown its models.
        if status not in (200, 403):
            raise _refusal(status)

    async def _send(self, method: str, path: str, seconds: float, form: FormData | None = None) -> tuple[int, bytes]:
        try:
            async with (
                ClientSession(timeout=ClientTimeout(total=seconds)) as session,
                session.request(
                    method,
                    f"{self._url}/{path}",
                    data=form,
                    headers={"Authorization": f"Bearer {self._key}"},
                    # Another host would get what a person said.
                    allow_redirects=False,
                ) as answer,
            ):
                return answer.status, await answer.read()
        # The library's errors may quote the address or the key.
        except (TimeoutError, ClientError, OSError, ValueError) as error:
            raise ApplicationError(
                f"{OPENAI.name} could not be reached ({type(error).__name__})", type=UNAVAILABLE
            ) from None


def _refusal(status: int) -> ApplicationError:
    """The error that a status means. Nothing of the body is read: it may quote the request."""
    if status in (401, 403):
        return ApplicationError(
            f"{OPENAI.name} refused the key (HTTP {status}): check SELFOLOGY_AI_VOICE_KEY or {OPENAI.key_setting}",
            type=KEY_REFUSED,
            non_retryable=True,
        )
    if status in _RETRIED or status >= 500 or status < 300:
        kind = BUSY if status == 429 else UNAVAILABLE
        return ApplicationError(f"{OPENAI.name} could not write it down (HTTP {status})", type=kind)
    return ApplicationError(
        f"{OPENAI.name} refused the request (HTTP {status}): check SELFOLOGY_AI_VOICE__MODEL",
        type=REFUSED,
        non_retryable=True,
    )


def _length(told: object) -> float:
    """Seconds as the provider reports them; 0 if the value is no length."""
    return float(told) if isinstance(told, int | float) and 0 < told <= _MOST_SECONDS else 0.0
