"""Find the file, read it, lay the environment over it, and refuse what is not understood."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from voiceslm.config.keys import Key, keys, sections
from voiceslm.config.lines import lines_of_keys
from voiceslm.config.settings import Settings
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic_core import ErrorDetails

Place = TypeVar("Place", int, str)

SYSTEM_FILE = Path("/etc/voiceslm/voiceslm.toml")
LARGEST_FILE = 256 * 1024
"""Bytes. Ours is under 10 kB, and a large home's devices take some more; more than this is another kind of
file, or one without an end."""

SHOWN_LENGTH = 40
"""Characters of a refused value that an error repeats."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and where each came from."""

    settings: Settings

    file: Path | None
    """None where no file exists."""

    origins: Mapping[str, str]
    """``llm.max_tokens`` -> "FILE, line 7" or "VOICESLM_LLM__MAX_TOKENS", for each key that is set."""


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings in force; ``path`` is what ``--config`` named.

    Raises:
        Problem: a file named by ``path`` or ``$VOICESLM_CONFIG`` is missing, or a file cannot be read, or it
            or a variable holds a key that does not exist or a value that is not allowed.
    """
    return trace(path, environ).settings


def trace(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Loaded:
    """Do what ``load`` does, and tell where each setting came from."""
    environ = os.environ if environ is None else environ
    file = find_file(path, environ)
    text = _read(file) if file else ""
    values = _parse(text, file)
    lines = lines_of_keys(text)
    origins = {path: f"{file}, line {line}" for path, line in lines.items()}
    for key, value in _overrides(environ):
        table = values.setdefault(key.section, {}) if key.section else values
        if isinstance(table, dict):  # else the file's own mistake is what will be reported
            table[key.name] = value
            origins[key.path] = key.variable
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise _explain(error.errors(include_url=False), origins, lines) from None
    return Loaded(settings, file, {key.dotted: origins[key.path] for key in keys() if key.path in origins})


def find_file(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Path | None:
    """Return the file to read: ``path``, ``$VOICESLM_CONFIG``, the user's, the system's, or None.

    A file named by ``path`` or the variable is returned even where it does not exist: reading it says so. Of
    the other two it is the first that exists.
    """
    environ = os.environ if environ is None else environ
    if path is not None:
        return path.expanduser()
    if named := environ.get("VOICESLM_CONFIG"):
        return Path(named).expanduser()
    # os.path.exists and not Path.exists: a folder that this user may not enter counts as absent.
    return next((file for file in (user_file(environ), SYSTEM_FILE) if os.path.exists(file)), None)  # noqa: PTH110


def user_file(environ: Mapping[str, str] | None = None) -> Path:
    """Return where a user's own file belongs, following the XDG base directory specification."""
    environ = os.environ if environ is None else environ
    home = Path(environ.get("XDG_CONFIG_HOME", ""))
    if not home.is_absolute():  # the specification says to ignore a relative one
        home = Path(environ.get("HOME") or "~").expanduser() / ".config"
    return home / "voiceslm" / "voiceslm.toml"


