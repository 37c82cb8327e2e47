from __future__ import annotations

import pytest

from tests.daemon.service.fake_commands import FakeCommands
from voiceslm.daemon.service.files import exists, link
from voiceslm.daemon.service.layout import Layout
from voiceslm.daemon.service.manager import Manager
from voiceslm.daemon.service.plan import carry_out
from voiceslm.daemon.service.removing import machine_removal, user_removal


@pytest.fixture
def layout(tmp_path):
    return Layout(tmp_path)


def fill(*folders):
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "file").write_text("")


def remove(layout, *, keep_data=False):
    commands = FakeCommands()
    plan = machine_removal(layout, commands, Manager(commands, user=False), keep_data=keep_data)
    told = []
    carry_out(plan, lambda step, outcome: told.append(outcome) if outcome else None, dry=False)
    return told


def test_all_that_was_put_there_goes(layout):
    fill(
        layout.program,
        layout.cache,
        layout.state,
        layout.config.parent,
        layout.drop_ins,
        layout.unit.parent / "x",
    )
    layout.unit.write_text("")
    link(layout.command, str(layout.program / "bin/voiceslm"))
    layout.credentials[0].parent.mkdir()
    layout.credentials[0].write_text("secret")
    remove(layout)
    places = (layout.program, layout.cache, layout.state, layout.config.parent, layout.drop_ins, layout.unit)
    assert not [path for path in (*places, layout.command, *layout.credentials) if exists(path)]


def test_a_half_installed_service_can_be_removed(layout):
    fill(layout.program)
    remove(layout)
    assert not exists(layout.program)


def test_what_is_the_persons_own_can_be_kept(layout):
    fill(layout.program, layout.cache, layout.state, layout.config.parent, layout.drop_ins)
    remove(layout, keep_data=True)
    assert not exists(layout.program)
    for folder in (layout.cache, layout.state, layout.config.parent, layout.drop_ins):
        assert (folder / "file").exists()


def test_a_command_of_that_name_that_is_not_ours_stays(layout):
    link(layout.command, "/somewhere/else")
    remove(layout)
    assert exists(layout.command)


def test_a_users_unit_goes_and_nothing_else(tmp_path):
    unit = tmp_path / ".config/systemd/user/voiceslm.service"
    unit.parent.mkdir(parents=True)
    unit.write_text("")
    mine = tmp_path / ".config/voiceslm.toml"
    mine.write_text("")
    commands = FakeCommands()
    carry_out(user_removal(tmp_path, Manager(commands, user=True)), lambda *_: None, dry=False)
    assert not exists(unit)
    assert exists(mine)
    assert "systemctl --user daemon-reload" in commands.asked
