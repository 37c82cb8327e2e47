"""`voiceslm home`, on a real broker with simulated devices."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time

import paho.mqtt.publish
import pytest
import typer

from tests.e2e.command import environment
from tests.e2e.house import furnished, light, lock
from voiceslm.cli import home as commands
from voiceslm.errors import Problem

PATIENCE = 30.0
"""Seconds for a process to do what it should do at once."""

DISCOVERY = {**light("Kitchen Light", "Kitchen", "kitchen_light"), **lock("Front Door", "Hall", "front_door")}
INITIAL = {"light.kitchen_light": {"state": "off"}, "lock.front_door": {"state": "locked"}}


@pytest.fixture(autouse=True)
def no_configuration(tmp_path, monkeypatch):
    """Only what a test sets is configured, and no model is on this machine."""
    for name in [name for name in os.environ if name.startswith("VOICESLM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))


def at(monkeypatch, port, **more):
    """Let the broker on ``port`` be configured."""
    for name, value in {"host": "127.0.0.1", "port": port, **more}.items():
        monkeypatch.setenv(f"VOICESLM_MQTT__{name.upper()}", str(value))


@pytest.fixture
def house(monkeypatch):
    try:
        with furnished(DISCOVERY, INITIAL) as house:
            at(monkeypatch, house.port)
            yield house
    except Problem as problem:
        pytest.skip(str(problem))


def tell(port, topic, payload):
    paho.mqtt.publish.single(topic, payload, qos=1, retain=True, hostname="127.0.0.1", port=port)


# list


def test_the_list_has_rooms_names_and_states(house, capsys):
    commands.list_()
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["Kitchen", "Kitchen", "Light", "light", "off", "light.kitchen_light"] in rows
    assert ["Hall", "Front", "Door", "lock", "locked", "lock.front_door"] in rows


def test_the_list_as_json_is_one_document_and_nothing_else(house, capsys):
    tell(house.port, "homeassistant/light/broken/config", "{")
    commands.list_(json=True)
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    states = {entity["id"]: entity["state"]["state"] for entity in document["entities"]}
    assert states == {"light.kitchen_light": "off", "lock.front_door": "locked"}
    assert [refused["what"] for refused in document["refused"]] == ["homeassistant/light/broken/config"]
    assert printed.err == ""


def test_what_is_not_usable_is_told_beside_the_list(house, capsys):
    tell(house.port, "homeassistant/light/broken/config", "{")
    commands.list_()
    printed = capsys.readouterr()
    assert "not usable: homeassistant/light/broken/config" in printed.err
    assert "broken" not in printed.out


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("[/bold] lamp", "[ bold] lamp"),
        ("[red]lamp", "[red]lamp"),
        ("lamp :smile: two", "lamp :smile: two"),
        ("{lamp}", "{lamp}"),
        ("lamp\x1b[2J\r\n", "lamp [2J"),
    ],
)
def test_a_name_is_printed_as_it_is_and_does_nothing(broker, monkeypatch, capsys, name, shown):
    at(monkeypatch, broker.port)
    payload = {"name": name, "unique_id": "x", "command_topic": "x/set"}
    tell(broker.port, "homeassistant/light/x/config", json.dumps(payload))
    commands.list_()
    out = capsys.readouterr().out
    assert shown in out
    assert "\x1b[2J" not in out


def test_an_empty_home_is_told(broker, monkeypatch, capsys):
    at(monkeypatch, broker.port)
    commands.list_()
    assert "Nothing announces itself" in capsys.readouterr().out


# do


def test_a_command_is_done_without_any_model(house, capsys):
    commands.do("turn on the kitchen light")
    assert capsys.readouterr().out == "The Kitchen Light is on.\n"
    assert house.states["light.kitchen_light"]["state"] == "on"


def test_a_question_is_answered_and_changes_nothing(house, capsys):
    commands.do("is the kitchen light on", json=True)
    document = json.loads(capsys.readouterr().out)
    assert (document["route"], document["reply"]) == ("intent", "No, the Kitchen Light is off.")
    assert house.commands == []


def test_what_a_device_does_not_do_ends_with_exit_code_1(broker, monkeypatch, capsys):
    at(monkeypatch, broker.port)
    monkeypatch.setenv("VOICESLM_HOME__CONFIRM_SECONDS", "0.2")
    for topic, payload in light("Kitchen Light", "Kitchen", "kitchen_light").items():
        tell(broker.port, topic, json.dumps(payload))
    tell(broker.port, "zigbee2mqtt/kitchen_light", '{"state": "OFF"}')
    with pytest.raises(typer.Exit) as ended:
        commands.do("turn on the kitchen light")
    assert ended.value.exit_code == 1
    assert "kitchen light" in capsys.readouterr().out.lower()


def test_a_lock_is_not_opened_by_what_is_typed(house, capsys):
    with pytest.raises(typer.Exit) as left:
        commands.do("unlock the front door")
    assert left.value.exit_code == 1
    assert "only do that for someone who is here" in capsys.readouterr().out
    assert house.commands == []


def test_what_is_not_understood_needs_a_model_and_says_which(house):
    with pytest.raises(Problem, match=r"is not on this machine.*models pull"):
        commands.do("compose a sonnet about the kitchen light")


@pytest.mark.parametrize("text", ["", "  ", "\x00"])
def test_nothing_to_do_is_refused_before_anything_is_loaded(house, text):
    with pytest.raises(Problem, match="the text is empty"):
        commands.do(text)


# Without a broker


@pytest.mark.parametrize(
    "command", [commands.list_, commands.watch, lambda: commands.do("turn on the light")]
)
def test_without_a_broker_it_says_where_to_name_one(command):
    with pytest.raises(Problem, match=r"no broker is configured.*\[mqtt\]"):
        command()


@pytest.mark.parametrize(
    "command", [commands.list_, commands.watch, lambda: commands.do("turn on the light")]
)
def test_a_broker_that_is_not_there_is_told_with_its_cause_at_once(command, monkeypatch, capsys):
    at(monkeypatch, 1)
    began = time.monotonic()
    with pytest.raises(Problem, match=r"no connection to the broker 127.0.0.1:1: nothing listens.*Start"):
        command()
    assert time.monotonic() - began < 3
    assert capsys.readouterr() == ("", "")


def test_a_wrong_password_is_told_at_once(guarded_broker, monkeypatch):
    at(monkeypatch, guarded_broker.port, username="voice", password="open barley")
    began = time.monotonic()
    with pytest.raises(Problem, match="wrong user name or password") as told:
        commands.list_()
    assert time.monotonic() - began < 3
    assert "barley" not in str(told.value)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"username": "voice", "password_file": "/nowhere/password"}, "/nowhere/password"),
        ({"tls": "on", "ca_file": "/nowhere/ca.pem"}, "/nowhere/ca.pem"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(settings, named, monkeypatch):
    at(monkeypatch, 1883, **settings)
    with pytest.raises(Problem, match=rf"{named} .* cannot be read"):
        commands.list_()


# watch, and Ctrl-C


@pytest.fixture
def begin():
    """Start the command in a process of its own, which does not outlive the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments):
        own = {name: value for name, value in os.environ.items() if name.startswith("VOICESLM_")}
        command = [sys.executable, "-m", "voiceslm", "home", *arguments]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment() | own
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_changes_are_printed_as_they_come_until_ctrl_c(house, begin):
    process = begin("watch")
    assert process.stdout is not None
    deadline = time.monotonic() + PATIENCE
    os.set_blocking(process.stdout.fileno(), False)
    line = ""
    while not line and time.monotonic() < deadline:  # it says nothing before there is something to say
        for state in ("on", "off"):
            house.call(house.home.set("light.kitchen_light", state=state))
        select.select([process.stdout], [], [], 0.2)
        line = process.stdout.readline()
    assert "Kitchen Light: o" in line
    process.send_signal(signal.SIGINT)
    os.set_blocking(process.stdout.fileno(), True)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert err.strip() == "interrupted"


def test_ctrl_c_while_it_connects_ends_it_at_once(monkeypatch, begin):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        at(monkeypatch, silent.getsockname()[1])
        process = begin("list")
        connection, _ = silent.accept()
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        _, err = process.communicate(timeout=PATIENCE)
        connection.close()
    assert time.monotonic() - began < 3
    assert process.returncode == 130
    assert err.strip() == "interrupted"
