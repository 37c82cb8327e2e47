"""Which entities are meant."""

from __future__ import annotations

import pytest

from tests.home.things import contact, cover, fan, lamp, light, lock, player, sensor, switch, vacuum
from voiceslm.entities import Kind
from voiceslm.events import Intent
from voiceslm.home.select import Several, selected

KITCHEN = light("Ceiling Light", "Kitchen", id="light.kitchen", floor="Ground")
BEDROOM = light("Ceiling Light", "Bedroom", id="light.bedroom", floor="First")
READING = lamp("Reading Lamp", "Bedroom", floor="First")


def anything(_entity):
    return True


def meant(*things, area="", fits=anything, name="HassTurnOn", named=(), text="", **slots):
    """Return the ids of what is meant, as a set where it is in doubt."""
    intent = Intent(name, slots, tuple(thing.id for thing in named), text)
    found = selected(intent, {thing.id: thing for thing in things}, area, fits)
    if isinstance(found, Several):
        return {entity.id for entity in found.entities}
    return [entity.id for entity in found]


def test_a_whole_area_is_all_of_the_kind_in_it():
    intent = Intent("HassTurnOn", {"domain": "light", "area": "Bedroom"}, (), "turn on the bedroom lights")
    found = selected(intent, {thing.id: thing for thing in (KITCHEN, BEDROOM, READING)}, "Kitchen", anything)
    assert found == (BEDROOM, READING)


def test_a_floor_is_all_of_its_rooms():
    assert meant(KITCHEN, BEDROOM, READING, domain="light", floor="First") == [BEDROOM.id, READING.id]


def test_without_a_place_it_is_everything_of_the_kind():
    assert meant(KITCHEN, BEDROOM, switch("Kettle"), domain="light") == [KITCHEN.id, BEDROOM.id]


def test_auxiliary_entities_are_never_part_of_all():
    child_lock = switch("Child Lock", auxiliary=True)
    assert meant(switch("Kettle"), child_lock, domain="switch") == ["switch.kettle"]


def test_an_auxiliary_entity_can_be_named():
    child_lock = switch("Child Lock", auxiliary=True)
    assert meant(child_lock, named=[child_lock]) == ["switch.child_lock"]


def test_a_question_about_a_class_that_only_maintenance_has_finds_it():
    battery = sensor("Remote Battery", device_class="battery", unit="%", auxiliary=True)
    found = meant(battery, name="HassGetState", domain="sensor", device_class="battery")
    assert found == [battery.id]


def test_everything_off_leaves_locks_covers_and_robots_alone():
    things = [
        KITCHEN,
        switch("Kettle"),
        fan("Fan"),
        player("TV"),
        lock("Door"),
        cover("Blind"),
        vacuum("Robby"),
    ]
    found = meant(*things, name="HassTurnOff", text="turn everything off")
    assert found == ["light.kitchen", "switch.kettle", "fan.fan", "media_player.tv"]


class TestWhereTheSpeakerIs:
    """The room that nobody said."""

    def implied(self, *things, text="turn on the lights", area="Hall", **slots):
        intent = Intent("HassTurnOn", {"domain": "light", "area": area, **slots}, (), text)
        found = selected(intent, {thing.id: thing for thing in things}, area, anything)
        return found.entities if isinstance(found, Several) else list(found)

    def test_it_is_what_stands_there(self):
        assert self.implied(KITCHEN, BEDROOM, area="Bedroom") == [BEDROOM]

    def test_where_nothing_stands_it_is_what_stands_in_the_one_other_place(self):
        assert self.implied(BEDROOM, READING) == [BEDROOM, READING]

    def test_where_nothing_stands_and_several_places_have_it_the_room_is_in_doubt(self):
        assert self.implied(KITCHEN, BEDROOM) == (KITCHEN, BEDROOM)

    def test_here_is_nowhere_else(self):
        assert self.implied(KITCHEN, text="turn on the lights in here") == []

    def test_a_name_is_not_bound_to_it(self):
        intent = Intent("HassTurnOn", {"area": "Hall"}, (READING.id,), "turn on the reading lamp")
        assert selected(intent, {READING.id: READING}, "Hall", anything) == (READING,)


