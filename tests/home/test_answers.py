"""What is said to questions about states."""

from __future__ import annotations

import pytest

from tests.home.things import alarm, climate, contact, cover, fan, lamp, light, lock, player, sensor, vacuum
from voiceslm.events import Intent
from voiceslm.home.answers import answer, temperature

DOOR = lock("front door")
BLINDS = cover("living room blinds")


def said(asks, *things, states=None, offline=(), **slots):
    """Answer; `states` are those of the things in their order, or one for all of them."""
    states = states if isinstance(states, list) else [states or {}] * len(things)
    known = {thing.id: state for thing, state in zip(things, states, strict=True)}
    intent = Intent("HassGetState", slots, asks=asks)
    return answer(intent, things, known.__getitem__, lambda entity: entity not in offline)


def lights(*states):
    names = ("desk lamp", "floor lamp", "wall lamp", "old lamp", "new lamp", "red lamp")
    return [lamp(name) for name in names[: len(states)]], [{"state": s} if s else {} for s in states]


def of_lights(asks, *states, **slots):
    things, known = lights(*states)
    return said(asks, *things, states=known, domain="light", state="on", **slots)


class TestOne:
    @pytest.mark.parametrize(
        ("thing", "state", "sentence"),
        [
            (DOOR, {"state": "locked"}, "The front door is locked."),
            (BLINDS, {"state": "opening"}, "The living room blinds are opening."),
            (sensor("bedroom temperature"), {"state": 21.5}, "The bedroom temperature is 21.5 degrees."),
            (DOOR, {}, "I don't know how the front door is."),
            (BLINDS, {}, "I don't know how the living room blinds are."),
        ],
    )
    def test_how_it_is(self, thing, state, sentence):
        assert said("one", thing, states=state) == sentence

    def test_what_cannot_be_reached_is_not_as_it_last_was(self):
        sentence = said("one", DOOR, states={"state": "locked"}, offline=[DOOR.id])
        assert sentence == "I can't reach the front door right now."

    @pytest.mark.parametrize(
        ("thing", "name", "state", "sentence"),
        [
            (light("lamp"), "brightness", {"brightness": 40}, "The brightness of the lamp is 40 percent."),
            (light("lamp"), "brightness", {"state": "off"}, "The lamp is off."),
            (light("lamp"), "brightness", {}, "I don't know the brightness of the lamp."),
            (light("lamp"), "color", {"color": (0, 0, 255)}, "The colour of the lamp is blue."),
            (fan("fan"), "percentage", {"percentage": 33}, "The speed of the fan is 33 percent."),
            (
                climate("heating"),
                "temperature",
                {"temperature": 21},
                "The target temperature of the heating is 21 degrees.",
            ),
            (player("TV"), "source", {"source": "hdmi_1"}, "The source of the TV is hdmi 1."),
        ],
    )
    def test_one_of_its_properties(self, thing, name, state, sentence):
        assert said("one", thing, states=state, property=name) == sentence


class TestYesOrNo:
    @pytest.mark.parametrize(
        ("thing", "state", "wanted", "sentence"),
        [
            (DOOR, {"state": "locked"}, "locked", "Yes, the front door is locked."),
            (DOOR, {"state": "unlocked"}, "locked", "No, the front door is unlocked."),
            (DOOR, {"state": "jammed"}, "locked", "No, the front door is jammed."),
            (DOOR, {"state": "locking"}, "locked", "The front door is locking."),
            (DOOR, {}, "locked", "I don't know whether the front door is locked."),
            (
                BLINDS,
                {"state": "open", "position": 40},
                "open",
                "Yes, the living room blinds are 40 percent open.",
            ),
            (BLINDS, {"state": "closed"}, "open", "No, the living room blinds are closed."),
            (BLINDS, {"state": "closing"}, "open", "The living room blinds are closing."),
            (BLINDS, {"state": "closing"}, "closing", "Yes, the living room blinds are closing."),
            (BLINDS, {"position": 0}, "closed", "Yes, the living room blinds are closed."),
            (BLINDS, {"state": "stopped"}, "open", "I don't know whether the living room blinds are open."),
            (contact("window", device_class="window"), {"state": "on"}, "on", "Yes, the window is open."),
            (contact("window", device_class="window"), {"state": "off"}, "on", "No, the window is closed."),
            (contact("window", device_class="window"), {}, "on", "I don't know whether the window is open."),
            (player("TV"), {"state": "paused"}, "on", "Yes, the TV is paused."),
            (player("TV"), {"state": "off"}, "on", "No, the TV is off."),
            (climate("heating"), {"mode": "heat"}, "on", "Yes, the heating is set to heat."),
            (climate("heating"), {"mode": "off"}, "on", "No, the heating is off."),
            (alarm("alarm"), {"state": "armed_home"}, "armed", "Yes, the alarm is armed in home mode."),
            (alarm("alarm"), {"state": "disarmed"}, "armed", "No, the alarm is disarmed."),
            (vacuum("Robby"), {"state": "returning"}, "docked", "Robby is returning to its dock."),
        ],
    )
    def test_it_is_or_it_is_not(self, thing, state, wanted, sentence):
        assert said("one_yesno", thing, states=state, state=wanted) == sentence

    def test_what_cannot_be_reached_is_neither(self):
        sentence = said("one_yesno", DOOR, states={"state": "locked"}, offline=[DOOR.id], state="locked")
        assert sentence == "I can't reach the front door right now."


