"""`voiceslm run` in a home: real models, a real broker, simulated devices, a room of real sound software."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import platformdirs
import pytest

from tests.e2e.command import environment
from tests.e2e.house import furnished, light, lock
from tests.e2e.pulse import opened_room
from tests.e2e.running import PATIENCE, Running, halves
from tests.home.broker import program
from voiceslm.errors import Problem

pytestmark = [pytest.mark.models, pytest.mark.usefixtures("tiny_llm", "tiny_whisper", "joe")]

DISCOVERY = {**light("Kitchen Light", "Kitchen", "kitchen_light"), **lock("Front Door", "Hall", "front_door")}
INITIAL = {"light.kitchen_light": {"state": "off"}, "lock.front_door": {"state": "locked"}}


@pytest.fixture(scope="module")
def room():
    with opened_room() as room:
        cache = os.environ.get("XDG_CACHE_HOME") or str(Path(platformdirs.user_cache_dir()))
        room.env = environment(**room.env) | {"XDG_CACHE_HOME": cache}
        yield room


@pytest.fixture(scope="module")
def house(room, tmp_path_factory):
    try:
        with furnished(DISCOVERY, INITIAL) as house:
            room.env |= {
                "VOICESLM_MQTT__HOST": house.host,
                "VOICESLM_MQTT__PORT": str(house.port),
                "VOICESLM_MQTT__ID": "test",
                "STATE_DIRECTORY": str(tmp_path_factory.mktemp("state")),
            }
            yield house
    except Problem as problem:
        pytest.skip(str(problem))


@pytest.fixture(scope="module")
def running(room, house, tmp_path_factory):
    """The one process of all tests here; the last one ends it."""
    running = Running(room.env, tmp_path_factory.mktemp("run") / "run.log", "--wake", "none")
    try:
        running.until("ready")
        running.until("sound: microphone")
        running.until("home: connected")
        yield running
    finally:
        running.kill()


@pytest.fixture(autouse=True)
def as_at_first(house):
    """Let every test find the light off, and see its own commands only."""
    house.call(house.home.set("light.kitchen_light", state="off"))
    house.home.log.clear()


def retained(house, topic):
    """Return what the broker has retained on ``topic``."""
    command = [
        *(program("mosquitto_sub"), "-h", house.host, "-p", str(house.port)),
        *("-C", "1", "-W", "10", "-t", topic),
    ]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE, check=True
    ).stdout.strip()


def asked(running, text):
    """Return the daemon's record of its answer to ``text``."""
    done = running.ask("ask", text, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def home(room, *arguments):
    """Run ``voiceslm home`` alone."""
    return subprocess.run(
        [sys.executable, "-m", "voiceslm", "home", *arguments],
        env=room.env,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_a_spoken_command_switches_the_light_and_is_confirmed_from_its_state(
    house,
    room,
    running,
    voice,
    understand,
):
    with room.record() as taken:
        room.play(voice("Turn on the kitchen light."))
        house.until(lambda states: states["light.kitchen_light"].get("state") == "on")
        running.until("intent HassTurnOn", "finished")
    assert house.commands == [("zigbee2mqtt/kitchen_light/set", '{"state": "ON"}')]
    assert "light" in understand(halves(taken)[1]).lower()
    assert not any("kitchen" in line.lower() for line in running.lines), "no user words in the log"


def test_what_is_asked_at_the_door_is_answered_from_the_home_and_opens_nothing(house, running):
    answer = asked(running, "Is the front door locked?")
    assert (answer["route"], answer["reply"]) == ("intent", "Yes, the Front Door is locked.")
    assert asked(running, "Unlock the front door.")["actions"] == ["lock.front_door state refused"]
    assert house.commands == []
    assert house.states["lock.front_door"]["state"] == "locked"


def test_a_lock_that_is_asked_aloud_to_open_stays_locked(house, room, running, voice):
    since = len(running.lines)
    room.play(voice("Unlock the front door."))
    running.until("turn", "finished", since=since)
    assert house.commands == []
    assert house.states["lock.front_door"]["state"] == "locked"


def test_a_timer_rings_until_it_is_stopped(house, room, running):
    since = len(running.lines)
    assert asked(running, "Set a timer for two seconds.")["route"] == "skill"
    since = running.until("skill", "finished", since=since)
    with room.record() as taken:
        since = running.until("speaking", since=since)
        since = running.until("finished", since=since)
    assert np.abs(halves(taken)[1]).max() > 0.01
    since = running.until("speaking", since=since)
    assert running.ask("stop").returncode == 0
    running.until("interrupted", since=since)
    assert json.loads(retained(house, "voiceslm/test/timers"))["count"] == 0


def test_another_process_acts_asks_and_lists(house, room):
    done = home(room, "do", "turn on the kitchen light")
    assert (done.returncode, done.stdout.strip()) == (0, "The Kitchen Light is on."), done.stderr
    asked = home(room, "do", "is the kitchen light on")
    assert (asked.returncode, asked.stdout.strip()) == (0, "Yes, the Kitchen Light is on at 100 percent."), (
        asked.stderr
    )
    listed = home(room, "list", "--json")
    names = {entity["name"]: entity["state"].get("state") for entity in json.loads(listed.stdout)["entities"]}
    assert names == {"Kitchen Light": "on", "Front Door": "locked"}, "the assistant itself is only for upkeep"


def test_it_tells_the_home_how_it_is_until_it_ends(house, running):
    assert retained(house, "voiceslm/test/availability") == "online"
    announced = json.loads(retained(house, "homeassistant/device/voiceslm_test/config"))
    assert announced["dev"]["identifiers"] == ["voiceslm_test"]
    status = json.loads(running.ask("status", "--json").stdout)
    assert (status["home"]["connected"], status["home"]["entities"]) == (True, 2)
    assert "home.connected" in running.ask("status").stdout
    running.process.terminate()
    assert running.process.wait(10) == 0
    assert retained(house, "voiceslm/test/availability") == "offline"
