"""From intents to what is to be done or said."""

from __future__ import annotations

import pytest

from tests.home.things import (
    Place,
    alarm,
    climate,
    contact,
    cover,
    fan,
    lamp,
    light,
    lock,
    mower,
    player,
    scene,
    sensor,
    switch,
    thing,
    vacuum,
)
from voiceslm.entities import Choice, Kind, Span
from voiceslm.events import Intent
from voiceslm.home.plan import CANNOT_SEARCH, NO_PEOPLE, UNKNOWN, Answer, Doubt, Plan, plan

KITCHEN = light("ceiling light", "kitchen", id="light.kitchen")
BEDROOM = light("ceiling light", "bedroom", id="light.bedroom")
LAMP = lamp("reading lamp", "bedroom")
HEATING = climate("heating", "living room")
PLAIN_FAN = thing(Kind.FAN, "fan", settable={"state": Choice(("on", "off"))})


def intent(name, *named, text="", asks="", **slots):
    return Intent(name, slots, tuple(entity.id for entity in named), text, asks)


def planned(place, *intents, area=""):
    return plan(intents, place, area)


def wanted(part):
    """Return what a plan wants of each entity, the deeds included."""
    assert isinstance(part, Plan), part
    return {change.entity: change.deed or dict(change.wants) for change in part.changes}


def text(part):
    """Return what an answer says."""
    assert isinstance(part, Answer), part
    return part.text


class TestCommands:
    def test_a_named_light(self):
        found = planned(Place(LAMP), intent("HassTurnOn", LAMP))
        assert wanted(found) == {LAMP.id: {"state": "on"}}

    def test_all_lights_of_an_area(self):
        order = intent("HassTurnOff", domain="light", area="bedroom", text="bedroom lights off")
        off = {"state": "off"}
        assert wanted(planned(Place(KITCHEN, BEDROOM, LAMP), order)) == {BEDROOM.id: off, LAMP.id: off}

    def test_in_an_area_what_can_be_dimmed_is_dimmed(self):
        order = intent("HassLightSet", domain="light", area="bedroom", text="bedroom to 30", brightness=30)
        assert wanted(planned(Place(KITCHEN, BEDROOM, LAMP), order)) == {BEDROOM.id: {"brightness": 30}}

    def test_what_the_room_cannot_do_is_not_done_elsewhere(self):
        order = intent(
            "HassLightSet", domain="light", area="bedroom", text="set the lights to 30", brightness=30
        )
        found = planned(Place(KITCHEN, LAMP), order, area="bedroom")
        assert text(found) == "The reading lamp can't be dimmed."

    def test_several_commands_are_one_plan(self):
        found = planned(Place(KITCHEN, LAMP), intent("HassTurnOn", KITCHEN), intent("HassTurnOff", LAMP))
        assert wanted(found) == {KITCHEN.id: {"state": "on"}, LAMP.id: {"state": "off"}}

    def test_dimming_a_room_leaves_off_what_is_off(self):
        place = Place(
            KITCHEN,
            light("spot", "kitchen"),
            kitchen={"state": "on", "brightness": 50},
            spot={"state": "off"},
        )
        order = intent(
            "HassAdjust",
            domain="light",
            area="kitchen",
            text="dim the kitchen",
            property="brightness",
            direction="down",
        )
        assert wanted(planned(place, order)) == {KITCHEN.id: {"brightness": 30}}


