"""What is recognised can be answered."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.intents.test_recognizer import COMMANDS, FILLED
from voiceslm.skills import Skills, VolumeControl

NOW = datetime(2026, 11, 24, tzinfo=UTC)
INTENTS = Skills(now=lambda: NOW, volume=VolumeControl(lambda: 50, lambda _: None)).intents

FROM_THE_PACKAGE = {
    *("HassGetCurrentTime", "HassGetCurrentDate", "HassNevermind", "HassGetWeather"),
    *("HassSetVolume", "HassSetVolumeRelative"),
}
"""Their sentences come with home-assistant-intents alone."""


def test_every_sentence_has_a_skill_and_every_skill_a_sentence():
    assert {*COMMANDS, *FILLED, *FROM_THE_PACKAGE} == INTENTS


@pytest.mark.parametrize("intent", sorted(intent for intent in INTENTS if intent.startswith("Hass")))
def test_home_assistants_intents_are_named_as_there(intent, home_assistant_intents):
    assert intent in home_assistant_intents["intents"]
