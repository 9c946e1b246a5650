"""The rows of the old system's tables, as far as they are taken: which columns, under which names, of which types.

The old tables have had several forms, so a column may go by any of a few names. What a table has besides is ignored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, NamedTuple, Self

from pydantic import AfterValidator, BeforeValidator, Field, Json, StringConstraints, ValidationError, model_validator

from schema.base_model import Model, UnitInterval
from schema.legacy.messages import Fault, Source
from schema.profile_vocabulary import SIGNATURE, WAYS, Aspect, Dynamic, Layer
from schema.text import CLEANED
from schema.vocabulary import Depth, Domain, Energy, Trait

LONGEST = 20_000
"""Characters of a text that comes in: more than a person writes in one message, and several letters of them."""
GUESSED = 0.5
"""The confidence of a value for which the old profile has none."""


class Misfit(Exception):
    """A row, or a value in it, that does not come in."""

    def __init__(self, fault: Fault, field: str) -> None:
        super().__init__(f"{fault}: {field}")
        self.fault = fault
        self.field = field


class Kind(StrEnum):
    """The types that a column may be of, each with what it is read as."""

    INTEGER = "bigint"
    NUMBER = "float8"
    TEXT = "text"
    JSON = "json"
    TIME = "timestamptz"

    @property
    def types(self) -> tuple[str, ...]:
        """The types of PostgreSQL that are read so, as `information_schema` names them."""
        return _TYPES[self]


_TYPES = {
    Kind.INTEGER: ("smallint", "integer", "bigint"),
    Kind.NUMBER: ("real", "double precision", "numeric", "smallint", "integer", "bigint"),
    Kind.TEXT: ("text", "character varying", "character", "smallint", "integer", "bigint", "uuid", "USER-DEFINED"),
    Kind.JSON: ("json", "jsonb"),
    Kind.TIME: ("timestamp with time zone", "timestamp without time zone"),
}


class Column(NamedTuple):
    """A column that is taken."""

    kind: Kind
    names: tuple[str, ...]
    """What it may be called; the first that is there counts."""
    needed: bool = True


def _column(kind: Kind, *names: str, needed: bool = True) -> Column:
    return Column(kind, names, needed)


_ID = _column(Kind.INTEGER, "id")
_USER = _column(Kind.INTEGER, "user_id", "telegram_id")


def _in_upper_case(word: object) -> object:
    return word.strip().upper() if isinstance(word, str) else word


def _in_lower_case(word: object) -> object:
    return word.strip().lower() if isinstance(word, str) else word


def _in_a_calendar(time: datetime) -> datetime:
    # A time without a zone is UTC, as the old system wrote it.
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    if not 2000 <= aware.year < 2100:
        raise ValueError("out of range")
    return aware


def _object(text: str | None) -> dict[str, Any]:
    """A JSON object; anything else is an empty one."""
    value = json.loads(text) if text else None
    return value if isinstance(value, dict) else {}


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST), CLEANED]
Time = Annotated[datetime, AfterValidator(_in_a_calendar)]
TelegramId = Annotated[int, Field(gt=0)]
RowId = Annotated[int, Field(gt=0)]
Word = Annotated[str, Field(min_length=1, max_length=100), BeforeValidator(_in_lower_case)]


class OldRow(Model):
    """One row of an old table."""

    columns: ClassVar[Mapping[str, Column]]
    """The columns of its table, by field."""

    id: RowId

    @classmethod
    def fitted(cls, row: Mapping[str, Any]) -> Self:
        """The row as it comes in. Raises `Misfit`, which holds nothing of it."""
        try:
            return cls.model_validate(dict(row))
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            place = first["loc"][0] if first["loc"] else ""
            missing = first["input"] is None or first["type"] == "missing"
            fault = Fault.MISSING if missing else _FAULTS.get(first["type"], Fault.MALFORMED)
            raise Misfit(fault, place if isinstance(place, str) and place in cls.model_fields else "row") from None


_FAULTS = {
    "string_too_short": Fault.EMPTY,
    "string_too_long": Fault.TOO_LONG,
    "greater_than": Fault.OUT_OF_RANGE,
    "greater_than_equal": Fault.OUT_OF_RANGE,
    "less_than_equal": Fault.OUT_OF_RANGE,
    "finite_number": Fault.OUT_OF_RANGE,
    "value_error": Fault.OUT_OF_RANGE,
    "enum": Fault.UNKNOWN_VALUE,
}


class OldQuestion(OldRow):
    """A question of the old bank. What it asks for stands in columns, or in a JSONB `metadata`."""

    columns = {
        "id": _ID,
        "key": _column(Kind.TEXT, "json_id", "json_question_id", "question_id", "id"),
        "text": _column(Kind.TEXT, "question_text", "text"),
        "metadata": _column(Kind.JSON, "metadata", needed=False),
        "domain": _column(Kind.TEXT, "domain", needed=False),
        "depth": _column(Kind.TEXT, "depth_level", "depth", needed=False),
        "energy": _column(Kind.TEXT, "energy_dynamic", "energy_dynamics", "energy_level", "energy", needed=False),
    }

    key: Annotated[str, Field(min_length=1, max_length=100)]
    """What answers call it by."""
    text: Text
    domain: Annotated[Domain, BeforeValidator(_in_upper_case)]
    depth: Annotated[Depth, BeforeValidator(_in_upper_case)]
    energy: Annotated[Energy, BeforeValidator(_in_upper_case)]

    @model_validator(mode="before")
    @classmethod
    def _from_metadata(cls, row: dict[str, Any]) -> dict[str, Any]:
        told = _object(row.get("metadata"))
        for name in ("domain", "depth", "energy"):
            column = cls.columns[name]
            found = [told[each] for each in column.names if told.get(each) is not None]
            row[name] = row.get(name) or next(iter(found), None)
        return row


class OldSession(OldRow):
    """A session, open or not: here it has ended."""

    columns = {
        "id": _ID,
        "user_id": _USER,
        "status": _column(Kind.TEXT, "status", needed=False),
        "started_at": _column(Kind.TIME, "started_at", "created_at"),
        "completed_at": _column(Kind.TIME, "completed_at", needed=False),
    }

    user_id: TelegramId
    status: Annotated[str | None, BeforeValidator(_in_lower_case)] = None
    started_at: Time
    completed_at: Time | None = None


class OldAnswer(OldRow):
    """An answer, of either generation of its table."""

    columns = {
        "id": _ID,
        "user_id": _column(Kind.INTEGER, "user_id", "telegram_id", needed=False),
        "session_id": _column(Kind.INTEGER, "session_id"),
        "question": _column(Kind.TEXT, "question_json_id", "question_id"),
        "text": _column(Kind.TEXT, "raw_answer", "answer_text"),
        "answered_at": _column(Kind.TIME, "answered_at", "created_at"),
    }

    user_id: TelegramId | None = None
    """The session's person, where the table does not name one."""
    session_id: int
    question: Annotated[str, Field(min_length=1, max_length=100)]
    text: Text
    answered_at: Time


