"""A process loads at its start only what it needs there."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("started", "spared"),
    [
        # 1.5 s, and an install without the extra `models` has neither.
        ("workers.run", {"anthropic", "openai", "numpy", "sklearn"}),
        # 0.4 s.
        ("gateway.clients.temporal.clients", {"workflows.safety.rules.phrases"}),
        ("gateway.telegram.app", {"workflows.safety.rules.phrases"}),
    ],
)
def test_what_only_some_need_is_not_loaded_at_a_start(started: str, spared: set[str]) -> None:
    code = f"import sys, {started}; print(*sys.modules, sep='\\n')"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert started in loaded
    assert spared.isdisjoint(loaded)


def test_the_bot_builds_the_types_of_telegram_that_it_meets() -> None:
    code = (
        "import gateway.telegram.app\n"
        "from aiogram import types\n"
        "built = [name for name in types.__all__ if getattr(getattr(types, name), '__pydantic_complete__', False)]\n"
        "assert types.User(id=1, is_bot=False, first_name='Anna').first_name == 'Anna'\n"
        "print(len(built), len(types.__all__))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    built, known = map(int, said.split())
    # All of them would take 3 s.
    assert built < known / 4
