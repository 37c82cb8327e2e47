"""What the log tells of a conversation, and what it keeps to itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.daemon.records import Kept, record
from voiceslm.conversation.moves import State
from voiceslm.daemon.health import Condition, Part
from voiceslm.daemon.logs import Entry, Level
from voiceslm.daemon.narrator import Narrator
from voiceslm.events import Ended, Route, Stage

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def narrator(kept):
    return Narrator(kept)


def test_a_state_is_told_by_its_name(narrator, kept):
    narrator.on_state(State.HEARING)

    assert kept.entries == [Entry("state", "hearing", {"state": "hearing"})]


def test_a_turn_is_told_in_one_line(narrator, kept):
    narrator.on_turn(
        record(
            turn=3,
            route=Route.INTENT,
            route_detail="HassTurnOn",
            endpoint="command",
            actions=("light.desk state=on done", "light.bed state=on done", "lock.door state=locked refused"),
            timings={Stage.AUDIBLE: 834.0},
        )
    )

    assert kept.messages == [
        "turn 3: intent HassTurnOn, command, 2 done 1 refused, first sound after 0.83 s, finished"
    ]


def test_a_turn_is_told_in_figures(narrator, kept):
    narrator.on_turn(
        record(
            turn=3,
            route=Route.INTENT,
            route_detail="HassTurnOn",
            endpoint="command",
            actions=("light.desk state=on done", "light.bed state=on done", "lock.door state=locked refused"),
            timings={Stage.STT: 120.4, Stage.FIRST_TOKEN: None, Stage.AUDIBLE: 834.0},
        )
    )

    assert kept.entries[0].fields == {
        "turn": 3,
        "route": "intent",
        "route_detail": "HassTurnOn",
        "endpoint": "command",
        "ended": "finished",
        "actions_done": 2,
        "actions_refused": 1,
        "stt_ms": 120,
        "audible_ms": 834,
    }


def test_what_a_turn_has_not_is_left_out(narrator, kept):
    narrator.on_turn(record(route=Route.NONE, ended=Ended.FAILED, timings={Stage.AUDIBLE: None}))

    assert kept.entries == [
        Entry("turn", "turn 1: none, no sound, failed", {"turn": 1, "route": "none", "ended": "failed"})
    ]


def test_no_words_are_told_and_no_device(narrator, kept):
    narrator.on_transcript("call grandma", final=False)
    narrator.on_transcript("call grandma", final=True)
    narrator.on_turn(
        record(transcript="call grandma", reply="grandma is out", actions=("light.grandma state=on done",))
    )

    assert "grandma" not in repr(kept.entries)


def test_words_are_told_where_that_is_wanted(kept):
    narrator = Narrator(kept, show_transcripts=True)

    narrator.on_transcript("what", final=False)
    narrator.on_transcript("what time is it", final=True)
    narrator.on_turn(record(transcript="what time is it", reply="It's noon."))

    assert kept.messages == [
        "hearing: what",
        "heard: what time is it",
        "turn 1: skill, no sound, finished",
        "said: It's noon.",
    ]


def test_no_words_make_no_entry_even_then(kept):
    narrator = Narrator(kept, show_transcripts=True)

    narrator.on_transcript("", final=True)

    assert kept.entries == []


def test_trouble_is_a_warning(narrator, kept):
    narrator.on_trouble("turn 2: voice did not finish within 5 s")

    assert kept.entries == [
        Entry("trouble", "trouble: turn 2: voice did not finish within 5 s", level=Level.WARNING)
    ]


def test_sound_home_and_notes_are_told_as_they_come(narrator, kept):
    narrator.on_sound("microphone Desk, loudspeaker Desk")
    narrator.on_home("connected to the broker localhost:1883")
    narrator.on_note("the clock was set by +3600 s")

    assert kept.entries == [
        Entry("sound", "sound: microphone Desk, loudspeaker Desk"),
        Entry("home", "home: connected to the broker localhost:1883"),
        Entry("note", "note: the clock was set by +3600 s"),
    ]


def test_a_part_that_is_no_longer_well_is_a_warning(narrator, kept):
    narrator.on_health(Part.MICROPHONE, Condition("it is gone", NOON))

    assert kept.entries == [
        Entry(
            "health",
            "health: microphone degraded: it is gone",
            {"part": "microphone", "condition": "degraded", "why": "it is gone"},
            Level.WARNING,
        )
    ]


def test_a_part_that_is_well_again_is_news_too(narrator, kept):
    narrator.on_health(Part.MICROPHONE, Condition("", NOON))

    assert kept.entries == [
        Entry("health", "health: microphone ok", {"part": "microphone", "condition": "ok"})
    ]


def test_anything_else_can_be_said(narrator, kept):
    narrator.say("ready", "just speak")

    assert kept.entries == [Entry("ready", "ready: just speak")]
