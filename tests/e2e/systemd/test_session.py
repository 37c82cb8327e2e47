"""The service of a user's session, from nothing to nothing, under a real systemd. The tests follow one another."""

from __future__ import annotations

import sys

import pytest

from tests.e2e.systemd.container import until

pytestmark = pytest.mark.models

PERSON = "resident"

HOME = f"/home/{PERSON}"

UNIT = f"{HOME}/.config/systemd/user/voiceslm.service"

CONFIG = 'profile = "tiny"\n[listening]\nwake = "none"\n'


class Person:
    """Types commands as somebody who is not root, in a session that lingers."""

    def __init__(self, container):
        self.container = container
        container.run("useradd", "--create-home", PERSON)
        # The models and Python of whoever runs the test lie in root's home folder here.
        container.run("chmod", "a+x", "/root", "/root/.cache")
        container.run("mkdir", "-p", f"{HOME}/.cache", f"{HOME}/.config/voiceslm")
        container.run("ln", "-s", "/root/.cache/voiceslm", f"{HOME}/.cache/voiceslm")
        container.write(f"{HOME}/.config/voiceslm/voiceslm.toml", CONFIG)
        container.run("chown", "-R", PERSON, HOME)
        self.number = container.run("id", "-u", PERSON).strip()

    def ask(self, *command):
        session = {"HOME": HOME, "XDG_RUNTIME_DIR": f"/run/user/{self.number}"}
        return self.container.ask(*command, user=PERSON, **session)

    def voiceslm(self, *arguments):
        return self.ask(sys.executable, "-m", "voiceslm", *arguments)

    def files(self):
        return set(self.container.run("find", HOME, "-type", "f").splitlines())


@pytest.fixture(scope="module")
def person(container):
    person = Person(container)
    if person.ask(sys.executable, "--version").returncode:
        pytest.skip(f"nobody but root can run {sys.executable}")
    return person


@pytest.fixture(scope="module")
def before(person):
    return person.files()


def test_without_a_session_the_person_is_told_what_is_missing(person, before):
    told = person.voiceslm("service", "install", "--user")
    assert told.returncode == 1
    assert "no session of systemd" in told.stderr
    assert person.files() == before


def test_only_root_installs_a_service_of_the_machine_and_the_command_for_it_is_told(person, before):
    told = person.voiceslm("service", "install")
    assert told.returncode == 1
    assert "Type: sudo " in told.stderr
    assert person.files() == before


def test_it_runs_the_very_installation_it_was_installed_from(person, before):
    person.container.run("loginctl", "enable-linger", PERSON)
    until(
        lambda: person.ask("systemctl", "--user", "show", "--property=Version").returncode == 0, "a session"
    )
    installed = person.voiceslm("service", "install", "--user")
    assert installed.returncode == 0, installed
    assert "running since" in installed.stdout
    shown = person.ask(
        "systemctl", "--user", "show", "voiceslm", "--property=ActiveState,UnitFileState,ExecStart"
    )
    assert "ActiveState=active" in shown.stdout
    assert "UnitFileState=enabled" in shown.stdout
    assert f"path={sys.executable} ;" in shown.stdout
    assert "running_seconds" in person.voiceslm("service", "status", "--user").stdout


def test_uninstalling_leaves_the_persons_own_files_alone_and_nothing_else(person, before):
    ended = person.voiceslm("service", "uninstall", "--user")
    assert ended.returncode == 0, ended
    assert not {
        path for path in person.files() - before if "voiceslm" in path and "/.local/state/" not in path
    }
    assert before <= person.files()