class OldValue(Model):
    """One value of a person."""

    layer: Layer
    name: str
    way: str = ""
    score: UnitInterval
    confidence: UnitInterval = GUESSED


class OldProfile(OldRow):
    """What the old system took a person for, as JSONB: `traits` and `layers`, or both in `profile_data`."""

    columns = {
        "id": _ID,
        "user_id": _USER,
        "traits": _column(Kind.JSON, "traits", needed=False),
        "layers": _column(Kind.JSON, "layers", needed=False),
        "profile_data": _column(Kind.JSON, "profile_data", "profile", needed=False),
        "updated_at": _column(Kind.TIME, "updated_at", "created_at"),
    }

    user_id: TelegramId
    traits: Json[dict[str, Any]] | None = None
    layers: Json[dict[str, Any]] | None = None
    profile_data: Json[dict[str, Any]] | None = None
    updated_at: Time

    def values(self) -> tuple[list[OldValue], list[Misfit]]:
        """The values in it, each once, and the layers and values that do not fit. Raises `Misfit` when it has none."""
        told = {"traits": self.traits or {}, **(self.layers or {}), **(self.profile_data or {})}
        found: dict[tuple[Layer, str, str], OldValue] = {}
        misfits: list[Misfit] = []
        for word, values in told.items():
            if (layer := LAYERS.get(word.lower())) is None or not isinstance(values, dict):
                misfits.append(Misfit(Fault.UNKNOWN_VALUE, "layers"))
                continue
            for name, value in values.items():
                try:
                    for each in _values_of(layer, name, value):
                        found.setdefault((each.layer, each.name, each.way), each)
                except (Misfit, ValidationError) as error:
                    fault = error.fault if isinstance(error, Misfit) else Fault.OUT_OF_RANGE
                    misfits.append(Misfit(fault, str(layer)))
        if not found:
            raise misfits[0] if misfits else Misfit(Fault.EMPTY, "traits")
        return list(found.values()), misfits


LAYERS = {
    **dict.fromkeys(("traits", "big_five", "big_five_traits"), Layer.BIG_FIVE),
    **dict.fromkeys(("core_dynamics", "dynamics"), Layer.CORE_DYNAMICS),
    # Both are made of the same evidence here.
    **dict.fromkeys(("adaptive_traits", "unique_signatures", "unique_signature", "signature"), Layer.SIGNATURE),
    "domain_affinities": Layer.DOMAIN_AFFINITIES,
}
"""The layers of a profile by what the old system calls them."""

