"""What of a teacher's words may teach."""

from __future__ import annotations

import pytest

from tests.tuning.distil.homes import HOURS, LOCKER, PACK, SAUNA, aim, home
from voiceslm.tuning.distil import checks
from voiceslm.tuning.distil.checks import Reason, Said
from voiceslm.tuning.distil.desk import REFUSAL, Desk
from voiceslm.tuning.distil.replies import Quoted

HOME = home()
OFF = aim(HOME, "Porch Light", "turn off the porch light", "off")
DIM = aim(HOME, "Porch Light", "set the porch light to 30 percent", "brightness 30")
RED = aim(HOME, "Porch Light", "make the porch light red", "color red")
ASKS = aim(HOME, "Porch Light", "is the porch light on", "get")
WARMER = aim(HOME, "Thermostat", "turn the thermostat temperature up", "temperature up")


@pytest.fixture(scope="module")
def desk():
    return Desk(PACK)


@pytest.mark.parametrize(
    ("meant", "text"),
    [
        (OFF, "turn the porch light off please"),
        (OFF, "could you kill the porch light?"),
        (OFF, "I want the porch light off"),
        (DIM, "porch light at thirty percent"),
        (DIM, "bring the porch light to 30%"),
        (RED, "I'd like the porch light to be red"),
        (ASKS, "is the porch light still on?"),
        (ASKS, "Tell me whether the porch light is on"),
    ],
)
def test_other_words_for_the_same_teach(meant, text):
    assert checks.paraphrase(text, meant, HOME, Said()) is None


@pytest.mark.parametrize(
    ("meant", "text", "reason"),
    [
        (OFF, "off", Reason.LENGTH),
        (OFF, "turn the porch light off " * 6, Reason.LENGTH),
        (OFF, "porch_light off now", Reason.UNSPOKEN),
        (OFF, "turn off <the> porch light", Reason.UNSPOKEN),
        (OFF, "turn off the porch light \U0001f4a1", Reason.UNSPOKEN),
        (OFF, "Here are some sentences:", Reason.UNSPOKEN),
        (OFF, "Turn off the porch light!", Reason.SAME),
        (DIM, "set the porch light to 40 percent", Reason.NUMBERS),
        (DIM, "dim the porch light", Reason.NUMBERS),
        (OFF, "turn off the porch light in 5 minutes", Reason.NUMBERS),
        (RED, "make the porch light blue", Reason.COLOURS),
        (RED, "colour the porch light", Reason.COLOURS),
        (OFF, "is the porch light off?", Reason.MANNER),
        (OFF, "would you like the porch light off?", Reason.MANNER),
        (ASKS, "turn on the porch light", Reason.MANNER),
        (OFF, "it is too bright for my taste", Reason.NOT_HOME),
        (OFF, "remind me to turn off the porch light", Reason.NOT_HOME),
        (OFF, "turn off the hall light", Reason.OTHER_DEVICE),
        (OFF, "turn on the porch light", Reason.MEANING),
        (OFF, "make the porch light brighter", Reason.MEANING),
        (WARMER, "change the thermostat", Reason.UNCERTAIN),
    ],
)
def test_what_means_something_else_does_not(meant, text, reason):
    assert checks.paraphrase(text, meant, HOME, Said()) is reason


def test_what_was_accepted_does_not_come_again_in_nearly_the_same_words():
    said = Said()
    said.add("please switch the porch light off", OFF.line)
    assert checks.paraphrase("please switch the porch lights off", OFF, HOME, said) is Reason.SAME
    assert checks.paraphrase("the porch light should go off", OFF, HOME, said) is None


def test_one_sentence_never_means_two_things():
    said = Said()
    said.add("kill the porch light", "another_light off")
    assert checks.paraphrase("Kill the porch light.", OFF, HOME, said) is Reason.SAME


