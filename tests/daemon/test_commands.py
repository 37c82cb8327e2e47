"""The commands that have a word with the daemon, and ``ask`` and ``say`` that go through it."""

from __future__ import annotations

import asyncio
import json
import signal
import sys

import pytest

from tests.daemon.fake_control import FakeControl
from tests.e2e.command import environment
from voiceslm.cli import door as commands
from voiceslm.cli import turn
from voiceslm.daemon.address import address
from voiceslm.daemon.client import NotRunning
from voiceslm.daemon.door import Door
from voiceslm.errors import Problem


class Loaded(Exception):  # noqa: N818
    """The command went on to load models of its own."""


@pytest.fixture(autouse=True)
def no_models(monkeypatch):
    def load(*_, **__):
        raise Loaded

    monkeypatch.setattr(turn, "_exchange", load)


def opened(control):
    return Door(address(), control).opened()


@pytest.mark.parametrize(
    ("command", "options", "noted"),
    [
        (commands.stop, {}, ("stop",)),
        (commands.mute, {}, ("mute", True)),
        (commands.mute, {"off": True}, ("mute", False)),
        (commands.talk, {}, ("talk", None)),
        (commands.talk, {"release": True}, ("talk", False)),
    ],
)
async def test_a_command_reaches_the_daemon(command, options, noted):
    control = FakeControl()
    async with opened(control):
        await asyncio.to_thread(command, **options)
    assert control.requests == [noted]


@pytest.mark.parametrize("command", [commands.status, commands.stop, commands.mute, commands.talk])
def test_without_a_daemon_a_command_says_how_to_start_it(command):
    with pytest.raises(NotRunning, match="voiceslm run"):
        command()


async def test_status_is_a_line_for_each_thing_known(capsys):
    control = FakeControl(
        status={
            "state": "[bold]listening",
            "muted": False,
            "device": {"input": "USB mic", "overruns": 0},
            "problems": [],
            "last_error": None,
        }
    )
    async with opened(control):
        await asyncio.to_thread(commands.status)
    rows = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert rows == {
        "state": "[bold]listening",
        "muted": "no",
        "device.input": "USB mic",
        "device.overruns": "0",
        "problems": "none",
        "last_error": "none",
        "requests": "0",
    }


async def test_status_as_json_is_what_the_daemon_says(capsys):
    async with opened(FakeControl()):
        await asyncio.to_thread(commands.status, json=True)
    assert json.loads(capsys.readouterr().out) == {"state": "listening", "requests": 0}


async def test_a_question_is_answered_by_the_daemon_that_runs(capsys):
    control = FakeControl()
    async with opened(control):
        await asyncio.to_thread(turn.ask, "How are you?")
    assert control.requests == [("ask", "How are you?")]
    printed = capsys.readouterr().out
    for word in ("answer", "Hello.", "first sound ready", "120"):
        assert word in printed


async def test_a_question_as_json_is_the_daemons_record(capsys):
    async with opened(FakeControl()):
        await asyncio.to_thread(turn.ask, "How are you?", json=True)
    assert json.loads(capsys.readouterr().out)["reply"] == "Hello."


async def test_a_text_is_said_by_the_daemon_that_runs():
    control = FakeControl()
    async with opened(control):
        await asyncio.to_thread(turn.say, "Dinner is ready.")
    assert control.requests == [("say", "Dinner is ready.")]


@pytest.mark.parametrize("command", [turn.ask, turn.say])
@pytest.mark.parametrize("own", [{"profile": "tiny"}, {"config": "mine.toml"}, {}])
async def test_a_file_a_profile_or_a_configuration_of_its_own_leaves_the_daemon_alone(command, own, tmp_path):
    control = FakeControl()
    async with opened(control):
        with pytest.raises(Loaded):
            await asyncio.to_thread(command, "hello", output=tmp_path / "said.wav", **own)
    assert control.requests == []


@pytest.mark.parametrize("own", [{"profile": "tiny"}, {"config": "mine.toml"}])
async def test_a_question_to_a_profile_of_its_own_leaves_the_daemon_alone(own):
    async with opened(FakeControl()):
        with pytest.raises(Loaded):
            await asyncio.to_thread(turn.ask, "hello", **own)


def test_without_a_daemon_a_question_is_answered_by_models_of_its_own():
    with pytest.raises(Loaded):
        turn.ask("hello")


def test_without_a_daemon_and_a_file_there_is_nothing_to_hear():
    with pytest.raises(Problem, match=r"nothing to hear it with.*-o FILE.*voiceslm run"):
        turn.say("hello")


@pytest.mark.parametrize("command", [turn.ask, turn.say])
async def test_what_the_daemon_refuses_is_not_tried_again_alone(command):
    async with opened(FakeControl(fail_with=Problem("the text is empty"))):
        with pytest.raises(Problem, match="the text is empty"):
            await asyncio.to_thread(command, "")


async def test_ctrl_c_ends_the_command_and_the_question(runtime_folder, soon):
    control = FakeControl(hold=True)
    async with opened(control):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "voiceslm", "ask", "a long story"),
            stderr=asyncio.subprocess.PIPE,
            env=environment(),
        )
        await soon(control.busy.wait())
        process.send_signal(signal.SIGINT)
        await soon(control.cancelled.wait())
        _, stderr = await soon(process.communicate())
    assert process.returncode == 130
    assert stderr.decode().strip().splitlines()[-1] == "interrupted"