_LEVELS: dict[Layer, tuple[str, ...]] = {
    Layer.BIG_FIVE: tuple(Trait),
    Layer.CORE_DYNAMICS: tuple(Dynamic),
    Layer.DOMAIN_AFFINITIES: tuple(Domain),
}


def level_of(layer: Layer | None, name: str) -> tuple[Layer, str]:
    """A level by the words of the old system; of a history, the layer may be unknown. Raises `Misfit`."""
    for known, names in _LEVELS.items():
        if layer in (None, known):
            for each in names:
                if each.lower() == name.strip().lower():
                    return known, each
    raise Misfit(Fault.UNKNOWN_VALUE, "name")


def _values_of(layer: Layer, name: str, value: Any) -> list[OldValue]:
    if layer in _LEVELS:
        layer, known = level_of(layer, name)
        told = value if isinstance(value, dict) else {"score": value}
        score = next((told[word] for word in ("score", "value", "level") if told.get(word) is not None), None)
        confidence = told.get("confidence")
        return [_value(layer, known, "", score, GUESSED if confidence is None else confidence)]
    aspect = name.strip().lower()
    if aspect not in set(Aspect):
        raise Misfit(Fault.UNKNOWN_VALUE, str(layer))
    layer = Layer.SIGNATURE if aspect in SIGNATURE else Layer.ADAPTIVE_TRAITS
    shares = {value: 1.0} if isinstance(value, str) else value
    if not isinstance(shares, dict):
        raise Misfit(Fault.MALFORMED, str(layer))
    ways = {way.strip().lower(): share for way, share in shares.items()}
    if not ways.keys() <= set(WAYS[Aspect(aspect)]):
        raise Misfit(Fault.UNKNOWN_VALUE, str(layer))
    return [_value(layer, aspect, way, share, GUESSED) for way, share in ways.items()]


def _value(layer: Layer, name: str, way: str, score: Any, confidence: Any) -> OldValue:
    if isinstance(score, bool) or not isinstance(score, int | float):
        raise Misfit(Fault.MALFORMED, str(layer))
    return OldValue(layer=layer, name=name, way=way, score=score, confidence=confidence)


class OldChange(OldRow):
    """How a level came to stand where it does."""

    columns = {
        "id": _ID,
        "user_id": _USER,
        "layer": _column(Kind.TEXT, "trait_category", "layer", needed=False),
        "name": _column(Kind.TEXT, "trait_name", "trait"),
        "old_value": _column(Kind.NUMBER, "old_value", needed=False),
        "new_value": _column(Kind.NUMBER, "new_value"),
        "confidence": _column(Kind.NUMBER, "confidence", needed=False),
        "changed_at": _column(Kind.TIME, "changed_at", "timestamp", "created_at"),
    }

    user_id: TelegramId
    layer: Annotated[str | None, BeforeValidator(_in_lower_case)] = None
    name: Word
    old_value: UnitInterval | None = None
    new_value: UnitInterval
    confidence: UnitInterval | None = None
    changed_at: Time


class Role(StrEnum):
    """Who said something in a conversation of the old system."""

    USER = "user"
    HUMAN = "human"
    ASSISTANT = "assistant"
    BOT = "bot"
    COACH = "coach"

    @property
    def speaker(self) -> str:
        """Who that is here."""
        return "person" if self in (Role.USER, Role.HUMAN) else "coach"


class OldMessage(OldRow):
    """One message of a talk."""

    columns = {
        "id": _ID,
        "user_id": _USER,
        "role": _column(Kind.TEXT, "role", "sender"),
        "text": _column(Kind.TEXT, "content", "message", "text"),
        "said_at": _column(Kind.TIME, "created_at", "said_at"),
    }

    user_id: TelegramId
    role: Annotated[Role, BeforeValidator(_in_lower_case)]
    text: Text
    said_at: Time


class OldInsight(OldRow):
    """A connection that the old system found."""

    columns = {
        "id": _ID,
        "user_id": _USER,
        "text": _column(Kind.TEXT, "content", "insight_text", "insight", "text"),
        "made_at": _column(Kind.TIME, "created_at", "made_at"),
    }

    user_id: TelegramId
    text: Text
    made_at: Time


TABLES: Mapping[Source, type[OldRow]] = {
    Source.QUESTIONS: OldQuestion,
    Source.SESSIONS: OldSession,
    Source.ANSWERS_NEW: OldAnswer,
    Source.ANSWERS: OldAnswer,
    Source.PROFILES: OldProfile,
    Source.HISTORY: OldChange,
    Source.CONVERSATIONS: OldMessage,
    Source.INSIGHTS: OldInsight,
}
"""The rows of each table."""
