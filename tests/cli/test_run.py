"""The options of `voiceslm run`, and how it fails; the whole process is in tests/e2e."""

import asyncio
from pathlib import Path

import pytest
import typer

from voiceslm.cli.configured import Scope, with_knowledge
from voiceslm.cli.run import _explained, _fail, with_wake
from voiceslm.config import Settings
from voiceslm.daemon.onlooker import Onlooker
from voiceslm.errors import Problem


def failure():
    """An error as it comes out of a callback, with the user's words in it."""
    with pytest.raises(ValueError, match="secret") as caught:
        int_of("secret words")
    return caught.value


def int_of(text):
    raise ValueError(text)


def test_a_wake_word_on_the_command_line_goes_before_the_file():
    assert with_wake(Settings(), "none").listening.wake == "none"


def test_an_unknown_wake_word_is_refused_with_the_known_ones():
    with pytest.raises(typer.BadParameter, match="hey_jarvis"):
        with_wake(Settings(), "computer")


def test_documents_and_a_scope_on_the_command_line_go_before_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = Settings.model_validate({"knowledge": {"paths": ["/srv/notes"], "prompt_tokens": 7}})
    knowledge = with_knowledge(settings, [Path("notes")], Scope.STRICT).knowledge
    assert (knowledge.paths, knowledge.scope, knowledge.prompt_tokens) == (
        [str(tmp_path / "notes")],
        "strict",
        7,
    )
    assert with_knowledge(settings, None, None) == settings


async def test_an_event_that_cannot_be_dealt_with_ends_it_without_the_users_words():
    failed = asyncio.get_running_loop().create_future()
    _fail(
        failed, {"message": "exception in callback", "exception": failure(), "handle": object()}, Onlooker()
    )
    with pytest.raises(Problem, match=r"internal error: ValueError in test_run.py, line \d+") as told:
        await failed
    assert "secret" not in str(told.value)


async def test_a_task_whose_failure_nobody_asked_for_is_told_and_does_not_end_it():
    told = []

    class Told(Onlooker):
        def on_trouble(self, what):
            told.append(what)

    failed = asyncio.get_running_loop().create_future()
    _fail(failed, {"message": "task exception was never retrieved", "exception": failure()}, Told())
    assert not failed.done()
    assert "ValueError" in told[0]
    assert "secret" not in told[0]


def test_the_failure_of_what_listens_is_told_in_one_line():
    with pytest.raises(Problem, match="internal error: ValueError"), _explained():
        raise ExceptionGroup("", [failure()])
