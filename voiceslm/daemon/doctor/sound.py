"""Microphone and loudspeaker: there, allowed, free, and heard."""

from __future__ import annotations

import asyncio
import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voiceslm.audio.devices import Direction, choose
from voiceslm.audio.probe import CLIPPED, LOUD_DB, SILENT_DB
from voiceslm.daemon.doctor import access
from voiceslm.daemon.doctor.finding import advice, broken, ok, trouble
from voiceslm.daemon.doctor.holders import Holder, holders
from voiceslm.daemon.doctor.listening import Heard, listen
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from voiceslm.daemon.doctor.case import Case
    from voiceslm.daemon.doctor.finding import Finding

RAISE = "Raise it or unmute it: alsamixer, pavucontrol, or: pactl set-source-mute @DEFAULT_SOURCE@ 0"
LOWER = "Lower it: alsamixer, pavucontrol, or: pactl set-source-volume @DEFAULT_SOURCE@ 70%"

CLOSE = 0.4
"""Likeness from which a device's name may be what was meant."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found out."""

    wanted: Mapping[Direction, str | None]
    """Name in the settings; None for the system's default."""

    heard: Heard
    access: access.Facts
    holders: Sequence[Holder]


def check(case: Case) -> Iterator[Finding]:
    """Look at the sound."""
    if case.service_unasked:
        yield ok(
            "sound.service", "the machine's service uses the devices; it is asked as its own user, see below"
        )
        return
    rights = access.gather()
    yield from access.judge(rights)
    if case.daemon is not None:
        yield from held_by_daemon(case.daemon)
        return
    wanted = {Direction.INPUT: case.settings.audio.input, Direction.OUTPUT: case.settings.audio.output}
    heard = asyncio.run(listen(case.settings))
    yield from judge(Facts(wanted, heard, rights, holders()))


def held_by_daemon(status: Mapping[str, Any]) -> Iterator[Finding]:
    """Say what the running daemon says of the devices, which it holds."""
    sound = status.get("sound", {})
    for way in Direction:
        name = sound.get(way.value)
        if name:
            yield ok(f"sound.{way.value}", f"the running voiceslm uses the {way.value} {name!r}")
        else:
            yield broken(
                f"sound.{way.value}",
                f"the running voiceslm has no {way.value}",
                "; ".join(sound.get("problems", ())) or "its status does not say why",
                "Mend that; it is then used by itself",
            )


def judge(facts: Facts) -> Iterable[Finding]:
    """Say what does not work, and why."""
    if facts.heard.unusable is not None:
        yield trouble("sound.library", "there is no sound", facts.heard.unusable)
        return
    for way in Direction:
        yield _device(facts, way)
    if Direction.INPUT in facts.heard.opened:
        yield from _level(facts.heard)


def _device(facts: Facts, way: Direction) -> Finding:
    check = f"sound.{way.value}"
    if way in facts.heard.opened:
        return ok(check, f"the {way.value} {facts.heard.names[way]!r} works")
    try:
        device = choose(list(facts.heard.devices), facts.wanted[way], way)
    except Problem as problem:
        return _absent(facts, way, problem)
    return _closed(facts, way, device.name)


def _absent(facts: Facts, way: Direction, problem: Problem) -> Finding:
    """Explain that there is no such device."""
    able = [device.name for device in facts.heard.devices if device.channels(way)]
    name = facts.wanted[way]
    if name is None or not able:
        return trouble(f"sound.{way.value}", f"there is no {way.value}", _nothing(facts, way))
    key = "audio.input" if way is Direction.INPUT else "audio.output"
    close = difflib.get_close_matches(name.lower(), [other.lower() for other in able], 1, CLOSE)
    meant = next((other for other in able if close and other.lower() == close[0]), able[0])
    return broken(
        f"sound.{way.value}",
        problem.cause,
        f"{key} names what is not there; there is: {', '.join(map(repr, able))}",
        f'Set {key} = "{meant}", or leave it out for the system\'s default',
    )


def _nothing(facts: Facts, way: Direction) -> Problem:
    rights = facts.access
    if rights.cards and not rights.usable:
        return Problem("this user may not use the sound cards", "See the group above")
    if rights.cards:
        return Problem(
            f"no card here has a {way.value}", "Plug one in; `voiceslm devices` lists what is there"
        )
    if rights.server:
        return Problem(
            f"{rights.server} runs, but has no {way.value}",
            f"Plug a {way.value} in; `voiceslm devices` lists what is there",
        )
    return Problem(
        f"there is no sound card in {access.CARDS}, and no socket of a sound server in {rights.where}",
        f"Plug a {way.value} in, or start the sound server; in a container, pass {access.CARDS} to it",
    )


def _closed(facts: Facts, way: Direction, name: str) -> Finding:
    """Explain that a device which is there cannot be opened."""
    check, what = f"sound.{way.value}", f"the {way.value} {name!r} cannot be opened"
    end = "c" if way is Direction.INPUT else "p"
    taken = [holder for holder in facts.holders if holder.device.endswith(end)]
    if taken and all(holder.shares for holder in taken):
        key = "audio.input" if way is Direction.INPUT else "audio.output"
        return broken(
            check,
            what,
            f"the sound server ({taken[0].command}) holds it",
            f'Go through the server: set {key} = "default", or leave it out',
        )
    if taken:
        holder = next(holder for holder in taken if not holder.shares)
        return broken(
            check,
            what,
            f"{holder.command} (process {holder.pid}) holds {holder.device}",
            f"End it, or stop it: kill {holder.pid}",
        )
    told = next((words for words in facts.heard.problems if way.value in words), "no sound goes through it")
    cause, _, mend = told.partition(". ")
    return broken(check, what, cause, mend or "Plug it in again, or restart the sound server")


def _level(heard: Heard) -> Iterator[Finding]:
    """Say how loud the microphone is."""
    check = "sound.level"
    if heard.level_db is None:
        yield broken(check, "the microphone gives no sound", "no sample came within a second", RAISE)
    elif heard.only_zeros:
        yield broken(
            check,
            "the microphone gives nothing but zeros",
            "it is muted, by its own switch or in the mixer, or nothing is plugged into that input",
            RAISE,
        )
    elif heard.peak >= CLIPPED:
        yield advice(check, "the microphone clips", f"its loudest sample is at {heard.peak:.2f}", LOWER)
    elif heard.level_db <= SILENT_DB:
        yield advice(
            check,
            f"the microphone is nearly silent ({heard.level_db:.0f} dBFS)",
            "a working one hears more in the quietest room",
            RAISE,
        )
    elif heard.level_db >= LOUD_DB:
        yield advice(
            check,
            f"the microphone is loud ({heard.level_db:.0f} dBFS)",
            "the room is as loud as speech, or its level is too high",
            LOWER,
        )
    else:
        yield ok(check, f"the room is at {heard.level_db:.0f} dBFS")
