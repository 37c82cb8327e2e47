"""Lessons, one after another, until there is enough, no more time, or nothing comes of it."""

from __future__ import annotations

import pytest

from tests.tuning.distil.homes import PACK, PORCH, home
from tests.tuning.distil.server import Answer, serving
from tests.tuning.distil.teachers import SILENT, Scripted
from voiceslm.errors import Problem
from voiceslm.tuning.distil.aims import Aim
from voiceslm.tuning.distil.book import About, Book
from voiceslm.tuning.distil.desk import Desk
from voiceslm.tuning.distil.lessons import Paraphrasing
from voiceslm.tuning.distil.plan import lessons
from voiceslm.tuning.distil.remote import RemoteTeacher
from voiceslm.tuning.distil.run import ANSWER_SECONDS, BARREN, FAILURES, Budget, Progress, Run

HOME = home()
OFF = Aim(PORCH, "turn off the porch light", "porch_light off")
WAYS = (
    "turn the porch light off please",
    "kill the porch light",
    "I want the porch light off",
    "the porch light should go off",
)


def styles(count):
    """Return so many lessons that differ."""
    return [Paraphrasing(HOME, OFF, f"style {number}") for number in range(count)]


class Clock:
    def __init__(self, step=0.0):
        self.now = 0.0
        self._step = step

    def __call__(self):
        self.now += self._step
        return self.now


@pytest.fixture
def book(tmp_path):
    with Book(tmp_path / "examples.jsonl", About("scripted", "CC0", "home")) as book:
        yield book


def replies(book):
    return len(book.path.read_text("utf-8").splitlines())


def test_it_keeps_what_is_right_and_counts_the_rest(book):
    teacher = Scripted("\n".join([*WAYS[:2], "turn on the porch light", "kill the porch light!"]))
    Run(teacher, book, Budget(10)).give(styles(1))
    assert replies(book) == book.about.examples == 2
    assert book.about.accepted == {"paraphrase": 2}
    assert book.about.rejected == {"paraphrase: it means something else": 1, "paraphrase: said before": 1}


def test_it_ends_when_there_are_enough(book):
    teacher = Scripted(*WAYS)
    Run(teacher, book, Budget(2)).give(styles(4))
    assert replies(book) == 2
    assert len(teacher.asked) == 2


def test_it_ends_in_the_middle_of_an_answer(book):
    Run(Scripted("\n".join(WAYS)), book, Budget(3)).give(styles(1))
    assert replies(book) == 3


def test_it_ends_when_there_is_no_more_time_and_asks_for_no_longer_than_there_is(book):
    teacher = Scripted(*WAYS)
    Run(teacher, book, Budget(10, 100.0), clock=Clock(10.0)).give(styles(4))
    assert 1 <= len(teacher.asked) < 4
    assert all(0 < deadline <= 100 for _, _, deadline, _ in teacher.asked)


def test_without_an_end_each_answer_has_a_deadline(book):
    teacher = Scripted(WAYS[0])
    Run(teacher, book, Budget(1)).give(styles(1))
    assert teacher.asked[0][2] == ANSWER_SECONDS


def test_what_was_asked_is_not_asked_again(book):
    teacher = Scripted(*WAYS)
    given = styles(4)
    Run(teacher, book, Budget(10)).give(given[:2])
    Run(teacher, book, Budget(10)).give(given)
    assert len(teacher.asked) == 4
    assert replies(book) == 4


def test_after_a_kill_it_goes_on_where_it_was(tmp_path):
    path = tmp_path / "examples.jsonl"
    given = styles(4)

    def killed(_messages, _grammar):
        return KeyboardInterrupt()

    with Book(path, About("scripted", "CC0", "home")) as book, pytest.raises(KeyboardInterrupt):
        Run(Scripted(WAYS[0], WAYS[1], killed), book, Budget(10)).give(given)
    with path.open("ab") as stream:
        stream.write(b'{"messages": [{"role": "sys')
    with Book(path, About("scripted", "CC0", "home")) as book:
        teacher = Scripted(*WAYS[2:])
        Run(teacher, book, Budget(10)).give(given)
        assert len(teacher.asked) == 2
        assert replies(book) == book.about.examples == 4


