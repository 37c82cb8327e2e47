"""Sentences of others to a home, and what is to be answered."""

import json

import pytest

from voiceslm.bench.stt import data_folder
from voiceslm.bench.tune.phrases import by_home, phrases
from voiceslm.bench.tune.sentences import simulated
from voiceslm.llm.tools import handles

ROWS = [
    {"text": "Slow down the attic fan", "service": "fan.decrease_speed", "device": "attic_1"},
    {"text": "Start R2D2", "service": "vacuum.start", "device": "r2d2"},
    {"text": "Turn on <device_name1> and lock <device_name2>", "service": "light|lock.turn_on|lock"},
    {"text": "Make <device_name> <color>", "service": "light.turn_on"},
    {"text": "What is <device_name> doing", "service": "status.vacuum"},
    {"text": "Set a <duration> <device_name>", "service": "timer.start"},
    {"text": "Switch the <device_name> state", "service": "blinds.toggle"},
]


@pytest.fixture
def found(tmp_path):
    (tmp_path / "text").mkdir()
    lines = "\n".join(json.dumps(row) for row in ROWS)
    (tmp_path / "text/homellm_phrases.jsonl").write_text(lines)
    return phrases(tmp_path, simulated())


def said(found, begin):
    return next(one for one in found.phrases if one.text.lower().startswith(begin))


def test_a_device_that_is_named_stands_in_a_home_of_such(found):
    phrase = said(found, "slow down")
    assert phrase.reply == "attic_fan percentage down"
    assert not phrase.own


def test_places_are_filled_with_devices_of_the_simulated_home_where_it_has_them(found):
    phrase = said(found, "turn on")
    first, second = phrase.reply.split("\n")
    assert phrase.own
    assert first.endswith(" on")
    assert second.endswith(" lock")
    assert "<" not in phrase.text


def test_what_the_simulated_home_lacks_is_asked_of_another(found):
    phrase = said(found, "what is")
    assert not phrase.own
    assert phrase.reply.endswith("_vacuum get")


def test_a_value_is_asked_of_a_device_that_takes_it(found):
    phrase = said(found, "make")
    handle, name, color = phrase.reply.split()
    entity = next(one for one in phrase.home if handles(phrase.home)[one.id] == handle)
    assert "color" in entity.settable
    assert (name, phrase.text.endswith(color)) == ("color", True)


def test_what_is_no_call_to_a_device_is_counted_and_left_out(found):
    assert found.left_out == {"timer.start": 1, "blinds.toggle": 1}


def test_each_sentence_is_asked_in_its_home_once(found):
    assert sum(len(asked) for _, asked in by_home(found.phrases)) == len(found.phrases)


def test_the_data_is_read_whole(speech_data):
    assert len(phrases(data_folder(), simulated()).phrases) > 350
