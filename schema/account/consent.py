"""The document that a person agrees to, a file a language with its version, and who runs the service."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pydantic_settings import SettingsConfigDict

from schema.base_model import Model
from schema.environment import EnvironmentSettings
from schema.vocabulary import Locale

TALKS_SINCE = "2026-11-27"
"""The version from which on the document tells of talks with the coach, and of voice messages.

Who agreed to an earlier one is asked anew when they next begin; until then no recording of theirs is passed on.
"""


class ConsentDocument(Model):
    """The document in one language, with places for what a deployment or a country adds."""

    version: str
    """Its date and its language, such as `2026-11-25/ru`; stored with the consent."""
    text: str


class OperatorSettings(EnvironmentSettings):
    """Who runs this deployment, as people are told before they agree: `SELFOLOGY_OPERATOR_*` variables."""

    model_config = SettingsConfigDict(env_prefix="SELFOLOGY_OPERATOR_")

    name: str | None = None
    """The person or organisation that is responsible for what is kept."""
    contact: str | None = None
    """Where people reach them about it: an e-mail address, a page or a postal address."""
    country: str | None = None
    """The country where the data lies, if people are to be told."""

    @property
    def complaint(self) -> str | None:
        """Why this deployment is not ready for the public, in one line for operators; None if it is."""
        if self.name and self.contact:
            return None
        return (
            "This deployment is not ready for the public: the consent names no operator."
            " Set SELFOLOGY_OPERATOR_NAME and SELFOLOGY_OPERATOR_CONTACT."
        )


@cache
def consent_document(locale: Locale) -> ConsentDocument:
    """Returns the document in a language."""
    head, _, text = (files(__package__) / f"consent.{locale.value}.md").read_text(encoding="utf-8").partition("\n\n")
    return ConsentDocument(version=f"{head.removeprefix('version: ')}/{locale.value}", text=text)
