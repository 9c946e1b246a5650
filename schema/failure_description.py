"""Which errors tell their words, and how errors are described for logs: the others by class and place alone.

The text of an error that is not ours may quote what a person wrote: the value that did not fit, a row, a request.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import TracebackType

_ROOT = Path(__file__).resolve().parent.parent
_PACKAGES = frozenset({"activities", "gateway", "schema", "workers", "workflows"})


def described(error: BaseException) -> str:
    """Returns a line for the error, and one for each error that it contains or was caused by."""
    return "\ncaused by ".join(_line(each) for each in _with_causes(error, set()))


def has_words_of_ours(error: BaseException) -> bool:
    """Whether an error's text is written in this project, and so quotes nobody."""
    # Imported here because it is slow, and errors are rare.
    from temporalio.exceptions import ApplicationError  # noqa: PLC0415

    if isinstance(error, ApplicationError):
        # One with a failure comes from the server: it stands for any error of an activity, and repeats its text.
        return error.failure is None
    return type(error).__module__.partition(".")[0] in _PACKAGES


@cache
def is_ours(file: str) -> bool:
    """Returns whether a source file is this project's."""
    path = Path(file)
    return path.is_relative_to(_ROOT) and path.relative_to(_ROOT).parts[0] in _PACKAGES


def place(file: str, line: int, function: str) -> str:
    """Names a place in the source, without the directory that everything is installed in."""
    for beginning in (f"{_ROOT}/", "site-packages/"):
        file = file.rpartition(beginning)[2]
    return f"{file}:{line} {function}"


def _line(error: BaseException) -> str:
    # Imported here because it is slow, and errors are rare.
    from temporalio.exceptions import ApplicationError  # noqa: PLC0415

    module, name = type(error).__module__, type(error).__qualname__
    if isinstance(error, ApplicationError):
        name = error.type or name
        return f"{name}: {error.message}" if has_words_of_ours(error) else f"{name}, as the server has it"
    if has_words_of_ours(error):
        return f"{name}: {error}"
    places = ", ".join(_places(error.__traceback__))
    return f"{module}.{name}{places and f' at {places}'}"


def _places(trace: TracebackType | None) -> Iterator[str]:
    """Yields where the error passed through our code, and where it was raised."""
    frames = [(frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in traceback.walk_tb(trace)]
    for number, frame in enumerate(frames, start=1):
        if number == len(frames) or is_ours(frame[0]):
            yield place(*frame)


def _with_causes(error: BaseException | None, seen: set[int]) -> Iterator[BaseException]:
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        if isinstance(error, BaseExceptionGroup):
            for each in error.exceptions:
                yield from _with_causes(each, seen)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
