"""Figures of the running assistant, as Prometheus reads them.

No label's value is made by a user, a home or a model: each comes from a closed set, and what is outside it
counts as "other".
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from voiceslm import __version__
from voiceslm.conversation.moves import State
from voiceslm.conversation.watcher import Watcher
from voiceslm.daemon.narrator import results
from voiceslm.entities import Result
from voiceslm.events import Ended, Route, Stage
from voiceslm.listening.endpoint import Reason
from voiceslm.metrics.memory import resident_mb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from prometheus_client import Metric

    from voiceslm.audio.streams import Counters
    from voiceslm.daemon.health import Condition, Part
    from voiceslm.events import TurnRecord
    from voiceslm.metrics.stalls import Stalls

prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call] # when a series began, asked by nobody

BUCKETS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Seconds. Finest where a reply is worth waiting for, a second or less."""

OTHER = "other"

XRUNS = ("overflows", "underflows", "dropped", "slips")
"""Of `voiceslm.audio.streams.Counters`, each a moment that was lost."""

MESSAGES = ("received", "published", "not_published", "dropped_full", "dropped_large")
"""Of `voiceslm.home.mqtt.Connection.status`."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What is asked at each scrape, quickly and on the event loop; None: there is nobody to ask."""

    health: Callable[[], Mapping[Part, Condition]] | None = None
    sound: Callable[[], Counters] | None = None

    broker: Callable[[], Mapping[str, Any]] | None = None
    """As `voiceslm.home.mqtt.Connection.status` has it; ``connections`` is how often it came about."""

    queues: Callable[[], Mapping[str, int]] | None = None
    """Worker -> jobs that wait. The names are ours."""

    stalls: Stalls | None = None
    """Read and set to zero, so that each scrape learns of its own time."""


