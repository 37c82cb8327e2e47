"""What things are called."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceslm.entities import Kind
from voiceslm.home.discovery import Discovered
from voiceslm.home.naming import (
    LONGEST_ID,
    LONGEST_NAME,
    Ids,
    area_within,
    entity_name,
    folded,
    spoken,
    wanted_id,
)


def found(component=Kind.LIGHT, key="homeassistant/light/lamp/config", **config):
    return Discovered(key, component, config)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Kitchen lamp", "Kitchen lamp"),
        ("living_room_lamp", "living room lamp"),
        ("LivingRoomLamp", "Living Room Lamp"),
        ("living-room-lamp", "living room lamp"),
        ("Kitchen/Ceiling lamp", "Kitchen Ceiling lamp"),
        ("X-mas tree", "X-mas tree"),
        ("iPhone", "iPhone"),
        ("WiFi signal", "WiFi signal"),
        ("BMP180 Pressure", "BMP180 Pressure"),
        ("0xa4c138018cf95021", ""),
        ("0xa4c138018cf95021 Right", "Right"),
        ("plug 98:f4:ab:f1:f6:cb", "plug"),
        ("shellyplus1-a8032abe54dc", "shellyplus1"),
        ("Facade light", "Facade light"),
        ("Lamp 2024", "Lamp 2024"),
        ("\x1b[31mLamp\x00\n two\u202e", "[31mLamp two"),
        ("💡 Lamp", "Lamp"),
        ("Küche", "Küche"),
        ("Лампа", "Лампа"),
        (5, "5"),
        (None, ""),
        (["a"], ""),
        ({}, ""),
    ],
)
def test_a_name_is_made_sayable(name, expected):
    assert spoken(name) == expected


def test_a_long_name_ends_with_a_word():
    name = spoken("lamp " * 100)

    assert len(name) <= LONGEST_NAME
    assert name.endswith("lamp")
    assert len(spoken("a" * 1_000_000)) == LONGEST_NAME


@pytest.mark.parametrize(
    "spelling", ["Living room", "living_room", "LivingRoom", "Livingroom", " living-room "]
)
def test_spellings_of_a_name_fold_to_the_same(spelling):
    assert folded(spelling) == "livingroom"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"name": "Lamp"}, "Lamp"),
        ({"name": None, "device": {"name": "Desk"}}, "Desk"),
        ({"device": {"name": "Desk"}}, "Desk"),
        ({"name": "Light", "device": {"name": "Desk"}}, "Desk Light"),
        ({"name": "Desk light", "device": {"name": "Desk"}}, "Desk light"),
        ({"name": "desk_light", "device": {"name": "Desk"}}, "desk light"),
        ({"name": "Desktop", "device": {"name": "Desk"}}, "Desk Desktop"),
        ({"name": "VD", "device": {"name": "VD"}}, "VD"),
        (
            {"name": "Right", "device": {"name": "0xa4c138018cf95021", "model": "Dual switch"}},
            "Dual switch Right",
        ),
        ({"name": "", "device": {}}, "lamp"),
        ({"device": "wrong"}, "lamp"),
        ({}, "lamp"),
    ],
)
def test_an_entity_has_its_devices_name_and_its_own(config, expected):
    assert entity_name(found(**config)) == expected


def test_a_sensor_without_a_name_has_that_of_its_class():
    assert (
        entity_name(found(Kind.SENSOR, device_class="temperature", device={"name": "Attic"}))
        == "Attic temperature"
    )


def test_what_has_no_name_at_all_is_called_by_its_kind():
    assert entity_name(found(key="homeassistant/light/0xa4c138018cf95021/config")) == "light"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"default_entity_id": "light.desk_lamp", "object_id": "b", "name": "c"}, "light.desk_lamp"),
        ({"object_id": "Desk Lamp", "name": "c"}, "light.desk_lamp"),
        ({"name": "Küche: Straße ½"}, "light.kuche_strasse_1_2"),
        ({"name": "Søvær"}, "light.sovaer"),
        ({"name": "灯"}, "light.lamp"),
        ({"default_entity_id": 5, "name": "Lamp"}, "light.5"),
        ({"default_entity_id": "light.", "object_id": ["a"]}, "light.a"),
    ],
)
def test_an_id_is_what_the_device_asks_for_or_made_of_its_name(config, expected):
    entity = found(**config)

    assert wanted_id(entity, entity_name(entity)) == expected


@given(st.text() | st.integers() | st.none() | st.lists(st.text()))
@settings(max_examples=200, deadline=None)
def test_any_name_makes_a_sayable_name_and_a_plain_id(name):
    entity = found(name=name, object_id=name, device={"name": name, "model": name})
    identity = wanted_id(entity, entity_name(entity))

    assert entity_name(entity).isprintable()
    assert 0 < len(entity_name(entity)) <= LONGEST_NAME
    assert set(identity) <= set("abcdefghijklmnopqrstuvwxyz0123456789_.")
    assert len(identity) <= LONGEST_ID


AREAS = {folded(name): name for name in ("Kitchen", "Living room", "Room", "Bath")}


@pytest.mark.parametrize(
    ("names", "area"),
    [
        (("Kitchen lamp", ""), "Kitchen"),
        (("living room lamp", ""), "Living room"),
        (("Livingroom lamp", ""), "Living room"),
        (("Lamp in the living room", ""), "Living room"),
        (("Lamp of the bath", "Kitchen box"), "Kitchen"),
        (("Bathroom lamp", ""), ""),
        (("Lamp", "Bath"), "Bath"),
        (("Lamp", ""), ""),
        (("", ""), ""),
    ],
)
def test_an_area_is_found_in_a_name(names, area):
    assert area_within(names, AREAS) == area


def named(wishes):
    ids = Ids()
    for key, wanted in wishes:
        ids.add(key, wanted, key)
    return {key: ids[key] for key, _ in wishes}


def test_those_that_want_the_same_are_numbered():
    assert named([("a", "light.lamp"), ("b", "light.lamp"), ("c", "light.lamp")]) == {
        "a": "light.lamp",
        "b": "light.lamp_2",
        "c": "light.lamp_3",
    }


@given(
    st.lists(st.sampled_from(["l.a", "l.a_2", "l.a_3", "l.b", "l.a_2_2"]), max_size=12),
    st.randoms(use_true_random=False),
)
@settings(max_examples=200, deadline=None)
def test_ids_do_not_depend_on_the_order_of_arrival(wanted, shuffling):
    wishes = [(f"{number:02}", wish) for number, wish in enumerate(wanted)]
    shuffled = list(wishes)
    shuffling.shuffle(shuffled)

    assert named(wishes) == named(shuffled)
    assert len(set(named(wishes).values())) == len(wishes)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["l.a", "l.a_2", "l.b"])), max_size=60))
@settings(max_examples=200, deadline=None)
def test_ids_stay_unique_and_changes_are_told(steps):
    ids = Ids()
    seen: dict[str, str] = {}
    for number, (adds, wanted) in enumerate(steps):
        if adds or not seen:
            changed = ids.add(f"{number:02}", wanted, f"{60 - number:02}")
            now = {key: ids[key] for key in (*seen, f"{number:02}")}
        else:
            gone = min(seen)
            changed = frozenset({ids.remove(gone)})
            now = {key: ids[key] for key in seen if key != gone}
        owners = {identity: key for key, identity in seen.items()}
        owners_now = {identity: key for key, identity in now.items()}

        assert len(owners_now) == len(now)
        assert changed == {
            identity for identity in owners | owners_now if owners.get(identity) != owners_now.get(identity)
        }
        assert all(ids.key(identity) == key for identity, key in owners_now.items())
        seen = now


def test_an_id_that_is_asked_for_goes_to_who_asks():
    ids = Ids()
    ids.add("a", "light.lamp", "a")
    ids.add("b", "light.lamp", "b")

    changed = ids.add("c", "light.lamp_2", "c")

    assert (ids["b"], ids["c"]) == ("light.lamp_3", "light.lamp_2")
    assert changed == {"light.lamp_2", "light.lamp_3"}


def test_when_one_goes_the_others_keep_their_ids():
    ids = Ids()
    for key in "abc":
        ids.add(key, "light.lamp", key)

    assert ids.remove("a") == "light.lamp"
    assert (ids["b"], ids["c"]) == ("light.lamp_2", "light.lamp_3")
    assert ids.key("light.lamp") is None


def test_thousands_of_namesakes_are_named_soon():
    order = [f"{number:04}" for number in range(5_000)]
    random.Random(1).shuffle(order)
    ids = Ids()
    before = time.monotonic()

    for key in order:
        ids.add(key, "light.lamp", key)

    assert time.monotonic() - before < 2
    assert len({ids[key] for key in order}) == len(order)
