"""A real model on this machine as the teacher."""

from __future__ import annotations

import pytest

from tests.tuning.distil.homes import PORCH, home
from voiceslm.errors import Problem
from voiceslm.llm import Message
from voiceslm.llm.tools import grammar
from voiceslm.tuning.distil import replies
from voiceslm.tuning.distil.aims import Aim
from voiceslm.tuning.distil.book import About, Book
from voiceslm.tuning.distil.lessons import Paraphrasing
from voiceslm.tuning.distil.local import LocalTeacher
from voiceslm.tuning.distil.run import Budget, Run
from voiceslm.tuning.distil.tasks import STYLES
from voiceslm.tuning.distil.teacher import NoAnswer

pytestmark = pytest.mark.models

ASKED = [Message("user", "Name some colours, one a line.")]


@pytest.fixture(scope="module")
def teacher(tiny_llm):
    with LocalTeacher(tiny_llm, name="smollm2-135m-instruct", licence="Apache-2.0", threads=2) as teacher:
        yield teacher


def test_it_writes_and_nothing_leaves_the_machine(teacher):
    assert replies.lines(teacher.complete(ASKED, max_tokens=40, deadline=60))
    assert not teacher.remote


def test_it_writes_no_more_than_it_is_asked_for(teacher):
    assert len(teacher.complete(ASKED, max_tokens=3, deadline=60).split()) <= 3


def test_the_same_seed_writes_the_same(teacher):
    first, second = (teacher.complete(ASKED, max_tokens=24, deadline=60) for _ in range(2))
    assert first == second


def test_it_can_be_held_to_a_grammar(teacher):
    menu = ["porch_light on", "porch_light off"]
    said = teacher.complete(
        [Message("user", "Porch light off.")], max_tokens=32, deadline=60, grammar=grammar(menu)
    )
    assert set(said.split("\n")) <= {*menu, "none", "ask"}


def test_what_is_not_whole_at_the_deadline_is_nothing(teacher):
    with pytest.raises(NoAnswer, match="not in time"):
        teacher.complete(ASKED, max_tokens=500, deadline=0.0)


def test_a_question_that_is_too_long_is_told(teacher):
    with pytest.raises(Problem, match="too long"):
        teacher.complete([Message("user", "word " * 8000)], max_tokens=8, deadline=60)


def test_it_gives_a_lesson_of_which_rules_keep_what_is_right(teacher, tmp_path):
    lesson = Paraphrasing(home(), Aim(PORCH, "turn off the porch light", "porch_light off"), STYLES[0])
    with Book(tmp_path / "examples.jsonl", About(teacher.name, teacher.licence, "home")) as book:
        Run(teacher, book, Budget(4)).give([lesson])
        about = book.about
    written = about.accepted.total() + about.rejected.total() + about.unanswered.total()
    assert written >= 1
    assert len(book.path.read_text("utf-8").splitlines()) == about.examples
