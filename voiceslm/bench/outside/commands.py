"""Commands to a simulated home, alternately to the product and to the serial chain."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from voiceslm.bench.home.broker import broker
from voiceslm.bench.home.commands import commands
from voiceslm.bench.home.discovered import slug
from voiceslm.bench.home.homes import PREFIX
from voiceslm.bench.home.part import SEED
from voiceslm.bench.home.sampled import sample_home
from voiceslm.bench.live.rows import Row, Sheet, Target
from voiceslm.bench.live.scenario import Outcome
from voiceslm.bench.outside.exchange import ANSWER_SECONDS, exchange
from voiceslm.bench.outside.program import at_rest
from voiceslm.bench.outside.stage import AT_HOME, LOADING_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceslm.bench.home.commands import Command
    from voiceslm.bench.home.devices import SimulatedHome
    from voiceslm.bench.home.homes import Home
    from voiceslm.bench.live.sounds import Clip
    from voiceslm.bench.outside.program import Program
    from voiceslm.bench.outside.server import Room
    from voiceslm.bench.outside.stage import Stage

DEVICES = 30
COUNT, QUICK = 40, 4
MUTE = ("Coffee Machine", "Christmas Tree", "Garden Fountain", "Record Player")
"""Sockets that report nothing, as those switched by radio do: added to the home's devices."""

MUTE_SHARE = 4
"""Every so many-th command is for one of them."""

P50, P95 = Target(0.45), Target(0.7)
FASTER = Target(5.0, at_least=True)
LINE = r"^\{.*\}$"
"""Of the chain, about an utterance."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A command; seconds from the last sound of it, as they count: none and too soon are twelve."""

    said: str
    reports: bool
    """Whether the device reports its state."""

    right: bool
    """It was done, and nothing else."""

    published_s: float
    audible_s: float
    cut_in: bool
    chain_heard_s: float
    """When the chain had the words."""

    chain_call_s: float
    """When it had the call: there it would publish."""

    chain_audible_s: float
    chain_call: str
    chain_right: bool
    """It names the device that was meant."""


async def run(stage: Stage, limit: int | None = None) -> Outcome:
    """Give every command to both, alternating which goes first."""
    home = furnished()
    async with broker() as address, home.simulated(address, seed=SEED) as simulated:
        given = chosen(home, simulated, limit or (QUICK if stage.quick else COUNT))
        clips = await stage.clips([sentence(command) for command in given])
        async with (
            stage.server.room("ours") as our_room,
            stage.server.room("chain") as chain_room,
            stage.product(our_room, broker=address) as ours,
            stage.chain(chain_room, sorted(home.names.values())) as chain,
        ):
            await ours.until(AT_HOME, LOADING_SECONDS)
            trials = []
            for index, command in enumerate(stage.progress(given, "commands")):
                clip, name = clips[sentence(command)], home.names[command.key]
                result: dict[str, Any] = {}
                for mine in (True, False) if goes_first(index) else (False, True):
                    await at_rest(ours, chain)
                    if mine:
                        result |= await _told(our_room, clip, command, simulated)
                    else:
                        result |= await _called(chain_room, chain, clip, name)
                trials.append(Trial(**result))
    return Outcome(
        tuple(rows(trials)),
        tuple(trials),
        notes=(
            f"{len(home.names)} entities of {DEVICES + len(MUTE)} devices",
            "devices that report do so 50 to 300 ms after a command",
            "the chain's call is a JSON object that names one of the home's entities; it publishes nothing",
            "the chain has our two environment variables, which keep threads from spinning",
        ),
    )


def furnished() -> Home:
    """Return a made-up home in which some sockets report nothing."""
    home = sample_home(DEVICES, SEED)
    sockets = {
        f"{PREFIX}/switch/{slug(name)}/config": {
            "name": name,
            "unique_id": slug(name),
            "default_entity_id": f"switch.{slug(name)}",
            "command_topic": f"radio/{slug(name)}/set",
        }
        for name in MUTE
    }
    names = {key: name for key, name in home.names.items() if not key.startswith("media_player.")}
    return replace(
        home,
        discovery={**home.discovery, **sockets},
        players=(),
        names={**names, **{f"switch.{slug(name)}": name for name in MUTE}},
    )


