"""The variables that processes of ours know, so that a file which names another one is caught."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from pydantic import AliasChoices, BaseModel

from schema.environment import SECRETS_DIR, EnvironmentSettings

CHECKOUT = Path(__file__).parents[2]
PACKAGES = ("gateway", "schema", "workers")
OF_LIBRARIES = {"TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "OTEL_SERVICE_NAME"}
"""What Temporal's client configuration and OpenTelemetry read, as far as it is used here."""


@cache
def settings_classes() -> list[type[EnvironmentSettings]]:
    """All classes of settings that there are."""
    found: list[type[EnvironmentSettings]] = []
    for file in (file for package in PACKAGES for file in (CHECKOUT / package).rglob("*.py")):
        if "(EnvironmentSettings)" in file.read_text(encoding="utf-8"):
            module = import_module(".".join(file.relative_to(CHECKOUT).with_suffix("").parts))
            found += [
                each
                for _, each in inspect.getmembers(module, inspect.isclass)
                if each.__module__ == module.__name__ and issubclass(each, EnvironmentSettings)
            ]
    return found


def variables_of(settings: type[EnvironmentSettings]) -> Iterator[str]:
    """The names that settings are read from, those of their parts included."""
    prefix, delimiter = settings.model_config.get("env_prefix", ""), settings.model_config.get("env_nested_delimiter")
    for name, field in settings.model_fields.items():
        alias = field.validation_alias
        for each in alias.choices if isinstance(alias, AliasChoices) else [alias or f"{prefix}{name}"]:
            yield str(each).upper()
            kind = field.annotation
            if delimiter and inspect.isclass(kind) and issubclass(kind, BaseModel):
                yield from (f"{each}{delimiter}{part}".upper() for part in kind.model_fields)


@cache
def known() -> frozenset[str]:
    """The variables that some process of ours knows."""
    return frozenset(
        {*(name for settings in settings_classes() for name in variables_of(settings)), *OF_LIBRARIES, SECRETS_DIR}
    )
