"""From a sentence to its message at the device, by the intents' route: how long, and where it goes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.assistant import local_time
from voiceslm.bench.home.broker import broker
from voiceslm.bench.home.commands import commands
from voiceslm.bench.home.lodging import lodged, settings_in
from voiceslm.bench.home.part import SEED, Part
from voiceslm.bench.home.sampled import sample_home
from voiceslm.bench.home.sentences import Miss
from voiceslm.bench.live.rows import Sheet, Target
from voiceslm.conversation.acting import Acting
from voiceslm.conversation.router import Router
from voiceslm.intents.recognizer import Recognizer
from voiceslm.skills import Skills

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceslm.bench.home.commands import Command
    from voiceslm.bench.home.devices import SimulatedHome
    from voiceslm.bench.home.lodging import Lodging
    from voiceslm.bench.home.part import Bench
    from voiceslm.bench.live.rows import Row

DEVICES = 30
COUNT, QUICK = 240, 40
WARM_UP = 10
"""Commands given before it counts."""

TOTAL = "sentence to its message at the device"
TOTAL_MS = Target(15.0)


@dataclass(frozen=True, slots=True)
class Timing:
    """One command; milliseconds."""

    recognition: float
    plan: float
    delivery: float
    """From the decision to the last message at the device."""

    acknowledgement: float
    """Until the broker has acknowledged another message, sent while nothing else is."""

    @property
    def total(self) -> float:
        """From the sentence to the last message at the device."""
        return self.recognition + self.plan + self.delivery


async def speed(bench: Bench) -> Part:
    """Give commands to a made-up home, one after another."""
    home = sample_home(DEVICES, SEED)
    timings: list[Timing] = []
    misses: list[Miss] = []
    async with broker() as address, home.simulated(address, seed=SEED) as simulated:
        settings = settings_in(bench.settings, home, address)
        async with lodged(settings) as lodging:
            route, acting = _parts(bench, lodging)
            possible = commands(home, simulated)
            count = WARM_UP + (QUICK if bench.quick else COUNT)
            given = [possible[index % len(possible)] for index in range(count)]
            for index, command in enumerate(bench.progress(given, "speed")):
                found = await _give(command, simulated, lodging, route, acting)
                if found is None:
                    misses.append(Miss(command.text, str(command.after), str(simulated.states[command.key])))
                elif index >= WARM_UP:
                    timings.append(found)
    return Part(
        tuple(_rows(timings, misses)),
        misses=tuple(misses),
        notes=(
            f"{len(home.names)} entities of {DEVICES} devices, {len(possible)} different sentences",
            "broker and devices are on this machine, the devices in this process",
        ),
    )


def _parts(bench: Bench, lodging: Lodging) -> tuple[Router, Acting]:
    home = lodging.residence.home
    router = Router(
        Recognizer(bench.settings.language),
        Skills(now=local_time),
        now=local_time,
        clock=time.monotonic,
        sentences=lodging.residence.sentences,
        home=home,
    )
    return router, Acting(home, allowed=(), pin="", clock=time.monotonic)


async def _give(
    command: Command, simulated: SimulatedHome, lodging: Lodging, router: Router, acting: Acting
) -> Timing | None:
    """Give one command; None where something else came of it than it asks for."""
    await command.prepare(simulated)
    await simulated.settled()
    acknowledgement = await lodging.told()
    states, heard = simulated.states, len(simulated.log)
    began = time.perf_counter()
    router.understands(command.text)
    recognised = time.perf_counter()
    decision = router.route(command.text, "")
    decided = time.perf_counter()
    if decision is None:
        return None
    await acting.act(decision.changes, spoken=True)
    await simulated.settled()
    messages = simulated.log[heard:]
    if not messages or not command.came_about(states, simulated.states):
        return None
    arrived = messages[-1].at
    return Timing(
        (recognised - began) * 1000,
        (decided - recognised) * 1000,
        (arrived - decided) * 1000,
        acknowledgement * 1000,
    )


def _rows(timings: Sequence[Timing], misses: Sequence[Miss]) -> Iterator[Row]:
    sheet = Sheet("speed")
    yield sheet.share("commands done, and nothing else", [*(True for _ in timings), *(False for _ in misses)])
    for name, values in (
        (TOTAL, [timing.total for timing in timings]),
        ("recognition", [timing.recognition for timing in timings]),
        ("plan", [timing.plan for timing in timings]),
        ("decision to the device", [timing.delivery for timing in timings]),
        ("publish until the broker acknowledges it", [timing.acknowledgement for timing in timings]),
    ):
        yield sheet.quantile(f"{name}, p50", values, 50, "ms")
        yield sheet.quantile(f"{name}, p95", values, 95, "ms", TOTAL_MS if name is TOTAL else None)
