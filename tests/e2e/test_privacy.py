"""What leaves the process, judged from outside: sockets, files, logs, and a microphone that is really closed."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

import voiceslm
from tests.e2e.command import environment
from tests.e2e.house import furnished, light
from tests.e2e.process import internet_sockets, unix_listeners, written
from tests.e2e.pulse import opened_room
from tests.e2e.running import PATIENCE, Running, halves
from tests.e2e.test_turn import isolated
from voiceslm.errors import Problem

pytestmark = [pytest.mark.models, pytest.mark.usefixtures("tiny_llm", "tiny_whisper", "joe")]

KEPT = {"manner.json", "timers.json", "lists.json", "voiceslm.lock", "voiceslm.sock"}
"""All that may be written: how it was told to be, what it was told to keep, its door."""

COOKIE = "cookie"
"""The sound server's library puts a random number into the home of whoever plays sound."""

QUIETENERS = ("CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS")
"""Any of them keeps ONNX Runtime from reporting to its maker, which no user has set."""

LONG = 7
"""Letters of a word that says something of what was spoken of."""


@dataclass(frozen=True)
class Place:
    """A room, and a home of its own in it."""

    room: object
    home: Path
    env: dict[str, str]

    @property
    def files(self):
        """Every file in the home, the models apart."""
        return [Path(top) / name for top, _, names in os.walk(self.home) for name in names]


@pytest.fixture
def place(tiny_whisper, joe, tmp_path):
    """Where nothing is written but what the test's processes write; links lead to the models."""
    home = tmp_path / "home"
    cache = home / "cache" / "voiceslm"
    cache.mkdir(parents=True)
    (home / "tmp").mkdir()
    (cache / "models").symlink_to(Path(tiny_whisper).parent)
    (cache / "voices").symlink_to(Path(joe).parent.parent)
    with opened_room() as room:
        env = environment(**room.env) | {
            "HOME": str(home),
            "TMPDIR": str(home / "tmp"),
            **{f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")},
        }
        for name in ("STATE_DIRECTORY", *QUIETENERS):
            env.pop(name, None)
        yield Place(room, home, env)


@pytest.fixture
def start(place, tmp_path):
    started: list[Running] = []

    def start(*, prefix=(), **changes):
        log = tmp_path / f"run-{len(started)}.log"
        running = Running(place.env | changes, log, "--wake", "none", prefix=prefix)
        started.append(running)
        running.until("ready")
        running.until("sound: microphone")
        return running

    yield start
    for running in started:
        running.kill()


def ended(running):
    """End it as a service manager does."""
    running.process.send_signal(signal.SIGTERM)
    return running.process.wait(PATIENCE)


def long_words(text):
    return {word for word in re.findall(r"[a-z]+", text.lower()) if len(word) >= LONG}


def own_words():
    """Return the words that the program's own lines may have: those of its source."""
    package = Path(voiceslm.__file__).parent
    return {word for path in package.rglob("*.py") for word in long_words(path.read_text())}


def door(place):
    return str(Path(place.env["XDG_RUNTIME_DIR"]) / "voiceslm.sock")


def test_without_any_network_it_starts_answers_aloud_and_ends(place, start, voice, understand):
    prefix = isolated()
    if prefix is None:
        pytest.skip("network namespaces are not allowed here")
    running = start(prefix=prefix)
    with place.room.record() as taken:
        place.room.play(voice("What time is it?"))
        running.until("turn 1: skill time", "finished")
    assert "It's" in understand(halves(taken)[1])
    assert ended(running) == 0
    assert not any("trouble" in line or "Traceback" in line for line in running.lines)


def test_its_only_connection_is_the_one_with_the_broker_and_only_its_door_is_open(place, start):
    try:
        with furnished(light("Kitchen Light", "Kitchen", "kitchen_light"), {}) as house:
            running = start(VOICESLM_MQTT__HOST=house.host, VOICESLM_MQTT__PORT=str(house.port))
            running.until("home: connected")
            assert running.ask("ask", "What day is it today?").returncode == 0
            assert internet_sockets(running.process.pid) == [(house.host, house.port)]
            assert unix_listeners(running.process.pid) == [door(place)]
    except Problem as problem:
        pytest.skip(str(problem))


def test_nothing_of_a_conversation_is_in_any_file_or_log_and_no_socket_is_open_to_the_network(
    place, start, voice, understand
):
    question = voice("Tell me about the crocodile.")
    assert "crocodile" in understand(question).lower(), "the word can be heard"
    running = start()
    place.room.play(question)
    running.until("turn 1", "finished")
    asked = running.ask("ask", "What does a crocodile eat?", "--json")
    reply = json.loads(asked.stdout)["reply"]
    assert internet_sockets(running.process.pid) == []
    assert unix_listeners(running.process.pid) == [door(place)]
    log = str(running.log)
    lock = str(Path(door(place)).with_suffix(".lock"))
    assert written(running.process.pid) <= {log, lock}
    files = place.files
    assert ended(running) == 0
    files = {*files, *place.files}
    assert {path.name for path in files} <= KEPT | {COOKIE}
    words = {"crocodile", *long_words(reply)} - own_words()
    assert "crocodile" in words
    for path in {*files, Path(log)}:
        text = path.read_bytes().decode(errors="replace").lower() if path.exists() else ""
        assert not words & long_words(text), path


def until_kept(place, *, muted):
    """Wait until it is kept over a restart whether it is muted."""
    deadline = time.monotonic() + PATIENCE
    kept = place.home / "state" / "voiceslm" / "manner.json"
    while not kept.exists() or json.loads(kept.read_text())["muted"] is not muted:
        assert time.monotonic() < deadline, place.files
        time.sleep(0.05)


@contextlib.contextmanager
def told_of_the_room(room, path):
    """Have everything that happens in the sound server written to ``path``; yields a function that reads it."""
    with path.open("w") as file:
        watching = subprocess.Popen(["pactl", "subscribe"], env=room.env, stdout=file)
        try:
            deadline = time.monotonic() + PATIENCE
            while not path.stat().st_size:
                assert time.monotonic() < deadline, "the sound server tells nothing"
                room.listeners()  # asks, which is something that happens
            yield path.read_text
        finally:
            watching.terminate()
            watching.wait(PATIENCE)


def test_mute_closes_the_microphone_and_after_it_the_next_question_is_answered(place, start, voice):
    running = start()
    assert place.room.listeners() == 1
    assert running.ask("mute").returncode == 0
    since = running.until("sound: microphone off: muted; loudspeaker")
    assert place.room.listeners() == 0
    status = json.loads(running.ask("status", "--json").stdout)
    assert (status["sound"]["microphone"], status["sound"]["problems"]) == (None, [])
    place.room.play(voice("What time is it?")).wait(PATIENCE)
    assert running.ask("mute", "--off").returncode == 0
    since = running.until("sound: microphone 'default'", since=since)
    assert place.room.listeners() == 1
    place.room.play(voice("What day is it today?"))
    running.until("turn 1: skill date", "finished", since=since)


def test_a_microphone_that_was_muted_is_not_opened_by_a_restart(place, start, tmp_path):
    running = start()
    assert running.ask("mute").returncode == 0
    running.until("sound: microphone off: muted")
    until_kept(place, muted=True)
    assert ended(running) == 0
    opened = "'new' on source-output"
    with told_of_the_room(place.room, tmp_path / "events") as told:
        running = start()
        running.until("sound: microphone off: muted; loudspeaker 'default'")
        assert opened not in told()
        assert running.ask("mute", "--off").returncode == 0
        running.until("sound: microphone 'default'")
        assert opened in told()
