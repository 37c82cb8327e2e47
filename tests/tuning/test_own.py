"""What an owner gives to learn from."""

import json
import os

import pytest

from tests.llm.homes import HOME
from voiceslm.errors import Problem
from voiceslm.llm import Message
from voiceslm.llm.tools import BRIEF
from voiceslm.tuning import Example
from voiceslm.tuning.own import MOST_FAULTS, MOST_LINE, read_examples

LIGHT = {"say": "Kitchen light off", "call": "kitchen_light off"}


def read(tmp_path, *lines, **more):
    path = tmp_path / "own.jsonl"
    path.write_bytes(b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines))
    return read_examples(path, HOME, **more)


def why(tmp_path, line):
    examples, (fault,) = read(tmp_path, LIGHT, line)
    assert len(examples) == 1
    assert fault.line == 2
    return fault.why


def test_a_sentence_and_its_call(tmp_path):
    (example,), faults = read(tmp_path, LIGHT)
    assert faults == []
    assert example.messages == (Message("system", BRIEF), Message("user", "Kitchen light off"))
    assert (example.reply, example.source, example.device) == (
        "kitchen_light off",
        "own",
        "light.kitchen_light",
    )


def test_several_calls(tmp_path):
    calls = ["kitchen_light off", "game_room_light off"]
    (example,), _ = read(tmp_path, {"say": "Kitchen light and game room light off", "call": calls})
    assert example.reply == "\n".join(calls)


def test_a_sentence_that_is_for_nobody(tmp_path):
    (example,), _ = read(tmp_path, {"say": "The kitchen is cosy", "call": "none"})
    assert (example.reply, example.device) == ("none", "")


def test_a_reply_belongs_to_conversation(tmp_path):
    (example,), _ = read(tmp_path, {"say": "Who are you?", "reply": "Your kiosk."}, persona="Be kind.")
    assert example.messages == (Message("system", "Be kind."), Message("user", "Who are you?"))


def test_what_an_example_is_written_as(tmp_path):
    example = Example((Message("user", "Hi"),), "Hello.", "teacher", "p", "light.a")
    assert read(tmp_path, example.line().encode()) == ([example], [])


def test_the_same_twice_counts_once(tmp_path):
    assert len(read(tmp_path, LIGHT, LIGHT)[0]) == 1


def test_empty_lines_and_an_empty_file_are_nothing(tmp_path):
    assert read(tmp_path, b"", b"  ", b"") == ([], [])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({"say": "Turn on the cellar lamp", "call": "cellar_lamp on"}, "no device 'cellar_lamp'"),
        ({"say": "Kitchen light off", "call": "kitchen_light on"}, "possible: kitchen_light off"),
        ({"say": "Good evening", "call": "kitchen_light on"}, "which device"),
        ({"say": "Movie time in the kitchen", "call": "kitchen_light off"}, "taken for conversation"),
        ({"say": "x", "call": ["kitchen_light on", 5]}, "a call is"),
        ({"say": "x", "call": ""}, "a call is"),
        ({"say": "", "call": "kitchen_light on"}, "say is missing"),
        ({"say": 5, "reply": "x"}, "say is missing"),
        ({"say": "x"}, "reply is missing"),
        ({"say": "x" * 500, "reply": "x"}, "longer than 400"),
        ({"messages": 5}, "neither"),
        ({"messages": [], "reply": "x", "source": "own", "phrasing": "", "device": ""}, "last message"),
        (
            {
                "messages": [{"role": "user", "content": 5}],
                "reply": "x",
                "source": "",
                "phrasing": "",
                "device": "",
            },
            "must be text",
        ),
        (["say"], "no object"),
        (b"hello", "not JSON"),
        (b'{"say": ', "not JSON"),
        (b"[" * 5000, "not JSON"),
        (b"\xff\xfe\x00\x01", "UTF-8"),
        (b"a" * (MOST_LINE + 1), "longer than"),
        (b"a" * (3 * MOST_LINE), "longer than"),
    ],
)
def test_a_line_that_cannot_be_used_is_told_and_the_others_are_used(tmp_path, line, told):
    assert told in why(tmp_path, line)


def test_lines_after_one_that_is_too_long_have_their_own_numbers(tmp_path):
    examples, faults = read(tmp_path, b"a" * (3 * MOST_LINE), b"hello", LIGHT)
    assert [fault.line for fault in faults] == [1, 2]
    assert len(examples) == 1


def test_a_binary_file_is_faults_and_not_too_many(tmp_path):
    examples, faults = read(tmp_path, bytes(range(256)) * 4000)
    assert examples == []
    assert 0 < len(faults) <= MOST_FAULTS


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "huge.jsonl"
    with path.open("wb") as file:
        file.truncate(2**31)
    with pytest.raises(Problem, match="too large"):
        read_examples(path, HOME)


def test_no_file_a_folder_and_a_pipe_are_told(tmp_path):
    with pytest.raises(Problem, match="cannot be read"):
        read_examples(tmp_path / "none", HOME)
    with pytest.raises(Problem, match="cannot be read"):
        read_examples(tmp_path, HOME)
    os.mkfifo(tmp_path / "pipe")
    assert read_examples(tmp_path / "pipe", HOME) == ([], [])
