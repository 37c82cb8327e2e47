"""What the assistant can be told over MQTT, and what it does not follow."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceslm.home.topics import (
    LARGEST_PAYLOAD,
    LONGEST_TEXT,
    Ask,
    Listen,
    Mute,
    Refused,
    Say,
    Stop,
    Topics,
    Volume,
    WakeWord,
    identity,
)

TOPICS = Topics("voiceslm", "kitchen")


def parse(name: str, payload: str | bytes, *, retained: bool = False):
    content = payload.encode() if isinstance(payload, str) else payload
    return TOPICS.parse(TOPICS[name], content, retained=retained)


def refusal(name: str, payload: str | bytes, *, retained: bool = False) -> str:
    with pytest.raises(Refused) as caught:
        parse(name, payload, retained=retained)
    return str(caught.value)


def test_topics_lie_below_the_prefix_and_the_id() -> None:
    assert TOPICS["mute/set"] == "voiceslm/kitchen/mute/set"
    assert TOPICS.commands == {
        f"voiceslm/kitchen/{name}"
        for name in ("say", "ask", "listen", "stop", "mute/set", "volume/set", "wake_word/set")
    }


@pytest.mark.parametrize(
    ("name", "payload", "command"),
    [
        ("say", "Dinner is ready", Say("Dinner is ready")),
        ("say", '{"text": "Dinner is ready"}', Say("Dinner is ready")),
        ("say", '{"text": "Fire!", "priority": "urgent"}', Say("Fire!", "urgent")),
        ("say", '"quoted"', Say('"quoted"')),
        ("say", "  two\n lines\t", Say("two lines")),
        ("say", "a\x00b\x1b[31mc", Say("a b [31mc")),
        ("say", '{"text": "\\ud800 half"}', Say("half")),
        ("ask", "What time is it?", Ask("What time is it?")),
        (
            "ask",
            '{"text": "Who?", "id": "q1", "speak": true}',
            Ask("Who?", "q1", speak=True),
        ),
        ("ask", '{"text": "Who?", "id": 7}', Ask("Who?", "7")),
        ("listen", "PRESS", Listen()),
        ("listen", "", Listen()),
        ("stop", "{}", Stop()),
        ("mute/set", "ON", Mute(muted=True)),
        ("mute/set", "off", Mute(muted=False)),
        ("mute/set", '{"muted": true}', Mute(muted=True)),
        ("volume/set", "40", Volume(40)),
        ("volume/set", "39.6", Volume(40)),
        ("volume/set", '{"volume": 0}', Volume(0)),
        ("wake_word/set", "hey_jarvis", WakeWord("hey_jarvis")),
        ("wake_word/set", '{"wake_word": "alexa"}', WakeWord("alexa")),
    ],
)
def test_plain_text_and_json_are_understood(name: str, payload: str, command: object) -> None:
    assert parse(name, payload) == command


@pytest.mark.parametrize(
    ("name", "payload", "reason"),
    [
        ("say", "", "text is empty"),
        ("say", " \x00\n", "text is empty"),
        ("say", "{}", "text is missing"),
        ("say", '{"text": 5}', "text is missing"),
        ("say", '{"text": "x"', "neither text nor JSON"),
        ("say", b"\xff\xfe", "neither text nor JSON"),
        ("say", '{"text": ' + "[" * 15_000, "neither text nor JSON"),
        ("say", '{"text": ' + "1" * 15_000 + "}", "neither text nor JSON"),
        ("say", "x" * (LONGEST_TEXT + 1), "text is too long"),
        ("say", "x" * (LARGEST_PAYLOAD + 1), "too large"),
        ("say", '{"text": "x", "priority": "now"}', "priority is neither normal nor urgent"),
        ("say", '{"text": "x", "priority": ["urgent"]}', "priority is neither normal nor urgent"),
        ("ask", '{"text": "x", "id": {}}', "id is no short text"),
        ("ask", '{"text": "x", "id": true}', "id is no short text"),
        ("ask", '{"text": "x", "id": "a\\nb"}', "id is no short text"),
        ("ask", json.dumps({"text": "x", "id": "y" * 65}), "id is no short text"),
        ("ask", '{"text": "x", "speak": "perhaps"}', "neither on nor off"),
        ("mute/set", "", "neither on nor off"),
        ("mute/set", "TOGGLE", "neither on nor off"),
        ("mute/set", "{}", "neither on nor off"),
        ("volume/set", "loud", "volume is no number"),
        ("volume/set", "{}", "volume is no number"),
        ("volume/set", '{"volume": true}', "volume is not from 0 to 100"),
        ("volume/set", "101", "volume is not from 0 to 100"),
        ("volume/set", "-1", "volume is not from 0 to 100"),
        ("volume/set", "nan", "volume is not from 0 to 100"),
        ("wake_word/set", "Hey you", "wake_word is no word's name"),
        ("wake_word/set", '{"wake_word": 3}', "wake_word is no word's name"),
    ],
)
def test_what_is_not_understood_is_refused_with_a_reason(
    name: str, payload: str | bytes, reason: str
) -> None:
    assert refusal(name, payload) == reason


@pytest.mark.parametrize("name", ["say", "ask", "listen", "stop", "mute/set", "volume/set", "wake_word/set"])
def test_a_retained_command_is_refused(name: str) -> None:
    assert refusal(name, "50", retained=True) == "retained"


PLACES = st.sampled_from(sorted(TOPICS.commands))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(["text", "id", "speak", "priority", "muted", "volume", "wake_word"])
PAYLOADS = st.binary(max_size=100) | st.dictionaries(NAMES, JSON).map(
    lambda table: json.dumps(table).encode()
)


@given(topic=PLACES, payload=PAYLOADS)
def test_no_payload_gives_anything_but_a_bounded_command_or_a_refusal(topic: str, payload: bytes) -> None:
    try:
        command = TOPICS.parse(topic, payload, retained=False)
    except Refused:
        return
    if isinstance(command, Say | Ask):
        assert command.text.encode()
        assert 0 < len(command.text) <= LONGEST_TEXT
        assert not any(ord(letter) < 32 for letter in command.text)
    if isinstance(command, Volume):
        assert 0 <= command.percent <= 100


@pytest.mark.parametrize(
    ("wanted", "host", "id"),
    [
        ("hall", "Pi.local", "hall"),
        ("", "Pi4.local", "pi4-local"),
        ("", "KÜCHE", "k-che"),
        ("", "--", "voiceslm"),
        ("", "", "voiceslm"),
        ("", "a" * 100, "a" * 64),
    ],
)
def test_the_id_is_the_configured_one_or_made_of_the_hosts_name(wanted: str, host: str, id: str) -> None:  # noqa: A002
    assert identity(wanted, host) == id
