"""What lets somebody in is guarded; what keeps them out is not."""

from __future__ import annotations

import pytest

from tests.home.things import button, cover, light, lock, switch, thing
from voiceslm.entities import Change, Kind
from voiceslm.home.guard import guarded

GARAGE = cover("Garage Door", device_class="garage")
BLIND = cover("Blind", device_class="blind")
VALVE = thing(Kind.VALVE, "Main Valve")
ALARM = thing(Kind.ALARM, "Alarm")


@pytest.mark.parametrize(
    ("entity", "wants"),
    [
        (lock("Front Door"), {"state": "unlocked"}),
        (GARAGE, {"state": "open"}),
        (GARAGE, {"position": 1}),
        (cover("Gate", device_class="gate"), {"state": "open"}),
        (VALVE, {"state": "open"}),
        (VALVE, {"position": 50}),
        (ALARM, {"state": "disarmed"}),
        (lock("Front Door"), {"state": "UNLOCKED"}),
        (GARAGE, {"state": "Open"}),
        (cover("Garage Door"), {"state": "open"}),
        (switch("Garage Door"), {"state": "on"}),
        (switch("Front Gate Opener"), {"state": "on"}),
    ],
)
def test_unlocking_opening_and_disarming_are_guarded(entity, wants):
    assert guarded(entity, Change(entity.id, wants))


@pytest.mark.parametrize(
    ("entity", "wants"),
    [
        (lock("Front Door"), {"state": "locked"}),
        (GARAGE, {"state": "closed"}),
        (GARAGE, {"position": 0}),
        (BLIND, {"state": "open"}),
        (VALVE, {"state": "closed"}),
        (ALARM, {"state": "armed_away"}),
        (light("Lamp"), {"state": "on"}),
        (cover("Patio Door Blind"), {"state": "open"}),
        (cover("Front Door", device_class="curtain"), {"state": "open"}),
        (switch("Garage Light"), {"state": "on"}),
        (switch("Garage Door"), {"state": "off"}),
    ],
)
def test_locking_closing_arming_and_everything_else_is_not(entity, wants):
    assert not guarded(entity, Change(entity.id, wants))


def test_the_latch_of_a_lock_is_guarded():
    assert guarded(lock("Front Door"), Change("lock.front_door", deed="open"))


@pytest.mark.parametrize(
    ("name", "guards"),
    [("Open Garage Door", True), ("Front Door Buzzer", True), ("Doorbell", False), ("Close Gate", False)],
)
def test_a_button_is_guarded_that_opens_an_entrance(name, guards):
    opener = button(name)
    assert guarded(opener, Change(opener.id, deed="press")) is guards
