"""What is said of what came of a command."""

from __future__ import annotations

import pytest

from tests.home.things import alarm, climate, cover, fan, lamp, light, lock, mower, player, scene, vacuum
from voiceslm.entities import Change, Outcome, Result
from voiceslm.home.confirm import OFFLINE, TOO_MANY, UNKNOWN, confirmation, expected
from voiceslm.home.guard import HURRIED

LAMP, SPOT = lamp("lamp"), lamp("spot")
BLINDS = cover("living room blinds")
DOOR = lock("front door")
HEATING = climate("heating")


def told(*parts):
    """Return what is said of (entity, wants or deed, result, further fields of the outcome)."""
    outcomes, things = [], {}
    for entity, wants, result, *more in parts:
        change = Change(entity.id, deed=wants) if isinstance(wants, str) else Change(entity.id, wants)
        outcomes.append(Outcome(change, result, **(more[0] if more else {})))
        things[entity.id] = entity
    return confirmation(outcomes, things)


ON, OFF, LOCKED = {"state": "on"}, {"state": "off"}, {"state": "locked"}


@pytest.mark.parametrize(
    ("entity", "wants", "sentence"),
    [
        (LAMP, ON, "The lamp is on."),
        (light("lamp"), {"state": "on", "brightness": 40}, "The lamp is at 40 percent."),
        (light("lamp"), {"brightness": 40, "color": (255, 0, 0)}, "The lamp is at 40 percent and red."),
        (BLINDS, {"position": 30}, "The living room blinds are 30 percent open."),
        (HEATING, {"temperature": 21.5}, "The heating is set to 21.5 degrees."),
        (HEATING, {"mode": "off"}, "The heating is off."),
        (player("TV"), {"muted": "on"}, "The TV is muted."),
    ],
)
def test_done_is_how_it_is_now(entity, wants, sentence):
    assert told((entity, wants, Result.DONE, {"after": wants})) == sentence


@pytest.mark.parametrize(
    ("entity", "wants", "after", "sentence"),
    [
        (BLINDS, {"state": "open"}, {"state": "opening"}, "The living room blinds are opening."),
        (BLINDS, {"position": 30}, {"state": "closing"}, "The living room blinds are closing."),
        (vacuum("Robby"), {"state": "returning"}, {"state": "docked"}, "Robby is docked."),
        (mower("mower"), {"state": "docked"}, {"state": "returning"}, "The mower is returning to its dock."),
        (alarm("alarm"), {"state": "armed_away"}, {"state": "arming"}, "The alarm is arming."),
    ],
)
def test_what_is_under_way_is_said_to_be(entity, wants, after, sentence):
    assert told((entity, wants, Result.DONE, {"after": after})) == sentence


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ((LAMP, ON, Result.SENT), "The lamp should now be on."),
        ((BLINDS, {"state": "open"}, Result.SENT), "The living room blinds should now be open."),
        ((LAMP, ON, Result.ALREADY), "The lamp is already on."),
        (
            (BLINDS, {"state": "open"}, Result.ALREADY, {"after": {"state": "opening"}}),
            "The living room blinds are already opening.",
        ),
        ((LAMP, ON, Result.SILENT), "The lamp is not responding."),
        ((BLINDS, {"state": "open"}, Result.SILENT), "The living room blinds are not responding."),
        ((DOOR, LOCKED, Result.SILENT, {"after": {"state": "locking"}}), "The front door is still locking."),
        ((DOOR, LOCKED, Result.SILENT, {"after": {"state": "jammed"}}), "The front door is jammed."),
        ((LAMP, ON, Result.UNAVAILABLE), "The lamp is offline."),
        ((LAMP, ON, Result.UNABLE), "The lamp can't do that."),
        ((HEATING, {"temperature": 40}, Result.UNABLE), "The heating can only be set from 7 to 30 degrees."),
        ((LAMP, ON, Result.OFFLINE), OFFLINE),
        ((LAMP, ON, Result.REFUSED, {"reason": HURRIED}), TOO_MANY),
        (
            (LAMP, ON, Result.REFUSED, {"reason": "the configuration forbids it"}),
            "I'm not allowed to change the lamp.",
        ),
    ],
)
def test_nothing_is_claimed_that_is_not_so(part, sentence):
    assert told(part) == sentence


@pytest.mark.parametrize(
    ("entity", "deed", "sentence"),
    [
        (scene("movie night"), "activate", "Activated the movie night scene."),
        (BLINDS, "stop", "Stopping the living room blinds."),
        (player("TV"), "next", "Skipping to the next track on the TV."),
        (vacuum("Robby"), "locate", "Calling Robby."),
    ],
)
def test_deeds(entity, deed, sentence):
    assert told((entity, deed, Result.SENT)) == sentence


def test_a_deed_that_did_not_arrive_is_not_claimed():
    assert told((scene("movie night"), "activate", Result.UNAVAILABLE)) == "The movie night scene is offline."


class TestSeveral:
    def test_what_is_the_same_of_two_is_said_once(self):
        assert told((LAMP, ON, Result.DONE), (SPOT, ON, Result.DONE)) == "The lamp and the spot are on."

    def test_many_are_counted(self):
        lamps = [(lamp(f"{word} lamp", "kitchen"), OFF, Result.DONE) for word in ("a", "b", "c", "d")]
        assert told(*lamps) == "4 lights in the kitchen are off."

    def test_differences_are_told_apart_wherever_they_stand(self):
        parts = [
            (LAMP, ON, Result.DONE),
            (light("desk"), {"brightness": 40}, Result.DONE),
            (SPOT, ON, Result.DONE),
        ]
        assert told(*parts) == "The lamp and the spot are on. The desk is at 40 percent."

    def test_what_was_so_before_is_so_as_well(self):
        assert told((LAMP, ON, Result.ALREADY), (SPOT, ON, Result.DONE)) == "The spot and the lamp are on."

    def test_all_that_were_so_before_already_are(self):
        assert (
            told((LAMP, ON, Result.ALREADY), (SPOT, ON, Result.ALREADY))
            == "The lamp and the spot are already on."
        )

    def test_a_partial_failure_names_who_failed(self):
        parts = [(LAMP, ON, Result.DONE), (SPOT, ON, Result.SILENT), (fan("fan"), ON, Result.UNAVAILABLE)]
        assert told(*parts) == "The lamp is on. The spot is not responding. The fan is offline."

    def test_what_was_done_before_the_broker_went_is_told(self):
        parts = [(LAMP, ON, Result.DONE), (SPOT, ON, Result.OFFLINE)]
        assert told(*parts) == "The lamp is on. The spot is out of reach right now."

    def test_two_changes_of_one_thing_are_of_one_thing(self):
        assert told((LAMP, ON, Result.SILENT), (LAMP, ON, Result.SILENT)) == "The lamp is not responding."


def test_what_a_device_calls_its_options_does_no_harm():
    strip = light("strip")
    assert told((strip, {"effect": "{0} {be}"}, Result.DONE)) == "The strip is set to {0} {be}."


def test_an_entity_that_is_gone_is_not_known():
    assert confirmation([Outcome(Change("light.gone", ON), Result.UNABLE)], {}) == UNKNOWN


class TestExpected:
    def test_what_reports_is_expected_to_be_so(self):
        assert expected([Change(LAMP.id, ON)], {LAMP.id: LAMP}) == "The lamp is on."

    def test_what_reports_nothing_is_not(self):
        blind = lamp("lamp", reports=())
        assert expected([Change(blind.id, ON)], {blind.id: blind}) == "The lamp should now be on."
