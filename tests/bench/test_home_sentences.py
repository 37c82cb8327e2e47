"""The sentences with which the home part is measured: how they are scored, and what is reached."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest
import yaml

from voiceslm.bench.home import misheard, sentences
from voiceslm.entities import Kind

HOME = """
areas: [{name: Kitchen, id: k, floor: f}]
floors: [{name: Ground Floor, id: f}]
entities:
  - {name: Lamp, id: light.lamp, area: k}
  - {name: "Joe[']s", id: todo.joes}
"""


@pytest.fixture(scope="module")
def data():
    folder = Path(os.environ.get("VOICESLM_DATA", Path(__file__).parents[3] / "shared" / "data"))
    if not (folder / sentences.SENTENCES).is_file():
        pytest.skip(f"no {sentences.SENTENCES} in {folder}; set VOICESLM_DATA")
    return folder


def row(text, intent, slots, **home):
    return {
        "text": text,
        "intent": intent,
        "slots": slots,
        "areas": None,
        "entities": None,
        "floors": None,
    } | home


def scored(folder, *rows):
    """Score ``rows`` in a folder of their own."""
    (folder / "text").mkdir()
    (folder / sentences.HOME).write_text(HOME, "utf-8")
    (folder / sentences.SENTENCES).write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return sentences.score(folder)


def test_a_sentence_is_right_with_its_intent_and_slots_whatever_form_a_number_has(tmp_path):
    found = scored(tmp_path, row("set lamp to 40%", "HassLightSet", {"name": "lamp", "brightness": 40.0}))

    assert found.right == {"HassLightSet": 1}
    assert not found.misses


def test_the_kind_and_the_room_in_which_it_is_said_may_be_there_besides(tmp_path):
    found = scored(tmp_path, row("turn off the lights", "HassTurnOff", {}))

    assert found.right == {"HassTurnOff": 1}


@pytest.mark.parametrize(
    ("intent", "slots"),
    [
        ("HassTurnOff", {"name": "Lamp"}),
        ("HassTurnOn", {"name": "Other"}),
        ("HassTurnOn", {}),
        ("HassTurnOn", {"name": "Lamp", "area": "Kitchen"}),
    ],
)
def test_another_intent_or_other_slots_are_a_miss(tmp_path, intent, slots):
    found = scored(tmp_path, row("turn on lamp", intent, slots))

    assert not found.right
    assert [miss.text for miss in found.misses] == ["turn on lamp"]


def test_a_row_with_a_home_of_its_own_is_asked_in_that_one(tmp_path):
    own = {"entities": [{"name": "Beacon", "domain": "light"}]}

    found = scored(tmp_path, row("turn on beacon", "HassTurnOn", {"name": "Beacon"}, **own))

    assert found.right == {"HassTurnOn": 1}


def test_a_home_is_read_with_its_rooms_and_what_is_no_entity():
    (lamp,), others = sentences.things(yaml.safe_load(HOME))

    assert (lamp.kind, lamp.area, lamp.floor) == (Kind.LIGHT, "Kitchen", "Ground Floor")
    assert others == {"area": ["Kitchen"], "floor": ["Ground Floor"], "todo": ["Joe's"]}


def test_changes_are_the_same_for_the_same_seed_and_leave_short_words_alone():
    sentence = "is the den on at 40 percent"

    changed = [misheard.letters(sentence, random.Random(seed)) for seed in (1, 1, 2)]

    assert changed[0] == changed[1]
    assert all(text.startswith("is the den on at 40 ") for text in changed)


def test_home_assistants_sentences_are_understood(data):
    found = sentences.score(data)

    assert sum(found.right.values()) >= 0.99 * sum(found.total.values()), found.misses


def test_nothing_is_done_for_sentences_that_command_nothing(data):
    for name, strangers in sentences.score_strangers(data).items():
        assert strangers.total > 500, name
        assert not strangers.commands, name


def test_misheard_sentences_are_understood_and_none_is_taken_for_another():
    heard = misheard.mishear()

    assert not heard.wrong
    assert sum(heard.right.values()) >= 0.95 * sum(heard.total.values())
