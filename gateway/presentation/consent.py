"""The consent request and the document behind it, the same in every channel."""

from __future__ import annotations

from babel.lists import format_list

from gateway.presentation.texts.texts import Texts
from schema.account.consent import OperatorSettings, consent_document
from schema.danger import Danger
from schema.deliveries import ConsentRequest
from schema.safety.data import contacts
from schema.vocabulary import CrisisKind

PAGE = 3500
"""The most characters of a page: less than a message of any channel takes."""


def consent_text(request: ConsentRequest, texts: Texts) -> str:
    """Returns who Selfology is, who reads the answers and what is stored, without the consent question itself."""
    companies = format_list(request.readers, style="standard", locale=texts.locale.value) if request.readers else None
    readers = texts.say("consent-readers", companies=companies) if companies else texts.say("consent-readers-none")
    told = texts.say(
        "consent-request",
        planned=request.planned,
        readers=readers,
        operator=_operator(texts),
        emergency=emergency_numbers(texts),
    )
    return f"{told}\n\n{texts.say('consent-moved-in')}" if request.moved_in else told


def consent_pages(texts: Texts) -> list[str]:
    """Returns the document that a person agrees to, in pages that end between paragraphs."""
    operator, document = OperatorSettings(), consent_document(texts.locale)
    country = texts.say("consent-country", country=operator.country) if operator.country else ""
    told = document.text.format(
        operator=_operator(texts),
        contact=operator.contact or texts.say("consent-no-contact"),
        country=country,
        emergency=emergency_numbers(texts),
    )
    paragraphs = [line.removeprefix("## ").removeprefix("# ").strip() for line in told.split("\n\n")]
    pages = [texts.say("consent-version", version=document.version.partition("/")[0])]
    for paragraph in paragraphs:
        if len(pages[-1]) + len(paragraph) > PAGE:
            pages.append(paragraph)
        else:
            pages[-1] += f"\n\n{paragraph}"
    return pages


def emergency_numbers(texts: Texts) -> str:
    """Returns whom to call in danger where the language is at home."""
    numbers = [c.reached_by for c in contacts(texts.locale, Danger(kind=CrisisKind.VIOLENCE)) if c.emergency]
    return format_list(list(dict.fromkeys(numbers)), style="or", locale=texts.locale.value)


def _operator(texts: Texts) -> str:
    return OperatorSettings().name or texts.say("consent-no-operator")