def _read(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise Problem(
            f"configuration file {file} does not exist",
            f"Write one with `voiceslm config init --config {file}`",
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL
        reason = error.strerror if isinstance(error, OSError) else error
        raise Problem(
            f"configuration file {file} cannot be read: {reason}", "Name a readable TOML file"
        ) from None
    if len(content) > LARGEST_FILE:
        raise Problem(
            f"{file} is larger than {LARGEST_FILE // 1024} kB", "Name a voiceslm configuration file"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Problem(f"{file}, line {line}: not UTF-8 text", "Save the file as UTF-8") from None


def _parse(text: str, file: Path | None) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise Problem(f"{file}: values are nested too deeply", "Name a voiceslm configuration file") from None
    except ValueError as error:
        # The parser's words end in "(at line 3, column 7)" or "(at end of document)".
        what, _, place = str(error).partition(" (at ")
        numbered = re.match(r"line (\d+)", place)
        line = int(numbered[1]) if numbered else text.rstrip("\n").count("\n") + 1
        raise Problem(f"{file}, line {line}: not valid TOML: {what}", "Correct that line") from None


def _overrides(environ: Mapping[str, str]) -> list[tuple[Key, str | int | float | list[str]]]:
    """Return what variables set; an empty variable sets nothing."""
    known = {key.variable: key for key in keys()}
    flat = {variable.replace("__", "_"): variable for variable in known}
    for variable in sorted(environ):
        if variable in known or not variable.startswith("VOICESLM_"):
            continue
        meant = flat.get(variable.replace("__", "_").upper())
        if meant or "__" in variable:
            raise Problem(
                f"unknown setting in environment variable {variable}", _hint(variable, known, meant)
            )
    given = {name: key for name, key in known.items() if environ.get(name)}
    if table := next((name for name, key in given.items() if key.tabular), None):
        raise Problem(f"environment variable {table} cannot set a table", "Write it to a file")
    return [(key, _value(environ[name], key)) for name, key in given.items()]


def _value(text: str, key: Key) -> str | int | float | list[str]:
    """Return ``text`` as the kind of value that ``key`` holds, or unchanged for validation to refuse."""
    if key.listed:
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        return key.number(text) if key.number else text
    except ValueError:
        return text


def _explain(
    errors: list[ErrorDetails], origins: Mapping[tuple[str, ...], str], lines: Mapping[tuple[str, ...], int]
) -> Problem:
    """Turn the first mistake of the file, or else of the environment, into a Problem."""
    places = [(tuple(str(part) for part in error["loc"]), error) for error in errors]
    path, error = min(places, key=lambda place: _nearest(place[0], lines, LARGEST_FILE))
    origin = _nearest(path, origins, "")
    where = f"{origin}: " if origin else ""
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    if error["type"] == "extra_forbidden":
        return Problem(f"{where}unknown key {_legible('.'.join(path))}{more}", _known_keys(path))
    key = next((key for key in keys() if key.path == path[: len(key.path)]), None)
    if key and key.secret:
        return Problem(f"{where}{key.dotted} cannot be what is given there{more}", f"Give {key.allowed}")
    if key and key.tabular and error["type"] == "value_error":
        return Problem(f"{where}{key.dotted}: {error['ctx']['error']}{more}", f"Give {key.allowed}")
    if key:
        wrong = _short(error["input"])
        return Problem(f"{where}{key.dotted} cannot be {wrong}{more}", f"Give {key.allowed}")
    name = _legible(".".join(path))
    if error["type"] == "value_error":
        return Problem(f"{where}{error['ctx']['error']}{more}", "Change one of the two")
    return Problem(f"{where}{name} cannot be {_short(error['input'])}{more}", f"Make it a table: [{name}]")


def _nearest(path: tuple[str, ...], places: Mapping[tuple[str, ...], Place], otherwise: Place) -> Place:
    """Return what ``places`` knows of ``path``, or of the nearest table around it."""
    for length in range(len(path), 0, -1):
        if path[:length] in places:
            return places[path[:length]]
    return otherwise


def _known_keys(path: tuple[str, ...]) -> str:
    """Say which known key is nearest to the unknown one at ``path``, where it belongs, or what there is."""
    *parents, name = path
    section = parents[0] if parents else ""
    here = [key.name for key in keys() if key.section == section] + ([] if section else list(sections()))
    nearest = difflib.get_close_matches(name[:SHOWN_LENGTH], here, n=1)
    elsewhere = [key for key in keys() if key.name == name]
    if elsewhere and not nearest:
        return "It belongs to " + " or ".join(
            f"[{key.section}]" if key.section else "the top of the file" for key in elsewhere
        )
    return _hint(name, here, nearest[0] if nearest else None)


def _hint(name: str, known: Iterable[str], meant: str | None = None) -> str:
    known = list(known)
    name = name[:SHOWN_LENGTH]
    nearest = [meant] if meant else difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {nearest[0]}?" if nearest else f"Known are {', '.join(known)}"


def _short(value: object) -> str:
    """Return ``value`` as one would write it in the file, cut to what fits a line."""
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, int) and value.bit_length() > 64:  # noqa: PLR2004 - Python refuses to print the largest
        return "so large a number"
    return _legible(str(value).lower() if isinstance(value, bool) else repr(value))


def _legible(text: str) -> str:
    """Return ``text`` as one short line that a terminal can show."""
    text = text if text.isprintable() else repr(text)[1:-1]
    return text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + "…"
