from __future__ import annotations

import pytest

from tests.daemon.service.fake_commands import FakeCommands
from voiceslm.daemon.service.commands import Commands, Ended
from voiceslm.daemon.service.manager import Manager
from voiceslm.errors import Problem


def shown(**values):
    return Ended(0, "".join(f"{name}={value}\n" for name, value in values.items()))


def state(**values):
    return Manager(FakeCommands(show=shown(LoadState="loaded", **values)), user=False).state()


def test_a_unit_that_is_up_is_running_and_has_a_text():
    found = state(
        ActiveState="active", SubState="running", StatusText="awake", UnitFileState="enabled", NRestarts="2"
    )
    assert found.running
    assert (found.text, found.enabled, found.restarts) == ("awake", True, 2)
    assert found.words().startswith("running")


def test_a_unit_that_waits_to_be_started_again_is_failing():
    found = state(ActiveState="activating", SubState="auto-restart", Result="exit-code", ExecMainStatus="1")
    assert found.failing
    assert not found.running
    assert found.words() == "ends by itself (exit-code, exit code 1), and is started again and again"


@pytest.mark.parametrize(
    ("active", "words"), [("activating", "starting"), ("deactivating", "stopping"), ("inactive", "stopped")]
)
def test_what_it_does_is_said_plainly(active, words):
    assert state(ActiveState=active).words() == words


def test_a_unit_that_is_not_there_is_not_installed():
    assert Manager(FakeCommands(show=Ended(1, "")), user=False).state().words() == "not installed"


def test_a_service_that_ends_by_itself_is_a_problem_with_its_own_last_words():
    failing = shown(LoadState="loaded", ActiveState="activating", SubState="auto-restart", Result="exit-code")
    journal = Ended(0, "loading\nerror: the model is gone. Type: voiceslm models pull m\n")
    manager = Manager(FakeCommands(journalctl=journal, show=failing), user=True)
    with pytest.raises(Problem, match="the model is gone") as raised:
        manager.restart(lambda _: None)
    assert raised.value.remedy == "See why: voiceslm service logs --user"


def test_the_session_is_asked_for_a_users_unit():
    commands = FakeCommands()
    Manager(commands, user=True).enable()
    assert commands.asked == ["systemctl --user enable voiceslm.service"]


def test_a_program_that_is_not_there_is_named():
    with pytest.raises(Problem, match="no-such-program is not installed"):
        Commands().ask("no-such-program")


def test_a_program_that_fails_is_quoted():
    with pytest.raises(Problem, match=r"`ls /no/such/place` failed: .*No such file"):
        Commands().run("ls", "/no/such/place")
