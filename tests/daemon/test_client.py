"""What the command line makes of a daemon that is there, is not, or is no good."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import contextmanager

import pytest

from tests.daemon.fake_control import FakeControl
from voiceslm.daemon.address import address, claimed
from voiceslm.daemon.client import NotRunning, Starting, call
from voiceslm.daemon.door import CLIENTS_MOST, LINE_LONGEST, Door
from voiceslm.errors import Problem


async def called(request, deadline=10.0):
    return await asyncio.to_thread(call, request, deadline)


@contextmanager
def daemon_that_sends(answer: bytes | None):
    """Something at the socket that answers whoever connects with ``answer``, or not at all."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address()))
        listener.listen()

        def serve():
            client, _ = listener.accept()
            with client:
                if answer is None:
                    client.recv(1 << 16)
                    client.recv(1 << 16)
                else:
                    client.sendall(answer)

        server = threading.Thread(target=serve)
        server.start()
        yield
        server.join(10)


async def test_a_request_comes_back_with_its_result():
    control = FakeControl()
    async with Door(address(), control).opened():
        assert (await called({"request": "ask", "text": "Wie geht's? 😀"}))["reply"] == "Hello."
    assert control.requests == [("ask", "Wie geht's? 😀")]


async def test_bytes_of_a_shell_that_are_no_text_do_no_harm():
    control = FakeControl()
    async with Door(address(), control).opened():
        await called({"request": "say", "text": "a\udcffb"})
    assert control.requests == [("say", "a?b")]


async def test_what_goes_wrong_in_the_daemon_is_the_users_problem():
    async with Door(address(), FakeControl(fail_with=Problem("no voice", "Pull one"))).opened():
        with pytest.raises(Problem, match=r"no voice\. Pull one"):
            await called({"request": "say", "text": "hello"})


async def test_a_text_too_long_for_a_request_is_refused_not_lost():
    async with Door(address(), FakeControl()).opened():
        with pytest.raises(Problem, match="longer than"):
            await called({"request": "say", "text": "x" * 10 * LINE_LONGEST})


async def test_a_crowded_door_is_said_to_be_so():
    async with Door(address(), FakeControl()).opened():
        clients = [await asyncio.open_unix_connection(address()) for _ in range(CLIENTS_MOST)]
        with pytest.raises(Problem, match=r"too many clients at once\. Try again"):
            await called({"request": "status"})
        for _, writer in clients:
            writer.close()


def test_without_a_daemon_the_way_to_start_it_is_named():
    with pytest.raises(NotRunning, match=r"voiceslm is not running\. Start it with `voiceslm run`"):
        call({"request": "status"}, 1.0)


def test_a_daemon_that_still_loads_is_said_to_do_so():
    with claimed(address()), pytest.raises(Starting, match="still loading its models"):
        call({"request": "status"}, 1.0)


async def test_the_systems_service_answers_where_this_user_runs_none(monkeypatch, tmp_path):
    service = tmp_path / "service" / "voiceslm.sock"
    service.parent.mkdir()
    monkeypatch.setattr("voiceslm.daemon.address.SYSTEM", service)
    async with Door(service, FakeControl()).opened():
        assert "state" in await called({"request": "status"})


def test_who_may_not_enter_the_services_folder_is_told_of_sudo(monkeypatch, tmp_path):
    monkeypatch.setattr("voiceslm.daemon.client.SYSTEM", tmp_path / "voiceslm.sock")
    with pytest.raises(NotRunning, match="ask with sudo"):
        call({"request": "status"}, 1.0)


def test_the_socket_of_a_dead_daemon_is_no_daemon():
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address()))
    with pytest.raises(NotRunning):
        call({"request": "status"}, 1.0)


def test_a_runtime_folder_that_is_not_there_is_no_daemon(monkeypatch, tmp_path):
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path / "nowhere"))
    with pytest.raises(NotRunning):
        call({"request": "status"}, 1.0)


def test_a_daemon_that_hangs_is_given_up():
    with daemon_that_sends(None), pytest.raises(Problem, match=r"did not answer within 0\.02 s"):
        call({"request": "status"}, 0.02)


@pytest.mark.parametrize("answer", [b"", b'{"ok": {"half'])
def test_a_daemon_that_dies_before_its_answer_is_said_to_have_ended(answer):
    with daemon_that_sends(answer), pytest.raises(Problem, match=r"without an answer\. Its log says why"):
        call({"request": "status"}, 10.0)
