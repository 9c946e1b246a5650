"""Time zones by the cities that people name, and moments by a person's own clock, the same in every channel."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

from babel.dates import format_datetime, format_time, get_timezone_location

from gateway.presentation.texts.texts import Texts
from schema.base_model import Model
from schema.coaching.agreements import LocalTime
from schema.vocabulary import Locale
from schema.yaml_files import read_yaml


class _Cities(Model):
    """The file `cities.yaml`."""

    offered: dict[Locale, list[str]]
    cities: dict[str, dict[Locale, list[str]]]


def zone_named(words: str) -> str | None:
    """The time zone of a city, or of a zone's own name, however it is spelt; None if none is known by it."""
    return _zones().get(_plain(words))


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
