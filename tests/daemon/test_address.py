"""Where the socket lies, and that one daemon at a time has it."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from voiceslm.daemon.address import PATH_LONGEST, address, bound, claimed
from voiceslm.errors import Problem

DAEMON = """
import sys
from pathlib import Path
from voiceslm.daemon.address import bound, claimed
path = Path(sys.argv[1])
with claimed(path), bound(path) as listener:
    listener.listen()
    print("listening", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(runtime_folder):
    return runtime_folder / "voiceslm.sock"


@pytest.fixture
def other_daemon(path):
    """A daemon in a process of its own, listening."""
    with subprocess.Popen(
        [sys.executable, "-c", DAEMON, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "listening\n"
        yield process
        process.kill()


def opened(path):
    with claimed(path), bound(path) as listener:
        listener.listen()
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
    return True


def test_a_service_uses_the_first_of_its_runtime_folders(monkeypatch):
    monkeypatch.setenv("RUNTIME_DIRECTORY", "/run/voiceslm:/run/other")
    assert address() == Path("/run/voiceslm/voiceslm.sock")


def test_a_user_uses_the_runtime_folder_of_the_session(runtime_folder):
    assert address() == runtime_folder / "voiceslm.sock"


@pytest.mark.parametrize("session", ["", "relative", "/nowhere/at/all"])
def test_without_a_session_a_private_folder_serves(monkeypatch, tmp_path, session):
    monkeypatch.setenv("XDG_RUNTIME_DIR", session)
    monkeypatch.setattr("os.geteuid", lambda: 4_000_000_000)
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: tmp_path / name)
    assert address() == tmp_path / "voiceslm" / "run" / "voiceslm.sock"


def test_a_private_folder_is_made_for_its_owner_alone(tmp_path):
    path = tmp_path / "voiceslm" / "run" / "voiceslm.sock"
    assert opened(path)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_only_the_owner_may_use_the_socket_whatever_the_umask(path):
    before = os.umask(0)
    try:
        with claimed(path), bound(path):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert stat.S_IMODE(path.with_suffix(".lock").stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_nobody_can_connect_before_the_rights_are_set(path):
    with (
        claimed(path),
        bound(path),
        socket.socket(socket.AF_UNIX) as client,
        pytest.raises(ConnectionRefusedError),
    ):
        client.connect(str(path))


def test_the_socket_goes_with_the_daemon(path):
    assert opened(path)
    assert not path.exists()


def test_a_second_daemon_is_refused_and_the_first_stays(path, other_daemon):
    with pytest.raises(Problem, match=r"voiceslm is already running.*voiceslm status"):
        opened(path)
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))


def test_the_socket_of_a_dead_daemon_is_replaced(path, other_daemon):
    other_daemon.send_signal(signal.SIGKILL)
    other_daemon.wait()
    assert path.is_socket()
    assert opened(path)


def test_a_file_in_the_way_is_left_alone(path):
    path.write_text("precious")
    with pytest.raises(Problem, match="is in the way: it is not a socket"):
        opened(path)
    assert path.read_text() == "precious"


def test_a_path_too_long_for_a_socket_is_refused(runtime_folder):
    room = PATH_LONGEST - len(os.fsencode(runtime_folder)) - len("//voiceslm.sock")
    longest = runtime_folder / ("x" * room) / "voiceslm.sock"
    assert opened(longest)
    with pytest.raises(Problem, match=r"too long for a socket \(108 bytes, at most 107.*shorter path"):
        opened(runtime_folder / ("x" * (room + 1)) / "voiceslm.sock")


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o1777])
def test_a_folder_that_others_write_to_is_refused(path, mode):
    path.parent.chmod(mode)
    with pytest.raises(Problem, match="is open to other users"):
        opened(path)


def test_a_folder_that_cannot_be_is_a_clear_problem(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem, match="there can be no socket at"):
        opened(tmp_path / "file" / "voiceslm.sock")


def test_a_lock_that_is_a_link_is_not_followed(path, tmp_path):
    path.with_suffix(".lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Problem, match="there can be no socket"):
        opened(path)
    assert not (tmp_path / "elsewhere").exists()
