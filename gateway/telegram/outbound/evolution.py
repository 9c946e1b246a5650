"""Draws how a person's levels have moved over time, and describes it in text for people who can't see it."""

from __future__ import annotations

from gateway.presentation import evolution_words, profile_words
from gateway.presentation.texts.texts import Texts
from gateway.telegram.outbound.pictures import DESCRIPTION_LIMIT, Form, clipped, draw
from schema.base_model import Model, UnitInterval
from schema.deliveries import EvolutionView
from schema.profile.layers import ValueOverTime
from schema.profile_vocabulary import Dynamic, Theme
from schema.vocabulary import Trait


class _Point(Model):
    """One estimate: where it lies within the time of the picture and on its scale, and how far off it may be."""

    at: UnitInterval
    score: UnitInterval
    low: UnitInterval
    high: UnitInterval
    changed: bool


class _Curve(Model):
    """One level over time."""

    of: Trait | Dynamic
    name: str
    ends: tuple[str, str]
    movement: str
    settled: bool
    changes: str
    points: list[_Point]


class _Evolution(Model):
    """The input of the template, in the person's language."""

    language: str
    theme: Theme
    title: str
    span: str
    curves: list[_Curve]
    legend: str
    note: str


def draw_evolution(view: EvolutionView, texts: Texts, form: Form = "png") -> bytes:
    """Draws the evolution in the view's theme; see `draw`. The same view gives the same bytes."""
    return draw("evolution", _evolution(view, texts), form)


def describe_evolution(view: EvolutionView, texts: Texts) -> str:
    """Describes the picture in plain text of at most `DESCRIPTION_LIMIT` characters."""
    words = _evolution(view, texts)
    if not words.curves:
        return texts.say("evolution-too-early")
    title = f"{words.title}, {words.span}"
    room = DESCRIPTION_LIMIT - len(f"{title}\n\n\n\n{words.note}")
    told = "\n".join(_in_words(curve, texts, curve.changes) for curve in words.curves)
    if len(told) > room:
        # The days stand on the picture; how each level moves is told of all.
        told = clipped("\n".join(_in_words(curve, texts) for curve in words.curves), room)
    return f"{title}\n\n{told}\n\n{words.note}"


def _in_words(curve: _Curve, texts: Texts, changes: str = "") -> str:
    told = f"{curve.movement}, {changes}" if changes else curve.movement
    return texts.say("evolution-value", value=curve.name, told=told)


def _evolution(view: EvolutionView, texts: Texts) -> _Evolution:
    values = evolution_words.drawn(view.values)
    moments = [estimate.at.timestamp() for each in values for estimate in each.estimates]
    first, last = (min(moments), max(moments)) if moments else (0.0, 0.0)
    return _Evolution(
        language=texts.locale,
        theme=view.theme,
        title=texts.say("evolution-title"),
        span=evolution_words.span(values, texts),
        curves=[_curve(each, texts, first, last) for each in values],
        legend=texts.say("evolution-legend"),
        note=texts.say("evolution-sketch"),
    )


def _curve(each: ValueOverTime, texts: Texts, first: float, last: float) -> _Curve:
    of = evolution_words.scale_of(each.value)
    assert of is not None  # only those are drawn
    marked = evolution_words.first_changed(each)
    return _Curve(
        of=of,
        name=profile_words.name(of, texts),
        ends=profile_words.ends(of, texts),
        movement=evolution_words.movement(each.evolution, texts),
        settled=bool(profile_words.movement(each.evolution, texts)),
        changes=evolution_words.changes(each, texts),
        points=[
            _Point(
                at=(estimate.at.timestamp() - first) / (last - first) if last > first else 0.5,
                score=estimate.score,
                low=max(0.0, estimate.score - estimate.error),
                high=min(1.0, estimate.score + estimate.error),
                changed=estimate in marked,
            )
            for estimate in each.estimates
        ],
    )
