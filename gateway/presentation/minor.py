"""What a person under eighteen is told when the conversation ends for their age, the same in every channel."""

from __future__ import annotations

from gateway.presentation.crisis import contact_line
from gateway.presentation.texts.texts import Texts
from schema.danger import Danger, DangerAbout
from schema.safety.data import contacts
from schema.vocabulary import CrisisKind


def minor_paragraphs(texts: Texts) -> list[str]:
    """Why the conversation ends, what is erased, and who is there for children and teenagers."""
    child = Danger(kind=CrisisKind.SELF_HARM, about=DangerAbout.CHILD)
    lines = [
        contact_line(contact, texts)
        for contact in contacts(texts.locale, child)
        if contact.emergency or contact.children or contact.country is None
    ]
    return [texts.say("minor-goodbye"), "\n".join([texts.say("minor-contacts"), *lines])]
