"""Draws how a person's levels have moved over time: a line of blocks each, with a mark at every clear change."""

from __future__ import annotations

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from gateway.presentation import evolution_words, profile_words
from gateway.presentation.texts.texts import Texts
from schema.deliveries import EvolutionView
from schema.profile.layers import ValueOverTime

_BLOCKS = "▁▂▃▄▅▆▇█"
MOST_BLOCKS = 40
"""How many estimates a line shows, the latest."""


def evolution(view: EvolutionView, texts: Texts) -> RenderableType:
    """Draws the levels that have at least two estimates; without any, says when there will be."""
    values = evolution_words.drawn(view.values)
    if not values:
        return Text(texts.say("evolution-too-early"))
    ends = [profile_words.ends(of, texts) for each in values if (of := evolution_words.scale_of(each.value))]
    width = max(cell_len(low) for low, _ in ends)
    parts: list[RenderableType] = [Text(evolution_words.span(values, texts), style="dim"), Text()]
    for each, (low, high) in zip(values, ends, strict=True):
        line = Table.grid(padding=(0, 1, 0, 0))
        line.add_column(width=width, style="dim")
        line.add_column(no_wrap=True)
        line.add_column(style="dim")
        line.add_row(low, _line(each), high)
        parts += [_in_words(each, texts), line, Text()]
    return Group(*parts, Text(texts.say("terminal-evolution-legend"), style="dim"), Text(texts.say("evolution-sketch")))


def _in_words(each: ValueOverTime, texts: Texts) -> Text:
    of = evolution_words.scale_of(each.value)
    assert of is not None  # only those are drawn
    told = [evolution_words.movement(each.evolution, texts), *filter(None, [evolution_words.changes(each, texts)])]
    return Text(profile_words.name(of, texts), style="bold").append(f" · {' · '.join(told)}", style="not bold dim")


def _line(each: ValueOverTime) -> Text:
    line, marked = Text(), evolution_words.first_changed(each)
    for estimate in each.estimates[-MOST_BLOCKS:]:
        block = _BLOCKS[min(int(estimate.score * len(_BLOCKS)), len(_BLOCKS) - 1)]
        line.append(block, style="magenta").append("◆" if estimate in marked else " ", style="bold magenta")
    return line
