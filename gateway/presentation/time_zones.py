"""Time zones by the cities that people name, and moments by a person's own clock, the same in every channel."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

from babel.dates import format_datetime, format_time, get_timezone_location
from pydantic import ValidationError

from gateway.presentation.texts.texts import Texts
from schema.base_model import Model
from schema.coaching.agreements import HoursAwake, LocalTime
from schema.vocabulary import Locale
from schema.yaml_files import read_yaml

_NOON = 12
_FROM_TO = re.compile(
    r"(?:from |с )?(?P<from>\d{1,2})(?::00)?\s?(?P<half>am|pm)?(?:\s?[-–—]\s?|\s(?:(?:to|till|until|до)\s)?)"
    r"(?P<to>\d{1,2})(?::00)?\s?(?P<other>am|pm)?"
)


class _Cities(Model):
    """The file `cities.yaml`."""

    offered: dict[Locale, list[str]]
    cities: dict[str, dict[Locale, list[str]]]


def zone_named(words: str) -> str | None:
    """The time zone of a city, or of a zone's own name, however it is spelt; None if none is known by it."""
    return _zones().get(_plain(words))


def hours_named(words: str) -> HoursAwake | None:
    """The hours from one of a day to a later one: "9-21", "8 am to 10 pm", «с 9 до 21»; None if these are none."""
    found = _FROM_TO.fullmatch(words.casefold().strip())
    if not found:
        return None
    hours = [
        int(found[at]) % _NOON + (_NOON if found[half] == "pm" else 0) if found[half] else int(found[at])
        for at, half in (("from", "half"), ("to", "other"))
    ]
    try:
        return HoursAwake(wakes_at=hours[0], sleeps_at=hours[1])
    except ValidationError:
        return None


def zones_offered(locale: Locale) -> Sequence[str]:
    """The zones to choose from in a language, from west to east."""
    return _cities().offered[locale]


def city(zone: str, locale: Locale) -> str:
    """The city that a zone is known by."""
    if zone in (known := _cities().cities):
        return known[zone][locale][0]
    return get_timezone_location(zone, locale=locale.value, return_city=True)


def day_and_hour(local: LocalTime, texts: Texts) -> str:
    """A moment to come: "1 December (Tuesday), 18:00"."""
    return format_datetime(local.at, "d MMMM (EEEE), HH:mm", locale=texts.locale.value)


def hour(local: LocalTime, texts: Texts) -> str:
    """A moment of today: "18:05"."""
    return format_time(local.at, "HH:mm", locale=texts.locale.value)


def _plain(words: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", words.casefold().replace("ё", "е")))


@cache
def _cities() -> _Cities:
    return _Cities.model_validate(read_yaml((files(__package__) / "cities.yaml").read_text(encoding="utf-8")))


@cache
def _zones() -> Mapping[str, str]:
    """All zones by the plain names that people may call them; those of the file go first."""
    zones = sorted(available_timezones())
    named = {_plain(zone): zone for zone in zones}
    places = [zone for zone in zones if "/" in zone and not zone.startswith("Etc/")]
    named |= {_plain(zone.rpartition("/")[2]): zone for zone in places}
    named |= {_plain(get_timezone_location(zone, locale="ru", return_city=True)): zone for zone in places}
    return named | {
        _plain(name): zone
        for zone, languages in _cities().cities.items()
        for names in languages.values()
        for name in names
    }
