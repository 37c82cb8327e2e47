"""Every command line of ours that stands in the pages can be typed: its command and its options exist."""

from __future__ import annotations

import re
import shlex
from functools import cache

import pytest
import typer

from tests.docs.pages import TEXTS, fences, inline, text
from voiceslm.cli.app import app

_PROGRAM = re.compile(r"^(?:[\w./$~-]*/)?voiceslm$")
_ENDS = {"|", "&&", "||", ";", ">", ">>", "<", "&"}
_BEFORE = {"sudo", "env", "export", "-u", "voiceslm", "$"}


@cache
def program():
    return typer.main.get_command(app)


def lines(page):
    """Return every line of a page that may be a command."""
    for fence in fences(page):
        if fence.info in {"", "console", "sh", "bash", "text"}:
            yield from fence.code.replace("\\\n", " ").splitlines()
    yield from inline(page)


def commands(page):
    """Return the words after ``voiceslm`` of each command line of a page."""
    found = []
    for line in lines(page):
        words = split(line)
        for at, word in enumerate(words):
            user = at and words[at - 1] == "-u"
            if _PROGRAM.match(word) and not user and all(map(is_before, words[:at])):
                found.append(until_the_end(words[at + 1 :]))
                break
    return found


def split(line):
    try:
        return shlex.split(line, comments=True)
    except ValueError:  # prose with an apostrophe
        return []


def is_before(word):
    """Say whether a word may stand before the program: how it is run, as whom, with which variables."""
    return word in _BEFORE or "=" in word


def until_the_end(words):
    ends = [at for at, word in enumerate(words) if word in _ENDS or word[:1] == "("]
    return words[: min(ends, default=len(words))]


def wrong(words):
    """Return what cannot be typed of the words after ``voiceslm``; empty for nothing."""
    command, rest = program(), list(words)
    while hasattr(command, "list_commands") and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        if name.isupper() or name in {"…", "..."}:
            return ""
        found = command.get_command(None, name)
        if found is None:
            return f"no command {name!r}"
        command = found
    options = {name: option for option in command.params for name in option.opts + option.secondary_opts}
    for word in rest:
        name = word.partition("=")[0]
        if name.startswith("--") and name not in {*options, "--help"}:
            return f"{command.name} has no option {name}"
        if re.fullmatch("-[a-z]", name) and name not in options:
            return f"{command.name} has no option {name}"
    return ""


@pytest.mark.parametrize("page", TEXTS)
def test_every_command_and_option_exists(page):
    broken = {f"voiceslm {' '.join(words)}": why for words in commands(page) if (why := wrong(words))}
    assert not broken


def test_the_pages_show_every_command():
    shown = {words[0] for page in TEXTS for words in commands(page) if words}
    assert shown >= set(program().list_commands(None))


@pytest.mark.parametrize(
    "words", [["dance"], ["home", "paint"], ["run", "--wakeword", "none"], ["say", "-z"]]
)
def test_what_does_not_exist_is_noticed(words):
    assert wrong(words)


@pytest.mark.parametrize("page", TEXTS)
def test_every_target_of_make_exists(page):
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    named = [code for line in lines(page) for code in re.findall(r"^make ([a-z]+)\b", line.strip())]
    assert set(named) <= targets
