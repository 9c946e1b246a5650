"""Reads a text by local rules and, in a process that holds the sentence encoder, by the second net at once."""

from __future__ import annotations

import asyncio
import logging

from schema.analysis.readings import AnswerReading
from schema.safety.activities import WEIGHED_WITHIN, SecondNet, TextToScreen
from schema.vocabulary import Locale
from workflows.analysis.rules.local_reading import read_locally

log = logging.getLogger(__name__)


class TextReader:
    """Reads texts for the activities that hear them first. Without a net, a reading is not `weighed`."""

    def __init__(self, net: SecondNet | None = None) -> None:
        self._net = net

    async def read(self, text: str, locale: Locale) -> AnswerReading:
        """Reads a text. `locale` is its language if the text itself shows none."""
        reading = read_locally(text, locale)
        if not self._net:
            return reading
        danger, overdue = reading.danger, False
        try:
            async with asyncio.timeout(WEIGHED_WITHIN.total_seconds()):
                danger = (await self._net.weigh_text(TextToScreen(text=text, locale=locale, found=danger))).danger
        except TimeoutError:
            # A busy net is no reason to keep a person waiting: the rules alone decide, and it is heard later.
            overdue = True
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the net, the answer is kept
            # The workflow asks the net once more, so that operators see the failure in its history, too.
            log.error("The second net failed on a text (%s): rules alone read it.", type(error).__name__)
            return reading
        crisis = danger.kind if danger and danger.sure else None
        found = {"danger": danger, "crisis": crisis, "net_alone": danger is not None and reading.danger is None}
        return reading.model_copy(update=found | {"weighed": True, "overdue": overdue})
