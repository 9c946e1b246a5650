"""The lines that the second net is trained on, by kind, in `schema/safety/training.*.yaml`."""

from __future__ import annotations

from enum import StrEnum
from importlib import resources

from pydantic import RootModel

from schema.danger import Danger, DangerAbout
from schema.vocabulary import CrisisKind, Locale
from schema.yaml_files import read_yaml


class TrainingKind(StrEnum):
    """What the lines of one list are: a kind of danger, or what only sounds like one. Each is a class of the net."""

    SELF_HARM_EXPLICIT = "self_harm_explicit"
    SELF_HARM_INDIRECT = "self_harm_indirect"
    SELF_HARM_FAREWELL = "self_harm_farewell"
    SELF_HARM_MEANS = "self_harm_means"
    SELF_HARM_NOW = "self_harm_now"
    SELF_INJURY = "self_injury"
    EATING = "eating"
    PSYCHOSIS = "psychosis"
    RELAPSE_OVERDOSE = "relapse_overdose"
    SOMEBODY_ELSE_SUICIDAL = "somebody_else_suicidal"
    VIOLENCE_INTENT = "violence_intent"
    VIOLENCE_DONE = "violence_done"
    ABUSE_PARTNER = "abuse_partner"
    ABUSE_CHILD_SELF = "abuse_child_self"
    ABUSE_CHILD_WITNESS = "abuse_child_witness"
    ABUSE_ELDER_DEPENDENT = "abuse_elder_dependent"
    EXPLOITATION = "exploitation"
    MASKED_SLANG = "masked_slang"
    QUESTIONS_TO_THE_BOT = "questions_to_the_bot"

    IDIOMS = "idioms"
    JOBS = "jobs"
    FICTION = "fiction"
    SPORT_HOBBY = "sport_hobby"
    GRIEF = "grief"
    PAST_OVERCOME = "past_overcome"
    OTHER_PEOPLE_SAFE = "other_people_safe"
    MEDICINE = "medicine"
    PARENTING_SAFE = "parenting_safe"
    CONFLICT_SAFE = "conflict_safe"
    SADNESS_SAFE = "sadness_safe"
    NEGATION_SAFE = "negation_safe"
    BODY_FOOD = "body_food"
    WEATHER_WAR_NEWS = "weather_war_news"
    MONEY_WORK = "money_work"
    FAREWELLS_SAFE = "farewells_safe"
    SLEEP_DREAMS = "sleep_dreams"
    HOPES = "hopes"
    CHILDREN_TALK = "children_talk"
    ORDINARY = "ordinary"
    LONG_ANSWERS = "long_answers"
    COACHING_TALK = "coaching_talk"

    @property
    def danger(self) -> Danger | None:
        """The danger that such a line speaks of; None for a safe line."""
        return _DANGERS.get(self)


def _danger(kind: CrisisKind, about: DangerAbout = DangerAbout.SELF) -> Danger:
    return Danger(kind=kind, about=about)


_DANGERS = {
    **dict.fromkeys(
        (
            TrainingKind.SELF_HARM_EXPLICIT,
            TrainingKind.SELF_HARM_INDIRECT,
            TrainingKind.SELF_HARM_FAREWELL,
            TrainingKind.SELF_HARM_MEANS,
            TrainingKind.SELF_HARM_NOW,
            TrainingKind.SELF_INJURY,
            TrainingKind.EATING,
            TrainingKind.PSYCHOSIS,
            TrainingKind.RELAPSE_OVERDOSE,
            TrainingKind.MASKED_SLANG,
            TrainingKind.QUESTIONS_TO_THE_BOT,
        ),
        _danger(CrisisKind.SELF_HARM),
    ),
    TrainingKind.SOMEBODY_ELSE_SUICIDAL: _danger(CrisisKind.SELF_HARM, DangerAbout.OTHER),
    TrainingKind.VIOLENCE_INTENT: _danger(CrisisKind.VIOLENCE, DangerAbout.BY_SELF),
    TrainingKind.VIOLENCE_DONE: _danger(CrisisKind.VIOLENCE, DangerAbout.BY_SELF),
    TrainingKind.ABUSE_PARTNER: _danger(CrisisKind.ABUSE),
    TrainingKind.ABUSE_CHILD_SELF: _danger(CrisisKind.ABUSE, DangerAbout.CHILD),
    TrainingKind.ABUSE_CHILD_WITNESS: _danger(CrisisKind.ABUSE, DangerAbout.CHILD),
    TrainingKind.ABUSE_ELDER_DEPENDENT: _danger(CrisisKind.ABUSE, DangerAbout.OTHER),
    TrainingKind.EXPLOITATION: _danger(CrisisKind.ABUSE),
}


class TrainingLines(RootModel[dict[TrainingKind, list[str]]]):
    """One of the files."""


def training_lines(locale: Locale) -> dict[TrainingKind, list[str]]:
    """The lines of a language. Only training and tests read them, so that no worker does."""
    file = resources.files(__package__) / f"training.{locale}.yaml"
    return TrainingLines.model_validate(read_yaml(file.read_text(encoding="utf-8"))).root
