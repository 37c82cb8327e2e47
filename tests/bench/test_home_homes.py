"""Homes from inventories and from a seed, and what counts as a request that was carried out."""

from __future__ import annotations

import json
import os
from collections import Counter
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import aiomqtt
import pytest

from voiceslm.bench.home.assist import evaluate, misses, reached, set_up
from voiceslm.bench.home.broker import broker
from voiceslm.bench.home.discovered import announced
from voiceslm.bench.home.homes import load_home
from voiceslm.bench.home.sampled import sample_home
from voiceslm.bench.home.translate import canonical
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from voiceslm.bench.home.assist import States

AT_ONCE = (0.0, 0.0)

INVENTORY = """
areas:
  - {name: Kitchen, id: kitchen, floor: Ground}
  - {name: Attic, id: attic, floor: Top}
devices:
  - {name: Kitchen Light, id: kl, area: kitchen, info: {model: 42, manufacturer: Acme}}
  - {name: Thermostat, id: th, area: attic}
  - {name: Speaker, id: sp, area: kitchen}
  - {name: Shopping, id: sh}
entities:
  - name: Kitchen Light
    id: light.kitchen_light
    area: kitchen
    device: kl
    state: "off"
    attributes: {supported_color_modes: [brightness], brightness: 255}
  - name: Thermostat Humidity
    id: sensor.thermostat_humidity
    area: attic
    device: th
    attributes:
      device_class: sensor.SensorDeviceClass.HUMIDITY
      native_unit_of_measurement: "%"
      native_value: 45
  - {name: Garage Door, id: cover.garage_door, device: th, state: true}
  - {name: Speaker, id: media_player.speaker, area: kitchen, device: sp, state: playing}
  - {name: Shopping, id: todo.shopping, device: sh}
  - {name: Camera, id: camera.camera, device: sh}
"""


@pytest.fixture
async def address():
    try:
        async with broker() as running:
            yield running
    except Problem as problem:
        pytest.skip(str(problem))


@pytest.fixture
def assist_data():
    """The rows and, by name, the homes."""
    folder = Path(os.environ.get("VOICESLM_DATA", Path(__file__).parents[3] / "shared" / "data")) / "text"
    if not (folder / "ha_assist_eval.jsonl").exists():
        pytest.skip(f"no ha_assist_eval.jsonl in {folder}; set VOICESLM_DATA")
    rows = [json.loads(line) for line in (folder / "ha_assist_eval.jsonl").read_text("utf-8").splitlines()]
    return rows, json.loads((folder / "ha_assist_homes.json").read_text("utf-8"))


def test_an_inventory_is_read_with_its_rooms_and_floors():
    home = load_home(INVENTORY)

    assert home.areas == ("Kitchen", "Attic")
    assert home.floors == {"Ground": ("Kitchen",), "Top": ("Attic",)}
    assert home.places == {
        "light.kitchen_light": "Kitchen",
        "sensor.thermostat_humidity": "Attic",
        "media_player.speaker": "Kitchen",
    }


def test_an_entity_called_as_its_device_has_no_name_of_its_own():
    payload = load_home(INVENTORY).discovery["homeassistant/light/kitchen_light/config"]

    assert payload["name"] is None
    assert payload["device"]["name"] == "Kitchen Light"
    assert payload["device"]["suggested_area"] == "Kitchen"


def test_an_entity_called_after_its_device_adds_to_its_name():
    payload = load_home(INVENTORY).discovery["homeassistant/sensor/thermostat_humidity/config"]

    assert (payload["device"]["name"], payload["name"]) == ("Thermostat", "Humidity")
    assert (payload["device_class"], payload["unit_of_measurement"]) == ("humidity", "%")


def test_an_entity_called_otherwise_than_its_device_keeps_its_name():
    payload = load_home(INVENTORY).discovery["homeassistant/cover/garage_door/config"]

    assert (payload["device"]["name"], payload["name"]) == ("Garage Door", None)


def test_players_and_lists_are_declared_and_the_rest_is_left_out():
    home = load_home(INVENTORY)

    assert [(player["name"], player["area"]) for player in home.players] == [("Speaker", "Kitchen")]
    assert home.lists == {"todo.shopping": "Shopping"}
    assert home.left_out == ("camera.camera",)


