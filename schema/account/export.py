"""All that is kept about a person, as they are handed it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from schema.account.kept import Kept
from schema.account.kept_memory import KeptBlock, KeptInsight, KeptInsightLook, KeptMemory
from schema.account.kept_talks import KeptAgreement, KeptContact, KeptTalk
from schema.analysis.readings import OFFLINE_ANALYST, Direction
from schema.profile_vocabulary import Layer
from schema.vocabulary import CrisisKind, Depth, Domain, Energy, Evolution, Locale, Status, Strategy, Trait


class KeptPerson(Kept):
    """What is kept of the person as such."""

    consented_at: datetime
    """When you agreed to Selfology keeping your answers; while you wait to be asked, when they moved in."""
    awaits_consent_since: datetime | None = None
    """Since when what you had told the Selfology before this one waits here for your yes; empty when you have agreed.

    Until then nobody reads it.
    """
    consent_version: str | None = None
    """Which text you agreed to, and in which language; empty if it had no version then."""
    readers: list[str]
    """Companies whose language models you let read along."""
    locale: Locale
    """The language you chose."""
    trust_points: float
    """How much you have shared so far; deeper questions wait for more of it."""


class KeptMessage(Kept):
    """One message of an answer."""

    text: str | None
    """Empty when nobody can read it any more."""
    """What you wrote."""
    heard_at: datetime
    """When it arrived."""
    position: int
    """Its place within the answer."""
    update_id: str
    """What the channel calls it; a message that arrives twice is counted once."""


class KeptEvidence(Kept):
    """What an answer says of one trait."""

    trait: Trait
    """One of the Big Five."""
    facet: str | None
    """The side of the trait that showed."""
    score: float
    """Where the answer puts you: 0 low, 0.5 no lean, 1 high."""
    confidence: float
    """How much that weighs, 0 to 1."""
    quote: str | None
    """Your own words that it rests on; empty when none are quoted."""
    direction: Direction | None
    """Which way those words point: `high` or `low`."""
    position: int
    """Its place within the analysis."""


class KeptLayerEvidence(Kept):
    """One thing that an answer says of a further layer of your profile."""

    layer: str
    """The layer."""
    name: str
    """What of that layer it speaks for."""
    way: str | None
    """The way that it shows, where there are several."""
    score: float
    """Where it puts you: 0 low, 0.5 in the middle, 1 high; of a way, always 1."""
    confidence: float
    """How much that weighs, 0 to 1."""
    quote: str | None
    """Your own words that it rests on."""
    direction: Direction | None
    """Which way those words point: `high` or `low`."""
    position: int
    """Its place within the analysis."""


class KeptAnalysis(Kept):
    """What was read in an answer."""

    analyst: str
    """Who read it: `offline` or the name of a language model."""
    analysed_at: datetime
    """When it was read."""
    sentiment: float
    """Its mood: -1 dark to 1 bright."""
    patterns: list[str]
    """Patterns that showed."""
    insight: str | None
    """What it says about you, in one sentence."""
    breakthrough: bool
    """Whether you seemed to put something into words for the first time."""
    crisis: CrisisKind | None
    """The danger it spoke of, if it did."""
    evidence: list[KeptEvidence]
    """What it says of your traits."""
    layer_evidence: list[KeptLayerEvidence] = []
    """What it says of the further layers."""


class KeptVector(Kept):
    """What is kept of a meaning, so that it can be found: 512 numbers in another store, without a text."""

    said_at: datetime | None = None
    """When you said it, by which it stands in line."""
    waits_since: datetime | None
    """Since when it waits to be made, or made anew; empty when it does not."""
    collection: str | None
    """Where it is; empty when there is none."""
    indexed_at: datetime | None
    """When that was last decided."""


class KeptAnswer(Kept):
    """One answer."""

    answer_id: str
    """Names this answer."""
    answered_at: datetime
    """When you gave it."""
    messages: list[KeptMessage]
    """What you wrote, message by message."""
    language: Locale
    """The language it is in."""
    words: int
    """How many words it has."""
    addendum: bool
    """Whether it adds to an earlier answer to the same question."""
    crisis: CrisisKind | None
    """The danger that simple rules heard in it, if they did."""
    care_until: datetime | None = None
    """Until when the coach is careful on account of that; empty where it is a week."""
    analysis: KeptAnalysis | None
    """What was read in it; empty when it was not read."""
    vector: KeptVector | None = None
    """What is kept of its meaning, by which you find it; empty in an export from before it was looked at."""
    objected_at: datetime | None
    """When you said that the reply to it missed: what was read in it weighs nothing in your portrait."""
    remembered_by: str | None = None
    """Who has read it for what the coach is to remember; empty while nobody has."""
    set_aside_at: datetime | None = None
    """When you had it forgotten: no reply of the coach rests on it any more."""


class KeptQuestion(Kept):
    """One question of a session, with what was answered."""

    question_id: str
    """Names the question."""
    asked_at: datetime | None = None
    """When it was asked; empty when only your answer is kept."""
    position: int | None = None
    """Its place within the session, from 0."""
    strategy: Strategy | None = None
    """Why this question was chosen."""
    text: dict[Locale, str] = {}
    """The question in each language; empty when it is not in the bank any more."""
    domain: Domain | None = None
    """The part of life that it is about."""
    depth: Depth | None = None
    """How far below the surface it reaches."""
    energy: Energy | None = None
    """What it does to who answers it."""
    answers: list[KeptAnswer]
    """What you answered; empty when you skipped it."""


class KeptSession(Kept):
    """One conversation."""

    session_id: str
    """Names the conversation."""
    status: Status
    """How it stands or ended."""
    opened_at: datetime
    """When it began."""
    closed_at: datetime | None
    """When it ended."""
    questions: list[KeptQuestion]
    """What was asked, in order."""


class KeptChange(Kept):
    """One change of a value of the profile."""

    layer: str
    """The layer; of your traits, `big_five`."""
    name: str
    """What of that layer changed."""
    trigger_kind: str
    """What changed it: an `answer`, an `objection` to one, or your `denial` of the value."""
    answer_id: str | None
    """The answer that changed it, or that you objected to."""
    changed_at: datetime
    """When it changed."""
    old_score: float | None
    """Where it stood before; empty when nothing was known."""
    new_score: float | None
    """Where it stands after; empty when nothing is known any more."""
    old_way: str | None
    """The way that clearly led before, where there are several."""
    new_way: str | None
    """The way that clearly leads after."""
    confidence: float
    """How sure that was, 0 to 1."""
    significant: bool
    """Whether it had then moved, over several conversations, by more than chance."""
    history_position: int
    """The order of changes."""


class KeptTrait(Kept):
    """One trait of the profile."""

    trait: Trait
    """One of the Big Five."""
    score: float
    """Where you stand: 0 low, 0.5 in the middle, 1 high."""
    confidence: float
    """How sure that is: 0 nothing known, towards 1 with every answer."""
    evidence: int
    """How many answers speak to it; whatever you said to one question is one answer."""
    evolution: Evolution
    """How it has moved between conversations; `unsettled` while that may be chance."""
    updated_at: datetime
    """When you said the latest of what it rests on."""


class KeptValue(Kept):
    """One value of a further layer of the profile."""

    layer: str
    """The layer."""
    name: str
    """What of that layer it is."""
    way: str | None
    """The way, where there are several."""
    score: float
    """Where you stand: 0 low, 0.5 in the middle, 1 high; of a way, its share of all that you showed."""
    leads: bool | None
    """Whether this way clearly leads; empty where there are no ways."""
    confidence: float
    """How sure that is: 0 nothing known, towards 1 with every answer."""
    evidence: int
    """How many answers speak to it; whatever you said to one question is one answer."""
    skips: int | None
    """How many questions of this part of life you skipped."""
    evolution: Evolution | None
    """How it has moved between conversations, where that is followed."""
    updated_at: datetime
    """When you said the latest of what it rests on."""


class KeptDenial(Kept):
    """One value of which you said that it is not you."""

    layer: str
    """The layer."""
    name: str
    """What of that layer it is."""
    denied_at: datetime
    """When you said so: what was said for it until then weighs nothing."""


class KeptLook(Kept):
    """One time that somebody of the service read what you wrote. Who it was is kept, too, and not told."""

    look_id: str
    """Names this look, if you want to ask about it."""
    looked_at: datetime
    """When it was."""
    reason: str
    """Why, in their own words."""


class PersonExport(Kept):
    """All that is kept about one person."""

    user_ref: str
    """The name you are kept under; your name in the channel can't be read from it."""
    exported_at: datetime
    """When this was collected."""
    person: KeptPerson | None
    """What is kept of you as such; empty before you agree to it."""
    sessions: list[KeptSession]
    """Your conversations, oldest first."""
    talks: list[KeptTalk] = []
    """Your conversations with the coach, oldest first."""
    memories: list[KeptMemory] = []
    """What the coach remembers, oldest first."""
    in_mind: list[KeptBlock] = []
    """What the coach always has in mind."""
    insights: list[KeptInsight] = []
    """What was found across your answers and talks, oldest first."""
    insight_look: KeptInsightLook | None = None
    """When what you said was last read for that; empty when it never was."""
    agreements: list[KeptAgreement] = []
    """The steps that you and the coach spoke of agreeing on, oldest first."""
    contact: KeptContact | None = None
    """When the coach may write to you unasked; empty while nothing was ever asked or set."""
    profile: list[KeptTrait]
    """Your portrait, trait by trait."""
    layers: list[KeptValue] = []
    """The further layers of your portrait."""
    changes: list[KeptChange] = []
    """How all of it came to stand there, oldest first."""
    denials: list[KeptDenial] = []
    """What you said is not you."""
    vector: KeptVector | None = None
    """What is kept of your portrait as a whole, by which similar portraits are found."""
    looks: list[KeptLook]
    """When and why somebody of the service read what you wrote, oldest first."""
    records: dict[str, list[dict[str, Any]]]
    """All other rows that belong to you, by table: what the service notes for itself."""

    @property
    def empty(self) -> bool:
        """Whether nothing is kept."""
        return not (
            self.person
            or self.sessions
            or self.talks
            or self.memories
            or self.in_mind
            or self.insights
            or self.insight_look
            or self.agreements
            or self.contact
            or self.profile
            or self.layers
            or self.changes
            or self.denials
            or self.vector
            or self.looks
            or self.records
        )

    def history_of(self, trait: Trait) -> list[KeptChange]:
        """How a trait came to stand where it does."""
        return [change for change in self.changes if (change.layer, change.name) == (Layer.BIG_FIVE, trait)]

    @property
    def answers_read(self) -> int:
        """How many answers were read, with all texts to one question as one answer."""
        return sum(any(answer.analysis for answer in question.answers) for question in self._questions)

    @property
    def read_offline(self) -> bool:
        """Whether the offline analyst read any."""
        read = (answer.analysis for question in self._questions for answer in question.answers)
        return any(analysis is not None and analysis.analyst == OFFLINE_ANALYST for analysis in read)

    @property
    def _questions(self) -> list[KeptQuestion]:
        return [question for session in self.sessions for question in session.questions]

    @property
    def answered(self) -> bool:
        """Whether there are answers."""
        return any(question.answers for session in self.sessions for question in session.questions)


class PersonExports(Protocol):
    """Collects what is kept about people."""

    async def of(self, user_ref: str) -> PersonExport:
        """All of it, as it stood at one moment; empty for a person of whom nothing is kept."""
        ...
