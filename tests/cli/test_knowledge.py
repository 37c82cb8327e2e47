"""`voiceslm knowledge`, on folders of notes."""

from __future__ import annotations

import json
import os

import pytest
from typer.testing import CliRunner

from tests.knowledge.documents import written
from voiceslm.cli.app import app
from voiceslm.errors import Problem
from voiceslm.knowledge.scope import REFUSAL

NOTES = {
    "shop.md": "# Renting\n\nA tandem costs 45 euros a day. Helmets are lent for free.",
    "questions.csv": "question,answer\nWhere is the toilet?,Beside the coffee bar.\n",
}


@pytest.fixture(autouse=True)
def no_configuration(tmp_path, monkeypatch, meaning):  # the model is loaded before its folder is out of sight
    """Only what a test sets is configured, and nothing was read before."""
    for name in [name for name in os.environ if name.startswith("VOICESLM_")]:
        monkeypatch.delenv(name)
    for name in ("config", "cache"):
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(tmp_path / name))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def notes(tmp_path):
    return written(tmp_path / "notes", NOTES)


def said(*words):
    """Return what a command prints, as people see it and with its end."""
    done = CliRunner().invoke(app, ["knowledge", *map(str, words)])
    if isinstance(done.exception, Problem):
        raise done.exception
    return done


def document(*words):
    return json.loads(said(*words, "--json").stdout)


# build


def test_building_tells_how_much_there_is_and_whether_it_fits(notes):
    printed = said("build", notes)
    assert "1 questions with answers, 1 passages" in printed.stdout
    assert "of 1,200 tokens: it stands in the prompt of an open scope" in printed.stdout
    assert printed.exit_code == 0


def test_building_names_what_is_wrong_with_each_document(notes):
    written(notes, {"secret.pdf": "nonsense", "b.csv": "question,answer\nWhere is the toilet?,Upstairs.\n"})
    printed = said("build", notes)
    assert "secret.pdf: it is no PDF" in printed.stderr
    assert "questions.csv:2" in printed.stderr
    assert printed.exit_code == 0


def test_what_is_too_much_for_the_prompt_is_looked_up(notes, monkeypatch):
    monkeypatch.setenv("VOICESLM_KNOWLEDGE__PROMPT_TOKENS", "10")
    assert document("build", notes)["fits_prompt"] is False


def test_when_nothing_can_be_read_building_fails(tmp_path):
    assert said("build", written(tmp_path / "x", {"a.jpg": "x"})).exit_code == 1
    assert said("build", tmp_path / "nowhere").exit_code == 1


def test_without_documents_it_says_what_to_do():
    with pytest.raises(Problem, match=r"no documents are configured.*\[knowledge\]"):
        said("build")


def test_documents_may_be_configured(notes, tmp_path):
    (tmp_path / "voiceslm.toml").write_text(f'[knowledge]\npaths = ["{notes}"]\n')
    assert document("build", "--config", tmp_path / "voiceslm.toml")["passages"] == 1


# list


def test_the_list_has_all_that_is_known_with_its_source(notes):
    printed = said("list", "--path", notes).stdout
    assert "questions.csv:2" in printed
    assert "shop.md#Renting" in printed
    assert document("list", "--path", notes)["pairs"][0]["answer"] == "Beside the coffee bar."


def test_brackets_in_documents_are_no_colours(notes):
    written(notes, {"b.md": "Ring [bold]twice[/nonsense]."})
    assert "[bold]twice[/nonsense]" in said("list", "--path", notes).stdout


# ask


@pytest.mark.parametrize(
    ("question", "way", "source"),
    [
        ("Where's the restroom?", "answer", "questions.csv:2"),
        ("What does a tandem cost a day?", "quote", "shop.md#Renting"),
        ("Who wrote Hamlet?", "refused", None),
    ],
)
def test_it_says_which_way_a_question_takes_and_on_what_the_answer_rests(notes, question, way, source):
    found = document("ask", question, "--path", notes, "--scope", "strict", "--no-model")
    assert found["way"] == way
    assert [one["source"] for one in found["rests_on"]] == ([source] if source else [])
    assert found["turn"] is None


