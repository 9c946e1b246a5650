"""The Bot API specification: which parameters a method takes, and of which types."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.telegram.bot_api.refusals import Refusal, bad_request, not_served

SPEC = Path(__file__).with_name("spec.json")


@dataclass(frozen=True)
class Upload:
    """A file of a multipart request."""

    name: str
    content: bytes = field(repr=False)


class Mismatch(Exception):
    """A value that is not of its type; the message says what was expected where."""


@dataclass(frozen=True)
class Spec:
    """The served methods and their types, as `condense.py` wrote them."""

    version: str
    methods: Mapping[str, Mapping[str, str]]
    types: Mapping[str, Any]
    unserved: frozenset[str]

    @classmethod
    def load(cls) -> Spec:
        """The shipped specification."""
        spec = json.loads(SPEC.read_text(encoding="utf-8"))
        return cls(spec["version"], spec["methods"], spec["types"], frozenset(spec["unserved"]))

    def method(self, name: str) -> str:
        """The method with this name, in Telegram's spelling; names may come in any case.

        Raises:
            Refusal: 404 for a name that Telegram does not know, 501 for a method that this server does not serve.
        """
        for served in self.methods:
            if served.lower() == name.lower():
                return served
        if name in self.unserved:
            raise not_served(name)
        raise Refusal(404, "Not Found")

    def parameters(self, method: str, given: Mapping[str, Any], uploads: Mapping[str, Upload]) -> dict[str, Any]:
        """The parameters of a request, each in its own type; what was serialized is parsed, uploads are in their place.

        Raises:
            Refusal: a parameter that the method does not have, lacks, or that is of another type.
        """
        fields = self.methods[method]
        # A file may come in the field of its parameter, or elsewhere with `attach://` in that field.
        given = {**{name: upload for name, upload in uploads.items() if name in fields}, **given}
        attached = [value[9:] for value in _strings(given) if value.startswith("attach://")]
        for name in [*given, *uploads]:
            if name not in fields and name not in attached:
                raise bad_request(f'parameter "{name}" is unknown to {method}')
        values: dict[str, Any] = {}
        for name, kind in fields.items():
            value = given.get(name)
            # An empty string is no value: that is how forms leave a parameter out.
            if value is None or value == "":
                # Of a string that is missing each method speaks in its own words.
                if not kind.endswith("?") and kind != "String":
                    raise bad_request(_missing(name))
                continue
            try:
                values[name] = self._read(kind.removesuffix("?"), _parsed(kind, value), uploads, name)
            except Mismatch as mismatch:
                raise bad_request(str(mismatch)) from None
        return values

    def expect(self, kind: str, value: Any) -> None:
        """Holds an answer of this server to the specification.

        Raises:
            Mismatch: the answer is wrong, so is this server.
        """
        self._read(kind, value, {}, kind)

    def _read(self, kind: str, value: Any, uploads: Mapping[str, Upload], where: str) -> Any:
        if kind.startswith("Array of "):
            if not isinstance(value, list):
                raise Mismatch(f"{where} must be an Array")
            return [self._read(kind[9:], item, uploads, f"{where}[{at}]") for at, item in enumerate(value)]
        if " or " in kind:
            return self._one_of(kind.split(" or "), value, uploads, where)
        if kind in self.types and isinstance(self.types[kind], str):
            return self._one_of(self.types[kind].split(" or "), value, uploads, where)
        if kind == "InputFile":
            return _file(value, uploads, where)
        if kind in self.types:
            return self._object(kind, value, uploads, where)
        return _scalar(kind, value, where)

    def _one_of(self, kinds: list[str], value: Any, uploads: Mapping[str, Upload], where: str) -> Any:
        mismatches = []
        for kind in sorted((k for k in kinds if k in SCALARS or k in self.types), key=lambda k: k == "String"):
            try:
                return self._read(kind, value, uploads, where)
            except Mismatch as mismatch:
                mismatches.append((self._resemblance(kind, value), mismatch))
        raise max(mismatches, key=lambda m: m[0])[1]

    def _resemblance(self, kind: str, value: Any) -> int:
        fields = self.types.get(kind)
        return len(set(fields) & set(value)) if isinstance(fields, dict) and isinstance(value, dict) else 0

    def _object(self, kind: str, value: Any, uploads: Mapping[str, Upload], where: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Mismatch(f"{where} must be an Object, {kind}")
        fields: Mapping[str, str] = self.types[kind]
        if unknown := set(value) - set(fields):
            raise Mismatch(f"can't parse {kind}: {where} has no field {', '.join(sorted(unknown))}")
        if missing := [name for name, of in fields.items() if not of.endswith("?") and value.get(name) is None]:
            raise Mismatch(f"can't parse {kind}: Can't find field \"{missing[0]}\"")
        return {
            name: self._read(fields[name].removesuffix("?"), item, uploads, f"{where}.{name}")
            for name, item in value.items()
            if item is not None
        }


SCALARS = {"Integer", "Float", "Boolean", "String", "True"}


def _scalar(kind: str, value: Any, where: str) -> Any:
    match kind, value:
        case "String", str():
            return value
        case "Integer", int() if not isinstance(value, bool):
            return value
        case "Integer", str() if re.fullmatch(r"-?\d+", value):
            return int(value)
        case "Float", int() | float() if not isinstance(value, bool):
            return float(value)
        case (("Boolean" | "True"), bool()):
            return value
        case (("Boolean" | "True"), str()) if value in ("true", "false"):
            return value == "true"
        case _ if kind.startswith("'") and value == kind.strip("'"):
            return value
    if kind in SCALARS or kind.startswith("'"):
        raise Mismatch(f"{where} must be {kind}")
    raise not_served(f"values of type {kind}")


def _file(value: Any, uploads: Mapping[str, Upload], where: str) -> Upload:
    if isinstance(value, Upload):
        return value
    if isinstance(value, str) and value.startswith("attach://"):
        if value[9:] not in uploads:
            raise Mismatch(f"{where}: the attached file is not in the request")
        return uploads[value[9:]]
    raise Mismatch(f"{where} must be a file")


def _parsed(kind: str, value: Any) -> Any:
    """A serialized array or object as what it is; all else stays."""
    structured = not re.match(r"(Integer|String|Float|Boolean|True|InputFile)\b", kind)
    if not structured or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Mismatch(f"can't parse {kind.removesuffix('?')} JSON object") from None


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        if value[:1] in "[{" and "attach://" in value:
            return re.findall(r'"(attach://[^"]+)"', value)
        return [value]
    if isinstance(value, dict | list):
        items = value.values() if isinstance(value, dict) else value
        return [string for item in items for string in _strings(item)]
    return []


def _missing(name: str) -> str:
    match name:
        case "chat_id":
            return "chat_id is empty"
        case "message_id":
            return "Message identifier is not specified"
        case _:
            return f'parameter "{name}" is required'
