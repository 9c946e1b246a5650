"""Draws a dashboard as a plain picture, from what Prometheus has seen: Grafana can't be had in tests."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from importlib.resources import as_file, files
from itertools import groupby
from pathlib import Path

import typst
from PIL import Image

from deploy.grafana.panels import BAD
from schema.base_model import Model
from tests.dashboards.panels import Panel
from tests.prometheus import Prometheus

TEMPLATE = Path(__file__).with_name("board.typ")
POINTS = 90
"""Of a line."""
PIXELS_AN_INCH = 92
COLOURS = 200
"""Enough for lines and smooth letters, at half of the bytes."""
AT_MOST = 6
"""Lines that a picture shows of a panel."""

Point = tuple[float, float]
Tick = tuple[float, str]


class DrawnLine(Model):
    """A line in stretches without a gap, each point between 0 and 1 both ways."""

    name: str
    stretches: list[list[Point]]


class Bar(Model):
    """A bar, as a share of the longest."""

    name: str
    share: float
    told: str


class DrawnPanel(Model):
    """The input of the template for a panel."""

    title: str
    kind: str
    w: int
    h: int
    lines: list[DrawnLine] = []
    ticks: list[Tick] = []
    times: list[Tick] = []
    limits: list[float] = []
    bars: list[Bar] = []
    told: str = ""
    alarming: bool = False


class Row(Model):
    """A row of panels, in strips from one edge to the other."""

    title: str
    strips: list[list[DrawnPanel]]


class Board(Model):
    """The input of the template."""

    title: str
    description: str
    rows: list[Row]


async def picture(panels: Sequence[Panel], prometheus: Prometheus, begin: float, end: float) -> bytes:
    """A dashboard's panels between two times, by the clock of Prometheus."""
    rows = []
    for title, of_row in groupby(panels, lambda panel: panel.row):
        strips: list[list[DrawnPanel]] = [[]]
        for panel in of_row:
            if sum(drawn.w for drawn in strips[-1]) + panel.w > 24:
                strips.append([])
            strips[-1].append(await _drawn(panel, prometheus, begin, end))
        rows.append(Row(title=title, strips=strips))
    first = panels[0]
    return _drawing(Board(title=first.board, description=first.about, rows=rows))


def _drawing(board: Board) -> bytes:
    with as_file(files("fontpkg_inter") / "files") as folder:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    png = typst.compile(
        TEMPLATE, format="png", ppi=PIXELS_AN_INCH, font_paths=fonts, sys_inputs={"board": board.model_dump_json()}
    )
    assert isinstance(png, bytes)
    small = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        small, "PNG", optimize=True
    )
    return small.getvalue()


async def _drawn(panel: Panel, prometheus: Prometheus, begin: float, end: float) -> DrawnPanel:
    blank = DrawnPanel(title=panel.title, kind=panel.kind, w=panel.w, h=panel.h)
    if panel.kind != "timeseries":
        values = [
            (_called(name, series["metric"]), float(series["value"][1]))
            for name, text in panel.lines
            for series in await prometheus.now(text)
        ]
        if panel.kind == "stat":
            value = values[0][1] if values else math.nan
            colour = max((limit for limit in panel.limits if limit[0] <= value), default=(0, ""))[1]
            return blank.model_copy(
                update={"told": in_unit(value, panel.unit, panel.decimals), "alarming": colour == BAD}
            )
        most = max((value for _, value in values), default=0) or 1
        bars = [
            Bar(name=name, share=value / most, told=in_unit(value, panel.unit, panel.decimals))
            for name, value in sorted(values)
        ]
        return blank.model_copy(update={"bars": bars})
    lines: list[tuple[str, list[tuple[float, float]]]] = []
    for name, text in panel.lines:
        for series in await prometheus.over(text, begin, end, (end - begin) / POINTS):
            lines.append((_called(name, series["metric"]), [(float(at), float(v)) for at, v in series["values"]]))
    lines = sorted(lines, key=lambda line: -max(_finite(line), default=0))[:AT_MOST]
    highest = max((value for line in lines for value in _finite(line)), default=0)
    # A limit that is far away would press the lines to the ground.
    near = [limit for limit, _ in panel.limits if 0 < limit <= 3 * highest]
    ticks = _ticks(max([highest, *near]))
    top = ticks[-1]
    return blank.model_copy(
        update={
            "lines": [DrawnLine(name=name, stretches=_stretches(values, begin, end, top)) for name, values in lines],
            "ticks": [(tick / top, in_unit(tick, panel.unit)) for tick in ticks],
            "times": [(at * 60 / (end - begin), f"{at} min") for at in range(0, int((end - begin) / 60) + 1, 2)],
            "limits": [limit / top for limit in near],
        }
    )


def _finite(line: tuple[str, list[tuple[float, float]]]) -> list[float]:
    return [value for _, value in line[1] if math.isfinite(value)]


def _stretches(values: Sequence[tuple[float, float]], begin: float, end: float, top: float) -> list[list[Point]]:
    step = (end - begin) / POINTS
    stretches: list[list[Point]] = []
    last = -math.inf
    for at, value in values:
        if not math.isfinite(value):
            continue
        if at - last > 1.5 * step:
            stretches.append([])
        stretches[-1].append(((at - begin) / (end - begin), max(0.0, value / top)))
        last = at
    return stretches


def _ticks(highest: float) -> list[float]:
    """Round numbers from zero to at least the highest value."""
    if highest <= 0:
        return [0.0, 1.0]
    size = 10 ** math.floor(math.log10(highest / 3))
    step = next(size * each for each in (1, 2, 2.5, 5, 10) if size * each * 4 >= highest)
    return [step * n for n in range(math.ceil(highest / step - 1e-9) + 1)]


def _called(name: str, labels: dict[str, str]) -> str:
    for label, value in labels.items():
        name = name.replace(f"{{{{{label}}}}}", value)
    return name


def in_unit(value: float, unit: str, decimals: int | None = None) -> str:
    """A value in Grafana's unit, as it would be read."""
    if not math.isfinite(value):
        return "none yet"
    if decimals is not None:
        return f"{value:,.{decimals}f}"
    match unit:
        case "s" if abs(value) >= 60:
            return f"{value / 60:.3g} min"
        case "s" if 0 < abs(value) < 1:
            return f"{value * 1000:.3g} ms"
        case "s":
            return f"{value:.3g} s"
        case "percentunit":
            return f"{value * 100:,.0f} %" if abs(value) >= 1 else f"{value * 100:.3g} %"
        case "currencyUSD":
            return f"${value:.2g}" if value < 0.1 else f"${value:.2f}"
        case "bytes" | "decbytes":
            for power, name in ((9, "GB"), (6, "MB"), (3, "kB")):
                if abs(value) >= 10**power:
                    return f"{value / 10**power:.3g} {name}"
            return f"{value:.0f} B"
    return f"{value / 1000:.3g} k" if abs(value) >= 1000 else f"{value:.3g}"