class TestRefusals:
    @pytest.mark.parametrize(
        ("entity", "order", "sentence"),
        [
            (LAMP, ("HassLightSet", {"brightness": 50}), "The reading lamp can't be dimmed."),
            (LAMP, ("HassLightSet", {"color": "red"}), "The reading lamp can't change colour."),
            (KITCHEN, ("HassLightSet", {"color": "octarine"}), "I don't know that colour."),
            (KITCHEN, ("HassLightSet", {"effect": "rainbow"}), "The ceiling light has no effects."),
            (PLAIN_FAN, ("HassFanSetSpeed", {"percentage": 50}), "The fan has no speed to set."),
            (
                HEATING,
                ("HassClimateSetTemperature", {"temperature": 40}),
                "The heating can only be set from 7 to 30 degrees.",
            ),
            (
                HEATING,
                ("HassClimateSetTemperature", {"temperature": -2}),
                "The heating can only be set from 7 to 30 degrees.",
            ),
            (HEATING, ("HassSetMode", {"mode": "dry"}), "The heating can only be set to off, heat or cool."),
            (HEATING, ("HassSetPreset", {"preset": "eco"}), "The heating has no presets."),
            (cover("blind"), ("HassSetTilt", {"tilt": 5}), "The blind can't be tilted."),
            (
                cover("blind", settable={"state": Choice(("open",))}),
                ("HassSetPosition", {"position": 5}),
                "The blind can only be opened and closed.",
            ),
            (cover("blind", settable={}), ("HassTurnOn", {}), "The blind can't be opened."),
            (lock("door", settable={}), ("HassTurnOff", {}), "The door can't be unlocked."),
            (scene("movie"), ("HassTurnOff", {}), "The movie scene can't be turned off."),
            (player("TV", deeds=frozenset()), ("HassMediaNext", {}), "The TV can't skip."),
            (player("TV"), ("HassMediaSource", {"source": "radio"}), "The TV has no sources to choose from."),
            (alarm("alarm"), ("HassAlarmArm", {"mode": "night"}), "The alarm can't be armed that way."),
            (sensor("thermometer"), ("HassTurnOn", {}), "The thermometer can't be turned on."),
            (
                thing(Kind.NUMBER, "delay", settable={"state": Span(0, 9)}, unit="min"),
                ("HassSetValue", {"value": 12}),
                "The delay can only be set from 0 to 9 minutes.",
            ),
        ],
    )
    def test_what_cannot_be_done_is_said_with_its_reason(self, entity, order, sentence):
        name, slots = order
        assert text(planned(Place(entity), intent(name, entity, **slots))) == sentence

    @pytest.mark.parametrize(
        ("entity", "order", "sentence"),
        [
            (KITCHEN, {"property": "brightness"}, "I don't know how bright the ceiling light is now."),
            (cover("blinds"), {"property": "position"}, "I don't know how far the blinds are open now."),
            (HEATING, {"property": "temperature"}, "I don't know what the heating is set to now."),
        ],
    )
    def test_more_of_what_nobody_knows_is_not_guessed(self, entity, order, sentence):
        found = planned(Place(entity), intent("HassAdjust", entity, direction="up", **order))
        assert text(found) == sentence

    def test_less_of_what_is_off_is_off(self):
        place = Place(KITCHEN, kitchen={"state": "off"})
        order = intent("HassAdjust", KITCHEN, property="brightness", direction="down")
        assert text(planned(place, order)) == "The ceiling light is off."

    def test_who_can_does_and_who_cannot_is_named(self):
        cellar = climate("cellar heating", settable={"temperature": Span(5, 15)})
        found = planned(Place(HEATING, cellar), intent("HassClimateSetTemperature", temperature=20))
        assert wanted(found) == {HEATING.id: {"temperature": 20}}
        assert found.text == "The cellar heating can only be set from 5 to 15 degrees."

    def test_one_that_cannot_does_not_stop_another_that_can(self):
        order = [intent("HassTurnOn", KITCHEN), intent("HassLightSet", LAMP, brightness=5)]
        found = planned(Place(KITCHEN, LAMP), *order)
        assert wanted(found) == {KITCHEN.id: {"state": "on"}}
        assert found.text == "The reading lamp can't be dimmed."

    @pytest.mark.parametrize(
        ("order", "sentence"),
        [
            (
                intent("HassTurnOn", domain="fan", area="kitchen", text="kitchen fan on"),
                "I know of no fan in the kitchen.",
            ),
            (intent("HassTurnOn", domain="cover", device_class="garage"), "I know of no garage door here."),
            (
                intent("HassTurnOn", domain="cover", device_class="blind", floor="first floor"),
                "I know of no blind on the first floor.",
            ),
            (intent("HassMediaPause"), "I know of no player here."),
            (intent("HassVacuumStart", domain="vacuum"), "I know of no vacuum here."),
            (
                intent("HassTurnOn", LAMP, area="kitchen", text="turn on the reading lamp in the kitchen"),
                "The reading lamp is in the bedroom, not in the kitchen.",
            ),
            (intent("HassMediaSearchAndPlay"), CANNOT_SEARCH),
            (intent("HassBroadcast", message="dinner"), UNKNOWN),
        ],
    )
    def test_what_is_not_there_is_said_to_be_unknown(self, order, sentence):
        assert text(planned(Place(KITCHEN, LAMP), order)) == sentence


