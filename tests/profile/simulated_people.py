"""Measures what simulated people are told of their evolution; as a program, it writes that into docs/profile.md.

A run is one person with all values that evolve, looked at after each of twelve sessions in a year.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Final, Literal

from schema.vocabulary import Evolution
from workflows.profile.rules.evolution import (
    EVOLVING_VALUES,
    SPREAD,
    STATE,
    OccasionEstimate,
    estimate_of,
    evolution_of,
    has_changed,
)

PAGE: Final = Path(__file__).parents[2] / "docs" / "profile.md"
BEGIN, END = "<!-- simulated people: begin -->\n", "<!-- simulated people: end -->\n"
RUNS: Final = 2000
SEED: Final = 13

Told = Literal["changed", "increasing", "decreasing", "oscillating", "stable"]
"""What a person may be told of one value."""
TOLD: Final[tuple[Told, ...]] = ("changed", "increasing", "decreasing", "oscillating", "stable")
READINGS_PER_ANSWER: Final = 1 / 3
"""How often an answer says something of a value."""

Levels = Callable[[Random, int], list[float]]
"""Draws the true levels of one value over so many sessions."""


def _steady(chance: Random, sessions: int) -> list[float]:
    return [chance.uniform(0.2, 0.8)] * sessions


def _in_the_middle(_: Random, sessions: int) -> list[float]:
    return [0.5] * sessions


def _moving(by: float, chance: Random, sessions: int) -> list[float]:
    middle = chance.uniform(0.45, 0.55)
    return [middle + by * (session / (sessions - 1) - 0.5) for session in range(sessions)]


def _stepping(by: float, chance: Random, sessions: int) -> list[float]:
    before = chance.randint(sessions // 4, sessions - sessions // 4)
    return [0.5 - by / 2] * before + [0.5 + by / 2] * (sessions - before)


def _moody(by: float, chance: Random, sessions: int) -> list[float]:
    return [0.5 + chance.choice((-by, by)) for _ in range(sessions)]


def _one_bad_week(by: float, chance: Random, sessions: int) -> list[float]:
    week, away, level = chance.randrange(sessions), chance.choice((-by, by)), chance.uniform(0.4, 0.6)
    return [level + away * (session == week) for session in range(sessions)]


@dataclass(frozen=True)
class Analyst:
    """How confident an analyst's readings are."""

    name: str
    confidence: Callable[[Random], float]


def _of_a_model(chance: Random) -> float:
    return chance.uniform(0.15, 0.6)


def _of_word_lists(chance: Random) -> float:
    return min(0.35, 0.1 + chance.expovariate(1 / 0.06))


ANALYSTS: Final = (Analyst("language models", _of_a_model), Analyst("the offline analyst", _of_word_lists))


@dataclass(frozen=True)
class Kind:
    """A kind of person, and what may be told of them."""

    name: str
    levels: Levels
    """Of the values that are theirs; all others are steady."""
    hits: frozenset[Told]
    """What is true of those values. All else is a false alarm, but for steady values that are called stable."""
    values: int = 1
    """How many of the values are theirs."""
    sessions: int = 12
    answers: int = 12
    """In each session."""
    scatter: float = SPREAD


