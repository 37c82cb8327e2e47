"""What works in a terminal and fails as a service."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.daemon.doctor.judged import levels, one
from voiceslm.daemon.doctor.access import Facts, gather, judge

DESKTOP = Facts(
    user="anna",
    uid=1000,
    cards=True,
    usable=True,
    member=True,
    joined=True,
    runtime=Path("/run/user/1000"),
    session=True,
    server="PipeWire",
    user_service=False,
    lingers=False,
)


def test_a_user_of_the_group_with_a_sound_server_is_fine():
    assert levels(judge(DESKTOP)) == {"sound.group": "ok", "sound.server": "ok"}


def test_who_is_not_in_the_group_may_not_use_the_cards():
    found = one(judge(replace(DESKTOP, member=False, joined=False, usable=False)), "sound.group")
    assert found.level == "broken"
    assert found.mend.startswith("sudo usermod -aG audio anna")


def test_a_group_given_during_this_session_wants_a_new_one():
    found = one(judge(replace(DESKTOP, joined=False, usable=False)), "sound.group")
    assert found.level == "broken"
    assert "sudo systemctl restart user@1000.service" in found.mend


def test_who_may_use_them_only_at_the_screen_is_told_that_a_service_may_not():
    found = one(judge(replace(DESKTOP, member=False, joined=False)), "sound.group")
    assert found.level == "advice"
    assert "fails as a service" in found.cause


def test_root_needs_no_group():
    assert "sound.group" not in levels(judge(replace(DESKTOP, uid=0, member=False, joined=False)))


def test_a_session_whose_folder_is_not_named_finds_no_sound_server():
    found = one(judge(replace(DESKTOP, runtime=None, server="")), "sound.server")
    assert (found.level, found.mend) == ("advice", "export XDG_RUNTIME_DIR=/run/user/1000")


def test_a_users_service_without_a_sound_server_is_broken():
    assert levels(judge(replace(DESKTOP, server="", user_service=True)))["sound.server"] == "broken"


def test_a_machine_with_cards_alone_needs_no_sound_server():
    assert levels(judge(replace(DESKTOP, server=""))) == {"sound.group": "ok"}


def test_a_users_service_without_lingering_ends_with_the_session():
    found = one(judge(replace(DESKTOP, user_service=True)), "sound.lingering")
    assert found.mend == "sudo loginctl enable-linger anna"
    assert "sound.lingering" not in levels(judge(replace(DESKTOP, user_service=True, lingers=True)))


def test_this_machine_can_be_asked(monkeypatch, tmp_path):
    (tmp_path / "pulse").mkdir()
    (tmp_path / "pulse" / "native").touch()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    facts = gather()
    assert (facts.server, facts.runtime) == ("PulseAudio", tmp_path)
