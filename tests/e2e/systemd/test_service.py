"""The service of a machine, from nothing to nothing, under a real systemd. The tests follow one another."""

from __future__ import annotations

import re
import time

import numpy as np
import pytest

from tests.e2e.running import halves
from tests.e2e.systemd.container import CHECKOUT, until
from tests.e2e.systemd.service import PROGRAM, UNIT

pytestmark = pytest.mark.models

EXPOSURE_MOST = 2.5
"""Of 10, as ``systemd-analyze security`` counts."""

AUDIBLE = 0.01
"""Of full scale."""

STOP_SECONDS = 10.0
"""TimeoutStopSec of the unit."""

CONFIG = "/etc/voiceslm/voiceslm.toml"

WATCHED = ("/etc", "/home", "/opt", "/root", "/srv", "/usr", "/var/cache", "/var/lib", "/var/tmp")
"""Where something could be left."""

STORY = (
    "Once upon a time there was a lighthouse at the end of a long pier, and every evening its keeper climbed "
    "the stairs to light the lamp. One night a storm came up from the west, and the keeper did not sleep at "
    "all until the morning, when the last of the boats had come home to the harbour."
)


@pytest.fixture(scope="module")
def before(container):
    """What lay where the service could leave something, before it was installed."""
    return everything(container)


def everything(container):
    return set(container.run("find", *WATCHED, "-xdev").splitlines()) | {
        f"{name}: {line}"
        for name in ("passwd", "group", "shadow", "gshadow")
        for line in container.run("cat", f"/etc/{name}").splitlines()
    }


def test_a_dry_run_names_every_step_and_changes_nothing(container, before):
    told = container.voiceslm("service", "install", "--dry-run")
    assert told.returncode == 0, told
    for word in ("user voiceslm", "/opt/voiceslm", CONFIG, "whisper-tiny.en", f"/etc/systemd/system/{UNIT}"):
        assert word in told.stdout
    assert everything(container) == before


def test_the_installed_service_is_ready_starts_with_the_machine_and_says_how_it_is(before, service):
    assert service.active
    assert service.show("UnitFileState") == "enabled"
    assert service.show("NRestarts") == "0"
    words = service.show("StatusText")
    assert words
    assert words in service.container.run("systemctl", "status", "--no-pager", "--full", UNIT)
    told = service.container.run(PROGRAM, "service", "status")
    assert "running since" in told
    assert re.search(r"^pid +\d+$", told, re.MULTILINE), "the daemon's own status follows"


def test_it_runs_without_the_checkout_and_without_any_home_folder(service):
    mapped = service.container.run("cat", f"/proc/{service.pid}/maps")
    assert "/opt/voiceslm/releases/" in mapped
    for place in (str(CHECKOUT), "/home/", "/root/"):
        assert place not in mapped
    opened = service.container.run("ls", "-l", f"/proc/{service.pid}/fd")
    assert not re.search(rf"({CHECKOUT}|/home/|/root/)", opened)


