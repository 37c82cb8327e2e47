"""The serial chain as a program with a microphone: ``python -m voiceslm.bench.outside.chain``.

As such programs are written: webrtcvad until 0.7 s of silence, then whisper, then the model, then the voice,
one after another. What to load comes in by stdin, a line of JSON. It says "ready", and of every utterance
when each stage was done, by the clock that all processes share.
"""

from __future__ import annotations

import json
import queue
import sys
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import sounddevice
import webrtcvad

from voiceslm.audio import RATE
from voiceslm.bench.serial import SerialChain
from voiceslm.events import Audio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from voiceslm.events import Samples

SILENCE_SECONDS = 0.7
"""After so much of it an utterance is over."""

FRAME_SECONDS = 0.03
FRAME = round(FRAME_SECONDS * RATE)
LATENCY_SECONDS = 0.04
"""Buffers asked for each way: those of the product."""

STRICTNESS = 3
"""Of webrtcvad: the room's noise is no speech."""

PRE_ROLL, VOICED = 10, 5
"""Frames kept from before it begins, and how many of them are voiced when it does."""

READY = "ready"
CONFIRMATION = "Okay."
WARM_UP = "What time is it?"


def main() -> None:
    """Listen and answer until it is killed."""
    asked = json.loads(sys.stdin.readline())
    devices: Sequence[str] = asked["devices"]
    chain = SerialChain(
        *(Path(asked[kind]) for kind in ("stt", "llm", "voice")),
        persona=asked["persona"],
        max_tokens=asked["max_tokens"],
        threads=asked["threads"],
    )
    sound = chain.synthesize(WARM_UP)
    chain.transcribe(Audio(np.resize(sound.samples, 2 * RATE), RATE))
    _answered(chain, WARM_UP, devices)
    _listen(chain, devices)


def _listen(chain: SerialChain, devices: Sequence[str]) -> None:
    frames: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def arrived(data: Any, *_: object) -> None:
        frames.put(bytes(data))

    vad = webrtcvad.Vad(STRICTNESS)
    coming = iter(frames.get, None)
    microphone = sounddevice.RawInputStream(
        RATE, FRAME, channels=1, dtype="int16", latency=LATENCY_SECONDS, callback=arrived
    )
    loudspeaker = sounddevice.OutputStream(chain.rate, channels=1, dtype="float32", latency=LATENCY_SECONDS)
    with microphone, loudspeaker:
        loudspeaker.stop()  # what is only opened does not run dry; to start it takes a millisecond
        _tell(READY)
        while True:
            said = utterance(coming, lambda frame: vad.is_speech(frame, RATE))
            transcript = chain.transcribe(Audio(said, RATE))
            heard = time.perf_counter()
            reply, answer = _answered(chain, transcript, devices)
            thought = time.perf_counter()
            sound = chain.synthesize(answer)
            spoken = time.perf_counter()
            _tell({"heard": heard, "thought": thought, "spoken": spoken, "reply": reply})
            loudspeaker.start()
            loudspeaker.write(sound.samples.astype(np.float32))
            loudspeaker.stop()
            while not frames.empty():  # what was said meanwhile, it does not hear
                frames.get()


def _answered(chain: SerialChain, transcript: str, devices: Sequence[str]) -> tuple[str, str]:
    """Return what the model wrote, and what is said."""
    if devices:
        return chain.call(transcript, devices), CONFIRMATION
    reply = chain.reply(transcript)
    return reply, reply


def utterance(frames: Iterator[bytes], is_speech: Callable[[bytes], bool]) -> Samples:
    """Return the next thing that is said, float32 [n] at 16 kHz, with the silence that ends it.

    Args:
        frames: of 30 ms each, 16-bit mono at 16 kHz.
        is_speech: says of each whether somebody speaks.
    """
    before: deque[tuple[bytes, bool]] = deque(maxlen=PRE_ROLL)
    while sum(voiced for _, voiced in before) < VOICED:
        frame = next(frames)
        before.append((frame, is_speech(frame)))
    said = [frame for frame, _ in before]
    silent = 0
    while silent * FRAME_SECONDS < SILENCE_SECONDS:
        frame = next(frames)
        said.append(frame)
        silent = 0 if is_speech(frame) else silent + 1
    return np.frombuffer(b"".join(said), np.int16).astype(np.float32) / np.float32(32768)


def _tell(what: object) -> None:
    sys.stdout.write(what if isinstance(what, str) else json.dumps(what))
    sys.stdout.write("\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