async def test_a_home_begins_as_its_inventory_says(address):
    async with load_home(INVENTORY).simulated(address) as simulated:
        assert simulated.states == {
            "light.kitchen_light": {"state": "off", "brightness": 100},
            "sensor.thermostat_humidity": {"state": 45},
            "cover.garage_door": {"state": "open"},
            "media_player.speaker": {"state": "playing", "track": 1, "volume": 40, "muted": "off"},
        }


async def test_all_homes_of_the_evaluation_are_simulated_whole(address, assist_data):
    _, homes = assist_data
    for inventory in homes.values():
        home = load_home(inventory)
        async with home.simulated(address) as simulated:
            assert home.left_out == ()
            assert simulated.states.keys() | home.lists.keys() == home.names.keys()


@pytest.mark.parametrize(
    ("key", "state", "attributes", "properties"),
    [
        ("light.x", "on", {"brightness": 128, "color_mode": "brightness"}, {"state": "on", "brightness": 50}),
        ("light.x", "off", {"brightness": None}, {"state": "off"}),
        ("light.x", False, {"rgbw_color": [0, 0, 0, 0]}, {"state": "off"}),
        ("cover.x", False, {"current_position": 0}, {"state": "closed", "position": 0}),
        ("lock.x", True, None, {"state": "locked"}),
        ("climate.x", "heat", {"temperature": 21.5}, {"mode": "heat", "temperature": 21.5}),
        ("media_player.x", None, {"volume_level": 0.9, "media_track": 2}, {"volume": 90, "track": 2}),
        ("vacuum.x", "off", None, {"state": "idle"}),
        ("sensor.x", "90", None, {"state": 90}),
        ("todo.x", "1", None, {"state": 1}),
    ],
)
def test_home_assistants_words_are_translated(key, state, attributes, properties):
    assert canonical(key, state, attributes) == properties


def row(expected, **more) -> dict[str, object]:
    return {"expect_changes": expected, **more}


LAMP: States = {"light.a": {"state": "off", "brightness": 10}, "light.b": {"state": "off"}}


def lit(**properties) -> States:
    return {**LAMP, "light.a": {"state": "on", **properties}}


def test_a_lamp_that_a_mock_leaves_dark_is_judged_by_its_state():
    expected = {"light.a": {"state": "on", "attributes": {"brightness": 0, "color_mode": "brightness"}}}

    assert reached(row(expected), LAMP, lit(brightness=100))
    assert not reached(row(expected), LAMP, LAMP)


@pytest.mark.parametrize(("brightness", "met"), [(49, True), (50, True), (51, True), (60, False)])
def test_brightness_is_met_to_a_percent(brightness, met):
    expected = {"light.a": {"state": "on", "attributes": {"brightness": 128}}}

    assert reached(row(expected), LAMP, lit(brightness=brightness)) is met


def test_another_entity_that_changed_is_a_miss():
    after: States = {**lit(brightness=10), "light.b": {"state": "on"}}

    found = misses(row({"light.a": {"state": "on"}}), LAMP, after)

    assert found == ("light.b: state became on, was off, unasked",)


def test_another_property_that_changed_is_a_miss_unless_it_follows_or_is_ignored():
    before: States = {"media_player.a": {"state": "playing", "volume": 40, "track": 1}}
    after: States = {"media_player.a": {"state": "off", "volume": 0, "track": 1}}
    expected = {"media_player.a": {"state": "off"}}

    assert not reached(row(expected), before, after)
    assert reached(row(expected, ignore_changes={"media_player.a": ["volume_level"]}), before, after)


def test_a_vacuum_that_is_back_already_has_returned():
    before: States = {"vacuum.a": {"state": "cleaning"}}
    after: States = {"vacuum.a": {"state": "docked"}}

    assert reached(row({"vacuum.a": {"state": "returning"}}), before, after)


def test_a_request_that_should_change_nothing_is_reached_by_doing_nothing():
    assert reached(row({}), LAMP, LAMP)
    assert not reached(row({}), LAMP, lit(brightness=10))


def test_an_attribute_that_has_no_property_is_a_miss_that_says_so():
    expected = {"light.a": {"state": "on", "attributes": {"shape": "round"}}}

    assert misses(row(expected), LAMP, lit(brightness=10)) == ("light.a: no property for shape",)


def test_a_set_up_changes_what_it_names_and_what_follows_from_it():
    usual: States = {"cover.a": {"state": "closed", "position": 0}, "light.b": {"state": "off"}}

    states = set_up({"setup": {"cover.a": {"state": "open"}}}, usual)

    assert states == {"cover.a": {"state": "open", "position": 100}, "light.b": {"state": "off"}}


