"""Which line of a TOML text a key stands on; the standard parser does not say."""

from __future__ import annotations

import tomllib
from collections import Counter
from typing import Any

KeyPath = tuple[str, ...]

DEPTH = 4
"""Our settings are section and key, and below it a table's key, or a table's number and key."""


def lines_of_keys(text: str) -> dict[KeyPath, int]:
    """Return the line, from 1, on which each table and key of a valid TOML ``text`` first appears.

    A table of an array of tables has its number, from 0, in its path: ``("devices", "0", "name")``.

    No statement of TOML needs another one to be parsed, and none is complete before its last line. So lines
    are gathered until they parse on their own; what they then contain began on the first of them.
    """
    found: dict[KeyPath, int] = {}
    table: KeyPath = ()
    members: Counter[KeyPath] = Counter()
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
            if statement[0].lstrip(" \t").startswith("[["):
                members[table] += 1
                table = (*table, str(members[table] - 1))
                paths.append(table)
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
    """Return the path of every table and key in ``content``, parents first."""
    paths: list[KeyPath] = []
    for key, value in content.items():
        paths.append((key,))
        if isinstance(value, dict) and depth > 1:
            paths += [(key, *path) for path in _paths(value, depth - 1)]
    return paths
