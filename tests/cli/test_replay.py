"""``voiceslm replay``: what is printed, and when it counts as failed."""

from __future__ import annotations

import json

import pytest
import typer

from tests.daemon.resident import Engines
from tests.daemon.test_recording import Wall, keep
from voiceslm.cli.replay import replay
from voiceslm.daemon.recording import RECORD, SOUND
from voiceslm.daemon.replaying import find
from voiceslm.errors import Problem


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """Let no configuration of this machine matter, and no model."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("VOICESLM_CONFIG", raising=False)
    Engines().install(monkeypatch)


@pytest.fixture
def folders(tmp_path):
    """Two turns: the first was understood as it will be again, the second was not."""
    wall = Wall(tmp_path / "turns")
    recorder = wall.recorder()
    keep(recorder, 1, transcript="How are you?")
    keep(recorder, 2, transcript="[bold]How\x1b are you all?")
    return find(wall.folder)


def test_people_get_both_answers_and_the_sum(folders, capsys):
    replay(folders[0].parent)

    printed = capsys.readouterr().out
    assert f"{folders[0].name}: same words, other route" in printed
    assert "then  How are you? → skill time: Noon." in printed
    assert "now  how are you → chat" in printed
    assert "first sound ready 12 ms" in printed
    assert "same words 1 of 2, same route 0 of 2" in printed
    assert "first sound ready, median: 12 ms then" in printed


def test_what_a_file_says_cannot_steer_the_terminal(folders, capsys):
    replay(folders[1])

    assert "[bold]How? are you all?" in capsys.readouterr().out


def test_machines_get_one_document(folders, capsys):
    replay(folders[0].parent, json=True)

    document = json.loads(capsys.readouterr().out)
    assert [turn["name"] for turn in document["turns"]] == [folder.name for folder in folders]
    assert document["summary"]["same_transcript"] == 1


def test_the_limit_takes_the_latest(folders, capsys):
    replay(folders[0].parent, limit=1, json=True)

    (turn,) = json.loads(capsys.readouterr().out)["turns"]
    assert turn["name"] == folders[1].name


def test_a_broken_one_is_told_of_and_the_others_are_done(folders, capsys):
    (folders[0] / RECORD).write_text("{")
    replay(folders[0].parent)

    printed = capsys.readouterr()
    assert f"skipped {folders[0].name}: " in printed.err
    assert "no record of a turn" in printed.err
    assert "same words 0 of 1" in printed.out


@pytest.mark.parametrize("as_json", [True, False])
def test_it_has_failed_where_all_are_broken(folders, capsys, as_json):
    for folder in folders:
        (folder / SOUND).unlink()
    with pytest.raises(typer.Exit) as caught:
        replay(folders[0].parent, json=as_json)

    assert caught.value.exit_code == 1
    assert capsys.readouterr().err.count("skipped") == 2


def test_a_folder_without_turns_is_a_problem(tmp_path):
    with pytest.raises(Problem, match="no turn is recorded"):
        replay(tmp_path)
