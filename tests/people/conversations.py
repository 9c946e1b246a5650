"""`python -m tests.people.conversations`: writes docs/conversations.md, by having two invented people talk.

They talk by `selfology demo`, with servers and workers of its own, as anybody may see it in a terminal.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from gateway.terminal.inbound.manners import Manner
from gateway.terminal.inbound.persona import load_persona
from schema.vocabulary import Locale

PAGE = Path(__file__).parents[2] / "docs" / "conversations.md"
HEAD = """# Two conversations

Whole, as they came: two of the invented people of `selfology demo` (`gateway/terminal/inbound/personas/`), on a machine
without a key, so that the offline analyst read them. `python -m tests.people.conversations` writes this page anew, and
`make demo ARGS="--person angry --language ru"` shows any of the others. `tests/people/test_scripted.py` holds what the
remarks say, for all of them and for other questions.
"""
SHOWN = {
    (Manner.GRIEVING, Locale.RU): """\
His brother has died. From the first sign of it nothing bright is said and nothing explained; what he says in
grief is taken for no trait. Before that sign nobody can know: the first lines are only plain.""",
    (Manner.IRONIC, Locale.EN): """\
He jokes. What is marked as a joke is met as one; what is not, is not praised and not weighed, and a question that he
turns away is let go. After a few jokes he is no longer quoted, unless he says that he means it.""",
}
# What follows is about the machine.
_AFTER = ("The conversation took", "Разговор занял")


def held(manner: Manner, locale: Locale) -> str:
    """The conversation as it stands on the screen."""
    arguments = ["demo", "--fast", "--person", manner, "--language", locale]
    with tempfile.TemporaryDirectory() as home:
        shown = subprocess.run(
            [Path(sys.executable).with_name("selfology"), *arguments],
            env={**os.environ, "SELFOLOGY_HOME": home, "COLUMNS": "92"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
    for words in _AFTER:
        shown = shown.split(words)[0]
    return "\n".join(line.rstrip() for line in shown.strip().splitlines())


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for (manner, locale), remark in SHOWN.items():
        person = load_persona(locale, manner)
        parts += [f"## {person.name}, {manner}\n", f"{remark}\n", f"```text\n{held(manner, locale)}\n```\n"]
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
