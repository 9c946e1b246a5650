"""The questions that begin a returning person's session, with a place for their own words."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from schema.onboarding.activities import ChosenQuestion
from schema.onboarding.bank import BankQuestion
from schema.vocabulary import Construct, Depth, Domain, Energy, Locale, Trust
from schema.yaml_files import read_yaml

QUOTE = "{quote}"


class ReturnQuestion(BankQuestion):
    """One of them. Unlike a question of the bank, only the first place of a session takes it."""

    grief: bool = False
    """Whether it takes up a loss. The others never do."""

    def recalling(self, quote: str, domain: Domain, locale: Locale) -> ChosenQuestion:
        """The question with the person's words, which stay as they were written in whatever language."""
        return ChosenQuestion(
            question_id=self.id,
            domain=domain,
            depth=self.depth,
            energy=self.energy,
            text=self.text(locale).replace(QUOTE, quote),
            recalls=True,
        )

    @property
    def without_quote(self) -> BankQuestion:
        """The question as the database keeps it: the words stand in the person's answer and nowhere else."""
        return self.model_copy(update={"ru": self.ru.replace(QUOTE, "…"), "en": self.en.replace(QUOTE, "…")})


@cache
def load_returns() -> list[ReturnQuestion]:
    """All of them, in the order of the file."""
    text = (files(__package__) / "returns.yaml").read_text(encoding="utf-8")
    alike = {
        "domain": Domain.IDENTITY,
        "depth": Depth.SURFACE,
        "energy": Energy.NEUTRAL,
        "trust": Trust.STRANGER,
        "listens_for": [Construct.IDENTITY],
    }
    return [ReturnQuestion.model_validate({**alike, **entry}) for entry in read_yaml(text)["returns"]]
