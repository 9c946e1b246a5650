"""How much rules and net hear of lists, with Wilson's intervals: `python -m tests.safety.measure FOLDER`.

It prints figures and no line, so that a list stays unknown to whoever tunes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from scipy.stats import binomtest

from activities.safety.second_net import Net
from schema.danger import DangerLevel
from schema.vocabulary import Locale
from schema.yaml_files import read_yaml
from workflows.safety.rules.levels import danger_in


def main(folder: Path) -> None:
    """Prints the figures of each list in each language."""
    net = Net.loaded()
    for locale in Locale:
        lists: dict[str, list[str]] = read_yaml((folder / f"{locale}.yaml").read_text(encoding="utf-8"))
        for name, lines in lists.items():
            found = [danger_in(line) for line in lines]
            heard = [net.danger_in(line, danger) for line, danger in zip(lines, found, strict=True)]
            levels = [danger and danger.level for danger in heard]
            _tell(f"{locale} {name}: heard {_share([level is not None for level in levels])}")
            _tell(f"    surely {_share([level is DangerLevel.SURE for level in levels])}")
            _tell(f"    by the rules alone {_share([danger is not None for danger in found])}")


def _share(hits: Sequence[bool]) -> str:
    low, high = binomtest(sum(hits), len(hits)).proportion_ci(method="wilson")
    return f"{sum(hits)} of {len(hits)}, {sum(hits) / len(hits):.1%} ({low:.0%}-{high:.0%})"


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
