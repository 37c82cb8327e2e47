"""The real sound: a microphone and a loudspeaker, opened by name and opened again whatever happens to them.

Three threads besides PortAudio's own: the event loop decides, one worker makes every PortAudio call (each may
block for as long as a sound server does not answer), and one audio thread feeds the listener.

Either half works without the other. While there is no loudspeaker a reply waits `REPLY_WAITS` seconds for
it, so that a sound server's restart only interrupts it; later it is played to nobody at its own pace, so that
turns end and nothing old is said when a loudspeaker comes back.

While muted there is no stream from the microphone at all: nothing reaches this process. The loudspeaker's is
another and plays on.
"""

from __future__ import annotations

import asyncio
import atexit
import math
import queue
import time
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from voiceslm.audio import RATE
from voiceslm.audio.devices import Direction, cards, choose, load_portaudio, present
from voiceslm.audio.framing import Microphone as Frames
from voiceslm.audio.framing import Reference
from voiceslm.audio.side import Side, in_words
from voiceslm.audio.streams import WAITING_BLOCKS, Block, Counters, Loudspeaker, Microphone
from voiceslm.errors import Problem
from voiceslm.worker import Cancel, Worker, WorkerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceslm.audio import Listener
    from voiceslm.audio.playback import Playback

LOOK_SECONDS = 0.1
"""How often the loop looks whether both streams still run."""

OPEN_DEADLINE = 5.0
CLOSE_DEADLINE = 0.7
"""Seconds until PortAudio counts as hung: it does where a sound server stands still. Then nothing can be done
but wait for it; a second thread in PortAudio would crash it. Whoever restarts the server frees it."""

REPLY_WAITS = 5.0
"""Seconds that a reply waits for a loudspeaker that has gone."""

PATIENCE = 0.1
"""Seconds until the audio thread looks whether it is still wanted, and until one that hangs is left alone."""

HUNG = Problem(
    "the sound system does not answer",
    "Restart it (systemctl --user restart pipewire-pulse, or pulseaudio -k); it is then used again by itself",
)


def never() -> bool:
    """Return False."""
    return False


