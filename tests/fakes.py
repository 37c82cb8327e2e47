"""Deterministic engines for tests of what happens around them. Product tests use the real ones."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import numpy as np

from voiceslm.events import Audio, Transcript
from voiceslm.llm import Message, Token

RATE = 16_000
PATIENCE = 10.0
"""Seconds a blocked fake waits for its test to release it; a broken test fails instead of hanging."""


@dataclass
class Gate:
    """Lets a test hold an engine inside its native call."""

    entered: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def pass_through(self):
        self.entered.set()
        if not self.released.wait(PATIENCE):
            raise TimeoutError("the test never released this engine")


@dataclass
class FakeStt:
    text: str = "how are you"
    gate: Gate | None = None
    with_hint: str = ""
    """What it understands when it is told what is likely; empty for the same."""

    def transcribe(self, audio, *, hint=""):
        if self.gate:
            self.gate.pass_through()
        text = (hint and self.with_hint) or self.text
        return Transcript(text, speech_seconds=1.0, window_seconds=15.0, attempts=1)


@dataclass
class FakeLlm:
    words: tuple[str, ...] = ("Hello ", "there, ", "how ", "are ", "you? ", "Fine.")
    gate: Gate | None = None
    gate_before_word: int = 0
    """The word before which the gate stands."""
    asked: list[list[Message]] = field(default_factory=list)
    prepared: list[list[Message]] = field(default_factory=list)
    produced: int = 0
    fail_with: Exception | None = None
    closing: float | None = None
    """How likely it takes the question to be over."""
    choices: list[str] = field(default_factory=list)
    """What it chooses, one after another; "none" when they are used up."""
    grammars: list[str] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    """How sure it is of one answer and the next; of none when they are used up."""

    def prepare(self, messages, cancel, *, words=""):
        self.prepared.append([*messages, Message("user", words)] if words else list(messages))
        return len(messages)

    def leaves_room(self, messages):
        return len(messages) <= 5

    def reply(self, messages, cancel):
        self.asked.append(list(messages))
        if self.fail_with:
            raise self.fail_with
        for index, word in enumerate(self.words):
            if self.gate and index == self.gate_before_word:
                self.gate.pass_through()
            if cancel.cancelled:
                return
            self.produced += 1
            yield Token(word, evaluated=12, words=4, closing=self.closing)

    def weigh(self, messages, this, that, cancel):
        self.asked.append(list(messages))
        return self.weights.pop(0) if self.weights else -9.0

    def choose(self, messages, grammar, cancel, *, max_tokens=64):
        self.asked.append(list(messages))
        self.grammars.append(grammar)
        if self.fail_with:
            raise self.fail_with
        if self.gate:
            self.gate.pass_through()
        return "" if cancel.cancelled else (self.choices.pop(0) if self.choices else "none")


@dataclass
class FakeVoice:
    sample_rate: int = RATE
    gate: Gate | None = None
    said: list[str] = field(default_factory=list)
    silent: bool = False

    def synthesize(self, clause):
        if self.gate:
            self.gate.pass_through()
        self.said.append(clause.text)
        length = 0 if self.silent else len(clause.text)
        return Audio(np.full(length, 0.1, np.float32), self.sample_rate)