class Metrics(Watcher):
    """Counts what goes on in the conversation, and asks the sources for the rest."""

    def __init__(
        self, sources: Sources | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin at zero; ``clock`` gives seconds."""
        self.sources = sources or Sources()
        """Who is asked; may be replaced once there are more."""
        self._clock = clock
        self._began = clock()
        self._state = State.ASLEEP
        self._called = False
        self._registry = registry = CollectorRegistry()
        self._turns = Counter(
            "voiceslm_turns_total",
            "Turns that have ended, by who answered and how they ended.",
            ["route", "ended"],
            registry=registry,
        )
        self._endpoints = Counter(
            "voiceslm_endpoints_total",
            "Spoken turns, by why the user was taken to have finished.",
            ["reason"],
            registry=registry,
        )
        self._actions = Counter(
            "voiceslm_actions_total",
            "Changes wanted of the home, by what came of them.",
            ["result"],
            registry=registry,
        )
        self._stages = Histogram(
            "voiceslm_stage_seconds",
            "Time from the end of the input to each moment of a turn; 0 for what came before that end.",
            ["stage"],
            buckets=BUCKETS,
            registry=registry,
        )
        self._voice_to_voice = Histogram(
            "voiceslm_voice_to_voice_seconds",
            "Time from the end of the user's speech to the first sound of the reply.",
            buckets=BUCKETS,
            registry=registry,
        )
        self._troubles = Counter("voiceslm_troubles_total", "Failures within turns.", registry=registry)
        self._false_wakes = Counter(
            "voiceslm_false_wakes_total", "Times that it was called and no turn followed.", registry=registry
        )
        self._begin_series()
        registry.register(self)

    def on_state(self, state: State) -> None:
        """Take a call that nothing followed for a false one.

        From sleep it only wakes into `State.AWAKE` when called, by the wake word, the key or a command from
        the home. A call during a reply, or in the seconds after it, cannot be told from those.
        """
        before, self._state = self._state, state
        if (before, state) == (State.ASLEEP, State.AWAKE):
            self._called = True
        elif state is State.ASLEEP and self._called:
            self._called = False
            self._false_wakes.inc()

    def on_turn(self, record: TurnRecord) -> None:
        """Count a turn."""
        self._called = False
        self._turns.labels(record.route, record.ended).inc()
        for result, count in results(record.actions).items():
            self._actions.labels(_among(Result, result)).inc(count)
        for stage, ms in record.timings_ms.items():
            if ms is not None:
                self._stages.labels(stage).observe(_seconds(ms))
        if record.endpoint:
            self._endpoints.labels(_among(Reason, record.endpoint)).inc()
            if (audible := record.timings_ms.get(Stage.AUDIBLE)) is not None:
                self._voice_to_voice.observe(_seconds(audible))

    def on_trouble(self, what: str) -> None:  # noqa: ARG002 - as `Watcher` has it
        """Count a failure."""
        self._troubles.inc()

    def text(self) -> bytes:
        """Return all of it in Prometheus' text format, version 0.0.4. Takes about a millisecond."""
        return prometheus_client.generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Yield what is only known when asked for, as a collector of `prometheus_client` does."""
        sources = self.sources
        yield _gauge("info", "Version that runs.", {__version__: 1}, "version")
        yield _gauge("uptime_seconds", "Time since the start.", self._clock() - self._began)
        yield from _process()
        if sources.stalls:
            yield _gauge(
                "loop_lag_seconds",
                "Longest that the event loop was blocked since the last scrape.",
                sources.stalls.longest_ms / 1000,
            )
            sources.stalls.longest_ms = 0.0
        if sources.health:
            ok = {part: condition.ok for part, condition in sources.health().items()}
            yield _gauge("part_ok", "1 for a part that is well, 0 for one that is degraded.", ok, "part")
        if sources.queues:
            yield _gauge("queue_depth", "Jobs that wait for a worker.", sources.queues(), "queue")
        if sources.sound:
            yield from _sound(sources.sound())
        if sources.broker:
            yield from _broker(sources.broker())

    def _begin_series(self) -> None:
        """Let every series begin at zero: of one that begins at one, Prometheus never sees the increase."""
        for route in Route:
            for ended in Ended:
                self._turns.labels(route, ended)
        for reason in Reason:
            self._endpoints.labels(reason)
        for result in Result:
            self._actions.labels(result)
        for stage in Stage:
            self._stages.labels(stage)


def _among(known: Iterable[str], value: str) -> str:
    return value if value in tuple(known) else OTHER


def _seconds(ms: float) -> float:
    """Return it in seconds; never less than 0, for a histogram's sum must not fall."""
    return max(0.0, ms / 1000)


def _gauge(
    name: str, about: str, value: float | Mapping[str, int] | Mapping[Part, bool], label: str = ""
) -> GaugeMetricFamily:
    """Return one family: a value, or one for each value of ``label``."""
    name = f"voiceslm_{name}"
    if isinstance(value, int | float):
        return GaugeMetricFamily(name, about, value)
    family = GaugeMetricFamily(name, about, labels=[label])
    for key, each in value.items():
        family.add_metric([key], each)
    return family


def _process() -> Iterator[Metric]:
    yield _gauge("memory_resident_bytes", "Memory that the process holds.", resident_mb() * 1e6)
    yield _gauge("open_fds", "Open file descriptors.", _entries("fd") - 1)
    yield _gauge("threads", "Threads, those of native code included.", _entries("task"))


def _entries(of: str) -> int:
    """Count a folder of this process; reading the folder is itself an open file."""
    return sum(1 for _ in Path("/proc/self", of).iterdir())


def _sound(counters: Counters) -> Iterator[Metric]:
    yield CounterMetricFamily(
        "voiceslm_sound_frames_total", "Frames of 10 ms that were listened to.", value=counters.frames
    )
    xruns = CounterMetricFamily(
        "voiceslm_xruns_total", "Moments of sound that were lost, by how.", labels=["kind"]
    )
    for kind in XRUNS:
        xruns.add_metric([kind], getattr(counters, kind))
    yield xruns


def _broker(status: Mapping[str, Any]) -> Iterator[Metric]:
    yield _gauge("broker_connected", "1 while there is a connection.", int(status.get("connected", False)))
    if "connections" in status:
        yield CounterMetricFamily(
            "voiceslm_broker_connections_total",
            "Connections that came about; all but the first are reconnects.",
            value=status["connections"],
        )
    messages = CounterMetricFamily(
        "voiceslm_broker_messages_total", "Messages, by what became of them.", labels=["what"]
    )
    for what in MESSAGES:
        if what in status:
            messages.add_metric([what], status[what])
    yield messages