MENU = {"porch_light on", "porch_light off"}


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("porch_light off", None),
        ("porch_light on", Reason.DISAGREES),
        ("porch_light off\nporch_light on", Reason.DISAGREES),
        ("none", Reason.NO_CALL),
        ("", Reason.NO_CALL),
        ("hall_light off", Reason.NO_CALL),
        ("porch_light off\nunlock everything", Reason.NO_CALL),
    ],
)
def test_a_call_teaches_where_it_is_what_was_meant_and_possible(output, reason):
    assert checks.call(output, OFF, MENU) is reason


@pytest.mark.parametrize(
    "found",
    [
        Quoted("When does the swimming hall open?", "It opens at 7:00.", "opens at 7:00"),
        Quoted(
            "Do children pay for swimming?", "Children under six swim for free.", "under six swim for free."
        ),
        Quoted("Until when is the swimming hall open?", "It closes at 21:30.", "and CLOSES  at 21:30"),
    ],
)
def test_a_question_teaches_whose_answer_stands_in_the_passage(found, desk):
    assert checks.answer(found, HOURS, desk, Said()) is None


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (Quoted("When does the hall open?", "At 8:00.", "opens at 7:00"), Reason.UNGROUNDED),
        (Quoted("What is the last hour to swim?", "The first is at 7:00.", "opens at 7:00"), Reason.MEANING),
        (Quoted("When does the hall open?", "Ask Miss Miller at 7:00.", "opens at 7:00"), Reason.UNGROUNDED),
        (Quoted("When does the hall open?", "At 7:00.", "opens at seven"), Reason.UNQUOTED),
        (Quoted("When does the hall open?", "At 7:00.", "7:00"), Reason.UNQUOTED),
        (
            Quoted(
                "When does the hall open?", "Whenever the lifeguard has finished breakfast.", "opens at 7:00"
            ),
            Reason.RESTLESS,
        ),
        (
            Quoted("Does the swimming hall open at 7:00?", "It opens at 7:00.", "opens at 7:00"),
            Reason.TELLING,
        ),
        (
            Quoted("The swimming hall opens at 7:00.", "It closes at 21:30.", "closes at 21:30"),
            Reason.UNSPOKEN,
        ),
        (Quoted("When?", "At 7:00.", "opens at 7:00"), Reason.LENGTH),
        (Quoted("When does the hall open?", "At 7:00, " * 40, "opens at 7:00"), Reason.LENGTH),
        (Quoted("When does the hall open?", "See https://hall/7:00", "opens at 7:00"), Reason.UNSPOKEN),
        (Quoted("How early may somebody come here?", "At 7:00.", "opens at 7:00"), Reason.NOT_FOUND),
        (
            Quoted("How much does the sauna cost?", "Children swim for free.", "swim for free"),
            Reason.NOT_FOUND,
        ),
    ],
)
def test_what_the_passage_does_not_say_does_not_teach(found, reason, desk):
    assert checks.answer(found, HOURS, desk, Said()) is reason


def test_a_question_with_an_answer_of_its_own_gets_no_other(desk):
    found = Quoted("Do the lockers need a coin?", "Bring two towels.", "Bring two towels")
    assert checks.answer(found, SAUNA, desk, Said()) is Reason.OTHER_ANSWER


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Do I need a coin for the lockers?", None),
        ("What coin do I need for a locker?", None),
        ("Do I need 2 coins for the lockers?", Reason.NUMBERS),
        ("Where can I buy ice cream?", Reason.MEANING),
        ("Tell me about the lockers", Reason.UNSPOKEN),
    ],
)
def test_a_given_question_is_asked_in_other_words(text, reason, desk):
    assert checks.asked_like(text, LOCKER, desk, Said()) is reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Why are some animals nocturnal?", None),
        ("Who won the election in Portugal?", None),
        ("When does the swimming hall open?", Reason.KNOWN),
        ("Is the sauna mixed on Mondays?", Reason.KNOWN),
        ("Do the lockers need a coin?", Reason.KNOWN),
        ("Why? Because?", Reason.UNSPOKEN),
    ],
)
def test_only_what_nothing_known_answers_is_refused(text, reason, desk):
    assert checks.refused(text, desk, REFUSAL, Said()) is reason
