"""The consent text, the same in every channel."""

from __future__ import annotations

from babel.lists import format_list

from gateway.presentation.texts.texts import Texts
from schema.deliveries import ConsentRequest


def consent_text(request: ConsentRequest, texts: Texts) -> str:
    """Returns who Selfology is, who reads the answers and what is stored, without the consent question itself."""
    companies = format_list(request.readers, style="standard", locale=texts.locale.value) if request.readers else None
    readers = texts.say("consent-readers", companies=companies) if companies else texts.say("consent-readers-none")
    return texts.say("consent-request", planned=request.planned, readers=readers)
