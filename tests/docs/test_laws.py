"""The laws of docs/architecture.md that can be read off the code."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.docs.pages import ROOT, section

PACKAGE = ROOT / "voiceslm"
EXCEPTIONS = {("listening", "audio"): "the sample rate and the length of a frame"}
"""Room and what it may import all the same -> why."""

IMPURE = frozenset(
    {
        "asyncio",
        "concurrent",
        "os",
        "queue",
        "random",
        "socket",
        "sounddevice",
        "subprocess",
        "threading",
        "time",
    }
)

ROWS = [
    set(re.findall(r"`(\w+)`", modules))
    for modules in re.findall(
        r"^\| \d+ \| (.+) \|$", section("docs/architecture.md", "## The laws"), re.MULTILINE
    )
]
HEIGHT = {name: row for row, names in enumerate(ROWS) for name in names}
MODULES = [path for path in sorted(PACKAGE.rglob("*.py")) if path.parent != PACKAGE or "__" not in path.stem]


def room(module):
    """Return the room of a module of ours, such as home for voiceslm.home.registry."""
    return module.split(".")[1]


def named(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@cache
def parsed(path):
    return ast.parse(path.read_text("utf-8"))


@cache
def imported(path):
    """Return the modules that a file imports, wherever in it and for whatever reason."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "voiceslm":
            found |= {f"voiceslm.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: name the module whole"
            found.add(node.module or "")
    return found


def ours(path):
    """Return the other rooms that a file imports."""
    found = {room(name) for name in imported(path) if name.startswith("voiceslm.")}
    return {name for name in found if not name.startswith("__")} - {room(named(path))}


def test_the_table_has_every_room():
    assert {room(named(path)) for path in MODULES} == HEIGHT.keys()


@pytest.mark.parametrize("name", sorted(HEIGHT))
def test_a_room_imports_only_what_stands_above_it(name):
    below = {
        f"{named(path)} imports {other}"
        for path in MODULES
        if room(named(path)) == name
        for other in ours(path)
        if HEIGHT[other] >= HEIGHT[name] and (name, other) not in EXCEPTIONS
    }
    assert not below


@pytest.mark.parametrize("pair", EXCEPTIONS, ids="->".join)
def test_an_exception_is_still_one(pair):
    name, other = pair
    assert HEIGHT[other] >= HEIGHT[name]
    assert any(other in ours(path) for path in MODULES if room(named(path)) == name)


def is_pure(path):
    docstring = ast.get_docstring(parsed(path)) or ""
    return bool(re.search(r"\bpure\b", docstring, re.IGNORECASE)) and path.name != "__init__.py"


@pytest.mark.parametrize("path", [*filter(is_pure, MODULES)], ids=named)
def test_what_calls_itself_pure_has_nothing_to_wait_or_look_at_the_clock_with(path):
    assert not {name.partition(".")[0] for name in imported(path)} & IMPURE


def test_the_decisions_that_the_page_names_are_pure():
    named_there = {"floor", "router", "plan", "clauses", "codecs", "driver"}
    assert named_there <= {path.stem for path in MODULES if is_pure(path)}


def test_nothing_of_the_runtime_imports_what_only_tests_and_benches_need():
    extra = {"matplotlib", "jiwer", "whisper_normalizer", "pytest", "hypothesis"}
    guilty = {
        named(path)
        for path in MODULES
        if room(named(path)) != "bench" and {name.partition(".")[0] for name in imported(path)} & extra
    }
    assert not guilty
