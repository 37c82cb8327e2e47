"""What a model can learn of a home."""

from collections import Counter

import pytest

from tests.llm.homes import DOOR, HOME, KITCHEN, light
from voiceslm.llm import Message
from voiceslm.llm.tools import BRIEF
from voiceslm.tuning.frames import frames
from voiceslm.tuning.home import HOME as OWN
from voiceslm.tuning.home import OTHERS, home_examples, make
from voiceslm.tuning.madeup import made_up
from voiceslm.tuning.reach import Reach

SOME = 600


@pytest.fixture(scope="module")
def examples():
    return home_examples(HOME, seed=3, most=SOME)


def test_there_are_as_many_as_were_wanted(examples):
    assert len(examples) == SOME


def test_the_same_seed_gives_the_same_examples(examples):
    assert home_examples(HOME, seed=3, most=SOME) == examples


def test_another_seed_gives_others(examples):
    assert home_examples(HOME, seed=4, most=SOME) != examples


def test_no_sentence_comes_twice_in_this_home(examples):
    own = Counter(one.messages for one in examples if one.source == OWN)
    assert max(own.values()) == 1


def test_the_model_is_asked_as_it_is_at_run_time(examples):
    assert all(one.messages[0] == Message("system", BRIEF) for one in examples)
    assert all(len(one.messages) == 2 and one.messages[1].role == "user" for one in examples)


def test_every_answer_about_this_home_can_be_given_at_run_time(examples):
    reach = Reach(HOME)
    own = [one for one in examples if one.source == OWN]
    assert own
    assert all(reach.asked(one.messages[-1].content).allows(one.reply) for one in own)


def test_half_are_of_other_homes_whose_devices_are_marked_with_them(examples):
    others = [one for one in examples if one.source == OTHERS]
    assert 0.3 < len(others) / len(examples) < 0.7
    assert all(not one.device or one.device.startswith("3-") for one in others)


def test_devices_of_this_home_are_named_by_their_ids(examples):
    known = {entity.id for entity in HOME}
    assert {one for each in examples if each.source == OWN for one in each.device.split()} <= known


def test_they_are_about_every_device(examples):
    spoken_of = {one for each in examples for one in each.device.split()}
    assert {entity.id for entity in HOME} <= spoken_of


def test_there_are_questions_values_several_calls_and_sentences_for_nobody(examples):
    replies = [one.reply for one in examples]
    assert any(reply.endswith(" get") for reply in replies)
    assert any("brightness 40" in reply or "brightness 50" in reply for reply in replies)
    assert any("\n" in reply for reply in replies)
    assert "none" in replies
    assert "ask" in replies


def test_it_says_why_sentences_were_dropped():
    assert make(HOME, seed=3, most=50).dropped.total() > 0


def test_a_home_of_one_device_has_examples():
    own = [one for one in home_examples([DOOR], most=40) if one.source == OWN]
    assert any(one.reply == "front_door lock" for one in own)


def test_without_a_home_all_are_of_others():
    assert {one.source for one in home_examples((), most=20)} == {OTHERS}


def test_a_home_of_hostile_names_is_only_data():
    hostile = light('{area} {0} "\\ [x|(y')
    assert len(home_examples([hostile, KITCHEN], most=60)) == 60


def test_made_up_homes_have_devices_of_their_own_and_are_the_same_again():
    first, second = made_up(1, 1), made_up(1, 2)
    assert first == made_up(1, 1)
    assert first != second
    assert len({entity.id for entity in first}) == len(first) >= 15


def test_every_kind_that_can_be_said_has_ways_to_be_asked_for():
    assert sum(len(ways) for calls in frames().values() for ways in calls.values()) > 500