def chosen(home: Home, simulated: SimulatedHome, count: int) -> list[Command]:
    """Return so many commands, every `MUTE_SHARE`-th of them for a thing that reports nothing."""
    every = commands(home, simulated)
    mute = [command for command in every if not reports(command)]
    others = [command for command in every if reports(command)]
    return [
        mute[(number // MUTE_SHARE) % len(mute)] if number % MUTE_SHARE == 0 else others[number]
        for number in range(count)
    ]


def goes_first(index: int) -> bool:
    """Say whether the product is told the ``index``-th command first: every other time in each kind."""
    mute = index // MUTE_SHARE
    return (mute if index % MUTE_SHARE == 0 else index - mute - 1) % 2 == 0


def reports(command: Command) -> bool:
    """Say whether the thing that a command is for reports its state."""
    return command.key not in {f"switch.{slug(name)}" for name in MUTE}


def sentence(command: Command) -> str:
    """Return a command as it is said."""
    return f"{command.text[0].upper()}{command.text[1:]}."


async def _told(room: Room, clip: Clip, command: Command, simulated: SimulatedHome) -> dict[str, Any]:
    """Give the product a command, in a home in which it changes something."""
    await command.prepare(simulated)
    await simulated.settled()
    states, heard = simulated.states, len(simulated.log)
    seen = await exchange(room, clip)
    await simulated.settled()
    published = [message.at - seen.end for message in simulated.log[heard:]]
    return {
        "said": clip.name,
        "reports": reports(command),
        "right": command.came_about(states, simulated.states),
        "published_s": counted(published[0] if published else None, too_soon=seen.cut_in),
        "audible_s": round(seen.counted, 3),
        "cut_in": seen.cut_in,
    }


async def _called(room: Room, chain: Program, clip: Clip, name: str) -> dict[str, Any]:
    """Give it to the chain, which should name the thing of that ``name``."""
    seen = await exchange(room, clip)
    lines = [json.loads(line.group()) for _, line in chain.matches(LINE)]
    done = next((line for line in lines if line["heard"] >= seen.end), None)
    heard, thought = (done["heard"] - seen.end, done["thought"] - seen.end) if done else (None, None)
    return {
        "chain_heard_s": counted(heard, too_soon=seen.cut_in),
        "chain_call_s": counted(thought, too_soon=seen.cut_in),
        "chain_audible_s": round(seen.counted, 3),
        "chain_call": done["reply"] if done else "",
        "chain_right": done is not None and f'"{name}"' in done["reply"],
    }


def counted(seconds: float | None, *, too_soon: bool) -> float:
    """Return seconds as they count: none and too soon are twelve."""
    missing = seconds is None or seconds < 0 or too_soon
    return ANSWER_SECONDS if missing else round(min(seconds or 0.0, ANSWER_SECONDS), 3)


def rows(trials: Sequence[Trial]) -> Iterator[Row]:
    """Sum up; each measure has a name of its own, by which documents name it."""
    sheet = Sheet("outside: commands")
    published, calls = [trial.published_s for trial in trials], [trial.chain_call_s for trial in trials]
    yield sheet.quantile("end of speech to the first message at a device, p50", published, 50, "s", P50)
    yield sheet.quantile("end of speech to the first message at a device, p95", published, 95, "s", P95)
    yield sheet.share("done, and nothing else", [trial.right for trial in trials])
    mute = [trial.audible_s for trial in trials if not trial.reports]
    yield sheet.quantile("to the confirmation, device without reports, p50", mute, 50, "s", P50)
    yield sheet.quantile("to the confirmation, device without reports, p95", mute, 95, "s", P95)
    audible = [trial.audible_s for trial in trials if trial.reports]
    yield sheet.quantile("to the confirmation of what the device reports, p50", audible, 50, "s")
    yield sheet.quantile("to the confirmation of what the device reports, p95", audible, 95, "s")
    yield sheet.quantile("serial chain, to its call, p50", calls, 50, "s")
    yield sheet.quantile("serial chain, to its call, p95", calls, 95, "s")
    yield sheet.ratio_of_medians("times faster, of the medians", calls, published, FASTER)
    heard = [trial.chain_heard_s for trial in trials]
    yield sheet.quantile("serial chain, to the transcript alone, p50", heard, 50, "s")
    yield sheet.ratio_of_medians("times faster than the chain's transcript", heard, published)
    yield sheet.share("serial chain, names the right device", [trial.chain_right for trial in trials])
    theirs = [trial.chain_audible_s for trial in trials]
    yield sheet.quantile('serial chain, to its "okay", p50', theirs, 50, "s")