_UP: Final = frozenset[Told]({"changed", "increasing"})
_DOWN: Final = frozenset[Told]({"changed", "decreasing"})
_SAME: Final = frozenset[Told]({"stable"})
STEADY: Final = Kind("steady", _steady, _SAME, EVOLVING_VALUES)
RISING: Final = {by: Kind(f"rising by .{by}", partial(_moving, by / 10), _UP) for by in (3, 4, 5, 6)}
BAD_WEEK: Final = Kind("one bad week, .4 away", partial(_one_bad_week, 0.4), _SAME)
KINDS: Final = (
    STEADY,
    Kind("steady in the middle", _in_the_middle, _SAME, EVOLVING_VALUES),
    *RISING.values(),
    *(Kind(f"falling by .{by}", partial(_moving, -by / 10), _DOWN) for by in (3, 4, 5, 6)),
    Kind("higher by .4 from one session on", partial(_stepping, 0.4), _UP),
    Kind("moody, .2 up or down", partial(_moody, 0.2), frozenset({"oscillating"})),
    Kind("moody, .3 up or down", partial(_moody, 0.3), frozenset({"oscillating"})),
    BAD_WEEK,
    Kind("the same in all values at once", partial(_one_bad_week, 0.4), _SAME, EVOLVING_VALUES),
    Kind("two answers only", _steady, frozenset(), EVOLVING_VALUES, sessions=2, answers=1),
)
BEYOND_ASSUMPTIONS: Final = (
    Kind("readings scatter by .3", _steady, _SAME, EVOLVING_VALUES, scatter=0.3),
    Kind("readings scatter by .35", _steady, _SAME, EVOLVING_VALUES, scatter=0.35),
    Kind("24 sessions", _steady, _SAME, EVOLVING_VALUES, sessions=24),
    Kind("48 sessions", _steady, _SAME, EVOLVING_VALUES, sessions=48),
)


@dataclass
class Figures:
    """In how many runs something was told of the values that are a kind's own."""

    runs: int
    last: Counter[Told]
    """At the last look."""
    ever: Counter[Told]
    """At any look."""
    hits: int
    """Told something true at any look."""
    false_alarms: int
    """Told something false at any look, of any value."""


def measure(kind: Kind, analyst: Analyst, runs: int = RUNS) -> Figures:
    """What so many people of a kind are told."""
    figures = Figures(runs, Counter(), Counter(), 0, 0)
    for run in range(runs):
        chance = Random(f"{SEED} {kind.name} {analyst.name} {run}")
        last, ever, others = set[Told](), set[Told](), set[Told]()
        for value in range(EVOLVING_VALUES):
            own = value < kind.values
            looks = list(_looks(_lived(kind, kind.levels if own else _steady, analyst, chance)))
            if own:
                last.update(looks[-1])
            (ever if own else others).update(*looks)
        figures.last.update(last)
        figures.ever.update(ever)
        figures.hits += bool(ever & kind.hits)
        figures.false_alarms += bool((ever - kind.hits) | (others - {"stable"}))
    return figures


def _lived(kind: Kind, levels: Levels, analyst: Analyst, chance: Random) -> Iterator[OccasionEstimate | None]:
    """One value as each session shows it; None for a session that says nothing of it."""
    at, pause = datetime(2026, 1, 1, 18, tzinfo=UTC), 365 / kind.sessions
    for level in levels(chance, kind.sessions):
        today = level + chance.gauss(0, STATE)
        readings = [
            (min(1.0, max(0.0, today + chance.gauss(0, kind.scatter))), analyst.confidence(chance))
            for _ in range(kind.answers)
            if chance.random() < READINGS_PER_ANSWER
        ]
        yield estimate_of(at, readings)
        at += timedelta(days=chance.uniform(0.6, 1.4) * pause)


def _looks(sessions: Iterable[OccasionEstimate | None]) -> Iterator[set[Told]]:
    """What is told of a value after each session."""
    estimates: list[OccasionEstimate] = []
    for estimate in sessions:
        if estimate:
            estimates.append(estimate)
        told: set[Told] = {"changed"} if has_changed(estimates) else set()
        evolution = evolution_of(estimates)
        yield told | {each for each in TOLD if each == evolution}


