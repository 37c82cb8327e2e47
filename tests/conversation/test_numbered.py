"""Whisper writes "2" and "too" alike: which of two devices is meant is asked, never guessed."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from tests.conversation.test_listening_again import Nowhere
from voiceslm.conversation.router import Router
from voiceslm.home.home import Home
from voiceslm.home.registry import Registry
from voiceslm.intents.home import HomeSentences
from voiceslm.intents.recognizer import Recognizer
from voiceslm.skills import Skills

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def router(*names):
    registry = Registry()
    for number, name in enumerate(names):
        config = {
            "name": name,
            "command_topic": f"{number}/set",
            "state_topic": f"{number}",
            "unique_id": name,
        }
        registry.take(f"homeassistant/switch/{number}/config", json.dumps(config).encode())
    home = Home(registry, Nowhere(), confirm_seconds=1, commands_per_minute=60)
    sentences = HomeSentences()
    sentences.learn([*home.entities.values()])
    skills = Skills(now=lambda: NOW)
    return Router(Recognizer(), skills, now=lambda: NOW, clock=time.monotonic, sentences=sentences, home=home)


def test_with_both_it_is_asked_which():
    decision = router("Coffee Machine", "Coffee Machine 2").route("Turn on the coffee machine too.", "")
    assert decision is not None
    assert decision.changes == ()
    assert decision.text == "Do you mean the Coffee Machine or Coffee Machine 2?"


def test_the_answer_chooses():
    talk = router("Coffee Machine", "Coffee Machine 2")
    talk.remember(talk.route("Turn on the coffee machine too.", ""))
    decision = talk.route("The second.", "")
    assert [change.entity for change in decision.changes] == ["switch.coffee_machine_2"]


@pytest.mark.parametrize("said", ["too", "to", "two"])
def test_where_only_the_second_is_there_it_is_meant(said):
    decision = router("Coffee Machine 2").route(f"Turn on the coffee machine {said}.", "")
    assert [change.entity for change in decision.changes] == ["switch.coffee_machine_2"]
