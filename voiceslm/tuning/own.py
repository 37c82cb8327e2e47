"""What an owner gives: examples in a file, a line of JSON each, and turns that were recorded and approved.

A line is one of::

    {"say": "full beam on the garden light", "call": "garden_light brightness 100"}
    {"say": "bedroom light and bathroom fan off", "call": ["bedroom_light off", "bathroom_fan off"]}
    {"say": "who are you", "reply": "I am the kiosk of the town museum."}

or what `Example.line` writes. A line that cannot be used is told with its number, and the others are used.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voiceslm.errors import Problem
from voiceslm.llm import Message
from voiceslm.llm.tools import ASK, NONE
from voiceslm.tuning import Example
from voiceslm.tuning.reach import Reach

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from voiceslm.entities import Entity

SOURCE = "own"

MOST_BYTES = 64 * 2**20
"""Of a file; some 10 million words, more than any owner writes."""

MOST_LINE = 16_384
"""Bytes of one line."""

MOST_FAULTS = 100
"""That are kept; where everything is wrong the first ones tell why."""

MOST_SENTENCE = 400
"""Characters of what is said."""

MOST_REPLY = 2_000
"""Characters of what is replied."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that cannot be used."""

    line: int
    """Its number, the first being 1."""

    why: str


def read_examples(
    path: Path, entities: Sequence[Entity], *, persona: str = ""
) -> tuple[list[Example], list[Fault]]:
    """Return the examples of a file, and what was wrong with its other lines.

    Args:
        path: a file of JSON lines.
        entities: of the home that calls are for.
        persona: the system message of conversations, which what is replied belongs to; empty for none.

    Raises:
        Problem: the file cannot be read, or is larger than `MOST_BYTES`.
    """
    examples: list[Example] = []
    faults: list[Fault] = []
    reader = _Reader(entities, persona)
    for number, line in _lines(path):
        try:
            example = reader.example(line)
        except _UnusableError as error:
            if len(faults) < MOST_FAULTS:
                faults.append(Fault(number, str(error)))
        else:
            if example:
                examples.append(example)
    return list(dict.fromkeys(examples)), faults


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file, none longer than one byte more than is allowed."""
    remedy = "Name a file of JSON lines"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe would never end
        with os.fdopen(descriptor, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > MOST_BYTES:
                raise Problem(
                    f"{path} is too large ({size >> 20} MB; at most {MOST_BYTES >> 20} MB are read)",
                    "Give fewer examples",
                )
            number = 0
            while line := file.readline(MOST_LINE + 1):
                number += 1
                yield number, line
                while len(line) > MOST_LINE and not line.endswith(b"\n"):
                    line = file.readline(MOST_LINE + 1)
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}", remedy) from None


class _UnusableError(Exception):
    """Why a line is no example."""


class _Reader:
    """Makes examples of lines, for one home."""

    def __init__(self, entities: Sequence[Entity], persona: str) -> None:
        self._reach = Reach(entities)
        self._handles = {handle: entity for entity, handle in self._reach.handles.items()}
        self._chat = (Message("system", persona),) if persona else ()

    def example(self, line: bytes) -> Example | None:
        """Return the example of one line; None of an empty one."""
        if len(line) > MOST_LINE:
            raise _UnusableError(f"it is longer than {MOST_LINE} bytes")
        text = _text(line).strip()
        if not text:
            return None
        document = _object(text)
        if "messages" in document:
            return _whole(document)
        said = _string(document, "say", MOST_SENTENCE)
        if "call" in document:
            return self._called(said, document["call"])
        reply = _string(document, "reply", MOST_REPLY)
        return Example((*self._chat, Message("user", said)), reply, SOURCE)

    def _called(self, said: str, call: Any) -> Example:
        calls = call if isinstance(call, list) else str(call).split("\n")
        lines = [line.strip() for line in calls if isinstance(line, str) and line.strip()]
        if not lines or len(lines) < len(calls):
            raise _UnusableError("a call is a device and what to do with it, such as kitchen_light off")
        reply = "\n".join(lines)
        devices = [] if reply in (NONE, ASK) else [self._device(line) for line in lines]
        if why := self._reach.asked(said).refusal(reply):
            raise _UnusableError(why)
        messages = (*self._reach.head, Message("user", said))
        return Example(messages, reply, SOURCE, device=" ".join(devices))

    def _device(self, line: str) -> str:
        handle = line.partition(" ")[0]
        if handle not in self._handles:
            raise _UnusableError(f"there is no device {handle[:60]!r}")
        return self._handles[handle]


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _UnusableError("it is no text in UTF-8") from None


def _object(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _UnusableError("it is not JSON") from None
    if not isinstance(document, dict):
        raise _UnusableError('it is no object, such as {"say": "…", "call": "…"}')
    return document


def _string(document: Mapping[str, Any], key: str, most: int) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _UnusableError(f"{key} is missing, or no text")
    if len(value) > most:
        raise _UnusableError(f"{key} is longer than {most} characters")
    return value.strip()


def _whole(document: Mapping[str, Any]) -> Example:
    """Return the example of a line that `Example.line` wrote."""
    try:
        example = Example.of(document)
    except (KeyError, TypeError):
        raise _UnusableError("it is neither what an owner writes nor what an example is written as") from None
    texts = (*(text for one in example.messages for text in (one.role, one.content)), example.reply)
    texts += (example.source, example.phrasing, example.device)
    if not all(isinstance(text, str) for text in texts):
        raise _UnusableError("its messages and its reply must be text")
    roles = [one.role for one in example.messages]
    if roles[-1:] != ["user"] or not {*roles} <= {"system", "user", "assistant"} or not example.reply:
        raise _UnusableError("its last message must be the user's, and have a reply")
    return example
