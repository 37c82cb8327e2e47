"""The units, as systemd tells of them, and the daemon, as it tells of itself."""

from __future__ import annotations

import pytest

from tests.daemon.doctor.judged import levels, one
from voiceslm.config import Settings
from voiceslm.daemon.doctor import Case, sound
from voiceslm.daemon.doctor.service import check, judge_daemon, judge_units
from voiceslm.daemon.doctor.units import Unit

RUNNING = {
    "LoadState": "loaded",
    "ActiveState": "active",
    "SubState": "running",
    "UnitFileState": "enabled",
    "Result": "success",
    "NRestarts": "0",
    "StatusText": "listening",
}


def unit(*, user=False, **changes):
    return Unit(user, RUNNING | changes)


def judged(**changes):
    return one(judge_units([unit(**changes)]), "service.machine")


def test_a_service_that_runs_and_will_again_is_fine():
    found = judged()
    assert (found.level, found.what) == ("ok", "voiceslm.service is active and enabled (listening)")


def test_without_a_service_nothing_is_wrong():
    assert levels(judge_units([unit(LoadState="not-found"), unit(user=True, LoadState="")])) == {
        "service.installed": "ok"
    }


@pytest.mark.parametrize(
    ("changes", "level", "mend"),
    [
        ({"LoadState": "bad-setting"}, "broken", "voiceslm service install"),
        ({"ActiveState": "failed", "Result": "exit-code"}, "broken", "voiceslm service logs"),
        ({"SubState": "auto-restart", "ActiveState": "activating"}, "broken", "voiceslm service logs"),
        ({"ActiveState": "inactive"}, "advice", "sudo systemctl start voiceslm.service"),
        ({"UnitFileState": "disabled"}, "advice", "sudo systemctl enable voiceslm.service"),
        ({"NRestarts": "17"}, "advice", "voiceslm service logs"),
    ],
)
def test_a_service_that_is_not_well_is_found(changes, level, mend):
    found = judged(**changes)
    assert found.level == level
    assert mend in found.mend


def test_a_users_service_is_mended_without_sudo():
    found = one(judge_units([unit(user=True, ActiveState="inactive")]), "service.user")
    assert found.mend == "systemctl --user start voiceslm.service"


def test_two_services_at_once_are_one_too_many():
    assert levels(judge_units([unit(), unit(user=True)]))["service.twice"] == "advice"


def test_a_part_that_the_daemon_does_without_is_broken():
    health = {
        "microphone": {"state": "degraded", "why": "it has gone", "since": "2026-11-24T10:00:00+00:00"},
        "broker": {"state": "ok", "why": "", "since": "2026-11-24T09:00:00+00:00"},
    }
    found = list(judge_daemon({"running_seconds": 600, "muted": True, "health": health}))
    assert levels(found) == {"service.daemon": "ok", "service.microphone": "broken"}
    assert "muted" in found[0].what
    assert found[1].cause == "it has gone"


def test_a_daemon_without_health_is_taken_as_it_is():
    assert levels(judge_daemon({"running_seconds": 60})) == {"service.daemon": "ok"}
    assert levels(judge_daemon(None)) == {"service.daemon": "ok"}


def test_the_machines_service_of_another_user_is_not_taken_for_stopped():
    case = Case(Settings(), None, None, None, None, (unit(),), quick=True, say=lambda _: None)
    assert case.service_unasked
    found = one(check(case), "service.daemon")
    assert found.level == "advice"
    assert found.mend.startswith("sudo -u voiceslm ")
    [said] = sound.check(case)
    assert (said.check, said.level) == ("sound.service", "ok")