def test_a_failure_is_counted_and_asked_again_the_next_time(book):
    Run(Scripted(WAYS[0], SILENT, WAYS[1]), book, Budget(10)).give(styles(3))
    assert book.about.unanswered == {"not in time": 1}
    assert replies(book) == 2
    teacher = Scripted(WAYS[2])
    Run(teacher, book, Budget(10)).give(styles(3))
    assert len(teacher.asked) == 1


def test_failures_in_a_row_end_it_and_keep_what_there_is(book):
    teacher = Scripted(WAYS[0], SILENT, SILENT, WAYS[1], SILENT)
    with pytest.raises(
        Problem, match=r"no answer 3 times in a row: not in time.*the 2 examples so far are in"
    ):
        Run(teacher, book, Budget(10)).give(styles(20))
    assert len(teacher.asked) == 4 + FAILURES
    assert replies(book) == 2


@pytest.mark.parametrize("text", ["", "\n\n", "...", "```\n```"])
def test_nonsense_is_a_failure(text, book):
    with pytest.raises(Problem, match="nonsense"):
        Run(Scripted(text), book, Budget(10)).give(styles(20))


def test_a_teacher_of_which_nothing_can_be_used_is_not_asked_for_ever(book):
    teacher = Scripted("the cat sat on the mat")
    with pytest.raises(Problem, match="can be used"):
        Run(teacher, book, Budget(10)).give(styles(2 * BARREN))
    assert len(teacher.asked) == BARREN


def test_it_tells_how_far_it_is_and_how_long_it_takes(book):
    told: list[Progress] = []
    Run(Scripted(*WAYS), book, Budget(4), clock=Clock(1.0), tell=told.append).give(styles(4))
    assert [one.examples for one in told] == [1, 2, 3, 4]
    assert told[0].seconds_left
    assert told[-1].seconds_left == 0


def test_time_left_is_not_known_before_anything_came(book):
    told: list[Progress] = []
    Run(Scripted("turn on the porch light"), book, Budget(4), tell=told.append).give(styles(1))
    assert told[0].seconds_left is None


@pytest.mark.parametrize("may_see", [(), ("knowledge",)])
def test_nothing_of_the_home_is_sent_that_is_not_listed(may_see, book):
    with serving(Answer("\n".join(WAYS))) as server, RemoteTeacher(server.url, model="large") as teacher:
        with pytest.raises(Problem, match=r"set `may_see = \[.*\"home\".*\]` in the section \[teacher\]"):
            Run(teacher, book, Budget(4), may_see=may_see).give(lessons(HOME, None))
        assert server.requests == []


def test_nothing_that_is_known_is_sent_that_is_not_listed_not_even_what_is_of_the_home(book):
    with serving(Answer("\n".join(WAYS))) as server, RemoteTeacher(server.url, model="large") as teacher:
        with pytest.raises(Problem, match="of knowledge"):
            Run(teacher, book, Budget(4), may_see=["home"]).give(lessons(HOME, Desk(PACK)))
        assert server.requests == []


def test_what_is_listed_is_sent_and_comes_back(book):
    with serving(Answer("\n".join(WAYS))) as server, RemoteTeacher(server.url, model="large") as teacher:
        Run(teacher, book, Budget(4), may_see=["home"]).give(styles(1))
        assert len(server.requests) == 1
    assert replies(book) == 4


def test_a_local_teacher_may_see_everything(book):
    Run(Scripted("\n".join(WAYS)), book, Budget(4)).give(styles(1))
    assert replies(book) == 4


def test_a_server_that_fails_ends_it_with_what_there_is(book):
    answers = [Answer(WAYS[0]), Answer(body=b"<html>"), Answer(status=500), Answer(body=b"{}")]
    with (
        serving(*answers) as server,
        RemoteTeacher(server.url, model="large", sleep=lambda _: None) as teacher,
        pytest.raises(Problem, match="3 times in a row"),
    ):
        Run(teacher, book, Budget(9), may_see=["home"]).give(styles(9))
    assert replies(book) == 1
    assert book.about.unanswered.total() == FAILURES