class TestDoubt:
    def test_one_name_in_two_rooms_is_asked_for(self):
        found = planned(
            Place(KITCHEN, BEDROOM), intent("HassTurnOn", KITCHEN, BEDROOM, text="the ceiling light")
        )
        assert (
            found.question
            == "Do you mean the ceiling light in the kitchen or the ceiling light in the bedroom?"
        )
        assert [name for name, _ in found.options] == [
            "the ceiling light in the kitchen",
            "the ceiling light in the bedroom",
        ]
        assert wanted(found.options[1][1]) == {BEDROOM.id: {"state": "on"}}

    def test_many_are_asked_for_by_room(self):
        lamps = [light("lamp", f"room {number}", id=f"light.{number}") for number in range(6)]
        assert (
            planned(Place(*lamps), intent("HassTurnOn", *lamps, text="the lamp")).question == "In which room?"
        )

    def test_a_room_is_one_answer(self):
        order = intent("HassTurnOff", domain="light", area="hall", text="turn off the lights")
        found = planned(Place(KITCHEN, BEDROOM, LAMP), order, area="hall")
        assert found.question == "In the bedroom or in the kitchen?"
        assert wanted(found.options[0][1]) == {BEDROOM.id: {"state": "off"}, LAMP.id: {"state": "off"}}

    def test_what_was_certain_waits_with_what_is_not(self):
        order = [
            intent("HassTurnOn", LAMP),
            intent("HassTurnOff", KITCHEN, BEDROOM, text="the ceiling light"),
        ]
        found = planned(Place(LAMP, KITCHEN, BEDROOM), *order)
        assert wanted(found.options[0][1]) == {LAMP.id: {"state": "on"}, KITCHEN.id: {"state": "off"}}

    def test_a_second_doubt_comes_after_the_first(self):
        doors = [lock("door", "hall", id="lock.hall"), lock("door", "garage", id="lock.garage")]
        order = [
            intent("HassTurnOn", KITCHEN, BEDROOM, text="the light"),
            intent("HassTurnOn", *doors, text="the door"),
        ]
        first = planned(Place(KITCHEN, BEDROOM, *doors), *order)
        second = first.options[0][1]
        assert isinstance(second, Doubt)
        assert wanted(second.options[1][1]) == {
            KITCHEN.id: {"state": "on"},
            "lock.garage": {"state": "locked"},
        }

    def test_what_nothing_tells_apart_is_meant_together(self):
        pair = [lamp("spot", "hall", id="light.a"), lamp("spot", "hall", id="light.b")]
        found = planned(Place(*pair), intent("HassTurnOn", *pair, text="the spot"))
        assert wanted(found) == {"light.a": {"state": "on"}, "light.b": {"state": "on"}}

    def test_devices_tell_apart_what_rooms_do_not(self):
        pair = [
            switch("plug", "hall", id="switch.a", device="heater"),
            switch("plug", "hall", id="switch.b", device="pump"),
        ]
        found = planned(Place(*pair), intent("HassTurnOn", *pair, text="the plug"))
        assert found.question == "Do you mean the plug in the hall of heater or the plug in the hall of pump?"

    def test_a_question_may_be_in_doubt_as_well(self):
        place = Place(KITCHEN, BEDROOM, bedroom={"state": "off"})
        order = intent(
            "HassGetState", KITCHEN, BEDROOM, text="is the ceiling light on", asks="one_yesno", state="on"
        )
        assert planned(place, order).options[1][1].text == "No, the ceiling light is off."


class TestPlayers:
    TV, RADIO = player("TV", "living room"), player("radio", "kitchen")

    def test_the_one_that_plays_is_meant(self):
        place = Place(
            self.TV, self.RADIO, tv={"state": "playing", "volume": 20}, radio={"state": "idle", "volume": 50}
        )
        order = intent("HassSetVolumeRelative", area="kitchen", text="louder", volume_step="up")
        assert wanted(planned(place, order, area="kitchen")) == {self.TV.id: {"volume": 30}}

    def test_of_two_that_play_the_near_one_is(self):
        place = Place(self.TV, self.RADIO, tv={"state": "playing"}, radio={"state": "playing"})
        order = intent("HassMediaPause", area="kitchen", text="pause")
        assert wanted(planned(place, order, area="kitchen")) == {self.RADIO.id: {"state": "paused"}}

    def test_the_one_that_pauses_goes_on(self):
        place = Place(self.TV, self.RADIO, tv={"state": "paused"}, radio={"state": "off"})
        assert wanted(planned(place, intent("HassMediaUnpause"))) == {self.TV.id: {"state": "playing"}}

    def test_a_room_that_was_said_is_that_room(self):
        place = Place(
            self.TV, self.RADIO, tv={"state": "playing", "volume": 20}, radio={"state": "idle", "volume": 50}
        )
        order = intent("HassSetVolume", area="kitchen", text="kitchen volume to 10", volume_level=10)
        assert wanted(planned(place, order)) == {self.RADIO.id: {"volume": 10}}


