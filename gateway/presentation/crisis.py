"""The words of crisis support and whom to reach, the same in every channel."""

from __future__ import annotations

from babel import Locale as CountryNames

from gateway.presentation.texts.texts import Texts, key_of
from schema.danger import Danger, DangerAbout, DangerTime
from schema.deliveries import CrisisSupport
from schema.safety.data import EmergencyContact, contacts

_CARE_CONTACTS = 3


def support_paragraphs(support: CrisisSupport, texts: Texts) -> list[str]:
    """The words of crisis support: what has to happen at once comes first."""
    danger = support.known
    if support.by_others:
        return [texts.say("crisis-support-somebody-else")]
    said = []
    if danger.harm:
        emergency = dict.fromkeys(c.reached_by for c in contacts(texts.locale, danger) if c.emergency)
        said.append(texts.say(f"crisis-{key_of(danger.harm)}", emergency=" · ".join(emergency)))
    said.append(texts.say("crisis-again" if support.again else f"crisis-support-{_addressed(danger)}"))
    if danger.when is DangerTime.PAST:
        said.append(texts.say("crisis-past"))
    return said


def care_line(danger: Danger, texts: Texts) -> str:
    """One line of care, with whom to reach."""
    return f"{texts.say('crisis-care')}\n{first_contact_lines(danger, texts)}"


def first_contact_lines(danger: Danger, texts: Texts) -> str:
    """The few whom to reach first, a line each."""
    return "\n".join(contact_line(contact, texts) for contact in contacts(texts.locale, danger)[:_CARE_CONTACTS])


def contact_line(contact: EmergencyContact, texts: Texts) -> str:
    """A contact in one line: the number first, so that a tap dials it."""
    details = [
        contact.name,
        *([country_name(contact.country, texts)] if contact.country else []),
        contact.serves,
        contact.hours,
        *([texts.say("contact-free")] if contact.free else []),
        *([] if contact.verified else [texts.say("contact-unverified")]),
    ]
    return f"{contact.reached_by} — {' · '.join(details)}"


def contact_lines(danger: Danger, texts: Texts, country: str | None = None) -> str:
    """Everybody who can be reached in a country, a line each."""
    return "\n".join(contact_line(contact, texts) for contact in contacts(texts.locale, danger, country))


def country_name(code: str, texts: Texts) -> str:
    """A country's name in the person's language."""
    return str(CountryNames(texts.locale.value).territories[code])


def _addressed(danger: Danger) -> str:
    match danger.about:
        case DangerAbout.CHILD | DangerAbout.BY_SELF:
            return key_of(danger.about)
        case DangerAbout.OTHER:
            return f"other-{key_of(danger.kind)}"
        case DangerAbout.SELF:
            return key_of(danger.kind)