class TestOneName:
    """Several things go by it."""

    def test_the_one_where_the_speaker_is_is_meant(self):
        assert meant_by_name("the ceiling light", KITCHEN, BEDROOM, area="Bedroom") == (BEDROOM,)

    def test_elsewhere_it_is_in_doubt(self):
        assert meant_by_name("the ceiling light", KITCHEN, BEDROOM) == Several((KITCHEN, BEDROOM))

    def test_the_room_decides(self):
        slots = {"area": "Kitchen"}
        assert meant_by_name("the kitchen ceiling light", KITCHEN, BEDROOM, slots=slots) == (KITCHEN,)

    def test_a_thing_of_no_known_room_may_be_in_any(self):
        floating = lamp("Floor Lamp")
        assert meant_by_name("the floor lamp in the kitchen", floating, slots={"area": "Kitchen"}) == (
            floating,
        )

    @pytest.mark.parametrize("text", ["turn on the ceiling lights", "turn on both", "all ceiling lights on"])
    def test_the_plural_means_all_of_them(self, text):
        assert meant_by_name(text, KITCHEN, BEDROOM) == (KITCHEN, BEDROOM)

    def test_what_can_do_it_is_preferred(self):
        dimmable, plain = light("Lamp", id="light.dimmable"), lamp("Lamp", id="light.plain")
        intent = Intent("HassLightSet", {"brightness": 5}, (plain.id, dimmable.id), "lamp to 5 percent")
        things = {thing.id: thing for thing in (plain, dimmable)}
        assert selected(intent, things, "", lambda thing: "brightness" in thing.settable) == (dimmable,)

    @pytest.mark.parametrize(
        ("things", "kind"),
        [
            ([light("Garage Door"), cover("Garage Door")], Kind.COVER),
            ([light("Ceiling Fan"), fan("Ceiling Fan")], Kind.FAN),
            ([switch("Porch Light"), light("Porch Light")], Kind.LIGHT),
            ([switch("TV"), player("TV")], Kind.MEDIA_PLAYER),
            ([contact("Front Door"), lock("Front Door")], Kind.LOCK),
        ],
    )
    def test_of_the_parts_of_a_device_the_main_one_is_meant(self, things, kind):
        (found,) = meant_by_name("it", *things)
        assert found.kind is kind


def meant_by_name(text, *things, area="", slots=None):
    intent = Intent("HassTurnOn", slots or {}, tuple(thing.id for thing in things), text)
    return selected(intent, {thing.id: thing for thing in things}, area, anything)


class TestClasses:
    """What people call what covers and sensors there are."""

    def test_a_window_question_asks_the_sensors_too(self):
        roof, kitchen = cover("Roof", device_class="window"), contact("Kitchen", device_class="window")
        slots = {"domain": "cover", "device_class": "window"}
        found = meant(roof, kitchen, contact("Door"), name="HassGetState", **slots)
        assert found == [roof.id, kitchen.id]

    def test_a_command_never_selects_a_sensor(self):
        kitchen = contact("Kitchen", device_class="window")
        assert meant(kitchen, domain="cover", device_class="window") == []

    def test_a_cover_without_a_class_is_what_its_name_says(self):
        assert meant(cover("Office Blinds"), domain="cover", device_class="blind") == ["cover.office_blinds"]

    def test_whether_anything_is_open_is_not_asked_of_motion_sensors(self):
        things = [contact("Door"), contact("Hall", device_class="motion"), cover("Blind")]
        found = meant(*things, name="HassGetState", state="open")
        assert found == ["binary_sensor.door", "cover.blind"]


def test_a_robot_cleans_wherever_it_stands():
    robot = vacuum("Robby", "Hall")
    slots = {"area": "Kitchen"}
    intent = Intent("HassVacuumCleanArea", slots, (), "clean the kitchen")
    assert selected(intent, {robot.id: robot}, "Bedroom", anything) == (robot,)


def test_music_is_not_stopped_by_stopping_the_blinds():
    things = [cover("Blind"), player("TV")]
    assert meant(*things, name="HassMediaStop") == ["media_player.tv"]


def test_nothing_there_is_nothing_selected():
    intent = Intent("HassTurnOn", {"domain": "fan", "area": "Kitchen"}, (), "turn on the kitchen fan")
    assert selected(intent, {KITCHEN.id: KITCHEN}, "", anything) == ()


def test_an_id_that_is_gone_is_nothing_selected():
    intent = Intent("HassTurnOn", {"name": "lamp"}, ("light.gone",), "turn on the lamp")
    assert selected(intent, {KITCHEN.id: KITCHEN}, "", anything) == ()