def test_both_units_are_clean_and_the_exposure_is_low(service):
    container = service.container
    checked = container.ask("systemd-analyze", "verify", f"/etc/systemd/system/{UNIT}")
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
    container.write("/tmp/units/voiceslm.service", user_unit(container))
    checked = container.ask(
        "systemd-analyze", "--user", "verify", "/tmp/units/voiceslm.service", XDG_RUNTIME_DIR="/tmp"
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
    judged = container.run("systemd-analyze", "security", "--no-pager", UNIT)
    found = re.search(r"Overall exposure level for voiceslm.service: ([\d.]+)", judged)
    assert found
    assert float(found[1]) <= EXPOSURE_MOST


def user_unit(container):
    """The user's unit as it is installed, but for the path of the interpreter."""
    text = (CHECKOUT / "systemd/voiceslm-user.service").read_text()
    return text.replace("%h/.local/bin/voiceslm", PROGRAM)


def test_the_broker_is_reached_with_the_password_from_its_credential(service):
    until(lambda: service.status()["home"]["connected"], "connected to the broker")


def test_a_question_spoken_into_the_room_is_answered_aloud_and_leaves_no_words_in_the_journal(
    service, room, voice
):
    service.says("sound: microphone")
    since = len(service.journal())
    with room.record() as taken:
        room.play(voice("What time is it?"))
        service.says("turn 1", "time", "finished", since=since)
    answer = halves(taken)[1]
    assert np.abs(answer).max() > AUDIBLE
    journal = service.journal().lower()
    assert "what time" not in journal
    assert "it's" not in journal


def test_a_reload_with_a_bad_file_says_what_is_wrong_and_goes_on_with_the_old_one(service):
    container, pid, since = service.container, service.pid, len(service.journal())
    good = container.run("cat", CONFIG)
    container.write(CONFIG, good + "\n[listening]\nnonsense = 1\n")
    container.run("systemctl", "reload", UNIT)
    service.says("voiceslm.toml, line", since=since)
    until(lambda: service.active, "active")
    assert service.pid == pid
    assert service.status()["state"]
    container.write(CONFIG, good)


def test_a_reload_with_a_good_file_is_told_and_keeps_the_service_up(service):
    container, since = service.container, len(service.journal())
    container.write(CONFIG, container.run("cat", CONFIG).replace('wake = "none"', 'wake = "key"'))
    container.run("systemctl", "reload", UNIT)
    service.says("Reloaded", since=since)
    until(lambda: service.active and service.status()["state"], "active and answering")


def test_a_process_that_hangs_is_started_again_by_the_watchdog(service):
    pid, since = service.pid, len(service.journal())
    service.container.run("kill", "-STOP", pid)
    service.says("Watchdog timeout", since=since)
    service.started_again(pid)
    assert service.show("NRestarts") == "1"


def test_a_process_that_is_killed_in_the_middle_of_a_turn_is_started_again(service):
    pid, since = service.pid, len(service.journal())
    speaking = service.begin("say", STORY)
    service.says("speaking", since=since)
    service.container.run("kill", "-KILL", pid)
    assert speaking.wait(30) == 1, "who waits for the rest is told"
    service.started_again(pid)
    assert STORY[:20] not in service.journal()


def test_a_second_install_finds_everything_as_it_should_be(service):
    pid = service.pid
    again = service.container.voiceslm("service", "install")
    assert again.returncode == 0, again
    assert again.stdout.count("already so") == len(re.findall(r"^\d/\d ", again.stdout, re.MULTILINE))
    assert service.pid == pid


def test_an_interrupted_upgrade_leaves_the_release_in_use(service):
    container, link = service.container, "/opt/voiceslm/bin"
    used = container.run("readlink", link)
    container.run("mkdir", "/opt/voiceslm/releases/half")
    assert container.run("readlink", link) == used
    again = container.voiceslm("service", "install")
    assert again.returncode == 0, again
    assert container.run("readlink", link) == used
    assert container.ask("ls", "/opt/voiceslm/releases/half").returncode != 0, "cleared away"


def test_it_stops_within_its_time(service):
    began = time.monotonic()
    service.container.run("systemctl", "stop", UNIT)
    assert time.monotonic() - began < STOP_SECONDS
    assert service.show("Result") == "success"


def test_uninstalling_leaves_nothing(before, service):
    container = service.container
    ended = container.ask(PROGRAM, "service", "uninstall", "--yes")  # which removes itself
    assert ended.returncode == 0, ended
    assert everything(container) - before == set()
    assert container.ask("ls", "/run/voiceslm").returncode != 0
    assert container.run("systemctl", "show", UNIT, "--property=LoadState", "--value").strip() == "not-found"


def test_uninstalling_what_is_not_there_is_no_fault(before, service):
    again = service.container.voiceslm("service", "uninstall", "--yes")
    assert again.returncode == 0, again
    assert "done" not in again.stdout
