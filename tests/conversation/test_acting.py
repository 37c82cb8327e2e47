"""What is done, what needs a PIN, and what is refused."""

from __future__ import annotations

import pytest

from tests.home.things import Place, alarm, cover, lamp, lock
from voiceslm.conversation.acting import LEFT, NOT_FROM_TEXT, Acting
from voiceslm.conversation.pin import ASK, LOCKED, WRONG
from voiceslm.entities import Change, Outcome, Result

LAMP, DOOR, GARAGE, ALARM = (
    lamp("lamp"),
    lock("front door"),
    cover("garage", device_class="garage"),
    alarm("alarm"),
)
LIGHT_ON = Change(LAMP.id, {"state": "on"})
UNLOCK = Change(DOOR.id, {"state": "unlocked"})
LOCK = Change(DOOR.id, {"state": "locked"})
OPEN_GARAGE = Change(GARAGE.id, {"state": "open"})
DISARM = Change(ALARM.id, {"state": "disarmed"})


class Obedient(Place):
    """A home in which everything is done at once."""

    def __init__(self):
        super().__init__(LAMP, DOOR, GARAGE, ALARM)
        self.done: list[Change] = []

    async def apply(self, changes):
        self.done += changes
        return tuple(Outcome(change, Result.DONE, after=change.wants) for change in changes)


@pytest.fixture
def home():
    return Obedient()


def acting_in(home, allowed=("front door",), pin="1234", **more):
    return Acting(home, allowed=allowed, pin=pin, clock=lambda: 0.0, **more)


async def test_what_is_not_guarded_is_done_and_confirmed(home):
    done = await acting_in(home).act((LIGHT_ON,), spoken=True)
    assert home.done == [LIGHT_ON]
    assert (done.text, done.actions) == ("The lamp is on.", ("light.lamp state done",))


async def test_locking_needs_nobody_to_be_there(home):
    await acting_in(home).act((LOCK,), spoken=False)
    assert home.done == [LOCK]


@pytest.mark.parametrize("change", [UNLOCK, OPEN_GARAGE, DISARM])
async def test_what_comes_as_text_never_opens(home, change):
    acting = acting_in(home, allowed=[DOOR.id, GARAGE.id, ALARM.id])
    done = await acting.act((change,), spoken=False)
    assert (done.text, home.done, acting.private) == (NOT_FROM_TEXT, [], False)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (UNLOCK, "I'm not allowed to unlock the front door."),
        (OPEN_GARAGE, "I'm not allowed to open the garage."),
        (DISARM, "I'm not allowed to disarm the alarm."),
    ],
)
async def test_what_is_not_allowed_is_refused_by_its_verb(home, change, sentence):
    done = await acting_in(home, allowed=()).act((change,), spoken=True)
    assert (done.text, home.done) == (sentence, [])


async def test_without_a_pin_nothing_is_allowed(home):
    done = await acting_in(home, pin="").act((UNLOCK,), spoken=True)
    assert (done.text, home.done) == ("I'm not allowed to unlock the front door.", [])


async def test_nothing_is_done_by_halves_and_that_is_said(home):
    done = await acting_in(home, allowed=()).act((LIGHT_ON, UNLOCK), spoken=True)
    assert (done.text, home.done) == (f"I'm not allowed to unlock the front door.{LEFT}", [])


async def test_one_that_is_not_allowed_keeps_all_closed(home):
    done = await acting_in(home).act((UNLOCK, OPEN_GARAGE), spoken=True)
    assert (done.text, home.done) == (f"I'm not allowed to open the garage.{LEFT}", [])


async def test_the_pin_is_asked_for_and_all_waits_for_it(home):
    acting = acting_in(home)
    done = await acting.act((LIGHT_ON, UNLOCK), spoken=True)
    assert (done.text, home.done, acting.private) == (ASK, [], True)
    done = await acting.try_pin("one two three four")
    assert done is not None
    assert done.text == "The lamp is on. The front door is unlocked."
    assert home.done == [LIGHT_ON, UNLOCK]
    assert not acting.private


async def test_the_pin_is_in_no_record(home):
    acting = acting_in(home)
    await acting.act((UNLOCK,), spoken=True)
    done = await acting.try_pin("1234")
    assert done is not None
    assert "1234" not in repr(done)


async def test_three_wrong_pins_open_nothing(home):
    acting = acting_in(home)
    await acting.act((UNLOCK,), spoken=True)
    texts = [done.text for _ in range(3) if (done := await acting.try_pin("9999"))]
    assert texts == [WRONG, WRONG, LOCKED]
    done = await acting.act((UNLOCK,), spoken=True)
    assert (done.text, home.done, acting.private) == (LOCKED, [], False)


async def test_what_is_no_pin_is_none_and_opens_nothing(home):
    acting = acting_in(home)
    await acting.act((UNLOCK,), spoken=True)
    assert await acting.try_pin("never mind") is None
    assert await acting.try_pin("1234") is None
    assert home.done == []


async def test_what_is_forgotten_waits_no_more(home):
    acting = acting_in(home)
    await acting.act((UNLOCK,), spoken=True)
    acting.forget()
    assert not acting.private
    assert await acting.try_pin("1234") is None


@pytest.mark.parametrize("name", ["Front Door", "lock.front_door", "main entrance"])
async def test_what_is_allowed_is_so_by_any_of_its_names(name):
    home = Obedient()
    home.entities[DOOR.id] = lock("front door", aliases=("Main Entrance",))
    assert (await acting_in(home, allowed=[name]).act((UNLOCK,), spoken=True)).text == ASK


async def test_a_simulated_home_needs_no_pin(home):
    await acting_in(home, pin="", asks_pin=False).act((UNLOCK,), spoken=True)
    assert home.done == [UNLOCK]


async def test_a_simulated_home_still_refuses_what_is_not_allowed(home):
    await acting_in(home, pin="", asks_pin=False).act((OPEN_GARAGE,), spoken=True)
    assert home.done == []
