"""replay, on real models and speech, in a process of its own."""

from __future__ import annotations

import os
import time
from pathlib import Path

import platformdirs
import pytest

from tests.daemon.test_recording import Wall, keep
from tests.e2e.command import environment, voiceslm
from tests.e2e.pulse import opened_room
from tests.e2e.running import PATIENCE, Running
from voiceslm.audio import RATE
from voiceslm.audio.wavfile import read_audio
from voiceslm.events import Audio

pytestmark = [pytest.mark.models, pytest.mark.usefixtures("tiny_llm", "tiny_whisper", "joe")]


@pytest.fixture
def turns(tmp_path, voice, understand):
    """Two spoken turns: one as it was understood, one of which the record says something else."""
    wall = Wall(tmp_path / "turns")
    recorder = wall.recorder()
    for number, text in enumerate(("What time is it?", "Turn on the kitchen light."), start=1):
        samples = voice(text)
        keep(
            recorder,
            number,
            Audio(samples, RATE),
            transcript=understand(samples) if number == 1 else text[:7],
        )
    return wall.folder


def test_what_was_said_is_understood_and_answered_again(turns):
    outcome = voiceslm("replay", turns, "--profile", "tiny", "--json")
    assert outcome.code == 0, outcome.err
    clock, light = outcome.document["turns"]
    assert (clock["same_transcript"], clock["same_route"]) == (True, True)
    assert clock["now"]["route_detail"] == "time"
    assert "kitchen light" in light["now"]["transcript"].lower()
    assert light["same_transcript"] is False
    assert all(turn["now"]["timings_ms"]["first_audio"] > 0 for turn in (clock, light))
    assert outcome.document["models"]["stt"] == "whisper-tiny.en"
    assert outcome.document["summary"]["same_transcript"] == 1


def test_people_are_told_of_both(turns):
    outcome = voiceslm("replay", next(turns.iterdir()), "--profile", "tiny")
    assert outcome.code == 0, outcome.err
    for part in ("then", "now", "words understood", "same words"):
        assert part in outcome.out


def test_what_is_said_to_the_running_one_is_recorded_and_can_be_replayed(tmp_path, voice, understand):
    folder = tmp_path / "turns"
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path(platformdirs.user_cache_dir()))
    with opened_room() as room:
        env = environment(**room.env) | {"XDG_CACHE_HOME": cache}
        running = Running(env, tmp_path / "run.log", "--wake", "none", "--record-turns", str(folder))
        try:
            running.until("ready")
            running.until("sound: microphone")
            running.ask("ask", "What day is it today?")  # typed: nobody's voice
            room.play(voice("What time is it?"))
            running.until("skill time", "finished")
            recorded = appeared(folder)
        finally:
            running.kill()
    assert not any("what time" in line.lower() for line in running.lines), "no user words in the log"
    assert "what time is it" in understand(read_audio(recorded / "utterance.flac").samples).lower()
    outcome = voiceslm("replay", folder, "--profile", "tiny", "--json")
    assert outcome.code == 0, outcome.err
    (turn,) = outcome.document["turns"]
    assert (turn["same_transcript"], turn["same_route"]) == (True, True)
    assert turn["then"]["reply"].startswith("It's ")


def appeared(folder):
    """Wait for the one turn that is recorded there; return it."""
    deadline = time.monotonic() + PATIENCE
    while not (found := [path for path in folder.iterdir() if not path.name.startswith(".")]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (turn,) = found
    return turn


def test_a_folder_of_nothing_is_refused(tmp_path):
    voiceslm("replay", tmp_path).assert_refused("no turn is recorded", "--record-turns")
