"""Turns that were recorded and approved."""

import json

import pytest

from tests.llm.homes import HOME
from voiceslm.daemon import recording
from voiceslm.errors import Problem
from voiceslm.tuning import recorded
from voiceslm.tuning.recorded import approve, disapprove, recorded_examples

NAME = "2026-11-24T18-05-12-0007"
OFF = {
    "transcript": "Kitchen light off",
    "route": "tools",
    "reply": "Done.",
    "actions": ["light.kitchen_light state done"],
}


def turn(folder, name=NAME, /, **changes):
    one = folder / name
    one.mkdir()
    (one / "turn.json").write_text(json.dumps({"schema": 1, "turn": OFF | changes}))
    return one


def learnt(folder):
    return recorded_examples(folder, HOME)


def test_the_record_is_the_one_that_is_written():
    assert recorded.RECORD == recording.RECORD
    assert recording.ended(NAME)


def test_nothing_is_learnt_of_what_was_not_approved(tmp_path):
    turn(tmp_path)
    assert learnt(tmp_path) == ([], [])


def test_an_approved_turn_teaches_what_was_done(tmp_path):
    approve(turn(tmp_path))
    (example,), faults = learnt(tmp_path)
    assert faults == []
    assert (example.messages[-1].content, example.reply) == ("Kitchen light off", "kitchen_light off")
    assert (example.source, example.device) == ("recorded", "light.kitchen_light")


def test_an_approval_can_be_taken_back(tmp_path):
    one = turn(tmp_path)
    approve(one)
    disapprove(one)
    disapprove(one)
    assert learnt(tmp_path) == ([], [])


def test_the_owner_may_say_what_should_have_been_done(tmp_path):
    approve(turn(tmp_path, actions=[], route="chat"), call="kitchen_light off")
    assert learnt(tmp_path)[0][0].reply == "kitchen_light off"


def test_a_reply_of_the_model_is_learnt_as_it_was(tmp_path):
    approve(turn(tmp_path, transcript="Who are you?", route="chat", reply="Your assistant.", actions=[]))
    (example,), _ = recorded_examples(tmp_path, HOME, persona="Be kind.")
    assert example.reply == "Your assistant."
    assert example.messages[0].content == "Be kind."


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"actions": []}, "nothing was done"),
        ({"actions": None}, "nothing was done"),
        ({"actions": ["light.kitchen_light state refused"]}, "nothing was done"),
        ({"actions": ["light.gone state done"]}, "not clear"),
        ({"transcript": "It is dark in the kitchen"}, "not clear"),
        ({"transcript": ""}, "nothing was understood"),
        ({"transcript": 5}, "nothing was understood"),
        ({"route": "skill"}, "neither"),
    ],
)
def test_an_approved_turn_of_no_use_is_told(tmp_path, changes, told):
    approve(turn(tmp_path, **changes))
    examples, (fault,) = learnt(tmp_path)
    assert examples == []
    assert told in fault.why
    assert NAME in fault.why


def test_a_call_that_cannot_be_is_told(tmp_path):
    approve(turn(tmp_path), call="moon on")
    assert "cannot be answered" in learnt(tmp_path)[1][0].why


def test_a_broken_record_is_told(tmp_path):
    one = turn(tmp_path)
    approve(one)
    (one / "turn.json").write_bytes(b"\xff{")
    assert "not JSON" in learnt(tmp_path)[1][0].why


def test_an_approval_whose_record_has_expired_is_nothing(tmp_path):
    one = turn(tmp_path)
    approve(one)
    (one / "turn.json").unlink()
    assert learnt(tmp_path) == ([], [])


def test_what_is_no_turn_cannot_be_approved(tmp_path):
    with pytest.raises(Problem, match="cannot be read"):
        approve(tmp_path)


def test_other_folders_and_links_are_left_alone(tmp_path):
    approve(turn(tmp_path, "notes"))
    (tmp_path / "2026-11-24T18-05-12-0008").symlink_to(tmp_path / "notes")
    assert learnt(tmp_path) == ([], [])


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(Problem, match="cannot be listed"):
        learnt(tmp_path / "none")
