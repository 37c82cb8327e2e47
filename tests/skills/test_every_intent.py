"""What is recognised can be answered."""

from __future__ import annotations

from tests.intents.test_recognizer import COMMANDS
from voiceslm.skills import SKILLS


def test_every_intent_has_a_skill_and_every_skill_an_intent():
    assert SKILLS.keys() == COMMANDS.keys()
