"""Commands that are spoken: what of them is heard, and what is done, the worse the room the less."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.audio import RATE
from voiceslm.bench.home.homes import load_home
from voiceslm.bench.home.part import SEED, Part
from voiceslm.bench.home.sampled import sample_home
from voiceslm.bench.home.sentences import Miss
from voiceslm.bench.live.echoes import walls
from voiceslm.bench.live.sounds import read, recordings
from voiceslm.bench.score import word_errors
from voiceslm.bench.speech.listener import listening
from voiceslm.bench.speech.mixing import (
    CONDITIONS,
    Place,
    active_level,
    excerpt,
    in_a_room,
    levelled,
    mixed,
    reverberant,
)
from voiceslm.bench.speech.sentences import (
    AREA,
    HOUSE,
    PEOPLE,
    READERS,
    STRANGER,
    Sentence,
    Voice,
    awake,
    of_home,
    recorded,
)
from voiceslm.bench.speech.verdicts import Trial, Verdict, by_group, rows, verdict
from voiceslm.catalog import resolve
from voiceslm.engines import models_of
from voiceslm.events import Audio, Route
from voiceslm.listening.vad import SileroVad

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from voiceslm.bench.home.homes import Home
    from voiceslm.bench.home.part import Bench
    from voiceslm.bench.speech.listener import Listener
    from voiceslm.bench.speech.mixing import Condition
    from voiceslm.bench.speech.verdicts import Done
    from voiceslm.crew import Crew
    from voiceslm.entities import State
    from voiceslm.events import Samples

DEVICES = 30
"""Of the made-up home."""

MOST = {PEOPLE: (20, 4), STRANGER: (16, 4), READERS: (8, 2)}
"""Group -> sentences at most, in full and where it has to be quick."""

OWN_MOST = (16, 4)
QUICK_CONDITIONS = (0, 2, 4, 7)
"""Of `CONDITIONS`."""

_OTHERS = {Place.NOISE: "bg_noise", Place.MUSIC: "bg_music", Place.TELEVISION: "bg_speech"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A sentence, the home that it is said in, and what it does in writing."""

    sentence: Sentence
    before: Mapping[str, State]
    wanted: Done
    """Empty where it does nothing."""


class Rooms:
    """All the rooms there are to say something in; the same for the same sentence, whoever asks."""

    def __init__(self, speech: Path) -> None:
        """Read what sounds in them from the folder with the manifest."""
        self._walls = walls(speech)
        self._sounds = {
            place: [read(path) for path in recordings(speech, name)] for place, name in _OTHERS.items()
        }
        self._detector = SileroVad()

    def say(self, samples: Samples, condition: Condition, index: int) -> Audio:
        """Return sentence number ``index`` as the microphone hears it."""
        generator = np.random.default_rng([SEED, index, CONDITIONS.index(condition)])
        spans = self._detector.spans(Audio(samples, RATE))
        speech = levelled(samples, spans)
        if condition.place is Place.REVERBERANT:
            speech = reverberant(speech, self._walls[index % len(self._walls)])
        heard = in_a_room(speech, generator)
        if condition.snr_db is not None:
            choices = self._sounds[condition.place]
            other = excerpt(choices[int(generator.integers(len(choices)))], len(heard), generator)
            heard = mixed(heard, other, level=active_level(speech, spans), snr_db=condition.snr_db)
        return Audio(np.clip(heard, -1.0, 1.0).astype(np.float32), RATE)


