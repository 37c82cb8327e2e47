"""`voiceslm run` in a home: real models, a real broker, simulated devices, a room of real sound software."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from tests.e2e.house import furnished, light, lock
from tests.e2e.test_run import (  # noqa: F401 - fixtures
    PATIENCE,
    halves,
    room,
    start,
    understand,
    voice,
)
from voiceslm.errors import Problem

pytestmark = [pytest.mark.models, pytest.mark.usefixtures("tiny_llm", "tiny_whisper", "joe")]

DISCOVERY = {**light("Kitchen Light", "Kitchen", "kitchen_light"), **lock("Front Door", "Hall", "front_door")}
INITIAL = {"light.kitchen_light": {"state": "off"}, "lock.front_door": {"state": "locked"}}


@pytest.fixture
def house(room, tmp_path):  # noqa: F811
    try:
        with furnished(DISCOVERY, INITIAL) as house:
            room.env |= {
                "VOICESLM_MQTT__HOST": house.host,
                "VOICESLM_MQTT__PORT": str(house.port),
                "VOICESLM_MQTT__ID": "test",
                "STATE_DIRECTORY": str(tmp_path / "state"),
            }
            yield house
    except Problem as problem:
        pytest.skip(str(problem))


def retained(house, topic):
    """Return what the broker has retained on ``topic``."""
    command = ["mosquitto_sub", "-h", house.host, "-p", str(house.port), "-C", "1", "-W", "10", "-t", topic]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE, check=True
    ).stdout.strip()


def test_a_spoken_command_switches_the_light_and_is_confirmed_from_its_state(
    house,
    room,  # noqa: F811
    start,  # noqa: F811
    voice,  # noqa: F811
    understand,  # noqa: F811
):
    running = start("--wake", "none")
    running.until("home: connected")
    with room.record() as taken:
        room.play(voice("Turn on the kitchen light."))
        house.until(lambda states: states["light.kitchen_light"].get("state") == "on")
        running.until("turn 1: intent HassTurnOn", "finished")
    assert house.commands == [("zigbee2mqtt/kitchen_light/set", '{"state": "ON"}')]
    assert "light" in understand(halves(taken)[1]).lower()
    assert not any("kitchen" in line.lower() for line in running.lines), "no user words in the log"


def test_what_is_asked_at_the_door_is_answered_from_the_home_and_opens_nothing(house, start):  # noqa: F811
    running = start("--wake", "none")
    running.until("home: connected")
    answer = json.loads(running.ask("ask", "Is the front door locked?", "--json").stdout)
    assert (answer["route"], answer["reply"]) == ("intent", "Yes, the Front Door is locked.")
    answer = json.loads(running.ask("ask", "Unlock the front door.", "--json").stdout)
    assert answer["actions"] == []
    assert house.commands == []
    assert house.states["lock.front_door"]["state"] == "locked"


def test_it_tells_the_home_how_it_is_until_it_ends(house, start):  # noqa: F811
    running = start("--wake", "none")
    running.until("home: connected")
    assert retained(house, "voiceslm/test/availability") == "online"
    announced = json.loads(retained(house, "homeassistant/device/voiceslm_test/config"))
    assert announced["dev"]["identifiers"] == ["voiceslm_test"]
    status = json.loads(running.ask("status", "--json").stdout)
    assert (status["home"]["connected"], status["home"]["entities"]) == (True, 2)
    running.process.terminate()
    assert running.process.wait(10) == 0
    assert retained(house, "voiceslm/test/availability") == "offline"


def test_a_timer_rings_until_it_is_stopped(house, room, start):  # noqa: F811
    running = start("--wake", "none")
    answer = json.loads(running.ask("ask", "Set a timer for one second.", "--json").stdout)
    assert answer["route"] == "skill"
    since = len(running.lines)
    with room.record() as taken:
        running.until("speaking", since=since)
        running.until("finished", since=since)
    assert np.abs(halves(taken)[1]).max() > 0.01
    since = running.until("speaking", since=len(running.lines))
    assert running.ask("stop").returncode == 0
    running.until("interrupted", since=since - 1)


def test_home_do_understands_acts_and_says_what_came_of_it(house, room):  # noqa: F811
    command = [sys.executable, "-m", "voiceslm", "home", "do", "turn on the kitchen light"]
    done = subprocess.run(
        command, env=room.env, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "The Kitchen Light is on."), done.stderr
    listed = subprocess.run(
        [sys.executable, "-m", "voiceslm", "home", "list", "--json"],
        env=room.env,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    names = {entity["name"]: entity["state"]["state"] for entity in json.loads(listed.stdout)["entities"]}
    assert names == {"Kitchen Light": "on", "Front Door": "locked"}