class TestMany:
    @pytest.mark.parametrize(
        ("asks", "states", "sentence"),
        [
            ("any", ["on", "off", "on"], "Yes, the desk lamp and the wall lamp are on."),
            ("any", ["on", "off"], "Yes, the desk lamp is on."),
            ("any", ["off", "off"], "No, none of the 2 lights is on."),
            ("any", ["off"], "No, the desk lamp is off."),
            ("any", ["on"] * 5, "Yes, 5 lights are on."),
            ("any", ["off", None], "No, the desk lamp is not on. I don't know about the floor lamp."),
            ("any", [None, None], "I don't know: I haven't heard from the desk lamp and the floor lamp."),
            ("all", ["on", "on"], "Yes, all 2 lights are on."),
            ("all", ["on", "off"], "No, the floor lamp is off."),
            ("all", ["off", "off"], "No, the desk lamp and the floor lamp are not on."),
            ("all", ["on", None], "The desk lamp is on. I don't know about the floor lamp."),
            ("which", ["off", "on"], "The floor lamp is on."),
            ("which", ["off", "off"], "None of the 2 lights is on."),
            ("which", ["on", None], "The desk lamp is on. I don't know about the floor lamp."),
            ("which", ["on"], "The desk lamp is on."),
            ("how_many", ["on", "on", "off"], "2 of the 3 lights are on."),
            ("how_many", ["on", "off"], "1 of the 2 lights is on."),
            ("how_many", ["off", "off"], "None of the 2 lights is on."),
            ("how_many", ["on", "on"], "All 2 lights are on."),
            ("how_many", ["off"], "The desk lamp is off."),
        ],
    )
    def test_lights(self, asks, states, sentence):
        assert of_lights(asks, *states) == sentence

    def test_what_is_not_known_is_never_counted_as_off(self):
        assert "off" not in of_lights("all", None, None)

    def test_rooms_are_said_where_none_was(self):
        pair = [lamp("lamp", "hall"), lamp("lamp", "bedroom")]
        states = [{"state": "on"}] * 2
        sentence = said("which", *pair, states=states, domain="light", state="on")
        assert sentence == "The lamp in the hall and the lamp in the bedroom are on."

    def test_the_room_that_was_asked_about_is_not_repeated(self):
        sentence = said(
            "any",
            lamp("lamp", "hall"),
            lamp("spot", "hall"),
            states={"state": "on"},
            state="on",
            area="hall",
            domain="light",
        )
        assert sentence == "Yes, the lamp and the spot are on."

    @pytest.mark.parametrize(
        ("asks", "state", "sentence"),
        [
            ("any", "off", "No, nothing is on."),
            ("which", "off", "Nothing is on."),
            ("all", "on", "Yes, everything is on."),
        ],
    )
    def test_anything_and_everything(self, asks, state, sentence):
        assert said(asks, lamp("lamp"), fan("fan"), states={"state": state}, state="on") == sentence

    def test_windows_are_covers_and_sensors(self):
        things = [cover("roof", device_class="window"), contact("kitchen", device_class="window")]
        states = [{"state": "closed"}, {"state": "on"}]
        sentence = said("any", *things, states=states, state="open", device_class="window")
        assert sentence == "Yes, the kitchen is open."

    def test_sensors_are_said_by_what_they_sense(self):
        things = [contact(f"{room} motion", device_class="motion") for room in ("hall", "attic")]
        slots = {"domain": "binary_sensor", "device_class": "motion", "state": "on"}
        sentence = said("any", *things, states=[{"state": "on"}, {"state": "off"}], **slots)
        assert sentence == "Yes, the hall motion sensor is detecting motion."


class TestTemperature:
    def told(self, **states):
        things = [
            climate("heating", "living room"),
            sensor("thermometer", "bedroom"),
            sensor("spare", "bedroom"),
        ]
        return temperature(things, lambda entity: states.get(entity.split(".")[1], {}))

    def test_one_room(self):
        assert self.told(thermometer={"state": 21.5}) == "It's 21.5 degrees in the bedroom."

    def test_several_rooms(self):
        found = self.told(heating={"current_temperature": -1}, thermometer={"state": 18})
        assert found == "It's minus 1 degree in the living room and 18 degrees in the bedroom."

    def test_the_first_of_a_room_that_knows_it_is_told(self):
        assert self.told(spare={"state": 7}) == "It's 7 degrees in the bedroom."

    def test_nobody_knows(self):
        assert self.told(heating={"temperature": 21}, thermometer={"state": "error"}) is None
