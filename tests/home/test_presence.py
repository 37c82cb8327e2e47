"""What the home is told of the assistant as it goes."""

import asyncio
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.home.broker import program
from tests.home.test_announce import ABOUT
from tests.home.test_mqtt import Client
from voiceslm.events import Ended, Route, Stage, TurnRecord
from voiceslm.home.message import Message
from voiceslm.home.presence import Condition, Presence, Running
from voiceslm.home.topics import Ask, Listen, WakeWord

DOCS = Path(__file__).parents[2] / "docs" / "mqtt.md"

CONDITION = Condition("idle", volume=70, wake_word="okay_nabu")
RECORD = TurnRecord(
    turn=3,
    transcript="Turn on the lamp.",
    reply="The lamp is on.",
    route=Route.INTENT,
    route_detail="",
    actions=("light.lamp",),
    timings_ms={Stage.AUDIBLE: 640.4},
    endpoint="command",
    ended=Ended.FINISHED,
    prompt_tokens=None,
    user_tokens=None,
)


@pytest.fixture
def presence() -> Presence:
    return Presence(ABOUT, CONDITION)


def contents(messages: list[Message]) -> dict[str, object]:
    """Return JSON payloads by the last part of their topic."""
    return {message.topic.rpartition("/")[2]: json.loads(message.payload) for message in messages}


def test_at_a_connection_everything_is_told_and_kept(presence: Presence) -> None:
    messages = presence.connected()

    assert [message.topic for message in messages] == [
        "homeassistant/device/voiceslm_kitchen/config",
        "voiceslm/kitchen/availability",
        "voiceslm/kitchen/state",
        "voiceslm/kitchen/timers",
        "voiceslm/kitchen/health",
    ]
    assert messages[1].payload == "online"
    assert all(message.retain for message in messages)


def test_the_will_takes_the_availability_back(presence: Presence) -> None:
    assert presence.will == Message("voiceslm/kitchen/availability", "offline", qos=1, retain=True)


def test_a_change_of_state_is_told(presence: Presence) -> None:
    messages = presence.state_changed(state="listening", muted=True)

    assert contents(messages) == {
        "state": {"state": "listening", "muted": True, "volume": 70, "wake_word": "okay_nabu"}
    }
    assert messages[0].retain


def test_what_is_as_it_was_is_not_told_again(presence: Presence) -> None:
    presence.state_changed(state="speaking")
    assert presence.state_changed(state="speaking", volume=70) == []


def test_timers_are_told_with_the_moment_they_are_due(presence: Presence) -> None:
    due = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)

    messages = presence.timers_changed([Running("pizza", due), Running("", None)])

    assert contents(messages) == {
        "timers": {
            "count": 2,
            "timers": [{"name": "pizza", "due": "2026-01-02T03:04:05+00:00"}, {"name": "", "due": None}],
        }
    }
    assert presence.timers_changed([Running("pizza", due), Running("", None)]) == []


def test_a_turn_is_told_without_its_words(presence: Presence) -> None:
    messages = presence.turn_ended(RECORD)

    assert contents(messages) == {
        "turn": {
            "event_type": "finished",
            "turn": 3,
            "route": "intent",
            "ended": "finished",
            "latency_ms": 640,
            "actions": ["light.lamp"],
        },
        "latency": {"latency_ms": 640, "turn": 3},
    }
    assert [message.retain for message in messages] == [False, True]


def test_a_turn_is_told_with_its_words_where_they_are_wanted() -> None:
    presence = Presence(replace(ABOUT, transcripts=True), CONDITION)

    turn = json.loads(presence.turn_ended(RECORD)[0].payload)

    assert (turn["text"], turn["reply"]) == ("Turn on the lamp.", "The lamp is on.")


def test_a_silent_turn_has_no_latency(presence: Presence) -> None:
    messages = presence.turn_ended(replace(RECORD, timings_ms={Stage.AUDIBLE: None}))

    assert [message.topic for message in messages] == ["voiceslm/kitchen/turn"]
    assert json.loads(messages[0].payload)["latency_ms"] is None


def test_the_last_latency_is_told_again_at_a_connection(presence: Presence) -> None:
    presence.turn_ended(RECORD)
    assert contents(presence.connected()[-1:]) == {"latency": {"latency_ms": 640, "turn": 3}}


def test_an_answer_carries_the_question_and_its_id(presence: Presence) -> None:
    message = presence.answer(Ask("Turn on the lamp", "q1"), RECORD)

    assert not message.retain
    assert contents([message]) == {
        "answer": {
            "id": "q1",
            "text": "Turn on the lamp",
            "reply": "The lamp is on.",
            "route": "intent",
            "ended": "finished",
            "actions": ["light.lamp"],
        }
    }


def test_commands_are_taken_and_others_topics_are_not(presence: Presence) -> None:
    assert presence.command("voiceslm/kitchen/listen", b"", retained=False) == Listen()
    assert presence.command("voiceslm/hall/listen", b"", retained=False) is None
    assert not presence.ignored


def test_what_is_not_followed_is_counted_by_reason(presence: Presence) -> None:
    for payload, retained in ((b"ON", True), (b"ON", True), (b"perhaps", False)):
        assert presence.command("voiceslm/kitchen/mute/set", payload, retained=retained) is None

    assert presence.ignored == {"retained": 2, "neither on nor off": 1}


def test_a_wake_word_has_to_be_one_of_those_there_are(presence: Presence) -> None:
    topic = "voiceslm/kitchen/wake_word/set"

    assert presence.command(topic, b"hey_jarvis", retained=False) == WakeWord("hey_jarvis")
    assert presence.command(topic, b"hey_you", retained=False) is None
    assert presence.ignored == {"unknown wake word": 1}


@pytest.mark.parametrize(
    ("topic", "payload", "retained", "born"),
    [
        ("homeassistant/status", b"online", False, True),
        ("homeassistant/status", b"online", True, False),
        ("homeassistant/status", b"offline", False, False),
        ("other/status", b"online", False, False),
    ],
)
def test_home_assistants_start_is_recognised(
    presence: Presence, topic: str, payload: bytes, *, retained: bool, born: bool
) -> None:
    assert presence.is_birth(topic, payload, retained=retained) is born


async def test_over_a_broker_a_retained_command_is_ignored_and_a_live_one_followed(
    presence: Presence, broker
) -> None:
    client = Client(broker, sorted(presence.filters))
    async with Client(broker, client_id="other").connected() as sender:
        await sender.say(ABOUT.topics["mute/set"], "ON", retain=True)
        async with client.connected():
            await client.until(lambda: client.messages)
            await sender.say(ABOUT.topics["listen"])
            await client.until(lambda: len(client.messages) == 2)

    commands = [presence.command(t, p.encode(), retained=retained) for t, p, retained in client.messages]
    assert commands == [None, Listen()]
    assert presence.ignored == {"retained": 1}


@pytest.mark.parametrize(
    "line", re.findall("^mosquitto_pub .*", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
)
async def test_a_line_of_the_documentation_is_a_command_that_is_followed(
    line: str, presence: Presence, broker
) -> None:
    program("mosquitto_pub")
    client = Client(broker, sorted(presence.filters))
    async with client.connected():
        pasted = await asyncio.create_subprocess_shell(f"{line} -p {broker.port}")
        await client.until(lambda: client.messages)
        assert await pasted.wait() == 0

    [(topic, payload, retained)] = client.messages
    assert presence.command(topic, payload.encode(), retained=retained)
