"""Commands spoken in the simulated room: when they reach the device, and when its state is confirmed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.bench.home.broker import broker
from voiceslm.bench.home.commands import commands
from voiceslm.bench.home.lodging import living, lodged, settings_in
from voiceslm.bench.home.part import SEED, Part
from voiceslm.bench.home.sampled import sample_home
from voiceslm.bench.home.sentences import Miss
from voiceslm.bench.live import scenario
from voiceslm.bench.live.echoes import walls
from voiceslm.bench.live.rows import Sheet, Target
from voiceslm.bench.live.session import session
from voiceslm.bench.live.sounds import spoken as clip_of
from voiceslm.events import Route

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceslm.bench.home.commands import Command
    from voiceslm.bench.home.devices import SimulatedHome
    from voiceslm.bench.home.part import Bench
    from voiceslm.bench.live.rows import Row
    from voiceslm.bench.live.session import Session
    from voiceslm.bench.live.sounds import Clip

DEVICES = 30
COUNT, QUICK = 12, 2

ECHO_DB, ECHO_DELAY, DRIFT_PPM = -10.0, 0.06, 50.0
"""Of the loudspeaker in the microphone."""

PUBLISHED_S = Target(0.6)
CONFIRMED_S = Target(0.15)
NONE = Target(0.0)


@dataclass(frozen=True, slots=True)
class Trial:
    """One command. Times are seconds."""

    said: str
    heard: str
    reply: str
    route: str
    right: bool
    """It was done, and nothing else."""

    published: float | None
    """From the last sound of the command to the first message at a device; None if none came."""

    confirmed: float | None
    """From the device's last report to the first sound of the reply; None where one of the two is missing."""

    audible: float | None
    """From the last sound of the command to the first sound of the reply."""


async def spoken(bench: Bench) -> Part:
    """Say one command after another in one room, to a made-up home."""
    home = sample_home(DEVICES, SEED)
    quiet = bench.settings.listening.model_copy(update={"wake": "none"})
    async with broker() as address, home.simulated(address, seed=SEED) as simulated:
        settings = settings_in(bench.settings.model_copy(update={"listening": quiet}), home, address)
        async with lodged(settings) as lodging, living(settings, lodging, live=True) as assistant:
            given = bench.some(commands(home, simulated)[:COUNT], quick=QUICK)
            live = scenario.Bench(assistant, settings, quick=bench.quick, data=bench.data)
            trials = await _conversed(bench, live, given, simulated)
    return Part(
        tuple(_rows(trials)),
        misses=tuple(
            Miss(one.said, "done, and nothing else", f'heard "{one.heard}", {one.route}: {one.reply}')
            for one in trials
            if not one.right
        ),
        notes=(
            f"one synthetic voice, no wake word; echo {ECHO_DB:g} dB, {DRIFT_PPM:+g} ppm",
            f"{len(home.names)} entities of {DEVICES} devices, which report 50 to 300 ms after a command",
            "the times are of the commands that were done",
            *(f"{count} times trouble: {what}" for what, count in Counter(live.troubles).most_common()),
        ),
    )


async def _conversed(
    bench: Bench, live: scenario.Bench, given: Sequence[Command], simulated: SimulatedHome
) -> list[Trial]:
    clips = [(await clip_of(live.assistant.conversation, _sentence(command)), command) for command in given]
    furniture = {"echo_db": ECHO_DB, "echo_delay": ECHO_DELAY, "drift_ppm": DRIFT_PPM}
    async with session(live, **furniture, impulse_response=walls(live.speech())[0]) as room:
        await room.forget()
        return [
            await _try(room, clip, command, simulated) for clip, command in bench.progress(clips, "spoken")
        ]


async def _try(room: Session, clip: Clip, command: Command, simulated: SimulatedHome) -> Trial:
    """Say one command, to a home in which it changes something."""
    await command.prepare(simulated)
    await simulated.settled()
    states, heard, reported = simulated.states, len(simulated.log), len(simulated.reports)
    seen = await room.exchange(clip)
    await simulated.settled()
    published = [message.at for message in simulated.log[heard:]]
    reports = [message.at for message in simulated.reports[reported:]]
    record = seen.record
    confirmed = seen.audible - reports[-1] if seen.audible is not None and reports else None
    return Trial(
        said=clip.name,
        heard=record.transcript if record else "",
        reply=record.reply if record else "",
        route=record.route if record else "",
        right=command.came_about(states, simulated.states),
        published=published[0] - seen.end if published else None,
        confirmed=confirmed,
        audible=None if seen.audible is None else seen.audible - seen.end,
    )


def _sentence(command: Command) -> str:
    return f"{command.text[0].upper()}{command.text[1:]}."


def _rows(trials: Sequence[Trial]) -> Iterator[Row]:
    """Sum up; times are of the commands that were done."""
    sheet = Sheet("spoken")
    right = [trial for trial in trials if trial.right]
    yield sheet.share("commands done, and nothing else", [trial.right for trial in trials])
    others = [trial for trial in trials if trial.published is not None and not trial.right]
    yield sheet.figure("something else was done", len(others), len(trials), "", NONE)
    talk = [trial for trial in trials if trial.route == Route.CHAT]
    yield sheet.figure("taken for conversation", len(talk), len(trials), "")
    published = [trial.published for trial in right if trial.published is not None]
    yield sheet.quantile("end of speech to its message at the device, p50", published, 50, "s", PUBLISHED_S)
    yield sheet.quantile("the same, p95", published, 95, "s")
    confirmed = [trial.confirmed for trial in right if trial.confirmed is not None]
    yield sheet.quantile("reported state to its confirmation, p50", confirmed, 50, "s", CONFIRMED_S)
    yield sheet.quantile("the same, p95", confirmed, 95, "s", CONFIRMED_S)
    audible = [trial.audible for trial in right if trial.audible is not None]
    yield sheet.quantile("end of speech to the confirmation, p50", audible, 50, "s")
    yield sheet.quantile("the same, p95", audible, 95, "s")
