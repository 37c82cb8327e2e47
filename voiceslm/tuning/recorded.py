"""Turns that were recorded and that the owner found right: what was said, and what was done.

A turn is approved by a file beside its record (see `voiceslm.daemon.recording`). Without it nothing of a turn
is learnt, and nothing either once the record has expired or was deleted.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

from voiceslm.errors import Problem
from voiceslm.llm import Message
from voiceslm.llm.tools import ASK, NONE
from voiceslm.tuning import Example
from voiceslm.tuning.own import Fault
from voiceslm.tuning.reach import Reach

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voiceslm.entities import Entity

SOURCE = "recorded"

RECORD = "turn.json"
APPROVED = "approved.json"
"""Beside the record; holds what is to be answered where the owner told it, else nothing."""

LARGEST_RECORD = 1_000_000
"""Bytes; a turn's record has a few thousand."""

_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{4,9}", re.ASCII)
_HOME_ROUTES = frozenset({"tools", "intent"})
_TAKEN = frozenset({"done", "sent", "already"})


def approve(folder: Path, *, call: str = "") -> None:
    """Approve the turn in ``folder``.

    Args:
        folder: of one turn.
        call: what should have been done, line by line; empty where what was done was right.

    Raises:
        Problem: there is no turn in it, or it cannot be written to.
    """
    _record(folder)
    try:
        (folder / APPROVED).write_text(json.dumps({"call": call} if call else {}), "utf-8")
    except OSError as error:
        raise Problem(f"{folder} cannot be written to: {error.strerror}") from None


def disapprove(folder: Path) -> None:
    """Take an approval back; there need be none.

    Raises:
        Problem: it cannot be deleted.
    """
    try:
        (folder / APPROVED).unlink(missing_ok=True)
    except OSError as error:
        raise Problem(f"{folder} cannot be written to: {error.strerror}") from None


def recorded_examples(
    folder: Path, entities: Sequence[Entity], *, persona: str = ""
) -> tuple[list[Example], list[Fault]]:
    """Return what can be learnt of the approved turns in ``folder``, and which of them are of no use.

    Args:
        folder: where turns are recorded.
        entities: of the home.
        persona: the system message of conversations.

    Raises:
        Problem: the folder cannot be listed.
    """
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False))
    except OSError as error:
        raise Problem(
            f"{folder} cannot be listed: {error.strerror}", "Name a folder of recorded turns"
        ) from None
    reach = Reach(entities)
    examples: list[Example] = []
    faults: list[Fault] = []
    approved = [name for name in names if _NAME.fullmatch(name) and _approved(folder / name)]
    for number, name in enumerate(approved, 1):
        try:
            examples.append(_example(folder / name, reach, persona))
        except Problem as problem:
            faults.append(Fault(number, f"{name}: {problem}"))
    return examples, faults


def _approved(folder: Path) -> bool:
    return all((folder / name).is_file() for name in (RECORD, APPROVED))


def _example(folder: Path, reach: Reach, persona: str) -> Example:
    turn = _record(folder)["turn"]
    said = turn.get("transcript")
    if not isinstance(said, str) or not said.strip():
        raise Problem("nothing was understood")
    call = _object(folder / APPROVED).get("call") or ""
    if call or turn.get("route") in _HOME_ROUTES:
        reply = call if isinstance(call, str) and call else _done(turn, reach)
        if why := reach.asked(said).refusal(reply):
            raise Problem(why)
        devices = _devices(reply, reach)
        return Example((*reach.head, Message("user", said)), reply, SOURCE, device=devices)
    reply = turn.get("reply")
    if turn.get("route") != "chat" or not isinstance(reply, str) or not reply.strip():
        raise Problem("it was answered by neither the home nor the model")
    head = (Message("system", persona),) if persona else ()
    return Example((*head, Message("user", said)), reply.strip(), SOURCE)


def _done(turn: dict[str, Any], reach: Reach) -> str:
    """Return the calls that come to what was done.

    A record names the devices and what each came to, not the values: the menu of the sentence must leave one
    call for each.
    """
    actions = turn.get("actions")
    words = [str(action).split() for action in actions] if isinstance(actions, list) else []
    done = list(dict.fromkeys(said[0] for said in words if said and said[-1] in _TAKEN))
    if not done:
        raise Problem("nothing was done; approve it with the call that it should have come to")
    menu = reach.asked(str(turn["transcript"])).menu
    lines = []
    for entity in done:
        handle = reach.handles.get(entity)
        possible = [line for line in menu if line.partition(" ")[0] == handle]
        if len(possible) != 1:
            raise Problem("what was done is not clear from it; approve it with the call that it came to")
        lines += possible
    return "\n".join(lines)


def _devices(reply: str, reach: Reach) -> str:
    if reply in (NONE, ASK):
        return ""
    ids = {handle: entity for entity, handle in reach.handles.items()}
    return " ".join(ids[line.partition(" ")[0]] for line in reply.split("\n"))


def _record(folder: Path) -> dict[str, Any]:
    document = _object(folder / RECORD)
    if document.get("schema") != 1 or not isinstance(document.get("turn"), dict):
        raise Problem(f"{folder / RECORD} is no record of a turn that this version can read")
    return document


def _object(path: Path) -> dict[str, Any]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(LARGEST_RECORD + 1)
        document = json.loads(content if len(content) <= LARGEST_RECORD else b"")
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise Problem(f"{path} is not JSON") from None
    return document if isinstance(document, dict) else {}