WORDS = {
    "on": "ON",
    "off": "OFF",
    "open": "OPEN",
    "closed": "CLOSE",
    "locked": "LOCK",
    "unlocked": "UNLOCK",
    "cleaning": "start",
    "returning": "return_to_base",
    "playing": "PLAY",
    "paused": "PAUSE",
}


class Oracle:
    """Knows what each request should lead to, and publishes exactly that."""

    def __init__(self, client, home, rows):
        self.client = client
        self.home = home
        self.rows = iter(rows)
        self.items: Counter[str] = Counter()

    async def say(self, text):
        wanted = next(self.rows)
        assert wanted["text"] == text
        for key, change in wanted["expect_changes"].items():
            if key in self.home.lists:
                self.items[self.home.lists[key]] += 1
            for topic, payload in self.commands(key, change):
                await self.client.publish(topic, str(payload), qos=1)

    def counts(self):
        return self.items

    def commands(self, key, change):
        wants = canonical(key, change.get("state"), change.get("attributes"))
        kind = key.partition(".")[0]
        base = f"home/{key.replace('.', '/')}"
        if kind == "media_player":
            base = f"players/{self.home.names[key].lower().replace(' ', '-')}"
        if "track" in wants:
            yield f"{base}/set", "NEXT"
        if wants.get("volume") == 0:
            yield f"{base}/mute/set", "ON"
        elif "volume" in wants:
            yield f"{base}/volume/set", wants["volume"]
        if "position" in wants:
            yield (f"{base}/set" if kind == "valve" else f"{base}/position/set"), wants["position"]
        elif wants.get("state") in WORDS:
            yield f"{base}/set", WORDS[str(wants["state"])]
        if wants.get("brightness"):
            yield f"{base}/brightness/set", round(float(str(wants["brightness"])) * 2.55)


async def test_who_does_exactly_what_is_expected_reaches_every_row(address, assist_data):
    rows, homes = assist_data
    by_home = {name: [row for row in rows if row["home"] == name] for name in homes}

    @asynccontextmanager
    async def move_in(home, _simulated):
        name = next(name for name, text in homes.items() if load_home(text) == home)
        async with aiomqtt.Client(address.host, address.port) as client:
            yield Oracle(client, home, by_home[name])

    report = await evaluate(rows, homes, move_in, address, delay=AT_ONCE)

    assert [(result.row["text"], result.reasons) for result in report.misses] == []
    assert report.share == 100.0
    assert len(report.results) == len(rows)


class Idler:
    """Does nothing."""

    async def say(self, text):
        return

    def counts(self):
        return {}


async def test_who_does_nothing_reaches_no_row_of_the_evaluation(address, assist_data):
    rows, homes = assist_data

    @asynccontextmanager
    async def move_in(_home, _simulated):
        yield Idler()

    report = await evaluate(rows, homes, move_in, address, delay=AT_ONCE)

    assert report.share == 0.0
    assert all(result.reasons for result in report.results)


@pytest.mark.parametrize("seed", range(5))
async def test_a_made_up_home_works(address, seed):
    home = sample_home(devices=40, seed=seed)

    async with home.simulated(address, delay=AT_ONCE) as simulated:
        assert simulated.states.keys() == home.names.keys() == home.places.keys()
        assert set(home.places.values()) <= set(home.areas)
        topics = [report.topic for report in simulated.reports]
        told = {topic for topic in topics if not topic.startswith("homeassistant/")}
        assert len(told) >= 40


def test_a_seed_makes_the_same_home_again():
    assert sample_home(seed=7) == sample_home(seed=7)
    assert sample_home(seed=7) != sample_home(seed=8)


def test_a_made_up_home_has_as_many_devices_as_wanted_in_three_styles():
    home = sample_home(devices=60, seed=1)

    devices = {payload["device"]["identifiers"][0] for payload in home.discovery.values()}
    assert len(devices) == 60
    styles = Counter(name[:2] if name.startswith("0x") else name.partition("_")[0] for name in devices)
    assert styles["0x"] > 5
    assert styles["tasmota"] > 2
    assert len(devices) - styles["0x"] - styles["tasmota"] > 2


def test_a_made_up_homes_keys_are_those_it_announces():
    home = sample_home(devices=60, seed=1)

    keys = [thing.key for thing in announced(home.discovery)]
    assert len(keys) == len(set(keys))
    assert set(keys) <= home.names.keys()
