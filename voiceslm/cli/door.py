"""``voiceslm status``, ``stop``, ``mute`` and ``talk``: a word with the running daemon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from voiceslm.cli.output import JsonOption, err, out, print_json
from voiceslm.daemon.client import NotRunning, call
from voiceslm.daemon.door import ANSWER_DEADLINE

if TYPE_CHECKING:
    from collections.abc import Iterator

QUICK = 5.0
"""Seconds for a request that is answered at once."""

_LABEL_WIDTH = 26


def status(json: JsonOption = False) -> None:
    """Say how the running voiceslm is."""
    document = call({"request": "status"}, QUICK)
    if json:
        print_json(document)
        return
    for label, value in _rows(document):
        out.print(f"{label:{_LABEL_WIDTH}} {value}", markup=False, soft_wrap=True)


def stop() -> None:
    """Silence the running voiceslm: end what it is saying."""
    call({"request": "stop"}, QUICK)


def mute(off: Annotated[bool, typer.Option("--off", help="Listen again.")] = False) -> None:
    """Let the running voiceslm stop listening, until `--off`."""
    call({"request": "unmute" if off else "mute"}, QUICK)
    out.print("listening again" if off else "muted; `voiceslm mute --off` lets it listen again")


def talk(
    release: Annotated[bool, typer.Option("--release", help="Let go of the key, pressed or not.")] = False,
) -> None:
    """Push to talk: press the key that is up, let go of the one that is down."""
    call({"request": "talk", "action": "end" if release else "toggle"}, QUICK)


def through_daemon(verb: str, text: str) -> dict[str, Any] | None:
    """Let the running daemon ``ask`` or ``say`` a text aloud; None where none runs.

    Raises:
        Problem: it refuses or fails.
    """
    try:
        with err.status("Working …"):
            return call({"request": verb, "text": text}, ANSWER_DEADLINE)
    except NotRunning:
        return None


def _rows(document: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield what a status says as label and text, the objects within it one level of dots deeper."""
    for name, value in document.items():
        label = prefix + name
        if isinstance(value, dict) and value.keys() == {"state", "why", "since"}:
            yield label, _condition(value)
        elif isinstance(value, dict):
            yield from _rows(value, f"{label}.")
        else:
            yield label, _words(value)


def _condition(condition: dict[str, str]) -> str:
    """Return how a part is."""
    if not condition["why"]:
        return condition["state"]
    return f"{condition['state']} since {condition['since']}: {condition['why']}"


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_words, value)) or "none"
    return "none" if value in (None, "") else str(value)
