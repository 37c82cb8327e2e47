"""The daemon as a device of its home: a real broker, a whole daemon, fake engines."""

from __future__ import annotations

import itertools
import json

import pytest

from tests.daemon.resident import Engines, Model, inhabited, running, settings_for, telegraph
from tests.fakes import Gate
from voiceslm.home.registry import Registry
from voiceslm.worker import WorkerError

OWN = "voiceslm/kitchen"
DEVICE = "homeassistant/device/voiceslm_kitchen/config"
LOCK = {
    "name": "Front door",
    "unique_id": "front",
    "command_topic": "front/set",
    "state_topic": "front",
    "default_entity_id": "lock.front_door",
}

DOOR = [("homeassistant/lock/front/config", json.dumps(LOCK)), ("front", "LOCKED")]


@pytest.fixture(autouse=True)
def engines(monkeypatch):
    return Engines().install(monkeypatch)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Do not wait long before the next attempt to connect."""
    monkeypatch.setattr("voiceslm.home.backoff.Backoff.wait", lambda _self, *, lasting=False: 0.05)


def state(text):
    return json.loads(text)


def ignored(daemon):
    return daemon.status()["home"]["commands_ignored"].get("too many commands at once", 0)


async def answered(other, asked):
    """Wait for the answer to the question with this id."""
    await other.until(lambda: any(json.loads(said)["id"] == str(asked) for said in other.at(f"{OWN}/answer")))
    return next(
        found for said in other.at(f"{OWN}/answer") if (found := json.loads(said))["id"] == str(asked)
    )


async def knows_the_door(other):
    """Ask until the home is learnt."""
    for number in itertools.count():
        await other.says(
            f"{OWN}/ask", json.dumps({"text": "Is the front door locked?", "id": f"try {number}"})
        )
        if (await answered(other, f"try {number}"))["reply"] == "Yes, the Front door is locked.":
            return


# What it tells


async def test_whoever_comes_later_finds_all_that_is_retained(broker):
    async with inhabited(settings_for(broker.port)) as (daemon, _, first):
        await daemon.say("Hello.")
        await first.reads(f"{OWN}/turn")
        await first.reads(f"{OWN}/latency")
        async with telegraph(broker.port) as late:
            await late.reads(f"{OWN}/timers")
            await late.reads(f"{OWN}/state")
            await late.reads(f"{OWN}/latency")
            assert await late.reads(f"{OWN}/availability") == "online"
            assert json.loads(await late.reads(DEVICE))["dev"]["identifiers"] == ["voiceslm_kitchen"]
            assert not late.at(f"{OWN}/turn"), "an event is not retained"
            assert all(retained for _, _, retained in late.messages)


async def test_it_leaves_as_offline(broker):
    async with telegraph(broker.port) as other:
        async with running(settings_for(broker.port)):
            await other.reads(f"{OWN}/state")
        assert await other.reads(f"{OWN}/availability", 2) == "offline"


async def test_a_broker_that_forgot_everything_is_told_everything_again(broker):
    async with inhabited(settings_for(broker.port)) as (daemon, diary, _):
        daemon.mute(muted=True)
        broker.kill()
        await diary.until(lambda: "no connection" in diary.home[-1])
        broker.start()
        async with telegraph(broker.port) as late:
            assert await late.reads(f"{OWN}/availability") == "online"
            assert state(await late.reads(f"{OWN}/state"))["muted"] is True
            await late.reads(DEVICE)


async def test_at_home_assistants_birth_it_announces_itself_again(broker):
    async with inhabited(settings_for(broker.port)) as (_, _, other):
        await other.says("homeassistant/status", "online")
        await other.reads(DEVICE, 2)
        assert await other.reads(f"{OWN}/availability", 2) == "online"
        await other.reads(f"{OWN}/state", 2)


async def test_of_many_changes_the_last_is_told_last(broker):
    async with inhabited(settings_for(broker.port)) as (daemon, _, other):
        for turn in range(201):
            daemon.mute(turn % 2 == 0)
        await other.says(f"{OWN}/volume/set", "33")
        told = await other.until(
            lambda: [state(said) for said in other.at(f"{OWN}/state") if state(said)["volume"] == 33]
        )
        assert told[-1]["muted"] is True
        assert len(other.at(f"{OWN}/state")) < 10, "nobody wants to know all of them"


async def test_what_changed_while_the_broker_stood_still_is_told_when_it_goes_on(broker, monkeypatch):
    monkeypatch.setattr("voiceslm.daemon.at_home.PUBLISH_DEADLINE", 0.1)
    async with inhabited(settings_for(broker.port)) as (daemon, _, other):
        broker.pause()
        for turn in range(41):
            daemon.mute(turn % 2 == 0)
        broker.resume()
        await other.until(lambda: state(other.at(f"{OWN}/state")[-1])["muted"])


async def test_timers_are_told_with_their_names_until_they_are_cancelled(broker):
    async with inhabited(settings_for(broker.port)) as (daemon, _, other):
        await daemon.ask("Set a pizza timer for five minutes.")
        told = await other.until(
            lambda: [json.loads(said) for said in other.at(f"{OWN}/timers") if json.loads(said)["count"]]
        )
        assert told[0]["timers"][0]["name"] == "pizza"
        assert told[0]["timers"][0]["due"]
        await daemon.ask("Cancel the pizza timer.")
        await other.until(lambda: json.loads(other.at(f"{OWN}/timers")[-1])["count"] == 0)


async def test_a_turn_is_told_without_what_was_said(broker):
    async with inhabited(settings_for(broker.port)) as (daemon, _, other):
        await daemon.ask("What time is it?")
        told = json.loads(await other.reads(f"{OWN}/turn"))
        assert (told["route"], told["ended"]) == ("skill", "finished")
        assert told["latency_ms"] == json.loads(await other.reads(f"{OWN}/latency"))["latency_ms"]
        assert not any("time" in said.lower() for said in other.at(f"{OWN}/turn"))


async def test_the_status_tells_of_broker_and_home(broker):
    broken = ("homeassistant/light/broken/config", "{")
    async with inhabited(settings_for(broker.port), [*DOOR, broken]) as (daemon, _, other):
        await knows_the_door(other)
        told = daemon.status()["home"]
    assert (told["connected"], told["trouble"]) == (True, "")
    assert (told["entities"], told["not_usable"]) == (1, 1)


# What it can be told


async def test_it_is_muted_and_listens_again(broker):
    async with inhabited(settings_for(broker.port)) as (daemon, _, other):
        await other.says(f"{OWN}/mute/set", "ON")
        await other.until(lambda: any(state(said)["muted"] for said in other.at(f"{OWN}/state")))
        assert daemon.status()["muted"] is True
        await other.says(f"{OWN}/listen")
        await other.says(f"{OWN}/mute/set", "OFF")
        await other.until(lambda: not state(other.at(f"{OWN}/state")[-1])["muted"])
        assert daemon.status()["muted"] is False


async def test_its_volume_is_set_and_told(broker):
    async with inhabited(settings_for(broker.port)) as (_, _, other):
        await other.says(f"{OWN}/volume/set", "40")
        await other.until(lambda: state(other.at(f"{OWN}/state")[-1])["volume"] == 40)
        await other.says(f"{OWN}/ask", "How loud are you?")
        assert "40 percent" in json.loads(await other.reads(f"{OWN}/answer"))["reply"]


async def test_of_wake_words_that_follow_each_other_the_last_holds(broker):
    words = ["alexa", "hey_mycroft", "okay_nabu", "hey_jarvis"]
    async with inhabited(settings_for(broker.port)) as (_, _, other):
        for word in words:
            await other.says(f"{OWN}/wake_word/set", word)
        told = await other.until(
            lambda: [said for said in other.at(f"{OWN}/state") if state(said)["wake_word"] == words[-1]]
        )
        await other.says(f"{OWN}/ask", "What time is it?")
        await other.reads(f"{OWN}/answer")
        assert other.at(f"{OWN}/state")[-1] == told[-1]


async def test_listen_wakes_it_and_stop_ends_what_it_says(broker, engines):
    async with inhabited(settings_for(broker.port)) as (_, _, other):
        await other.says(f"{OWN}/listen")
        await other.until(lambda: state(other.at(f"{OWN}/state")[-1])["state"] == "listening")
        engines.voice.gate = Gate()
        await other.says(f"{OWN}/say", "Hello.")
        await other.until(lambda: state(other.at(f"{OWN}/state")[-1])["state"] in {"thinking", "speaking"})
        await other.says(f"{OWN}/stop")
        assert json.loads(await other.reads(f"{OWN}/turn"))["ended"] == "interrupted"


async def test_what_is_asked_is_answered_with_its_id(broker):
    async with inhabited(settings_for(broker.port)) as (daemon, _, other):
        await other.says(f"{OWN}/ask", '{"text": "What time is it?", "id": 42}')
        answer = json.loads(await other.reads(f"{OWN}/answer"))
        assert (answer["id"], answer["route"], answer["ended"]) == ("42", "skill", "finished")
        assert daemon.status()["turns"] == 0, "nothing was said aloud"


async def test_what_is_asked_is_also_said_where_that_is_wanted(broker):
    async with inhabited(settings_for(broker.port)) as (daemon, _, other):
        await other.says(f"{OWN}/ask", '{"text": "What time is it?", "speak": true}')
        assert json.loads(await other.reads(f"{OWN}/answer"))["reply"].startswith("It's ")
        assert daemon.status()["turns"] == 1


@pytest.mark.parametrize("error", [RuntimeError("secret words"), ValueError("secret words")])
async def test_what_is_asked_is_answered_also_when_it_fails(broker, engines, error):
    async with inhabited(settings_for(broker.port)) as (_, diary, other):
        engines.llm.fail_with = error
        await other.says(f"{OWN}/ask", '{"text": "Why is the sky blue?", "id": "x"}')
        answer = json.loads(await other.reads(f"{OWN}/answer"))
        assert (answer["id"], answer["ended"]) == ("x", "failed")
        assert type(error).__name__ in answer["error"]
        await diary.until(lambda: any(type(error).__name__ in words for words in diary.home))
        assert "secret" not in " ".join(diary.home) + json.dumps(answer)


@pytest.mark.parametrize("speak", ["true", "false"])
async def test_what_is_asked_opens_nothing(broker, speak):
    home = {"unguard": ["Front door"], "pin": "4711"}
    async with inhabited(settings_for(broker.port, home=home), DOOR) as (_, _, other):
        await knows_the_door(other)
        for number, text in enumerate(("Unlock the front door.", "4711")):
            await other.says(f"{OWN}/ask", json.dumps({"text": text, "speak": speak, "id": number}))
        answers = [await answered(other, number) for number in (0, 1)]
    assert "someone who is here" in answers[0]["reply"]
    assert [answer["actions"] for answer in answers] == [["lock.front_door state refused"], []]
    assert not other.at("front/set")


# What it ignores


async def test_a_retained_command_is_counted_and_told_but_not_followed(broker):
    commands = [(f"{OWN}/mute/set", "ON"), (f"{OWN}/say", "Hello.")]
    async with inhabited(settings_for(broker.port), commands) as (daemon, diary, _):
        await diary.until(lambda: any("retained" in words for words in diary.home))
        told = daemon.status()
    assert (told["muted"], told["turns"]) == (False, 0)
    assert told["home"]["commands_ignored"] == {"retained": 2}
    assert sum("retained" in words for words in diary.home) == 1


async def test_a_flood_of_texts_is_bounded_told_once_and_survived(broker, engines):
    engines.voice.gate = gate = Gate()
    gate.released.set()
    async with inhabited(settings_for(broker.port)) as (daemon, diary, other):
        gate.released.clear()
        for number in range(300):
            await other.says(f"{OWN}/say", f"Text {number}.")
        await diary.until(lambda: any("too many commands" in words for words in diary.home))
        gate.released.set()
        await other.says(f"{OWN}/stop")
        await diary.until(lambda: daemon.status()["turns"] + ignored(daemon) == 300)
        await other.says(f"{OWN}/ask", "What time is it?")
        assert json.loads(await other.reads(f"{OWN}/answer"))["ended"] == "finished"
    assert sum("too many commands" in words for words in diary.home) == 1


async def test_a_flood_of_questions_is_answered_as_too_many(broker, engines):
    engines.llm.gate = gate = Gate()
    async with inhabited(settings_for(broker.port)) as (_, _, other):
        for number in range(20):
            await other.says(f"{OWN}/ask", json.dumps({"text": "Why is the sky blue?", "id": number}))
        await other.reads(f"{OWN}/answer", 12)
        gate.released.set()
        await other.reads(f"{OWN}/answer", 20)
        answers = [json.loads(said) for said in other.at(f"{OWN}/answer")]
    assert {answer["id"] for answer in answers} == {str(number) for number in range(20)}
    assert sum(answer.get("error") == "too many commands at once" for answer in answers) == 12


@pytest.mark.parametrize("topic", ["say", "ask", "mute/set", "volume/set", "wake_word/set"])
async def test_garbage_is_counted_and_changes_nothing(broker, topic):
    garbage = ["", "\x00\x01", "{", "{}", '{"text": 7}', "x" * 20_000, '{"text": "\\ud800"}']
    async with inhabited(settings_for(broker.port)) as (daemon, _, other):
        before = await other.reads(f"{OWN}/state")
        for payload in garbage:
            await other.says(f"{OWN}/{topic}", payload)
        await other.says(f"{OWN}/ask", '{"text": "What time is it?", "id": "after"}')
        await other.until(lambda: any("after" in said for said in other.at(f"{OWN}/answer")))
        assert sum(daemon.status()["home"]["commands_ignored"].values()) == len(garbage)
        assert other.at(f"{OWN}/state")[-1] == before


async def test_commands_in_great_number_leave_it_as_the_last_says(broker):
    async with inhabited(settings_for(broker.port)) as (daemon, _, other):
        for number in range(501):
            await other.says(f"{OWN}/mute/set", "ON" if number % 2 == 0 else "OFF")
            await other.says(f"{OWN}/stop")
        await other.says(f"{OWN}/volume/set", "12")
        await other.until(lambda: state(other.at(f"{OWN}/state")[-1])["volume"] == 12)
        assert state(other.at(f"{OWN}/state")[-1])["muted"] is True
        assert daemon.status()["muted"] is True


# What it learns


async def test_it_does_not_take_itself_for_a_device(broker):
    async with telegraph(broker.port) as other, running(settings_for(broker.port)):
        announced = await other.reads(DEVICE)
    async with inhabited(settings_for(broker.port), [(DEVICE, announced), *DOOR]) as (daemon, _, other):
        await knows_the_door(other)
        assert daemon.status()["home"]["entities"] == 1


@pytest.mark.parametrize("wake", ["okay_nabu", "none"])
async def test_what_another_assistant_announces_is_understood_and_kept_apart(broker, wake):
    async with inhabited(settings_for(broker.port, wake=wake)) as (_, _, other):
        announced = await other.reads(DEVICE)
    registry = Registry()
    registry.take(DEVICE, announced.encode())
    assert registry.refusals == ()
    assert registry.entities
    assert all(entity.auxiliary for entity in registry.entities.values())


async def test_a_model_that_cannot_read_the_home_is_reported_and_the_home_learnt(broker, monkeypatch):
    class Illiterate(Model):
        def prepare(self, messages, cancel, *, words=""):
            if any("front door" in message.content.lower() for message in messages):
                raise WorkerError("llm did not finish")
            return 0

    Engines(llm=Illiterate()).install(monkeypatch)
    async with inhabited(settings_for(broker.port), DOOR) as (_, diary, other):
        await diary.until(lambda: "llm did not finish" in diary.home)
        await knows_the_door(other)


# Without


async def test_without_a_broker_it_says_so_and_answers():
    settings = settings_for(0, host="")
    async with running(settings) as (daemon, diary):
        assert diary.home == ["none, for no broker is configured (mqtt.host)"]
        assert daemon.status()["home"] == {"broker": ""}
        assert (await daemon.ask("What time is it?"))["ended"] == "finished"


async def test_a_broker_that_comes_later_is_found(broker):
    broker.stop()
    async with running(settings_for(broker.port)) as (daemon, diary):
        await diary.until(lambda: diary.home)
        told = daemon.status()["home"]
        assert "nothing listens there" in told["trouble"]
        assert told["not_published"] == 0
        assert (await daemon.ask("What time is it?"))["ended"] == "finished"
        broker.start()
        async with telegraph(broker.port) as other:
            assert await other.reads(f"{OWN}/availability") == "online"


async def test_a_password_that_cannot_be_read_is_told_until_it_can(guarded_broker, tmp_path):
    file = tmp_path / "password"
    settings = settings_for(guarded_broker.port, username="voice", password_file=str(file))
    async with running(settings) as (daemon, diary):
        await diary.until(lambda: diary.home)
        assert "(mqtt.password_file) cannot be read" in daemon.status()["home"]["trouble"]
        assert (await daemon.ask("What time is it?"))["ended"] == "finished"
        file.write_text("open sesame\n")
        await diary.until(lambda: "connected to" in diary.home[-1])
        assert daemon.status()["home"]["connected"] is True


async def test_a_certificate_that_is_missing_is_told(tmp_path):
    settings = settings_for(1883, tls="on", ca_file=str(tmp_path / "none.pem"))
    async with running(settings) as (daemon, diary):
        await diary.until(lambda: diary.home)
        assert "(mqtt.ca_file) cannot be read" in daemon.status()["home"]["trouble"]
        assert (await daemon.ask("What time is it?"))["ended"] == "finished"
