"""What is kept over a restart, and what happens where it cannot be kept."""

from __future__ import annotations

import asyncio
import json
import logging
import stat

import pytest
from pydantic import TypeAdapter

from tests.skills.talk import Talk, carry_out
from voiceslm.skills import state_folder
from voiceslm.skills.store import FORGETFUL, LARGEST, Store
from voiceslm.skills.timer_words import announcement


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "state" / "voiceslm"


@pytest.fixture
def talk(folder):
    return Talk(folder)


@pytest.fixture
def homeless(tmp_path):
    """Skills whose folder cannot be made: there is a file in its place, which holds for root as well."""
    (tmp_path / "state").write_text("in the way")
    return Talk(tmp_path / "state")


async def test_timers_and_alarms_survive(talk):
    await talk.say("Set a pizza timer for 15 minutes.")
    await talk.say("Set a tea timer for 3 minutes.")
    await talk.ask("HassPauseTimer", name="tea")
    await talk.ask("HassStartTimer", minutes=5, conversation_command="turn off the lights")
    await talk.say("Set an alarm every weekday at 7 am.")
    before = talk.timers.snapshot()

    talk.restart()

    assert talk.timers.snapshot() == before
    assert await talk.say("What alarms are set?") == "You have one alarm: 7 AM every weekday."


async def test_lists_survive(talk):
    await talk.say("Add milk and eggs to my shopping list.")
    await talk.say("Add nails to the hardware list.")

    talk.restart()

    assert await talk.say("What's on my shopping list?") == "On your shopping list: milk and eggs."
    assert await talk.say("What's on the hardware list?") == "On your hardware list: nails."


async def test_what_was_cancelled_stays_cancelled(talk):
    await talk.say("Set a timer for ten minutes.")
    await talk.say("Cancel the timer.")

    talk.restart()

    assert talk.timers.snapshot() == []


async def test_a_draft_writes_nothing(talk, folder):
    talk.draft("Set a timer for ten minutes.")

    assert list(folder.iterdir()) == []


async def test_what_fell_due_in_between_is_announced_once(talk):
    await talk.say("Set a pizza timer for 15 minutes.")
    talk.wait(hours=1)
    talk.restart()

    told = [announcement(timer, talk.now) for timer in talk.timers.due(talk.now)]
    await talk.timers.save()
    talk.restart()

    assert told == ["The pizza timer went off while I was away."]
    assert talk.timers.due(talk.now) == []


async def test_a_new_timer_gets_a_new_id(talk):
    await talk.say("Set a pizza timer for 15 minutes.")
    talk.restart()
    await talk.say("Set a tea timer for 3 minutes.")

    assert len({timer["id"] for timer in talk.timers.snapshot()}) == 2


async def test_only_the_owner_may_read_it(talk, folder):
    await talk.say("Add milk to my shopping list.")

    assert stat.S_IMODE((folder / "lists.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"null",
        b'[{"id": 1}]',
        b'[{"id": 1, "kind": "timer", "due": "2026-11-24T15:00:00+00:00", "seconds": 1e300}]',
        b'[{"id": 1, "kind": "timer", "due": "2026-11-24T15:00:00"}]',
        b'[{"id": 1, "kind": "bomb", "due": "2026-11-24T15:00:00+00:00"}]',
        b'[{"id": 1, "kind": "timer", "due": null, "left": NaN}]',
        b" " * (LARGEST + 1),
    ],
    ids=[
        "empty",
        "cut off",
        "no text",
        "deep",
        "null",
        "fields missing",
        "out of range",
        "no time zone",
        "another kind",
        "not a number",
        "too large",
    ],
)
async def test_a_broken_file_is_set_aside_and_reported(folder, caplog, content):
    folder.mkdir(parents=True)
    (folder / "timers.json").write_bytes(content)

    with caplog.at_level(logging.WARNING):
        talk = Talk(folder)
    reply = await talk.say("Set a timer for ten minutes.")

    assert (folder / "timers.json.broken").read_bytes() == content
    assert "timers.json is broken" in caplog.text
    assert reply == "Timer for 10 minutes, starting now."
    assert len(json.loads((folder / "timers.json").read_bytes())) == 1


async def test_a_broken_file_tells_the_log_nothing_that_was_said(folder, caplog):
    folder.mkdir(parents=True)
    (folder / "lists.json").write_text('{"shopping": ["a secret", 7]}')

    Talk(folder)

    assert "lists.json is broken" in caplog.text
    assert "secret" not in caplog.text


async def test_a_file_left_half_written_does_not_matter(talk, folder):
    await talk.say("Set a timer for ten minutes.")
    (folder / ".timers.json.new").write_text("[{")

    talk.restart()

    assert len(talk.timers.snapshot()) == 1


async def test_without_a_folder_it_works_and_says_once_that_it_will_forget(homeless):
    first = await homeless.say("Set a pizza timer for 15 minutes.")
    second = await homeless.say("Set a tea timer for 3 minutes.")

    assert first == f"Pizza timer, 15 minutes, starting now.{FORGETFUL}"
    assert second == "Tea timer, 3 minutes, starting now."
    assert len(homeless.timers.snapshot()) == 2


async def test_a_draft_that_is_thrown_away_has_said_nothing(homeless):
    homeless.draft("Set a tea timer for 3 minutes.")

    assert (await homeless.say("Set a tea timer for 3 minutes.")).endswith(FORGETFUL)


async def test_without_a_folder_the_cause_and_the_remedy_are_named(homeless, caplog):
    homeless.restart()

    trouble = homeless.timers.store.trouble

    assert "timers.json: File exists" in trouble.cause
    assert "state folder that can be written to" in trouble.remedy
    assert str(trouble) in caplog.text


async def test_a_folder_that_goes_away_is_noticed_and_so_is_its_return(talk, folder):
    await talk.say("Set a pizza timer for 15 minutes.")
    (folder / "timers.json").unlink()
    folder.rmdir()
    folder.write_text("in the way")
    await talk.say("Set a tea timer for 3 minutes.")
    trouble = talk.timers.store.trouble
    folder.unlink()

    warned = await talk.say("Cancel all timers.")
    talk.restart()

    assert trouble is not None
    assert warned == f"Cancelled both timers.{FORGETFUL}"
    assert talk.timers.store.trouble is None
    assert talk.timers.snapshot() == []


async def test_of_writes_at_the_same_time_the_last_one_stays(tmp_path):
    store: Store[int] = Store(tmp_path / "number.json", TypeAdapter(int), 0)

    await asyncio.gather(*(store.save(number) for number in range(1, 30)))

    assert store.load() == 29


async def test_a_turn_cancelled_while_it_saves_leaves_a_whole_file(talk):
    reply = talk.draft("Set a timer for ten minutes.")
    task = asyncio.ensure_future(carry_out(reply))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    await talk.say("Set a tea timer for 3 minutes.")
    talk.restart()

    assert len(talk.timers.snapshot()) == 2


async def test_without_a_path_nothing_is_written_and_nothing_is_confessed():
    talk = Talk()

    assert await talk.say("Set a timer for ten minutes.") == "Timer for 10 minutes, starting now."


def test_a_service_keeps_its_state_in_its_own_folder(monkeypatch):
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/voiceslm:/var/lib/other")

    assert str(state_folder()) == "/var/lib/voiceslm"


def test_a_user_keeps_it_in_the_users_folder(monkeypatch):
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", "/home/somebody/.local/state")

    assert str(state_folder()) == "/home/somebody/.local/state/voiceslm"