def section(measured: Callable[[Kind, Analyst], Figures]) -> str:
    """What the page says of simulated people."""
    parts = list[str]()
    for analyst in ANALYSTS:
        parts += [
            f"Confidences as of {analyst.name}, {RUNS:,} runs of each kind:",
            _table(("person", *TOLD, "a hit", "a false alarm"), [row(kind, measured(kind, analyst)) for kind in KINDS]),
        ]
    parts += [
        "What steady people hear by chance where life is not as assumed:",
        _table(
            ("steady, but", *(analyst.name for analyst in ANALYSTS)),
            [(kind.name, *(_alarms(measured(kind, analyst)) for analyst in ANALYSTS)) for kind in BEYOND_ASSUMPTIONS],
        ),
        "The smallest rise of which about half of the people are told, in hundredths of the scale:",
        smallest_rises(),
    ]
    return "\n".join(parts)


def row(kind: Kind, figures: Figures) -> list[str]:
    """What people of a kind are told, in percent: at the last look / at any."""
    cells = [f"{_percent(figures.last[told], figures)} / {_percent(figures.ever[told], figures)}" for told in TOLD]
    marked = [f"**{cell}**" if told in kind.hits else cell for told, cell in zip(TOLD, cells, strict=True)]
    return [kind.name, *marked, "" if kind.hits <= _SAME else _percent(figures.hits, figures), _alarms(figures)]


def smallest_rises() -> str:
    """How far people must rise, by their sessions and by the readings of one value in each."""
    readings = (1, 4, 12)
    told = (("evenly", _is_increasing), ("at once", has_changed))
    rows = [
        (str(sessions), *(_smallest(is_told, how, sessions, number) for how, is_told in told for number in readings))
        for sessions in (4, 6, 8, 12, 24, 52)
    ]
    return _table(("sessions", *(f"{how}, {number} a session" for how, _ in told for number in readings)), rows)


def _smallest(told: Callable[[list[OccasionEstimate]], bool], how: str, sessions: int, readings: int) -> str:
    """The smallest rise of which somebody is told whose estimates all are as expected; chance tells half of them."""
    low, high = 0.0, 1.001
    while high - low > 0.001:
        rise = (low + high) / 2
        estimates = list[OccasionEstimate]()
        for session in range(sessions):
            place = session // (sessions / 2) if how == "at once" else session / (sessions - 1)
            if estimate := estimate_of(datetime(2026, 1, 1, tzinfo=UTC), [(0.5, 0.3)] * readings):
                at = estimate.at + timedelta(weeks=session)
                estimates.append(OccasionEstimate(at, rise * place, estimate.error))
        low, high = (low, rise) if told(estimates) else (rise, high)
    return "never" if high > 1 else f"{100 * high:.0f}"


def _is_increasing(estimates: list[OccasionEstimate]) -> bool:
    return evolution_of(estimates) is Evolution.INCREASING


def _alarms(figures: Figures) -> str:
    return _percent(figures.false_alarms, figures)


def _percent(part: int, figures: Figures) -> str:
    share = 100 * part / figures.runs
    return "0" if not part else f"{share:.0f}" if share >= 9.95 else f"{share:.1f}"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    first, *rest = (f"| {' | '.join(cells)} |\n" for cells in (head, *rows))
    return f"\n{first}|{'---|' * (first.count('|') - 1)}\n{''.join(rest)}"


def with_section(page: str, text: str) -> str:
    """The page with a new section of simulated people."""
    before, rest = page.split(BEGIN)
    return before + BEGIN + text + END + rest.split(END)[1]


def _measure_all() -> dict[tuple[str, str], Figures]:
    asked = [(kind, analyst) for kind in (*BEYOND_ASSUMPTIONS[::-1], *KINDS) for analyst in ANALYSTS]
    with ProcessPoolExecutor() as pool:
        found = pool.map(measure, *zip(*asked, strict=True))
        return {(kind.name, analyst.name): figures for (kind, analyst), figures in zip(asked, found, strict=True)}


if __name__ == "__main__":
    figures_of = _measure_all()
    written = section(lambda kind, analyst: figures_of[kind.name, analyst.name])
    PAGE.write_text(with_section(PAGE.read_text(encoding="utf-8"), written), encoding="utf-8")
