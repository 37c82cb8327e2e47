"""A simulated room: people before a microphone, a loudspeaker that it hears too, and the time they take.

It stands behind the same interface as a device and needs no sound card: in real time for the bench, in
virtual time for tests (tests/virtual_loop.py), where a minute takes as long as its frames take to compute.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.audio import FRAME, FRAME_SECONDS, RATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from voiceslm.audio import Listener
    from voiceslm.audio.playback import Playback
    from voiceslm.events import Samples

RECORDED_SECONDS = 3600.0
"""What a room remembers at most: an hour is half a gigabyte."""

AUDIBLE_DB = -44.0
"""dBFS of 10 ms above which the loudspeaker is heard to speak."""

LONGEST_DELAY = 1.0
"""Seconds of echo delay that drift may add up to; there it stays."""

_TAPS = 16
"""Length of the windowed sinc that reads between samples."""

SHORTEST_DELAY = _TAPS / 2 / RATE
"""Seconds of echo delay, 17 cm of air: the sinc looks this far ahead."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What was in the room, for judging from outside; both channels begin and end together."""

    began: float
    """Clock seconds of the first sample."""

    microphone: Samples
    """float32 [n] at 16 kHz."""

    loudspeaker: Samples
    """float32 [n] at 16 kHz."""

    def audible_from(self, after: float, *, threshold_db: float = AUDIBLE_DB) -> float | None:
        """Find when the loudspeaker is first heard.

        Args:
            after: clock seconds from which to look.
            threshold_db: dBFS of 10 ms that count as sound.

        Returns:
            Clock seconds, exact to 10 ms; None if it stays silent.
        """
        first, loud = self._loud(after, threshold_db)
        return self._at(first + int(loud.argmax())) if loud.any() else None

    def silent_from(
        self, after: float, *, lasting: float = 0.3, threshold_db: float = AUDIBLE_DB
    ) -> float | None:
        """Find when the loudspeaker has fallen silent.

        Args:
            after: clock seconds from which to look.
            lasting: seconds it must stay silent: the pauses inside speech are shorter.
            threshold_db: dBFS of 10 ms that count as sound.

        Returns:
            Clock seconds, exact to 10 ms, at which the silence begins; None if the recording ends before.
        """
        first, loud = self._loud(after, threshold_db)
        silence = 0
        for index, sounds in enumerate(loud):
            silence = 0 if sounds else silence + 1
            if silence * FRAME_SECONDS >= lasting:
                return self._at(first + index + 1 - silence)
        return None

    def _loud(self, after: float, threshold_db: float) -> tuple[int, NDArray[np.bool_]]:
        """Return the first frame at ``after`` or later, and whether it and each that follows is loud."""
        first = max(0, int(np.ceil((after - self.began) / FRAME_SECONDS - 1e-6)))
        frames = self.loudspeaker.reshape(-1, FRAME)[first:]
        return first, np.square(frames).mean(axis=1) > 10 ** (threshold_db / 10)

    def _at(self, frame: int) -> float:
        return self.began + frame * FRAME_SECONDS


@dataclass(frozen=True, slots=True)
class _Clip:
    """Something said in the room."""

    begin: int
    """Sample of the room's time."""

    samples: Samples

    @property
    def end(self) -> int:
        return self.begin + len(self.samples)

    def within(self, begin: int) -> Samples:
        """Return float32 [160], what sounds from sample ``begin`` on."""
        frame = np.zeros(FRAME, np.float32)
        first, last = max(begin, self.begin), min(begin + FRAME, self.end)
        if first < last:
            frame[first - begin : last - begin] = self.samples[first - self.begin : last - self.begin]
        return frame


