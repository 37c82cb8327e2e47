"""What the wake words are tried on: real recordings, and one synthetic voice made into many."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime
import soundfile
import soxr

from voiceslm.audio import RATE
from voiceslm.tts.clauses import Clause, Ending
from voiceslm.tts.piper import PAUSE_SECONDS, PiperEngine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from voiceslm.events import Samples

SPEEDS = (0.8, 1.0, 1.2)
"""Paces at which the voice is asked to speak."""

PITCHES = (0.8, 0.9, 1.0, 1.12, 1.25)
"""Factors by which sound is resampled: pitch, formants and pace together, a large man's to a child's."""

SPOKEN = {
    "okay_nabu": "okay nabu",
    "hey_jarvis": "hey jarvis",
    "hey_mycroft": "hey mycroft",
    "alexa": "alexa",
}

NEAR = {
    "okay_nabu": (
        "okay, now what", "okay, now boo", "okay, nobody", "okay navy", "okay, no book", "a canoe",
        "okay, nine",
    ),
    "hey_jarvis": (
        "hey Travis", "hey Marvin", "hey Jared", "hey, nervous", "hey, service", "hey, jars", "hey Janice",
    ),
    "hey_mycroft": (
        "hey Microsoft", "hey Minecraft", "hey Michael", "my craft", "hey, microphone", "hey, my cough",
        "aircraft",
    ),
    "alexa": ("Alexis", "Alex said", "a lecture", "Alaska", "Alec's car", "election", "I let her"),
}  # fmt: skip
"""Other things that sound much like a wake word."""

GROUPS = {
    "speech": (
        "bg_speech", "librispeech_read", "long_reads", "barista", "home_commands", "home_commands_tts",
        "howl_cv", "alnum_words", "fsdd_digits", "aec_residual",
    ),
    "noise": ("bg_noise",),
    "music": ("bg_music",),
    "other wake words": ("wakeword", "precise_words"),
}  # fmt: skip
"""Sets in which nobody says the word, by the name they are reported under."""

COMMAND = "what time is it"
LEAD_SECONDS, TAIL_SECONDS = 1.0, 1.0
FLOOR = 1e-3
"""Amplitude of a room in which nobody speaks: -60 dBFS."""

QUIET = 0.03
"""Gain of someone across the room: -30 dB, which leaves the voice some 8 dB above ``FLOOR``."""

GAP_SECONDS = 0.05
"""Between word and command in one breath."""

RATIOS = (10, 5)
"""Decibels by which the word is louder than what else sounds in the room."""

SEED = 7


@dataclass(frozen=True, slots=True)
class Stream:
    """Sound to listen to in one go."""

    group: str
    samples: Samples
    """float32 at 16 kHz."""

    ends: float | None
    """Seconds from the start at which the word in it ends; None where it is not said."""

    about: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """A real recording of the shared data."""

    set: str
    said: str
    samples: Samples
    """float32 at 16 kHz."""


def recordings(folder: Path) -> list[Recording]:
    """Read every clip of the manifest in ``folder`` (the one that holds ``speech/``) that is of use here."""
    wanted = {name for names in GROUPS.values() for name in names} | {"rir"}
    lines = (folder / "speech" / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["set"] in wanted]
    return [
        Recording(row["set"], row.get("transcript") or "", _read(folder / "speech" / row["path"]))
        for row in rows
    ]


def without(word: str, clips: Sequence[Recording], *, pitch: float) -> Iterator[Stream]:
    """Join the recordings in which ``word`` is not said, a stream a group; ``pitch`` as in ``PITCHES``."""
    named = word.rsplit("_", maxsplit=1)[-1]
    for group, sets in GROUPS.items():
        members = [clip.samples for clip in clips if clip.set in sets and named not in clip.said.lower()]
        if members:
            yield Stream(group, _resampled(np.concatenate(members), pitch), None)


def real(word: str, clips: Sequence[Recording]) -> list[Stream]:
    """Return the recordings of people saying exactly ``word``, with a quiet second before and after."""
    spoken = [clip.samples for clip in clips if clip.said == SPOKEN[word]]
    generator = np.random.default_rng(SEED)
    return [Stream("people", _in_a_room(samples, generator), None) for samples in spoken]


class Speakers:
    """The synthetic voice at several paces and pitches: variations of one person, not many people."""

    def __init__(self, voice: Path) -> None:
        """Load the Piper voice at ``voice``; what it says is the same every time."""
        onnxruntime.set_seed(SEED)
        self._voices = [PiperEngine(voice, threads=1, speed=speed) for speed in SPEEDS]

    def say(self, text: str) -> list[Samples]:
        """Return ``text`` in 15 variations, without silence around it; float32 at 16 kHz."""
        return [
            _resampled(soxr.resample(_bare(engine, text), engine.sample_rate, RATE).astype(np.float32), pitch)
            for engine in self._voices
            for pitch in PITCHES
        ]


def saying(word: str, speakers: Speakers, clips: Sequence[Recording]) -> list[Stream]:
    """Return ``word`` in all variations, each in all the rooms there are to say it in."""
    generator = np.random.default_rng(SEED)
    words = [
        sound for text in (SPOKEN[word], f"{SPOKEN[word].capitalize()}!") for sound in speakers.say(text)
    ]
    commands = speakers.say(COMMAND) * 2
    return [
        stream
        for sound, command in zip(words, commands, strict=True)
        for stream in _rooms(sound, command, clips, generator)
    ]


def nearly(word: str, speakers: Speakers) -> list[Stream]:
    """Return what sounds much like ``word``, in all variations, in a quiet room."""
    generator = np.random.default_rng(SEED)
    return [
        Stream("near words", _in_a_room(sound, generator), None, text)
        for text in NEAR[word]
        for sound in speakers.say(text)
    ]


def _rooms(
    word: Samples, command: Samples, clips: Sequence[Recording], generator: np.random.Generator
) -> Iterator[Stream]:
    ends = LEAD_SECONDS + len(word) / RATE
    quiet = _in_a_room(word, generator)
    yield Stream("quiet room", quiet, ends)
    gap = np.zeros(round(GAP_SECONDS * RATE), np.float32)
    yield Stream("command in one breath", _in_a_room(np.concatenate([word, gap, command]), generator), ends)
    responses = [clip.samples for clip in clips if clip.set == "rir"]
    response = responses[generator.integers(len(responses))]
    response = response[np.abs(response).argmax() :]  # the direct sound comes at once
    heard = np.convolve(word, response)
    distant = QUIET * np.abs(word).max() / np.abs(heard).max() * heard
    yield Stream("across the room", _in_a_room(distant.astype(np.float32), generator), ends)
    for name, group in (("noise", "bg_noise"), ("television", "bg_speech"), ("music", "bg_music")):
        choices = [clip.samples for clip in clips if clip.set == group]
        other = choices[generator.integers(len(choices))]
        other = np.roll(np.resize(other, max(len(other), len(quiet))), generator.integers(len(other)))
        other = other[: len(quiet)]
        for ratio in RATIOS:
            gain = _power(word) / max(_power(other), FLOOR) / 10 ** (ratio / 20)
            yield Stream(f"{name}, {ratio} dB", (quiet + gain * other).astype(np.float32), ends)


def _in_a_room(samples: Samples, generator: np.random.Generator) -> Samples:
    padded = np.pad(samples, (round(LEAD_SECONDS * RATE), round(TAIL_SECONDS * RATE)))
    return (padded + FLOOR * generator.standard_normal(len(padded))).astype(np.float32)


def _power(samples: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples))))


def _bare(engine: PiperEngine, text: str) -> Samples:
    said = engine.synthesize(Clause(text, Ending.SENTENCE)).samples
    return said[: len(said) - round(PAUSE_SECONDS[Ending.SENTENCE] * engine.sample_rate)]


def _resampled(samples: Samples, pitch: float) -> Samples:
    """Return ``samples`` higher and faster by the factor ``pitch``."""
    return samples if pitch == 1 else np.asarray(soxr.resample(samples, RATE * pitch, RATE), np.float32)


def _read(path: Path) -> Samples:
    """Read a clip of any length as mono at 16 kHz (``wavfile.read_audio`` refuses more than a minute)."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return np.asarray(soxr.resample(samples.mean(axis=1), rate, RATE), np.float32)