async def commands(bench: Bench, crew: Crew) -> Part:
    """Say everything in every condition, to the home that it is about."""
    rooms = Rooms(bench.data / "speech")
    conditions = [CONDITIONS[index] for index in QUICK_CONDITIONS] if bench.quick else CONDITIONS
    trials: list[Trial] = []
    counts: list[str] = []
    for name, home, area in (
        ("recorded", load_home(HOUSE), AREA),
        ("made-up", sample_home(DEVICES, SEED), ""),
    ):
        async with listening(bench.settings, home, crew, area=area) as listener:
            sentences = _recorded(bench) if name == "recorded" else _own(bench, home, listener)
            usual = dict(listener.simulated.states)
            asked = [await _in_writing(sentence, usual, listener) for sentence in sentences]
            counts.append(f"{name}: {_does(asked)} of {len(asked)} sentences do something in writing")
            for index, one in enumerate(bench.progress(asked, f"commands, {name}")):
                for condition in conditions:
                    audio = rooms.say(one.sentence.samples, condition, index)
                    trials.append(await _try(one, condition, audio, listener))
    names = [condition.name for condition in conditions]
    return Part(
        tuple(rows(trials, names)),
        misses=tuple(_miss(trial) for trial in trials if _missed(trial)),
        counts=(*counts, *by_group(trials, names)),
        notes=(
            "right: what the same sentence does in writing, messages to devices or a timer, and nothing else",
            "signal-to-noise: RMS of the speech inside the voice activity detector's spans over all else's",
            "speech at an active level of -26 dBFS in a room of -60 dBFS",
            "the whole recording is given to whisper: when an utterance ends is another part",
            "the model is asked only where no sentence fits",
        ),
    )


def _recorded(bench: Bench) -> list[Sentence]:
    found = []
    for group, most in MOST.items():
        sentences = recorded(bench.data / "speech", group)
        count = min(len(sentences), most[bench.quick])
        found += [sentences[index * len(sentences) // count] for index in range(count)]
    return found


def _own(bench: Bench, home: Home, listener: Listener) -> list[Sentence]:
    voice = Voice(resolve(models_of(bench.settings).voice, "voice"))
    return voice.says(of_home(home, listener.simulated)[: OWN_MOST[bench.quick]])


async def _in_writing(sentence: Sentence, usual: Mapping[str, State], listener: Listener) -> Asked:
    """Find out what a sentence does in writing, in the first state in which it does something."""
    given = {key: {**usual[key], **state} for key, state in sentence.before.items()}
    homes = [{**usual, **given}] if given else [dict(usual), awake(usual)]
    for before in homes:
        await listener.put(before)
        if sentence.group != READERS and (done := (await listener.react(sentence.text)).done):
            return Asked(sentence, before, done)
    return Asked(sentence, homes[0], ())


async def _try(asked: Asked, condition: Condition, audio: Audio, listener: Listener) -> Trial:
    sentence = asked.sentence
    heard = await listener.transcribe(audio)
    wrong, words = word_errors(sentence.text, heard) if sentence.text else (0, 0)
    trial = Trial(condition.name, sentence.group, sentence.text, heard, wrong, words, None, None)
    if sentence.group == READERS:
        return trial
    await listener.put(dict(asked.before))
    came = await listener.react(heard)
    found = verdict(asked.wanted, came.done, asked=came.asked)
    thought = None
    if asked.wanted and came.route == Route.NONE and listener.thinks:
        again = await listener.react(heard, thinks=True)
        thought = verdict(asked.wanted, again.done, asked=again.asked)
    return replace(
        trial, commands=bool(asked.wanted), verdict=found, done=came.done, route=came.route, thought=thought
    )


def _does(asked: Sequence[Asked]) -> int:
    return sum(bool(one.wanted) for one in asked)


def _missed(trial: Trial) -> bool:
    """Say whether a reader should see it: whatever was done wrong, and all that failed in a quiet room."""
    failed = trial.verdict not in {None, Verdict.RIGHT}
    return Verdict.WRONG in {trial.verdict, trial.thought} or (
        failed and trial.condition == CONDITIONS[0].name
    )


def _miss(trial: Trial) -> Miss:
    wanted = "what it does in writing" if trial.commands else "nothing"
    done = "; ".join(" ".join(one) for one in trial.done) or str(trial.verdict)
    thought = f"; with the model: {trial.thought}" if trial.thought else ""
    return Miss(
        f"{trial.said or 'not to be obeyed'} ({trial.condition}, {trial.group})",
        wanted,
        f'heard "{trial.heard}": {done}{thought}',
    )