class SoundDevice:
    """A microphone and a loudspeaker for the life of the process (`voiceslm.audio.Sound`)."""

    def __init__(
        self,
        listener: Listener,
        playback: Playback,
        *,
        input: str | None = None,  # noqa: A002 - as the settings call it
        output: str | None = None,
        report: Callable[[str], None],
        muted: Callable[[], bool] = never,
        clock: Callable[[], float] = time.perf_counter,
        portaudio: Callable[[], Any] = load_portaudio,
    ) -> None:
        """Open nothing yet.

        Args:
            listener: hears every frame, in the audio thread.
            playback: is pulled in the output thread.
            input: the microphone's name or a part of it; None for the system's default.
            output: the same for the loudspeaker.
            report: is told, on the event loop, in words and once a change, what happens to the two.
            muted: says, in any thread and at once, whether nobody is to be heard. Then no frame passes, and
                the microphone is closed at the next look (`LOOK_SECONDS`); it is opened again as soon.
            clock: seconds, monotonic.
            portaudio: returns the `sounddevice` module, on the worker thread.
        """
        self._listener = listener
        self._playback = playback
        self._report = report
        self._muted = muted
        self._clock = clock
        self._load = portaudio
        self._portaudio: Any = None
        self._microphone = Side(Direction.INPUT, input)
        self._loudspeaker = Side(Direction.OUTPUT, output)
        self._sides = (self._microphone, self._loudspeaker)
        self._counters = Counters()
        self._blocks: queue.Queue[Block] = queue.Queue(WAITING_BLOCKS)
        self._hung = False
        self._cards = ""
        self._told = ""
        self._noted: Microphone | Loudspeaker | None = None
        self._discarded_until = 0.0

    @property
    def counters(self) -> Counters:
        """What went through so far; a copy. While `Counters.frames` grows, somebody can be heard."""
        return replace(self._counters)

    def status(self) -> dict[str, Any]:
        """Return which devices are in use (None: none works, or muted), what is wrong, and the counters."""
        return {
            side.direction.value: side.stream.device.name if side.stream and side.works else None
            for side in self._sides
        } | {
            "muted": self._muted(),
            "problems": [str(HUNG)]
            if self._hung
            else [str(wrong) for side in self._sides if (wrong := side.problem or side.note)],
            "counters": asdict(self._counters),
        }

    def troubles(self) -> dict[Direction, str]:
        """Return what is wrong with each of the two, empty for nothing; a muted microphone is well."""
        return {
            side.direction: HUNG.cause if self._hung else side.problem.cause if side.problem else ""
            for side in self._sides
        }

    def streams(self) -> dict[str, dict[str, int]]:
        """Return rate (Hz), channels and buffer (ms) of each stream through which sound goes."""
        return {
            side.direction.value: {
                "sample_rate": side.stream.rate,
                "channels": side.stream.channels,
                "latency_ms": round(side.stream.latency * 1000),
            }
            for side in self._sides
            if side.stream is not None and side.works
        }

    async def run(self) -> None:
        """Feed the listener and drain the playback until cancelled; outlives whatever happens to a device.

        What the listener raises ends it.
        """
        worker, audio = Worker("sound device"), Worker("audio")
        self._discarded_until = self._clock()
        listening = asyncio.create_task(audio.run(self._listen, deadline=math.inf), name="audio")
        try:
            while not listening.done():
                if not worker.busy:
                    await self._tend(worker)
                self._discard()
                self._tell()
                await asyncio.sleep(LOOK_SECONDS)
            await listening
        finally:
            listening.cancel()
            await self._close(worker)
            worker.close(timeout=PATIENCE)
            audio.close(timeout=2 * PATIENCE)

    async def _tend(self, worker: Worker) -> None:
        """Give up what has gone or is muted, open what is due."""
        self._hung = False
        now = self._clock()
        self._microphone.switch(off=self._muted())
        gone = []
        for side in self._sides:
            if side.stream is None:
                continue
            if side.off:
                gone.append(side.stream)
                side.stream = None
            elif problem := side.look(now):
                gone.append(side.stream)
                side.failed(problem, now)
        due = [side for side in self._sides if side.due(now)]
        if due and self._cards != (now_there := cards()) and self._playback.queued_seconds == 0:
            # Only a new list can hold the new card, and a new list closes whatever is open.
            self._cards = now_there
            gone += [side.stream for side in self._sides if side.stream is not None]
            for side in self._sides:
                side.stream = None
            due = [side for side in self._sides if not side.off]
        try:
            if gone:
                await worker.run(lambda _: _close_all(gone), deadline=CLOSE_DEADLINE)
            if due:
                await worker.run(lambda cancel: self._open(due, cancel), deadline=OPEN_DEADLINE)
        except WorkerError:
            self._hung = True

    def _open(self, due: list[Side], cancel: Cancel) -> None:
        """Open what is due; on the worker."""
        try:
            self._portaudio = portaudio = self._load()
            devices = present(portaudio, anew=all(side.stream is None for side in self._sides))
        except Problem as problem:
            for side in due:
                side.failed(problem, self._clock())
            return
        for side in due:
            stream: Microphone | Loudspeaker
            try:
                device = choose(devices, side.name, side.direction)
                if side is self._microphone:
                    stream = Microphone(device, self._blocks, self._counters, self._clock)
                else:
                    stream = Loudspeaker(device, self._blocks, self._counters, self._clock, self._playback)
                stream.open(portaudio)
            except Problem as problem:
                side.failed(problem, self._clock())
            else:
                side.opened(stream, self._clock())
        if cancel.cancelled:
            _close_all([side.stream for side in due if side.stream is not None])
            for side in due:
                side.stream = None

    async def _close(self, worker: Worker) -> None:
        streams = [side.stream for side in self._sides if side.stream is not None]
        hangs = self._hung and worker.busy
        try:
            await worker.run(lambda _: _close_all(streams), deadline=PATIENCE if hangs else CLOSE_DEADLINE)
        except WorkerError:
            if self._portaudio is not None:
                # A hung PortAudio would hang the end of the process too.
                atexit.unregister(self._portaudio._exit_handler)  # noqa: SLF001 - it has no public name
        for side in self._sides:
            side.stream = None

    def _listen(self, cancel: Cancel) -> None:
        """Turn blocks into frames and have them heard; the audio thread."""
        microphone: Microphone | None = None
        loudspeaker: Loudspeaker | None = None
        frames, reference = Frames(RATE), Reference(RATE)
        while not cancel.cancelled:
            try:
                block = self._blocks.get(timeout=PATIENCE)
            except queue.Empty:
                continue
            if isinstance(block.stream, Loudspeaker):
                if block.stream is not loudspeaker:
                    loudspeaker, reference = block.stream, Reference(block.stream.rate)
                reference.take(block.samples, block.at, gap=block.gap)
                continue
            if block.stream is not self._microphone.stream or self._muted():
                continue  # of a microphone that has been given up: nothing old is heard
            if block.stream is not microphone:
                microphone, frames = block.stream, Frames(block.stream.rate)
            for frame, at in frames.take(block.samples, block.at, gap=block.gap):
                slips = reference.slips
                self._listener.hear(frame, reference.frame(at), at)
                self._counters.slips += reference.slips - slips
                self._counters.frames += 1

    def _discard(self) -> None:
        """Play to nobody what has waited too long for a loudspeaker."""
        now = self._clock()
        gone = not self._loudspeaker.works and now - self._loudspeaker.alive_at > REPLY_WAITS
        if gone:
            self._playback.pull(round((now - self._discarded_until) * self._playback.rate), now)
        self._discarded_until = now

    def _tell(self) -> None:
        microphone = self._microphone
        if microphone.note and microphone.stream is not self._noted:
            self._noted = microphone.stream
            self._report(str(microphone.note))
        if self._hung:
            words = str(HUNG)
        elif all(side.works or side.problem or side.off for side in self._sides):
            words = in_words(self._sides)
        else:
            return
        if words != self._told:
            self._told = words
            self._report(words)


def _close_all(streams: list[Microphone | Loudspeaker]) -> None:
    for stream in streams:
        stream.close()
