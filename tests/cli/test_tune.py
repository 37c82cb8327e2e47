"""``voiceslm tune``: what it says without training."""

from __future__ import annotations

import json
import re

import pytest

from tests.llm.test_adapter import make
from tests.tuning.test_recorded import learnt, turn
from voiceslm import cli
from voiceslm.cli.tune import _print_result
from voiceslm.llm import adapter as adapters
from voiceslm.tuning.chat import UNTOUCHED, Drift
from voiceslm.tuning.judge import Marks
from voiceslm.tuning.order import Result


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    """Return what runs ``voiceslm tune`` in a home of its own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["voiceslm", "tune", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return run


def test_the_list_is_empty_at_first(command):
    assert command("--list") == (0, "There are no adapters yet.\n", "")


def test_the_list_tells_what_there_is_and_what_is_broken(command, tmp_path):
    adapters.install(make(tmp_path / "made", teacher="qwen"), "shop")
    adapters.install(make(tmp_path / "made"), "home")
    (adapters.adapters_folder() / "home" / adapters.MANIFEST).write_text("{}")
    code, out, err = command("--list")
    assert code == 0
    assert "shop" in out
    assert "qwen" in out
    assert "is broken" in err
    code, out, _ = command("--list", "--json")
    assert [one["name"] for one in json.loads(out)] == ["shop"]


def test_it_goes_back_to_the_adapter_before(command, tmp_path):
    for weights in (b"GGUF 1", b"GGUF 2"):
        adapters.install(make(tmp_path / "made", weights=weights), "home")
    code, out, _ = command("--rollback")
    assert code == 0
    assert out.startswith("home is the adapter of 2026-11-28")
    assert adapters.find("home").path.read_bytes() == b"GGUF 1"


def test_without_one_before_it_says_so(command):
    code, _, err = command("--rollback", "--name", "shop")
    assert code == 1
    assert "there is no adapter before 'shop'" in err


def test_a_recorded_turn_is_approved(command, tmp_path):
    one = turn(tmp_path)
    assert command("--approve", str(one)) == (0, f"{one.name} is approved: the next tuning learns it\n", "")
    assert [example.reply for example in learnt(tmp_path)[0]] == ["kitchen_light off"]


def test_a_turn_that_went_wrong_is_approved_with_what_it_should_have_come_to(command, tmp_path):
    one = turn(tmp_path, actions=[], route="chat")
    assert command("--approve", str(one), "--call", "kitchen_light off")[0] == 0
    assert [example.reply for example in learnt(tmp_path)[0]] == ["kitchen_light off"]


def test_what_is_no_recorded_turn_is_not_approved(command, tmp_path):
    code, _, err = command("--approve", str(tmp_path))
    assert code == 1
    assert "turn.json cannot be read" in err


def test_a_call_without_its_turn_is_told(command):
    code, _, err = command("--call", "kitchen_light off")
    assert code == 1
    assert "Name the turn: --approve FOLDER" in err


@pytest.mark.parametrize(("drift", "shown"), [(UNTOUCHED, "not touched"), (Drift(1.0, 1.1, 40), "1.11")])
def test_the_table_says_what_became_of_conversation(capsys, tmp_path, drift, shown):
    result = Result(Marks({"calls": 0.1}, {}), Marks({"calls": 0.9}, {}), drift, "it is not", None)
    _print_result(result, tmp_path, "home", as_json=False)
    assert re.search(rf"conversation.* {shown}", capsys.readouterr().out)


def test_without_its_libraries_it_says_how_to_get_them(command, monkeypatch):
    monkeypatch.setattr("voiceslm.tuning.run.LIBRARIES", ("torch_that_is_not_there",))
    code, _, err = command("--sample", "3")
    assert code == 1
    assert (
        "what tuning needs is not installed: torch_that_is_not_there. Run `pip install voiceslm[tune]`."
        in err
    )


@pytest.mark.models
def test_without_anything_to_learn_it_says_what_to_give(command, monkeypatch, tiny_llm):
    monkeypatch.setattr("voiceslm.tuning.run.LIBRARIES", ())
    code, _, err = command("--base", str(tiny_llm))
    assert code == 1
    assert "there is nothing to learn. Configure a broker, or give --sample 30" in err