def test_in_an_open_scope_what_is_not_known_is_left_to_the_conversation(notes):
    assert document("ask", "Who wrote Hamlet?", "--path", notes, "--no-model")["way"] == "chat"


def test_people_read_the_way_and_the_source(notes):
    printed = said("ask", "Where's the restroom?", "--path", notes, "--no-model").stdout.split("\n")
    assert printed[0].split()[:2] == ["way", "answer,"]
    assert printed[1].split(maxsplit=1) == [
        "source",
        "questions.csv:2: Where is the toilet? Beside the coffee bar.",
    ]


def test_of_nothing_nothing_can_be_asked(tmp_path):
    with pytest.raises(Problem, match=r"nothing is known: .*No such file"):
        said("ask", "Open?", "--path", tmp_path / "nowhere", "--no-model")


def test_without_its_model_it_says_which_is_missing(notes):
    with pytest.raises(Problem, match="is not on this machine"):
        said("ask", "Who wrote Hamlet?", "--path", notes)


@pytest.mark.parametrize(
    ("question", "route", "reply"),
    [
        ("Where's the restroom?", "knowledge", "Beside the coffee bar."),
        ("Who wrote Hamlet?", "refused", REFUSAL),
        ("What does a tandem cost a day?", "knowledge", "A tandem costs 45 euros a day."),
    ],
)
def test_what_needs_no_model_is_answered_without_one(notes, question, route, reply):
    turn = document("ask", question, "--path", notes, "--scope", "strict")["turn"]
    assert (turn["route"], turn["reply"]) == (route, reply)


# eval


def test_an_evaluation_counts_and_shows_the_misses(notes, tmp_path):
    questions = tmp_path / "questions.txt"
    questions.write_text(
        "# ours\nWhat does a tandem cost a day? | 45\nWhere's the restroom? | upstairs\nWho wrote Hamlet?\n"
    )
    found = document("eval", questions, "--path", notes, "--scope", "strict", "--no-model")
    assert (found["right"], found["asked"], found["refused"], found["to_be_refused"]) == (1, 2, 1, 1)
    assert [miss["question"] for miss in found["misses"]] == ["Where's the restroom?"]
    printed = said("eval", questions, "--path", notes, "--scope", "strict", "--no-model").stdout
    assert "1 of 2 (50.0%) of those with an answer" in printed
    assert "Where's the restroom? (answer; another answer is right): Beside the coffee bar." in printed


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("q.csv", 'question,accepted\nA tandem a day?,45 / "forty five"\n'),
        ("q.jsonl", '{"question": "A tandem a day?", "accepted": ["45", "forty five"]}\n\n'),
        ("q.txt", "A tandem a day?|45\n"),
    ],
)
def test_questions_are_read_from_several_kinds_of_file(notes, tmp_path, name, text):
    (tmp_path / name).write_text(text)
    assert document("eval", tmp_path / name, "--path", notes, "--no-model")["asked"] == 1


@pytest.mark.parametrize(
    ("data", "why"),
    [(b"", "no question"), (b"\0\0", "no text"), (b"# only this", "no question"), (None, "cannot be read")],
)
def test_a_file_without_questions_is_named(notes, tmp_path, data, why):
    if data is not None:
        (tmp_path / "q.txt").write_bytes(data)
    with pytest.raises(Problem, match=why):
        said("eval", tmp_path / "q.txt", "--path", notes, "--no-model")


def test_a_line_that_is_no_object_is_named(notes, tmp_path):
    (tmp_path / "q.jsonl").write_text("[]\n")
    with pytest.raises(Problem, match="line 1"):
        said("eval", tmp_path / "q.jsonl", "--path", notes, "--no-model")
