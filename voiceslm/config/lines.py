"""Which line of a TOML text a key stands on; the standard parser does not say."""

from __future__ import annotations

import tomllib
from typing import Any

KeyPath = tuple[str, ...]

DEPTH = 2
"""Our settings are section and key; what lies deeper belongs to a key that is wrong already."""


def lines_of_keys(text: str) -> dict[KeyPath, int]:
    """Return the line, from 1, on which each table and key of a valid TOML ``text`` first appears.

    No statement of TOML needs another one to be parsed, and none is complete before its last line. So lines
    are gathered until they parse on their own; what they then contain began on the first of them.
    """
    found: dict[KeyPath, int] = {}
    table: KeyPath = ()
    statement: list[str] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        statement.append(line)
        content = _parsed(statement)
        if content is None:
            continue
        first = number - len(statement) + 1
        paths = _paths(content)
        if statement[0].lstrip(" \t").startswith("["):
            table = max(paths, key=len)
        else:
            paths = [(table + path)[:DEPTH] for path in paths]
        for path in paths:
            found.setdefault(path, first)
        statement = []
    return found


def _parsed(statement: list[str]) -> dict[str, Any] | None:
    """Return what the lines of ``statement`` hold, None while the statement is incomplete."""
    # Only these end what spans lines; trying at every line would be quadratic in the length of a persona.
    if len(statement) > 1 and not any(end in statement[-1] for end in ('"""', "'''", "]", "}")):
        return None
    try:
        return tomllib.loads("\n".join(statement))
    except ValueError:
        return None


def _paths(content: dict[str, Any], depth: int = DEPTH) -> list[KeyPath]:
    """Return the path of every table and key in ``content``, parents first; an array of tables is a table."""
    paths: list[KeyPath] = []
    for key, value in content.items():
        inner = value[0] if isinstance(value, list) and value else value
        paths.append((key,))
        if isinstance(inner, dict) and depth > 1:
            paths += [(key, *path) for path in _paths(inner, depth - 1)]
    return paths