def test_only_what_moves_is_stopped():
    place = Place(cover("blind"), cover("shade"), shade={"state": "opening"}, blind={"state": "open"})
    assert wanted(planned(place, intent("HassStopMoving", domain="cover"))) == {"cover.shade": "stop"}


@pytest.mark.parametrize(
    ("entity", "name", "state"),
    [
        (vacuum("Robby"), "HassVacuumStart", "cleaning"),
        (mower("mower"), "HassLawnMowerStartMowing", "mowing"),
    ],
)
def test_robots_need_no_name(entity, name, state):
    assert wanted(planned(Place(entity), intent(name))) == {entity.id: {"state": state}}


class TestQuestions:
    def test_a_command_beside_a_question_is_carried_out_and_the_question_answered(self):
        door = lock("front door")
        order = [intent("HassTurnOn", LAMP), intent("HassGetState", door, asks="one_yesno", state="locked")]
        found = planned(Place(LAMP, door, front_door={"state": "unlocked"}), *order)
        assert wanted(found) == {LAMP.id: {"state": "on"}}
        assert found.text == "No, the front door is unlocked."

    def test_what_is_offline_is_not_answered_from_memory(self):
        door = lock("front door")
        place = Place(door, offline=[door.id], front_door={"state": "locked"})
        found = planned(place, intent("HassGetState", door, asks="one_yesno", state="locked"))
        assert text(found) == "I can't reach the front door right now."

    def test_the_answer_says_what_it_was_about(self):
        found = planned(Place(LAMP, KITCHEN), intent("HassGetState", LAMP, asks="one"))
        assert found.things == (LAMP.id,)

    def test_where_people_are_is_not_known(self):
        assert text(planned(Place(LAMP), intent("HassGetState", domain="person", state="home"))) == NO_PEOPLE

    def test_what_is_not_there_is_not_answered(self):
        order = intent("HassGetState", domain="binary_sensor", device_class="smoke", state="on", asks="any")
        assert text(planned(Place(LAMP), order)) == "I know of no smoke sensor here."

    def test_windows_are_asked_of_their_sensors(self):
        window = contact("kitchen window", device_class="window")
        order = intent("HassGetState", domain="cover", device_class="window", state="open", asks="any")
        found = planned(Place(window, kitchen_window={"state": "off"}), order)
        assert text(found) == "No, the kitchen window is closed."


class TestTemperature:
    def asked(self, *things, area="", slots=None, sentence="how warm is it", offline=(), **states):
        order = Intent("HassClimateGetTemperature", slots or {}, (), sentence)
        return text(plan([order], Place(*things, offline=offline, **states), area))

    def test_the_thermostat_is_asked_first(self):
        things = [sensor("spare", "living room"), HEATING]
        states = {"spare": {"state": 5}, "heating": {"current_temperature": 20.5}}
        found = self.asked(*things, slots={"area": "living room"}, **states)
        assert found == "It's 20.5 degrees in the living room."

    def test_a_fridge_is_no_room(self):
        things = [sensor("fridge temperature", "kitchen"), sensor("wall temperature", "kitchen")]
        states = {"fridge_temperature": {"state": 4}, "wall_temperature": {"state": 21}}
        assert self.asked(*things, slots={"area": "kitchen"}, **states) == "It's 21 degrees in the kitchen."

    def test_a_thermometer_that_says_nothing_is_not_guessed_for(self):
        assert (
            self.asked(sensor("wall", "kitchen"), slots={"area": "kitchen"})
            == "I don't know how warm it is there."
        )

    def test_one_that_is_offline_does_not_count(self):
        wall = sensor("wall", "kitchen")
        found = self.asked(wall, offline=[wall.id], wall={"state": 21})
        assert found == "I don't know how warm it is there."

    def test_a_room_without_one_has_none(self):
        found = self.asked(sensor("wall", "kitchen"), slots={"area": "hall"}, sentence="how warm is the hall")
        assert found == "I know of no thermometer in the hall."


def test_a_fan_and_its_light_are_told_apart_by_what_is_wanted():
    both = [fan("ceiling fan"), light("ceiling fan")]
    found = planned(Place(*both), intent("HassLightSet", *both, brightness=40, text="ceiling fan to 40"))
    assert wanted(found) == {"light.ceiling_fan": {"brightness": 40}}
