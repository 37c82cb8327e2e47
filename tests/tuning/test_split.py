"""What is trained, and what is kept to judge by."""

import pytest

from tests.llm.homes import HOME
from voiceslm.llm import Message
from voiceslm.tuning import Example
from voiceslm.tuning.home import home_examples
from voiceslm.tuning.split import devices_of, phrasings_of, split


def example(said="lamp on", *, source="home", phrasing="", device=""):
    return Example((Message("user", said),), "lamp on", source, phrasing, device)


@pytest.fixture(scope="module")
def parts():
    return split(home_examples(HOME, seed=1, most=1500))


def test_every_example_is_in_one_part():
    examples = home_examples(HOME, seed=1, most=300)
    parts = split(examples)
    assert len(parts.train) + len(parts.held) == len(examples)
    assert {*parts.train} | {*parts.held} == {*examples}


def test_a_phrasing_that_is_held_out_is_never_trained(parts):
    trained = {phrasing for one in parts.train for phrasing in phrasings_of(one)}
    assert parts.by_phrasing
    assert not [one for one in parts.by_phrasing if trained >= set(phrasings_of(one))]


def test_a_device_that_is_held_out_is_never_trained(parts):
    trained = {device for one in parts.train for device in devices_of(one)}
    assert parts.by_device
    assert not [one for one in parts.by_device if trained >= set(devices_of(one))]


def test_the_devices_of_the_home_itself_are_all_trained(parts):
    trained = {device for one in parts.train for device in devices_of(one)}
    assert {entity.id for entity in HOME} <= trained


def test_most_is_trained(parts):
    assert len(parts.held) < 0.3 * (len(parts.held) + len(parts.train))


def test_the_same_seed_gives_the_same_split():
    examples = home_examples(HOME, seed=1, most=200)
    assert split(examples, seed=5) == split(examples, seed=5)
    assert split(examples, seed=5) != split(examples, seed=6)


def test_without_made_up_homes_own_devices_are_held_out():
    found = [example(f"{n} on", phrasing=f"p{n % 20}", device=f"light.{n % 10}") for n in range(200)]
    assert split(found).by_device


def test_what_only_keeps_a_model_as_it_was_is_not_held_out():
    found = [example(f"{n}?", source="chat") for n in range(50)]
    assert split(found).train == tuple(found)


def test_one_example_is_trained_and_nothing_is_judged():
    parts = split([example()])
    assert (len(parts.train), parts.held) == (1, ())
    assert len(parts.notes) == 2


def test_of_one_device_only_phrasings_are_held_out():
    found = [example(f"{n}", phrasing=f"p{n % 20}", device="light.a") for n in range(200)]
    parts = split(found)
    assert parts.by_phrasing
    assert parts.by_device == ()
    assert parts.notes == ("nothing is held out by device: there are too few",)


def test_nothing_can_be_split():
    assert split([]).train == ()
