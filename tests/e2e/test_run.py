"""`voiceslm run`, the whole process with real models, in a room of real sound software, judged from outside."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import numpy as np
import platformdirs
import pytest

from tests.e2e.command import environment
from tests.e2e.pulse import opened_room
from tests.e2e.running import PATIENCE, Running, halves
from voiceslm.audio import RATE
from voiceslm.audio.room import Recording
from voiceslm.audio.wavfile import read_audio

pytestmark = [pytest.mark.models, pytest.mark.usefixtures("tiny_llm", "tiny_whisper", "joe")]

STORY = (
    "Once upon a time there was a lighthouse at the end of a long pier, and every evening its keeper climbed "
    "the stairs to light the lamp. One night a storm came up from the west, and the keeper did not sleep at "
    "all until the morning, when the last of the boats had come home to the harbour."
)

REACTION = 5.0
"""Seconds until it has understood that it should stop, on a busy machine; then it is told again."""


@pytest.fixture
def room():
    with opened_room() as room:
        cache = os.environ.get("XDG_CACHE_HOME") or str(Path(platformdirs.user_cache_dir()))
        room.env = environment(**room.env) | {"XDG_CACHE_HOME": cache}
        yield room


@pytest.fixture
def start(room, tmp_path):
    started: list[Running] = []

    def start(*options):
        running = Running(room.env, tmp_path / f"run-{len(started)}.log", *options)
        started.append(running)
        running.until("ready")
        running.until("sound: microphone")
        return running

    yield start
    for running in started:
        running.kill()


def test_a_spoken_question_is_answered_aloud_after_its_end(room, start, voice, understand):
    running = start("--wake", "none")
    with room.record() as taken:
        room.play(voice("What time is it?"))
        running.until("turn 1: skill time", "finished")
    said, answer = halves(taken)
    sound = Recording(0.0, said, answer)
    spoken = Recording(0.0, answer, said)
    asked = spoken.audible_from(0.0)
    assert asked is not None
    asked_until = spoken.silent_from(asked)
    answered = sound.audible_from(0.0)
    assert asked_until is not None
    assert answered is not None
    assert answered > asked_until
    assert "It's" in understand(answer)
    assert not any("what time" in line.lower() for line in running.lines), "no user words in the log"


def test_the_wake_word_and_a_command_in_one_breath_are_both_heard(room, start, voice, speech_data):
    wake = read_audio(speech_data / "speech/home_commands/alexa-auto-sdk_alexa_stop.flac").samples
    alexa = wake[: round(0.95 * RATE)]
    running = start("--wake", "alexa", "--show-transcripts")
    room.play(voice("Tell me a story about a dragon.")).wait(PATIENCE)
    room.play(np.concatenate([alexa * 0.5 / np.abs(alexa).max(), voice("What time is it?")]))
    running.until("turn 1: skill time", "finished")
    assert not any("dragon" in line for line in running.lines), "it was not spoken to"


def test_stop_ends_a_long_reply_and_the_next_question_is_answered(room, start, voice):
    room.echo(-10)
    running = start("--wake", "none")
    speaking = running.begin("say", STORY, "--json")
    running.until("speaking")
    with room.record() as taken:
        for _ in range(5):  # whisper-tiny may need to be told twice, as people are
            room.play(voice("Stop talking.")).wait(PATIENCE)
            if since := running.within(REACTION, "turn 1", "interrupted"):
                break
        # What it was told is a turn of its own, which goes on while more is said: the next question is another.
        running.until("awake", since=since)
    told = json.loads(speaking.communicate(timeout=PATIENCE)[0])
    assert told["ended"] == "interrupted"
    assert STORY.startswith(told["reply"][:20])
    assert len(told["reply"]) < len(STORY)
    room.echo(None)  # a busy machine's sound server loses sound, and the canceller its place: it hears itself
    since = len(running.lines)
    room.play(voice("What day is it today?"))
    running.until("skill date", "finished", since=since)
    assert np.abs(halves(taken)[1]).max() > 0.01, "it was speaking when it was told to stop"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle_of_a_reply_ends_it_cleanly(start, number):
    running = start("--wake", "none")
    speaking = running.begin("say", STORY)
    running.until("speaking")
    running.process.send_signal(number)
    assert running.process.wait(10) == 0
    assert speaking.wait(PATIENCE) == 1, "who waits for the rest is told"
    assert not any("Traceback" in line for line in running.lines)
    assert "voiceslm is not running" in running.ask("status").stderr


def test_the_door_answers_while_it_runs(start):
    running = start("--wake", "none")
    status = json.loads(running.ask("status", "--json").stdout)
    assert (status["state"], status["muted"]) == ("awake", False)
    assert status["sound"]["problems"] == []
    answer = json.loads(running.ask("ask", "What day is it today?", "--json").stdout)
    assert (answer["route"], answer["route_detail"]) == ("skill", "date")
    assert running.ask("mute").returncode == 0
    assert json.loads(running.ask("status", "--json").stdout)["muted"] is True
    assert "already running" in running.ask("run", "--profile", "tiny").stderr


def test_without_any_sound_device_it_stays_up_says_so_and_answers_at_the_door(tmp_path):
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path(platformdirs.user_cache_dir()))
    home = {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path), "XDG_CACHE_HOME": cache}
    running = Running(environment(**home), tmp_path / "run.log")
    try:
        running.until("ready")
        running.until("sound: there is no microphone; there is no loudspeaker")
        status = json.loads(running.ask("status", "--json").stdout)
        assert len(status["sound"]["problems"]) == 2
        answer = json.loads(running.ask("ask", "What day is it today?", "--json").stdout)
        assert answer["reply"].startswith("It's ")
    finally:
        running.kill()
