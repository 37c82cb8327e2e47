"""What the service manager is told, on a real datagram socket."""

from __future__ import annotations

import os
import socket
import time

import pytest

from voiceslm.daemon.notify import STATUS_LONGEST, Notifier


@pytest.fixture
def manager(tmp_path):
    """The service manager's socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(5)
        yield manager


@pytest.fixture
def notifier(manager):
    return Notifier({"NOTIFY_SOCKET": manager.getsockname()})


def test_each_call_is_one_datagram(manager, notifier):
    notifier.ready()
    notifier.alive()
    notifier.stopping()
    notifier.extend(1.5)
    assert [manager.recv(1000) for _ in range(4)] == [
        b"READY=1",
        b"WATCHDOG=1",
        b"STOPPING=1",
        b"EXTEND_TIMEOUT_USEC=1500000",
    ]


def test_a_reload_says_when_it_began(manager, notifier):
    before = time.monotonic_ns() // 1000
    notifier.reloading()
    first, second = manager.recv(1000).decode().splitlines()
    assert first == "RELOADING=1"
    assert before <= int(second.removeprefix("MONOTONIC_USEC=")) <= time.monotonic_ns() // 1000


def test_a_status_cannot_smuggle_in_another_line(manager, notifier):
    notifier.status("awake\nREADY=1 " + "x" * 1000)
    told = manager.recv(4000).decode()
    assert told.startswith("STATUS=awake READY=1 x")
    assert len(told) == len("STATUS=") + STATUS_LONGEST


def test_an_abstract_address_is_understood():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0voiceslm-test-{os.getpid()}")
        manager.settimeout(5)
        Notifier({"NOTIFY_SOCKET": f"@voiceslm-test-{os.getpid()}"}).ready()
        assert manager.recv(100) == b"READY=1"


def test_without_a_manager_or_after_it_has_gone_nothing_happens(manager, notifier):
    manager.close()
    notifier.ready()
    Notifier({}).ready()
    assert not Notifier({}).listened_to


def test_a_manager_that_does_not_read_holds_nobody_up(notifier, monkeypatch):
    monkeypatch.setattr("voiceslm.daemon.notify.WAIT_SECONDS", 0.01)
    for _ in range(1000):
        notifier.alive()
    notifier.ready()


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_known_where_it_is_meant_for_this_process(environ, seconds):
    assert Notifier(environ).watchdog_seconds == seconds
