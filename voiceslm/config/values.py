"""What may stand in a setting: kinds of text, names, topics, secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, PlainSerializer, SecretStr


def _no_controls(text: str) -> str:
    if any(ord(letter) < ord(" ") or letter == "\x7f" for letter in text):
        raise ValueError("control characters")
    return text


def _empty_is_unset(value: object) -> object:
    return None if value == "" else value


def _home_or_knowledge(names: Sequence[str]) -> Sequence[str]:
    if unknown := set(names) - {"home", "knowledge"}:
        raise ValueError(f"{min(unknown)} is nothing that can be sent")
    return names


def _has_component_and_name(table: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    for key in ("component", "name"):
        if not (isinstance(table.get(key), str) and table[key]):
            raise ValueError(f"{key} is missing, or is no text")
    return table


def is_pin(text: str) -> bool:
    """Tell whether ``text`` could be a PIN: 4 to 12 digits, such as can be said."""
    return re.fullmatch("[0-9]{4,12}", text) is not None


def _empty_or_pin(secret: SecretStr) -> SecretStr:
    if secret and not is_pin(secret.get_secret_value()):
        raise ValueError("no PIN")
    return secret


Name = Annotated[str, Field(min_length=1, max_length=4096), AfterValidator(_no_controls)]
"""An identifier or a path."""

ProfileDecides = Annotated[Name | None, BeforeValidator(_empty_is_unset)]
"""A catalog id or a path. Empty means None, which TOML has no word for."""

DeviceName = Annotated[Name | None, BeforeValidator(_empty_is_unset)]
"""Part of a device's name. Empty means None."""

Text = Annotated[str, Field(max_length=4096), AfterValidator(_no_controls)]
"""One line; empty where there is none."""

Secret = Annotated[SecretStr, PlainSerializer(lambda secret: "(set)" if secret.get_secret_value() else "")]
"""Text that is never printed; empty where there is none."""

Pin = Annotated[Secret, AfterValidator(_empty_or_pin)]
"""4 to 12 digits, or empty."""

Names = Sequence[Name]
"""Names of entities, lists or rooms."""

Shown = Annotated[Names, AfterValidator(_home_or_knowledge)]
"""What may be sent away."""

Declared = Annotated[Mapping[str, JsonValue], AfterValidator(_has_component_and_name)]
"""A device that does not announce itself, in the words of discovery."""

Threads = Annotated[int, Field(ge=1, le=64)]

ID_OR_PATH: dict[str, JsonValue] = {"allowed": "a catalog id, a path, or empty for the profile's own"}


DEVICE: dict[str, JsonValue] = {
    "allowed": "a device's name or a part of it, or empty for the system's default"
}


PATH: dict[str, JsonValue] = {"allowed": "a path, or empty for none"}

Topic = Annotated[str, Field(pattern=r"^[^+#/\x00-\x1f]+(/[^+#/\x00-\x1f]+)*$", max_length=200)]

TOPIC: dict[str, JsonValue] = {"allowed": "a topic without + and #, such as home/voice"}

ENTITIES: dict[str, JsonValue] = {"allowed": 'a list of ids or names in quotes, such as ["Front door"]'}

SHOWABLE: dict[str, JsonValue] = {"allowed": 'a list of "home" and "knowledge", empty for nothing at all'}
