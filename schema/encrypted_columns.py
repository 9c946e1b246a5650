"""The columns of PostgreSQL whose texts are encrypted with their person's key, and what binds each text to its row."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol


class Row(Protocol):
    """What names a row, by column: a mapping, or a record of the database."""

    def __getitem__(self, column: str, /) -> Any: ...


class EncryptedColumn(NamedTuple):
    """A column of texts."""

    table: str
    name: str
    row: tuple[str, ...]
    """The columns that name its row."""

    def place(self, row: Row) -> str:
        """What a text of this row is bound to: nobody can read it elsewhere."""
        return "/".join([f"{self.table}.{self.name}", *(str(row[column]) for column in self.row)])


MESSAGE = EncryptedColumn("onboarding_system.answer_messages", "text", ("session_id", "update_id"))
CRISIS_HEARD = EncryptedColumn("onboarding_system.answers", "crisis", ("answer_id",))
CRISIS_READ = EncryptedColumn("analysis_system.analyses", "crisis", ("answer_id",))
PATTERN = EncryptedColumn("analysis_system.analyses", "patterns", ("answer_id",))
INSIGHT = EncryptedColumn("analysis_system.analyses", "insight", ("answer_id",))
QUOTE = EncryptedColumn("analysis_system.trait_evidence", "quote", ("answer_id", "position"))
LAYER_QUOTE = EncryptedColumn("analysis_system.layer_evidence", "quote", ("answer_id", "position"))
SAID = EncryptedColumn("coach_system.messages", "text", ("message_id",))
CRISIS_SAID = EncryptedColumn("coach_system.messages", "crisis", ("message_id",))
WISHED = EncryptedColumn("coach_system.style_wishes", "quote", ("wish_id",))

MEMORY = EncryptedColumn("coach_system.memories", "text", ("memory_id",))
MEMORY_QUOTE = EncryptedColumn("coach_system.memories", "quote", ("memory_id",))
MEMORY_VECTOR = EncryptedColumn("coach_system.memories", "vector", ("memory_id",))
BLOCK = EncryptedColumn("coach_system.blocks", "text", ("user_ref", "block"))
SUMMARY = EncryptedColumn("coach_system.summaries", "text", ("conversation_id",))
INSIGHT_FOUND, INSIGHT_GIST, INSIGHT_QUOTE = (
    EncryptedColumn("coach_system.insights", name, ("insight_id",)) for name in ("text", "gist", "quotes")
)
STEP_WHAT, STEP_WHY, STEP_WHEN, STEP_NOTICE = (
    EncryptedColumn("coach_system.agreements", name, ("agreement_id",))
    for name in ("what", "why", "meant_for", "notice")
)

ENCRYPTED_COLUMNS = (
    *(MESSAGE, CRISIS_HEARD, CRISIS_READ, PATTERN, INSIGHT, QUOTE, LAYER_QUOTE),
    *(SAID, CRISIS_SAID, MEMORY, MEMORY_QUOTE, MEMORY_VECTOR, BLOCK, SUMMARY, WISHED),
    *(STEP_WHAT, STEP_WHY, STEP_WHEN, STEP_NOTICE),
    *(INSIGHT_FOUND, INSIGHT_GIST, INSIGHT_QUOTE),
)

PLAIN_COLUMNS = {
    "user_ref": "finds what belongs to a person",
    "locale": "the language of a person's messages, needed before any key",
    "language": "counted, and says nothing that the time of writing does not",
    "readers": "compared with the companies whose models read answers",
    "consent_version": "compared with today's version",
    "status": "grouped: how a session ended, or what became of a step",
    "time_zone": "compared with the clock: when a person may be written to; millions share one",
    "question_id": "joined with the bank: which of our questions was asked",
    "strategy": "grouped: how the question was chosen",
    "update_id": "makes a message count once; a number of the channel without its chat",
    "analyst": "grouped: which model read",
    "trait": "grouped: one of five words, beside its score",
    "facet": "grouped: a word of ours for a part of a trait",
    "layer": "grouped: a word of ours for a part of a profile",
    "name": "grouped: a word of ours for a value of a layer, beside its score",
    "dynamic": "grouped: one of four words, beside its score",
    "aspect": "grouped: a word of ours, beside its ways",
    "way": "grouped: a word of ours for a way of an aspect, beside its share",
    "old_way": "grouped: as `way`, before a change",
    "new_way": "grouped: as `way`, after a change",
    "domain": "grouped: one of twelve words for a part of life, beside its score",
    "trigger_kind": "grouped: whether an answer, an objection or a denial changed a value",
    "direction": "grouped: up or down",
    "evolution": "grouped: rising, falling or stable",
    "collection": "in which collection of the vector store the vector of an answer or a profile is",
    "delivery_key": "makes a message be sent once; it begins with the session's id",
    "speaker": "compared: the person, or the coach",
    "coach": "grouped: which model wrote, or the offline coach",
    "moves": "compared: which of the offline coach's lines a reply holds, by their names",
    "mark": "compared: one of three words of ours for a button under a reply",
    "wish": "compared: a word of ours for how a person wishes to be spoken to; their own words stand beside it",
    "part": "compared: which part of what a reply rests on",
    "kind": "compared: what sort of thing a memory is",
    "extractor": "grouped: which model read it, or the offline rules",
    "remembered_by": "compared: whether a message was read for what is to be remembered, and by which model",
    "writer": "grouped: which model found an insight, or the offline rules",
    "block": "compared: one of two words of ours",
    "ids": "what a reply rests on: ids of messages, and names of values of the profile",
    "operator": "whoever of us looked, not the person",
    "reason": "why an operator looked, in words that name and quote nobody; kept when the person is erased",
    "state": "searched: what became of a send",
    "source": "compared: which table of the old system a row came from",
    "source_id": "compared: the primary key of an old row, which says nothing without that table",
    "kept_as": "joined: the id of the row here that an old row became",
    "fault": "grouped: a word of ours for why an old row was set apart",
    "field": "grouped: the name of a column of the old system",
}
"""The other columns of text in tables of people, and why they are plain."""