class EchoPath:
    """From the loudspeaker through the air to the microphone: walls, a gain, a delay that drifts."""

    def __init__(self, gain_db: float, delay: float, drift_ppm: float, walls: Samples | None) -> None:
        """Begin silent.

        Args:
            gain_db: of the echo's power against the loudspeaker's, in a signal of all frequencies.
            delay: seconds, from sample played to sample heard; what ``walls`` begins with is added.
            drift_ppm: by how much the microphone's clock is faster: the delay grows by as many µs a second.
            walls: float32 [n], impulse response at 16 kHz of any level; None for free air.

        Raises:
            ValueError: the delay is shorter than `SHORTEST_DELAY` or longer than `LONGEST_DELAY`.
        """
        if not SHORTEST_DELAY <= delay <= LONGEST_DELAY:
            raise ValueError(f"echo delay must be {SHORTEST_DELAY} to {LONGEST_DELAY} s, got {delay}")
        self._gain = 10 ** (gain_db / 20)
        self._delay, self._drift = delay * RATE, drift_ppm * 1e-6
        self._walls = _Convolution(walls / np.linalg.norm(walls)) if walls is not None else None
        self._past = np.zeros(round(LONGEST_DELAY * RATE) + _TAPS + FRAME, np.float32)
        self._frames = 0

    def next(self, played: Samples) -> Samples:
        """Return float32 [160], the echo heard while ``played``, float32 [160], is played."""
        heard = self._walls.next(played) if self._walls else played
        self._past[:-FRAME] = self._past[FRAME:]
        self._past[-FRAME:] = heard * self._gain
        self._frames += 1
        if not self._past.any():
            return np.zeros(FRAME, np.float32)
        elapsed = (self._frames - 1) * FRAME + np.arange(FRAME)
        delay = np.clip(self._delay + self._drift * elapsed, SHORTEST_DELAY * RATE, LONGEST_DELAY * RATE)
        return self._read(len(self._past) - FRAME + np.arange(FRAME) - delay)

    def _read(self, places: NDArray[np.float64]) -> Samples:
        """Interpolate the past by a Hann-windowed sinc: a straight line would dull the voice."""
        whole = np.floor(places).astype(np.int64)
        taps = np.arange(1 - _TAPS // 2, 1 + _TAPS // 2)
        away = taps - (places - whole)[:, None]
        kernel = np.sinc(away) * np.cos(np.pi * away / _TAPS) ** 2
        indices = np.minimum(whole[:, None] + taps, len(self._past) - 1)  # the last tap's weight is 0 there
        read: Samples = np.einsum("nt,nt->n", self._past[indices], kernel.astype(np.float32))
        return read


class _Convolution:
    """A long filter over short frames: uniformly partitioned overlap-save (Stockham 1966)."""

    def __init__(self, response: Samples) -> None:
        parts = np.pad(response, (0, -len(response) % FRAME)).reshape(-1, FRAME)
        self._filters = np.fft.rfft(parts, 2 * FRAME)
        self._spectra = np.zeros_like(self._filters)
        self._before = np.zeros(FRAME, np.float32)

    def next(self, frame: Samples) -> Samples:
        self._spectra = np.roll(self._spectra, 1, axis=0)
        self._spectra[0] = np.fft.rfft(np.concatenate([self._before, frame]))
        self._before = frame
        mixed = np.einsum("pf,pf->f", self._spectra, self._filters)
        return np.fft.irfft(mixed)[FRAME:].astype(np.float32)


class Room:
    """One microphone and one loudspeaker that know each other only through the air."""

    def __init__(
        self,
        listener: Listener,
        playback: Playback,
        *,
        echo_db: float | None = None,
        echo_delay: float = 0.05,
        drift_ppm: float = 0.0,
        impulse_response: Samples | None = None,
        noise_db: float | None = -60.0,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
        threaded: bool = False,
        recorded_seconds: float = RECORDED_SECONDS,
    ) -> None:
        """Furnish the room; time begins with `run`.

        Args:
            listener: hears the microphone.
            playback: at 16 kHz; what it hands out is what the loudspeaker plays.
            echo_db: gain from loudspeaker to microphone; None for headphones.
            echo_delay: seconds.
            drift_ppm: by how much the microphone's clock is faster than the loudspeaker's.
            impulse_response: float32 [n] at 16 kHz, how the walls colour the echo.
            noise_db: dBFS of the microphone's white noise; None for none.
            seed: of the noise.
            clock: seconds; the event loop's own, so that sleeping passes the time.
            threaded: step in a thread of its own, as a device's callback would: a busy loop then cannot hold
                the room's time up. For real time only.
            recorded_seconds: of the newest sound that `recording` keeps.

        Raises:
            ValueError: the playback has another rate, or the delay is impossible.
        """
        if playback.rate != RATE:
            raise ValueError(f"a room plays at {RATE} Hz, got {playback.rate}")
        self._listener, self._playback = listener, playback
        self._clock, self._threaded = clock, threaded
        self._echo = (
            EchoPath(echo_db, echo_delay, drift_ppm, impulse_response) if echo_db is not None else None
        )
        self._noise = 10 ** (noise_db / 20) if noise_db is not None else 0.0
        self._random = np.random.default_rng(seed)
        self._lock = threading.Lock()
        self._said: list[tuple[float, Samples]] = []
        self._clips: list[_Clip] = []
        self._playing = np.zeros(FRAME, np.float32)
        self._recorded: deque[tuple[Samples, Samples]] = deque(maxlen=round(recorded_seconds / FRAME_SECONDS))
        self._began = 0.0
        self._frames = 0
        self._deaf_until = float("-inf")

    def say(self, samples: Samples, at: float | None = None) -> float:
        """Let a clip sound in front of the microphone, over whatever else does; from any thread.

        Args:
            samples: float32 [n] at 16 kHz.
            at: clock seconds at which it begins, now by default; where that is past, with the next frame.

        Returns:
            Clock seconds at which it ends.
        """
        begin = self._clock() if at is None else at
        with self._lock:
            self._said.append((begin, samples))
        return begin + len(samples) / RATE

    def pause_frames(self, seconds: float) -> None:
        """Stall like a broken device from now on: nothing is heard or played, yet time passes."""
        self._deaf_until = self._clock() + seconds

    @property
    def recording(self) -> Recording:
        """What sounded until now; where frames were paused, silence."""
        with self._lock:
            recorded = tuple(self._recorded)
            began = self._began + (self._frames - len(recorded)) * FRAME_SECONDS
        if not recorded:
            return Recording(began, np.zeros(0, np.float32), np.zeros(0, np.float32))
        microphone, loudspeaker = zip(*recorded, strict=True)
        return Recording(began, np.concatenate(microphone), np.concatenate(loudspeaker))

    async def run(self) -> None:
        """Let time pass until cancelled; once in a room's life. When late, catch up.

        Raises:
            Exception: whatever the listener or the playback raises.
        """
        self._began = self._clock()
        if not self._threaded:
            while True:
                await asyncio.sleep(self._wait)
                self._step()
        stop = threading.Event()
        stepping = asyncio.get_running_loop().run_in_executor(None, self._step_until, stop)
        try:
            await asyncio.shield(stepping)
        finally:
            stop.set()
            await stepping

    @property
    def _wait(self) -> float:
        """Seconds until the present frame is complete."""
        return max(0.0, self._began + (self._frames + 1) * FRAME_SECONDS - self._clock())

    def _step_until(self, stop: threading.Event) -> None:
        while not stop.wait(self._wait):
            self._step()

    def _step(self) -> None:
        """Complete a frame: hand over what sounded during it, fetch what will sound during the next."""
        at = self._began + (self._frames + 1) * FRAME_SECONDS
        played = self._playing
        heard = self._heard(played)
        if at <= self._deaf_until:
            heard = played = self._playing = np.zeros(FRAME, np.float32)
        else:
            self._listener.hear(heard, played, at)
            self._playing = self._playback.pull(FRAME, at)
        with self._lock:
            self._recorded.append((heard, played))
            self._frames += 1

    def _heard(self, played: Samples) -> Samples:
        sound = self._spoken()
        if self._echo:
            sound += self._echo.next(played)
        if self._noise:
            sound += self._random.standard_normal(FRAME, np.float32) * np.float32(self._noise)
        return np.clip(sound, -1.0, 1.0)

    def _spoken(self) -> Samples:
        begin = self._frames * FRAME
        with self._lock:
            said, self._said = self._said, []
        self._clips += [_Clip(max(begin, round((at - self._began) * RATE)), samples) for at, samples in said]
        sound = np.zeros(FRAME, np.float32)
        for clip in self._clips:
            sound += clip.within(begin)
        self._clips = [clip for clip in self._clips if clip.end > begin + FRAME]
        return sound
