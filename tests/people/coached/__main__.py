"""`python -m tests.people.coached`: talks of invented people with the offline coach, read aloud without a server.

`python -m tests.people.coached ru weary` holds those of one language, or one of them.
"""

from __future__ import annotations

import asyncio
import sys
import textwrap

from tests.people.coached.talks import hold, scripts


def main() -> None:
    """Holds the talks that the arguments name, or all."""
    wanted = set(sys.argv[1:])
    for script in scripts():
        if wanted <= {script.locale.value, script.name}:
            _say(f"\n{'=' * 20} {script.locale} {script.name}: {script.who}\n")
            for turn in asyncio.run(hold(script)):
                mark = "  " if turn.speaker == "coach" else "> "
                _say(textwrap.fill(turn.text, 100, initial_indent=mark, subsequent_indent="  "))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
