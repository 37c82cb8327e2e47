"""The engines of an assistant, each on a worker of its own: which are there, which are not and why.

One that is missing is looked for again, one that fails again and again is loaded anew; the others go on
meanwhile. Nothing can be done about one that never comes back from its native code, but to end the process.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from voiceslm.catalog import resolve
from voiceslm.conversation.hearing import Hearing
from voiceslm.conversation.live import Judging
from voiceslm.conversation.pipeline import Thinking
from voiceslm.conversation.speaking import Speaking
from voiceslm.engines import (
    adapter_of,
    known_tokens,
    load_llm,
    load_stt,
    load_turn_model,
    load_voice,
    models_of,
)
from voiceslm.errors import Problem
from voiceslm.worker import Worker, WorkerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from voiceslm.catalog.entries import Kind
    from voiceslm.config import Settings

LOAD_DEADLINE = 300.0
"""Seconds for one engine to load and warm up; a cold gigabyte from a slow card takes a minute or two."""

CLOSE_SECONDS = 1.0
"""For all engines together to stop; what does not is left to the end of the process."""

FAILURES = 3
"""In a row, after which an engine is loaded anew: one may come of what it was given."""

HUNG_SECONDS = 30.0
"""That a job may go on when nobody wants its result any more. Each looks at that between two tokens; the
longest step that cannot be left, a minute of speech on a small board, takes less."""

FIRST_RETRY, LAST_RETRY = 5.0, 300.0
"""Seconds until one that is missing is tried again, at least and at most."""

RETRY_FACTOR = 50
"""How many times longer than the last attempt took: what is missing is found by a glance, and used as soon as
it is there, but what is broken may take a minute to read."""


class Engine(StrEnum):
    """What computes."""

    STT = "stt"
    VOICE = "voice"
    LLM = "llm"
    TURN = "turn"


_KINDS: Mapping[Engine, Kind] = {
    Engine.STT: "stt",
    Engine.VOICE: "voice",
    Engine.LLM: "llm",
    Engine.TURN: "turn",
}


@dataclass(slots=True)
class _Missing:
    problem: Problem
    retry_at: float


class Crew:
    """Loads engines, and knows how they are."""

    def __init__(self, settings: Settings, *, home: bool) -> None:
        """Load nothing yet.

        Args:
            settings: which engines, and how.
            home: whether the language model needs room for a home's prompt.

        Raises:
            Problem: there is no such profile.
        """
        self._settings = settings
        self._home = home
        self._names = models_of(settings)
        self._workers: dict[Engine, Worker] = {}
        self._missing: dict[Engine, _Missing] = {}
        self._free: Callable[[], None] | None = None
        self.hearing: Hearing | None = None
        self.thinking: Thinking | None = None
        self.speaking: Speaking | None = None
        self.judging: Judging | None = None
        self.load_ms: dict[str, float] = {}
        """How long each took to load and warm up."""

    @property
    def models(self) -> dict[str, str]:
        """What is loaded: engine -> id or path of its model."""
        there = self._there()
        return {engine.value: self._name(engine) for engine in Engine if engine in there}

    def fits(self, settings: Settings, *, home: bool) -> bool:
        """Say whether these engines are those that ``settings`` ask for."""
        return home == self._home and _engines_of(settings) == _engines_of(self._settings)

    def check(self, settings: Settings) -> None:
        """See whether the engines that ``settings`` ask for can be had, by a look at their files. Blocks.

        Raises:
            Problem: there is no such profile, a model that is not in use already is not on this machine, or
                the language model's adapter is not, or belongs to another one.
        """
        wanted = models_of(settings)
        for engine in Engine:
            name = str(getattr(wanted, engine.value))
            if name != self._name(engine):
                resolve(name, _KINDS[engine])
        if settings.llm.adapter:
            adapter_of(settings, resolve(wanted.llm, "llm"))

    async def load(self, engines: Iterable[Engine]) -> None:
        """Load what is not there yet of ``engines``.

        Raises:
            Problem: a model is not on this machine, which is found out before any is loaded, or cannot be
                loaded.
        """
        paths = {engine: self._resolve(engine) for engine in engines if engine not in self._there()}
        try:
            async with asyncio.TaskGroup() as group:
                for engine, path in paths.items():
                    group.create_task(self._load(engine, path), name=f"load {engine}")
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def muster(self) -> None:
        """Load what can be loaded and is not there yet; what cannot is missing, and tried again by `mend`.

        Raises:
            Problem: none of those that matter can be.
        """
        missing = [engine for engine in Engine if engine not in self._there()]
        await asyncio.gather(*map(self._try, missing))
        if not (self.hearing or self.thinking or self.speaking):
            raise self._missing[Engine.STT].problem

    async def mend(self) -> set[Engine]:
        """Load what is due of what is missing, and anew what fails; return what is there again."""
        now = time.monotonic()
        failing = {engine for engine in self._there() if self._workers[engine].failures >= FAILURES}
        due = failing | {engine for engine, missing in self._missing.items() if now >= missing.retry_at}
        for engine in due:
            await self._try(engine)
        return due & self._there()

    @property
    def troubles(self) -> Mapping[Engine, str]:
        """What is wrong with each of the engines; empty for those that are well."""
        return {engine: self._trouble(engine) for engine in self._there() | self._missing.keys()}

    @property
    def hung(self) -> Engine | None:
        """One that does not come back, if there is one."""
        return next(
            (engine for engine, worker in self._workers.items() if worker.overdue_seconds > HUNG_SECONDS),
            None,
        )

    @property
    def waiting(self) -> Mapping[str, int]:
        """How many jobs wait for each engine."""
        return {engine.value: worker.waiting for engine, worker in self._workers.items()}

    def close(self) -> None:
        """Stop what runs; free what is idle."""
        for worker in self._workers.values():
            worker.close(timeout=0.0)
        until = time.monotonic() + CLOSE_SECONDS
        ended = [
            worker.close(timeout=max(0.0, until - time.monotonic())) for worker in self._workers.values()
        ]
        if all(ended) and self._free:
            self._free()
            self._free = None

    def _trouble(self, engine: Engine) -> str:
        if missing := self._missing.get(engine):
            return missing.problem.cause
        worker = self._workers[engine]
        if worker.overdue_seconds > HUNG_SECONDS:
            return "it does not answer"
        return f"it fails ({worker.fault})" if worker.failures else ""

    async def _try(self, engine: Engine) -> None:
        began = time.monotonic()
        try:
            await self._discard(engine)
            # On the worker: a file that has changed since it was pulled is read from end to end.
            path = await self._worker(engine).run(
                lambda _cancel: self._resolve(engine), deadline=LOAD_DEADLINE
            )
            await self._load(engine, path)
        except (Problem, WorkerError, OSError, MemoryError) as error:
            problem = _explained(error)
            now = time.monotonic()
            wait = min(max(FIRST_RETRY, RETRY_FACTOR * (now - began)), LAST_RETRY)
            self._missing[engine] = _Missing(problem, now + wait)

    async def _load(self, engine: Engine, path: Path) -> None:
        worker = self._worker(engine)
        began = time.perf_counter()
        load = self._loader(engine, path)
        loaded = await worker.run(lambda _cancel: load(), deadline=LOAD_DEADLINE)
        self.load_ms[engine.value] = round((time.perf_counter() - began) * 1000, 1)
        self._missing.pop(engine, None)
        match engine:
            case Engine.STT:
                self.hearing = Hearing(loaded, worker)
            case Engine.VOICE:
                self.speaking = Speaking(loaded, worker)
            case Engine.LLM:
                self.thinking, self._free = Thinking(loaded, worker, self._names.llm), loaded.close
            case Engine.TURN:
                self.judging = Judging(loaded, worker)

    def _loader(self, engine: Engine, path: Path) -> Callable[[], Any]:
        settings = self._settings
        match engine:
            case Engine.STT:
                return lambda: load_stt(settings, path)
            case Engine.VOICE:
                return lambda: load_voice(settings, path)
            case Engine.LLM:
                return lambda: load_llm(settings, path, home=self._home)
            case Engine.TURN:
                return lambda: load_turn_model(path)

    async def _discard(self, engine: Engine) -> None:
        """Let go of an engine that may be there, so that two never need memory at a time."""
        match engine:
            case Engine.STT:
                self.hearing = None
            case Engine.VOICE:
                self.speaking = None
            case Engine.LLM:
                free, self.thinking, self._free = self._free, None, None
                if free:
                    await self._workers[engine].run(lambda _cancel: free(), deadline=LOAD_DEADLINE)
            case Engine.TURN:
                self.judging = None

    def _there(self) -> set[Engine]:
        parts = {
            Engine.STT: self.hearing,
            Engine.VOICE: self.speaking,
            Engine.LLM: self.thinking,
            Engine.TURN: self.judging,
        }
        return {engine for engine, part in parts.items() if part}

    def _worker(self, engine: Engine) -> Worker:
        if engine not in self._workers:
            self._workers[engine] = Worker(engine.value)
        return self._workers[engine]

    def _resolve(self, engine: Engine) -> Path:
        return resolve(self._name(engine), _KINDS[engine])

    def _name(self, engine: Engine) -> str:
        return str(getattr(self._names, engine.value))


def _explained(error: Problem | WorkerError | OSError | MemoryError) -> Problem:
    match error:
        case Problem():
            return error
        case OSError(filename=file, strerror=why) if file and why:
            return Problem(f"{file} cannot be read: {why}", "Let this user read it")
        case MemoryError():
            return Problem("there is not enough memory to load it", "Choose a smaller profile")
    return Problem(f"it cannot be loaded: {error}")


def _engines_of(settings: Settings) -> tuple[Any, ...]:
    """Return what decides which engines there are, and how they are made."""
    return (
        models_of(settings),
        settings.language,
        settings.stt,
        settings.llm,
        settings.tts,
        known_tokens(settings),
    )
