"""The second net: a classifier over the meaning and the letters of sentences, beside the rules."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import compress
from typing import Self
from uuid import UUID

import asyncpg
from temporalio import activity

from activities.ai.sentence_encoder import SentenceEncoder
from activities.encryption.column import TextColumns
from activities.safety.danger_classifier import DangerClassifier
from schema.coaching.care import CARE_LASTS, SHORT_CARE_LASTS
from schema.danger import Danger, DangerLevel, graver
from schema.encrypted_columns import CRISIS_HEARD, CRISIS_SAID, MESSAGE, SAID
from schema.errors import AnswerGone, Undecipherable
from schema.operator_error import OperatorError
from schema.safety.activities import AnswerToWeigh, MessagesToWeigh, SecondNet, TextToScreen, Weighing
from workflows.safety.rules.crisis import detect, plain_form
from workflows.safety.rules.levels import detailed
from workflows.safety.rules.sentences import parts_of

_CLAUSE_END = re.compile(r"[.,!?…;:\n]|\b(?:and|but|so|then|because|и|а|но|потом|потому что)\b", re.IGNORECASE)


class SecondNetOutdated(OperatorError):
    """The classifier was trained on vectors of another encoder."""


class Net:
    """The encoder and the classifier together. Weighs one text at a time, in a thread of its own."""

    def __init__(self, encoder: SentenceEncoder, classifier: DangerClassifier) -> None:
        if classifier.encoder != encoder.name():
            raise SecondNetOutdated(
                f"The second net was trained with {classifier.encoder}, and {encoder.name()} is installed: install that"
                " version, or run `make second-net`."
            )
        self._encoder = encoder
        self._classifier = classifier
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="encoder")

    @classmethod
    def loaded(cls) -> Self:
        """The net that this code comes with. Raises `SecondNetOutdated`."""
        return cls(SentenceEncoder(), DangerClassifier.shipped())

    def danger_in(self, text: str, found: Danger | None = None) -> Danger | None:
        """The danger that a text speaks of, with what the rules found in it.

        What they found stays, but is not sure where the net is all but certain that the words are harmless and hears
        nothing in those by themselves in which the rules do: a few words of danger drown in everyday ones. Harm that
        has happened is left to the rules.
        """
        parts = parts_of(text)
        letters = self._classifier.of_letters(parts)
        if not found:
            # The letters of most everyday sentences say enough; the encoder takes ten times as long as they do.
            doubtful = letters >= self._classifier.harmless
            parts, letters = list(compress(parts, doubtful)), letters[doubtful]
        if not parts:
            return found
        with self._encoder.on_one_core():
            heard, calm = self._classifier.danger_in(letters, self._encoder.encode(parts))
            if found and calm and not found.harm and self._hears_nothing(alarming_clauses(text)):
                found = found.model_copy(update={"level": DangerLevel.SOFT})
        return graver(found, heard and detailed(heard, text))

    def _hears_nothing(self, clauses: Sequence[str]) -> bool:
        # Without any, the rules heard it across clauses, and the net knows nothing better.
        if not clauses:
            return False
        heard, _ = self._classifier.danger_in(self._classifier.of_letters(clauses), self._encoder.encode(clauses))
        return heard is None

    async def vectors_of(self, texts: Sequence[str]) -> list[Sequence[float]]:
        """The vectors of texts, each of length 1, beside the event loop."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._thread, self._encode, texts)
        return list(found)

    def _encode(self, texts: Sequence[str]) -> list[list[float]]:
        with self._encoder.on_one_core():
            vectors: list[list[float]] = self._encoder.encode(texts).tolist()
        return vectors

    async def weigh(self, text: str, found: Danger | None = None) -> Weighing:
        """As `danger_in`, beside the event loop."""
        loop = asyncio.get_running_loop()
        return Weighing(danger=await loop.run_in_executor(self._thread, self.danger_in, text, found))


class EncoderSecondNet(SecondNet):
    """The activities of the second net."""

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns, net: Net) -> None:
        self._pool = pool
        self._columns = columns
        self._net = net

    async def vectors_of(self, texts: Sequence[str]) -> list[Sequence[float]]:
        """As `Net.vectors_of`: whoever else needs meanings in this process uses the encoder that is loaded."""
        return await self._net.vectors_of(texts)

    @activity.defn
    async def weigh_answer(self, answer: AnswerToWeigh) -> Weighing:
        rows = await self._pool.fetch(
            "SELECT user_ref, session_id, update_id, text FROM onboarding_system.answer_messages"
            " JOIN onboarding_system.answers USING (answer_id, session_id) WHERE answer_id = $1 ORDER BY position",
            answer.answer_id,
        )
        if not rows:
            raise AnswerGone
        read = [await self._columns.open(row["text"], MESSAGE, row) for row in rows]
        if not (text := "\n".join(part for part in read if part is not None)):
            raise Undecipherable("Nobody can read the answer any more")
        weighing = await self._net.weigh(text, answer.found)
        if weighing.danger and weighing.danger.sure:
            # Never taken back here: whoever waited too long for this has been given support by the rules.
            await self._pool.execute(
                "UPDATE onboarding_system.answers SET crisis = $2, care_until = answered_at + $3::interval"
                " WHERE answer_id = $1 AND crisis IS NULL",
                answer.answer_id,
                await self._columns.seal(
                    rows[0]["user_ref"], weighing.danger.kind, CRISIS_HEARD, {"answer_id": answer.answer_id}
                ),
                CARE_LASTS if answer.found else SHORT_CARE_LASTS,
            )
        return weighing

    @activity.defn(name="safety.weigh_messages")
    async def weigh_messages(self, messages: MessagesToWeigh) -> Weighing:
        rows = await self._pool.fetch(
            "SELECT message_id, user_ref, text FROM coach_system.messages WHERE reply_id = $1"
            " ORDER BY said_at, message_id",
            UUID(messages.reply_id),
        )
        if not rows:
            raise AnswerGone
        read = [await self._columns.open(row["text"], SAID, row) for row in rows]
        weighing = await self._net.weigh("\n".join(part for part in read if part is not None), messages.found)
        if weighing.danger and weighing.danger.sure:
            kind = weighing.danger.kind
            for row in rows:
                await self._pool.execute(
                    "UPDATE coach_system.messages SET crisis = $2, care_until = said_at + $3::interval"
                    " WHERE message_id = $1 AND crisis IS NULL",
                    row["message_id"],
                    await self._columns.seal(row["user_ref"], kind, CRISIS_SAID, row),
                    CARE_LASTS if messages.found else SHORT_CARE_LASTS,
                )
        return weighing

    @activity.defn
    async def weigh_text(self, text: TextToScreen) -> Weighing:
        return await self._net.weigh(text.text, text.found)


def alarming_clauses(text: str) -> list[str]:
    """The clauses of a text in which the rules hear danger, as they were written and without masks and misspellings."""
    clauses = (clause.strip() for form in (text, plain_form(text)) for clause in _CLAUSE_END.split(form))
    return list(dict.fromkeys(clause for clause in clauses if detect(clause)))
