"""Settings as text: the commented file, the settings in force, the tables of the reference."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from voiceslm.config.keys import keys, sections

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voiceslm.config.read import Loaded

HEADER = """\
# voiceslm configuration.
# Every key stands here at its default, behind a "#": remove the "#" to change one.
# `voiceslm config check` finds mistakes, `voiceslm config show` prints what is in force.
"""


def commented() -> str:
    """Return a file with every key described, and at its default behind a ``#`` that no space follows."""
    parts = [HEADER]
    for section, members in groupby(keys(), key=lambda key: key.section):
        if section:
            parts.append(f"\n# {sections()[section].__doc__}\n[{section}]\n")
        for key in members:
            setting = f"{key.name} = {toml(key.default)}"
            parts.append(f"\n# {key.field.description}\n# Allowed: {key.allowed}.\n")
            parts.append("".join(f"#{line}\n" for line in setting.split("\n")))
    return "".join(parts)


def shown(loaded: Loaded) -> str:
    """Return the settings in force as TOML, with the origin behind each that is not left at its default."""
    parts = [f"# {_one_line(str(loaded.file or 'no configuration file'))}\n"]
    for section, members in groupby(keys(), key=lambda key: key.section):
        if section:
            parts.append(f"\n[{section}]\n")
        table = getattr(loaded.settings, section) if section else loaded.settings
        for key in members:
            origin = loaded.origins.get(key.dotted)
            note = f"  # {_one_line(origin)}" if origin else ""
            value = getattr(table, key.name)
            unsaid = "#" if key.secret and value else ""  # a line that, pasted, sets no wrong password
            parts.append(f"{unsaid}{key.name} = {toml(value)}{note}\n")
    return "".join(parts)


def reference() -> str:
    """Return the tables of docs/configuration.md."""
    parts = []
    for section, members in groupby(keys(), key=lambda key: key.section):
        about = sections()[section].__doc__ if section else "At the top of the file, before any section."
        parts.append(f"### {f'`[{section}]`' if section else 'Top'}\n\n{about}\n\n")
        parts.append("| key | default | allowed | meaning |\n|---|---|---|---|\n")
        for key in members:
            default = toml(key.default)
            cell = "several lines, see below" if "\n" in default else f"`{default}`"
            parts.append(f"| `{key.name}` | {cell} | {key.allowed} | {key.field.description} |\n")
        parts.append("\n")
    parts += [
        f"The default of `{key.dotted}`:\n\n```text\n{key.default}\n```\n"
        for key in keys()
        if isinstance(key.default, str) and "\n" in key.default
    ]
    return "".join(parts)


def toml(value: Any) -> str:
    """Return ``value`` as TOML, tables inline; None is the empty text, a secret only tells that it is set."""
    if isinstance(value, dict):
        return _braced(f"{_quoted(key)} = {toml(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return f"[{', '.join(toml(inner) for inner in value)}]"
    if isinstance(value, SecretStr):
        return '"(set)"' if value else '""'
    if isinstance(value, str):
        return _text(value)
    return '""' if value is None else repr(value).lower()


def _braced(members: Iterable[str]) -> str:
    inside = ", ".join(members)
    return f"{{ {inside} }}" if inside else "{}"


def _text(value: str) -> str:
    if "\n" not in value:
        return _quoted(value)
    lines = (_quoted(line)[1:-1] for line in value.split("\n"))
    return '"""\n' + "\n".join(lines) + '"""'


def _quoted(text: str) -> str:
    """Return ``text`` between quotes; JSON's escapes are TOML's, but TOML also wants DEL escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)
