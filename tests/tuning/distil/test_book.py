"""What was learnt, on disk: whole lines, and whence they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tuning.distil.homes import HALL, PACK, PORCH
from voiceslm.errors import Problem
from voiceslm.llm import Message
from voiceslm.tuning import Example
from voiceslm.tuning.distil.book import About, Book, beside, fingerprint, read_about


def about(teacher="large", licence="MIT", of="home"):
    return About(teacher, licence, of)


def example(text, reply="porch_light off"):
    return Example((Message("system", "Home."), Message("user", text)), reply, "teacher", text, "light.porch")


def texts(path):
    return [
        Example.of(json.loads(line)).messages[-1].content for line in path.read_text("utf-8").splitlines()
    ]


def test_it_is_written_line_by_line_with_its_origin_beside_it(tmp_path):
    path = tmp_path / "new" / "examples.jsonl"
    with Book(path, about()) as book:
        book.add("paraphrase", example("porch off"))
        assert texts(path) == ["porch off"]
        book.save()
    kept = read_about(path)
    assert (kept.teacher, kept.licence, kept.fingerprint) == ("large", "MIT", "home")
    assert kept.examples == kept.accepted["paraphrase"] == 1
    assert kept.date


def test_it_is_gone_on_with(tmp_path):
    path = tmp_path / "examples.jsonl"
    with Book(path, about()) as book:
        book.add("paraphrase", example("porch off"))
        book.about.asked.append("a")
        book.save()
    with Book(path, about()) as book:
        assert book.about.examples == 1
        assert book.about.asked == ["a"]
        assert book.said.knows("Porch off!", "porch_light off")
        book.add("paraphrase", example("kill the porch"))
    assert texts(path) == ["porch off", "kill the porch"]


@pytest.mark.parametrize("half", ['{"messages": [{"ro', '{"messages": [{"role": "user", "content": "\xe9'])
def test_a_half_written_line_is_dropped(half, tmp_path):
    path = tmp_path / "examples.jsonl"
    with Book(path, about()) as book:
        book.add("paraphrase", example("porch off"))
        book.save()
    with path.open("ab") as stream:
        stream.write(half.encode()[:-1])
    with Book(path, about()) as book:
        assert book.about.examples == 1
        book.add("paraphrase", example("kill the porch"))
    assert texts(path) == ["porch off", "kill the porch"]


def test_what_was_written_after_the_last_word_about_it_counts(tmp_path):
    path = tmp_path / "examples.jsonl"
    with Book(path, about()) as book:
        book.save()
        book.add("paraphrase", example("porch off"))
    with Book(path, about()) as book:
        assert book.about.examples == 1


@pytest.mark.parametrize(
    ("other", "said"), [(about("small"), "was written by large"), (about(of="other"), "about another home")]
)
def test_it_is_not_mixed_with_what_is_of_another(other, said, tmp_path):
    path = tmp_path / "examples.jsonl"
    with Book(path, about()) as book:
        book.add("paraphrase", example("porch off"))
        book.save()
    with pytest.raises(Problem, match=said), Book(path, other):
        pass
    assert texts(path) == ["porch off"]


def test_a_file_of_somebody_elses_is_left_as_it_is(tmp_path):
    path = tmp_path / "notes.jsonl"
    path.write_text("mine\n", "utf-8")
    with pytest.raises(Problem, match="nothing says whence"), Book(path, about()):
        pass
    assert path.read_text("utf-8") == "mine\n"


@pytest.mark.parametrize("line", ["not JSON", "[]", "{}", '{"messages": []}', "null"])
def test_a_line_that_is_no_example_is_named(line, tmp_path):
    path = tmp_path / "examples.jsonl"
    with Book(path, about()) as book:
        book.save()
    path.write_text(f"{example('porch off').line()}\n{line}\n", "utf-8")
    with pytest.raises(Problem, match="line 2 is no example"), Book(path, about()):
        pass


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 99}', "\x00"])
def test_an_origin_that_cannot_be_read_is_named(text, tmp_path):
    path = tmp_path / "examples.jsonl"
    path.write_text(f"{example('porch off').line()}\n", "utf-8")
    beside(path).write_text(text, "utf-8")
    with pytest.raises(Problem, match=r"examples\.about\.json"), Book(path, about()):
        pass


def test_two_do_not_write_at_once(tmp_path):
    path = tmp_path / "examples.jsonl"
    with Book(path, about()), pytest.raises(Problem, match="another command"), Book(path, about()):
        pass


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(Problem, match="cannot be written"), Book(tmp_path, about()):
        pass


def test_a_full_disk_is_a_problem_and_keeps_what_there_is():
    book = Book(Path("/dev/full"), about())
    book._file = book.path.open("ab")
    with pytest.raises(Problem, match="No space left"):
        book.add("paraphrase", example("porch off"))
    book._file = None


def test_a_home_is_known_by_what_is_in_it_in_whatever_order():
    assert fingerprint([PORCH, HALL], PACK) == fingerprint([HALL, PORCH], PACK)
    assert fingerprint([PORCH], PACK) != fingerprint([PORCH, HALL], PACK)
    assert fingerprint([PORCH], PACK) != fingerprint([PORCH], None)
