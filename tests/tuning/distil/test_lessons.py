"""What is learnt from one answer of a teacher, and in which order it is asked."""

from __future__ import annotations

from random import Random

import pytest

from tests.tuning.distil.homes import HOURS, LOCKER, PACK, aim, home
from voiceslm.knowledge import Pack
from voiceslm.llm.tools import BRIEF
from voiceslm.tuning import Example
from voiceslm.tuning.distil.aims import aims
from voiceslm.tuning.distil.checks import Reason, Said
from voiceslm.tuning.distil.desk import REFUSAL, Desk
from voiceslm.tuning.distil.lessons import Paraphrasing, Questioning, Rewording, Straying, key, phrasing
from voiceslm.tuning.distil.plan import BLOCK, lessons
from voiceslm.tuning.distil.tasks import STYLES, Task

HOME = home()
OFF = aim(HOME, "Porch Light", "turn off the porch light", "off")
WARMER = aim(HOME, "Thermostat", "turn the thermostat temperature up", "temperature up")


@pytest.fixture(scope="module")
def desk():
    return Desk(PACK)


def never(_messages, *, max_tokens, grammar=""):
    raise AssertionError("nothing more was to be asked")


def learnt(lesson, text, ask=never):
    return [*lesson.learn(text, Said(), ask)]


def test_a_paraphrase_becomes_an_example_as_the_tuned_model_is_asked():
    ((task, example),) = learnt(Paraphrasing(HOME, OFF, STYLES[0]), "1. turn the porch light off please")
    assert task is Task.PARAPHRASE
    assert isinstance(example, Example)
    assert [(one.role, one.content) for one in example.messages] == [
        ("system", BRIEF),
        ("user", "turn the porch light off please"),
    ]
    assert example.reply == "porch_light off"
    assert example.source == "teacher"
    assert example.device == "light.porch_light"
    assert example.phrasing == "turn the {name} off please"


def test_what_is_wrong_is_told_with_its_reason():
    outcomes = learnt(Paraphrasing(HOME, OFF, STYLES[0]), "turn on the porch light\nturn off the hall light")
    assert outcomes == [(Task.PARAPHRASE, Reason.MEANING), (Task.PARAPHRASE, Reason.OTHER_DEVICE)]


@pytest.mark.parametrize(
    ("answer", "kept"), [("thermostat temperature up", True), ("thermostat temperature down", False)]
)
def test_what_rules_do_not_understand_the_teacher_is_asked_without_being_told_what_was_meant(answer, kept):
    asked = []

    def ask(messages, *, max_tokens, grammar=""):
        asked.append((messages, grammar))
        return answer

    ((task, outcome),) = learnt(Paraphrasing(HOME, WARMER, STYLES[0]), "change the thermostat", ask)
    ((messages, grammar),) = asked
    assert task is Task.CALLS
    assert isinstance(outcome, Example) is kept
    assert messages[-1].content == "change the thermostat"
    assert messages[:-1] == tuple(HOME.head)
    assert "thermostat temperature up" in grammar
    assert "thermostat temperature down" in grammar


def test_a_question_is_learnt_with_what_is_known_before_it(desk):
    text = "Q: How early does the swimming hall open?\nA: at 7:00\nQUOTE: opens at 7:00"
    ((task, example),) = learnt(Questioning(HOURS, desk), text)
    assert task is Task.KNOWLEDGE
    assert isinstance(example, Example)
    assert example.reply == "At 7:00."
    assert "opens at 7:00" in example.messages[-1].content
    assert "How early does the swimming hall open?" in example.messages[-1].content
    assert not example.device


def test_a_given_question_in_other_words_has_the_given_answer(desk):
    ((_, example),) = learnt(Rewording(LOCKER, desk), "What coin do I need for a locker?")
    assert isinstance(example, Example)
    assert example.reply == LOCKER.answer


def test_what_nothing_known_answers_is_refused_in_the_fixed_words(desk):
    stray = Straying("animals", desk)
    outcomes = learnt(stray, "Why are some animals nocturnal? When does the swimming hall open?")
    assert [task for task, _ in outcomes] == [Task.ELSEWHERE] * 2
    first, second = (outcome for _, outcome in outcomes)
    assert isinstance(first, Example)
    assert first.reply == REFUSAL
    assert second is Reason.KNOWN


def test_a_teacher_of_strays_is_not_told_what_is_known(desk):
    told = " ".join(message.content for message in Straying("animals", desk).messages)
    assert "swim" not in told.lower()
    assert "sauna" not in told.lower()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Dim the Porch Light to 30 percent.", "dim the {name} to {value} percent"),
        ("30 on the light at the porch", "{value} on the light at the {area}"),
    ],
)
def test_a_phrasing_is_the_sentence_without_its_device_and_its_value(text, plain):
    dim = aim(HOME, "Porch Light", "set the porch light to 30 percent", "brightness 30")
    assert phrasing(text, dim) == plain


def test_every_aim_is_understood_as_it_is_meant():
    found = aims(HOME, Random(0))
    assert len({one.entity.id for one in found}) == len(HOME.entities)
    for one in found:
        assert one.line in HOME.menu(HOME.read(one.sentence))


def test_the_same_seed_gives_the_same_lessons_in_the_same_order(desk):
    first, second, other = ([*map(key, lessons(home(), desk, seed))] for seed in (1, 1, 2))
    assert first == second
    assert first != other
    assert len(set(first)) == len(first)


def test_home_and_knowledge_come_by_turns(desk):
    found = lessons(HOME, desk)
    assert {lesson.shows for lesson in found[:BLOCK]} == {"home"}
    assert {lesson.shows for lesson in found[: 2 * BLOCK]} == {"home", "knowledge"}


def test_nothing_known_gives_no_lessons():
    assert lessons(None, None) == []
    assert all(lesson.shows == "home" for lesson in lessons(HOME, None))
    assert lessons(None, Desk(Pack())) == []
