"""Silence on request, and saying it again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from voiceslm.events import Intent
from voiceslm.skills import Context, Reply, Skills

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def after(last_reply):
    return Context(now=NOW, last_reply=last_reply)


def reply_to(intent, context):
    return Skills(now=lambda: NOW).reply(intent, context)


@pytest.mark.parametrize("name", ["stop", "never_mind", "HassNevermind"])
def test_whoever_wants_an_end_is_answered_by_silence(name):
    assert reply_to(Intent(name), after("A long story.")) == Reply("")


def test_the_last_reply_is_said_again():
    assert reply_to(Intent("repeat"), after("It's 5 PM.")) == Reply("It's 5 PM.")


def test_before_the_first_reply_there_is_nothing_to_repeat():
    assert reply_to(Intent("repeat"), after("")) == Reply("I haven't said anything yet.")


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("hello", "Hello!"),
        ("good_morning", "Good morning!"),
        ("good_night", "Good night!"),
        ("goodbye", "Goodbye!"),
        ("thank_you", "You're welcome."),
    ],
)
def test_manners_are_answered_in_kind(name, answer):
    assert reply_to(Intent(name), after("")) == Reply(answer)


def test_an_intent_without_a_skill_is_left_to_others():
    assert reply_to(Intent("open_the_pod_bay_doors"), after("")) is None
