"""Simulated devices, seen from the other side of a real broker."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

import aiomqtt
import pytest

from voiceslm.bench.home.broker import broker
from voiceslm.bench.home.devices import Habit, SimulatedHome
from voiceslm.bench.home.homes import player
from voiceslm.bench.home.templates import payload_that_says, read
from voiceslm.errors import Problem

AT_ONCE = (0.0, 0.0)


@pytest.fixture
async def address():
    try:
        async with broker() as running:
            yield running
    except Problem as problem:
        pytest.skip(str(problem))


@asynccontextmanager
async def outside(address):
    async with aiomqtt.Client(address.host, address.port) as client:
        yield client


async def heard(client, topic, wanted):
    """Wait until ``wanted`` is said on ``topic``, and say whether it was."""
    async with asyncio.timeout(5):
        async for message in client.messages:
            payload = message.payload.decode()
            if str(message.topic) == topic and wanted in (payload, _parsed(payload)):
                return True
    return False


def _parsed(payload):
    try:
        return json.loads(payload)
    except ValueError:
        return None


def one(kind, **options):
    return {f"homeassistant/{kind}/x/config": {"command_topic": "x/set", "state_topic": "x", **options}}


LIGHT = {
    "brightness_command_topic": "x/bri/set",
    "brightness_state_topic": "x/bri",
    "brightness_scale": 100,
    "rgb_command_topic": "x/rgb/set",
    "rgb_state_topic": "x/rgb",
    "color_temp_command_topic": "x/ct/set",
    "color_temp_state_topic": "x/ct",
}
JSON_LIGHT = {"schema": "json", "supported_color_modes": ["xy", "color_temp"], "brightness_scale": 254}
COVER = {"position_topic": "x/pos", "set_position_topic": "x/pos/set"}
FAN = {"percentage_command_topic": "x/p/set", "percentage_state_topic": "x/p", "speed_range_max": 4}
CLIMATE = {
    "mode_command_topic": "x/mode/set",
    "mode_state_topic": "x/mode",
    "temperature_command_topic": "x/t/set",
    "temperature_state_topic": "x/t",
    "action_topic": "x/action",
}
MOWER = {
    "activity_state_topic": "x/doing",
    "start_mowing_command_topic": "x/mow",
    "dock_command_topic": "x/dock",
}
HUMIDIFIER = {
    "target_humidity_command_topic": "x/h/set",
    "target_humidity_state_topic": "x/h",
    "mode_command_topic": "x/m/set",
    "mode_state_topic": "x/m",
    "modes": ["normal", "sleep"],
}
VACUUM = {"fan_speed_list": ["low", "max"], "set_fan_speed_topic": "x/fan/set"}

CASES = [
    ("light", LIGHT, "x/set", "ON", {"state": "on"}, ("x", "ON")),
    ("light", LIGHT, "x/bri/set", "40", {"brightness": 40}, ("x/bri", "40")),
    ("light", LIGHT, "x/rgb/set", "255,0,10", {"color": (255, 0, 10)}, ("x/rgb", "255,0,10")),
    ("light", LIGHT, "x/ct/set", "250", {"color_temperature": 4000}, ("x/ct", "250")),
    (
        "light",
        {**LIGHT, "on_command_type": "brightness"},
        "x/bri/set",
        "40",
        {"state": "on", "brightness": 40},
        ("x", "ON"),
    ),
    (
        "light",
        {"schema": "json", "supported_color_modes": ["onoff"]},
        "x/set",
        '{"state":"ON"}',
        {"state": "on"},
        ("x", {"state": "ON"}),
    ),
    (
        "light",
        JSON_LIGHT,
        "x/set",
        '{"state": "ON", "brightness": 127}',
        {"state": "on", "brightness": 50},
        (
            "x",
            {
                "state": "ON",
                "brightness": 127,
                "color_temp": 370,
                "color": {"x": 0.3227, "y": 0.329},
                "color_mode": "xy",
            },
        ),
    ),
    ("switch", {"payload_on": "on", "state_on": "1"}, "x/set", "on", {"state": "on"}, ("x", "1")),
    (
        "switch",
        {"value_template": "{{ value_json.relay }}", "command_template": '{"relay": "{{ value }}"}'},
        "x/set",
        '{"relay":"ON"}',
        {"state": "on"},
        ("x", {"relay": "ON"}),
    ),
    ("siren", {}, "x/set", '{"state": "ON"}', {"state": "on"}, ("x", "ON")),
    ("cover", COVER, "x/set", "OPEN", {"state": "open", "position": 100}, ("x/pos", "100")),
    ("cover", COVER, "x/pos/set", "30", {"state": "open", "position": 30}, ("x", "open")),
    (
        "cover",
        {**COVER, "set_position_template": '{"pos": {{ position }} }'},
        "x/pos/set",
        '{"pos": 30}',
        {"position": 30},
        ("x/pos", "30"),
    ),
    ("valve", {}, "x/set", "OPEN", {"state": "open"}, ("x", "open")),
    ("valve", {"reports_position": True}, "x/set", "25", {"state": "open", "position": 25}, ("x", "25")),
    ("fan", FAN, "x/set", "ON", {"state": "on", "percentage": 100}, ("x/p", "4")),
    ("fan", FAN, "x/p/set", "2", {"state": "on", "percentage": 50}, ("x", "ON")),
    (
        "climate",
        CLIMATE,
        "x/mode/set",
        "heat",
        {"mode": "heat", "action": "heating"},
        ("x/action", "heating"),
    ),
    ("climate", CLIMATE, "x/t/set", "22.5", {"temperature": 22.5}, ("x/t", "22.5")),
    ("lock", {}, "x/set", "UNLOCK", {"state": "unlocked"}, ("x", "UNLOCKED")),
    ("number", {"min": -5, "max": 5, "step": 0.5}, "x/set", "2.5", {"state": 2.5}, ("x", "2.5")),
    ("select", {"options": ["a", "b"]}, "x/set", "b", {"state": "b"}, ("x", "b")),
    (
        "vacuum",
        VACUUM,
        "x/set",
        "start",
        {"state": "cleaning"},
        ("x", {"state": "cleaning", "fan_speed": "low"}),
    ),
    (
        "vacuum",
        VACUUM,
        "x/fan/set",
        "max",
        {"fan_mode": "max"},
        ("x", {"state": "docked", "fan_speed": "max"}),
    ),
    ("lawn_mower", MOWER, "x/mow", "start_mowing", {"state": "mowing"}, ("x/doing", "mowing")),
    ("humidifier", HUMIDIFIER, "x/h/set", "60", {"humidity": 60}, ("x/h", "60")),
    ("humidifier", HUMIDIFIER, "x/m/set", "sleep", {"mode": "sleep"}, ("x/m", "sleep")),
    ("water_heater", CLIMATE, "x/t/set", "55", {"temperature": 55}, ("x/t", "55")),
    ("alarm_control_panel", {}, "x/set", "ARM_HOME", {"state": "armed_home"}, ("x", "armed_home")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} {case[3]}")
async def test_a_device_does_what_it_is_told_and_reports_it(address, case):
    kind, options, topic, payload, changes, told = case
    async with (
        SimulatedHome(address, one(kind, **options), delay=AT_ONCE) as home,
        outside(address) as client,
    ):
        await client.subscribe(told[0])

        await client.publish(topic, payload)

        assert await heard(client, *told)
        (state,) = home.states.values()
        assert changes.items() <= state.items()


@pytest.mark.parametrize(
    ("kind", "topic", "payload"),
    [
        ("light", "x/set", "on"),
        ("light", "x/set", '{"state": "ON"}'),
        ("cover", "x/set", "STAND"),
        ("number", "x/set", "1000"),
        ("number", "x/set", "NaN"),
        ("vacuum", "x/set", "locate"),
        ("fan", "x/p/set", "5"),
    ],
)
async def test_nonsense_changes_nothing(address, kind, topic, payload):
    async with SimulatedHome(address, one(kind, **FAN), delay=AT_ONCE) as home, outside(address) as client:
        before = home.states

        await client.publish(topic, payload)
        await home.until(lambda: home.log)
        await home.settled()

        assert home.states == before


@pytest.mark.parametrize(
    ("kind", "deed", "payload"), [("scene", "activate", "ON"), ("button", "press", "PRESS")]
)
async def test_scenes_and_buttons_are_noted(address, kind, deed, payload):
    async with SimulatedHome(address, one(kind)) as home, outside(address) as client:
        await client.publish("x/set", payload)
        await home.until(lambda: home.deeds)

        assert [(note.key, note.deed) for note in home.deeds] == [(f"{kind}.x", deed)]
        assert [(note.topic, note.payload) for note in home.log] == [("x/set", payload)]


async def test_a_player_is_declared_and_obeys(address):
    speaker = player("Kitchen Radio", "Kitchen", sources=("FM", "Web"))
    async with (
        SimulatedHome(address, {}, players=[speaker], delay=AT_ONCE) as home,
        outside(address) as client,
    ):
        commands = [("command_topic", "PLAY"), ("command_topic", "NEXT"), ("source_command_topic", "Web")]
        for option, payload in (*commands, ("volume_command_topic", "70"), ("mute_command_topic", "ON")):
            await client.publish(speaker[option], payload)
        await home.until(lambda: len(home.log) == 5)

        assert home.states["media_player.kitchen_radio"] == {
            "state": "playing",
            "track": 2,
            "source": "Web",
            "volume": 0,
            "muted": "on",
        }


async def test_what_happens_by_hand_is_reported(address):
    discovery = one("binary_sensor", payload_on="open", payload_off="shut", device_class="door")
    async with SimulatedHome(address, discovery) as home, outside(address) as client:
        await client.subscribe("x")

        await home.set("binary_sensor.x", state="on")

        assert await heard(client, "x", "open")


async def test_a_sensor_that_scales_is_told_the_raw_number(address):
    discovery = one("sensor", device_class="energy", value_template="{{ value | float / 60 }}")
    async with SimulatedHome(address, discovery) as home, outside(address) as client:
        await client.subscribe("x")

        await home.set("sensor.x", state=2)

        assert await heard(client, "x", "120")


async def test_a_late_comer_finds_config_availability_and_state(address):
    discovery = one(
        "switch", availability_topic="x/there", payload_available="yes", payload_not_available="no"
    )
    async with SimulatedHome(address, discovery), outside(address) as client:
        await client.subscribe("#")

        assert await heard(
            client, "homeassistant/switch/x/config", discovery["homeassistant/switch/x/config"]
        )
        await client.unsubscribe("#")
        await client.subscribe("x/there")
        assert await heard(client, "x/there", "yes")
        await client.subscribe("x")
        assert await heard(client, "x", "OFF")


async def test_a_device_goes_offline_when_it_is_told_to(address):
    way = {"topic": "z/bridge", "value_template": "{{ value_json.state }}"}
    async with SimulatedHome(address, one("switch", availability=[way])) as home, outside(address) as client:
        await client.subscribe("z/bridge")

        await home.set_available("switch.x", available=False)

        assert await heard(client, "z/bridge", {"state": "offline"})


async def test_nothing_is_left_on_the_broker(address):
    async with SimulatedHome(address, one("switch", availability_topic="x/there")):
        pass

    async with outside(address) as client:
        await client.subscribe("#")
        await client.publish("last", "one")
        message = await asyncio.wait_for(anext(aiter(client.messages)), 5)
        assert str(message.topic) == "last"


async def test_a_report_takes_its_time(address):
    async with SimulatedHome(address, one("switch"), delay=(0.05, 0.05)) as home, outside(address) as client:
        begun = len(home.reports)

        await client.publish("x/set", "ON")
        await home.until(lambda: len(home.reports) > begun)

        assert 0.04 <= home.reports[-1].at - home.log[-1].at <= 1.0


async def test_a_silent_device_does_nothing(address):
    habits = {"switch.x": Habit(silent=True)}
    async with (
        SimulatedHome(address, one("switch"), habits=habits, delay=AT_ONCE) as home,
        outside(address) as client,
    ):
        begun = len(home.reports)

        await client.publish("x/set", "ON")
        await home.until(lambda: home.log)
        await home.settled()

        assert home.states["switch.x"] == {"state": "off"}
        assert len(home.reports) == begun


async def test_a_stubborn_device_reports_something_else(address):
    habits = {"light.x": Habit(instead={"brightness": 10})}
    async with (
        SimulatedHome(address, one("light", **LIGHT), habits=habits, delay=AT_ONCE) as home,
        outside(address) as client,
    ):
        await client.subscribe("x/bri")

        await client.publish("x/bri/set", "80")

        assert await heard(client, "x/bri", "10")
        assert home.states["light.x"]["brightness"] == 10


async def test_a_cover_that_travels_says_that_it_is_on_its_way(address):
    habits = {"cover.x": Habit(travel=0.05)}
    async with (
        SimulatedHome(address, one("cover", **COVER), habits=habits, delay=AT_ONCE) as home,
        outside(address) as client,
    ):
        await client.publish("x/set", "OPEN")
        await home.until(lambda: home.states["cover.x"]["state"] == "open")

        said = [report.payload for report in home.reports if report.topic == "x"]
        assert said == ["closed", "opening", "open"]


async def test_a_cover_stops_on_its_way(address):
    habits = {"cover.x": Habit(travel=60.0)}
    async with (
        SimulatedHome(address, one("cover", **COVER), habits=habits, delay=AT_ONCE) as home,
        outside(address) as client,
    ):
        await client.publish("x/set", "OPEN")
        await client.publish("x/set", "STOP")
        await home.until(lambda: len(home.log) == 2)

        assert home.states["cover.x"] == {"state": "stopped", "position": 50}


async def test_devices_come_back_after_the_broker_has_died(address):
    async with SimulatedHome(address, one("switch"), delay=AT_ONCE) as home:
        await home.set("switch.x", state="on")
        await address.kill()
        await address.start()
        await home.settled()

        async with outside(address) as client:
            await client.subscribe("x")
            assert await heard(client, "x", "ON")


async def test_a_broker_that_hangs_answers_once_it_goes_on(address):
    async with SimulatedHome(address, one("switch"), delay=AT_ONCE) as home, outside(address) as client:
        address.pause()
        await client.publish("x/set", "ON")
        with pytest.raises(TimeoutError):
            await home.until(lambda: home.log, 0.1)

        address.resume()

        await home.until(lambda: home.log)


async def test_a_missing_broker_is_a_problem_with_a_remedy(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("voiceslm.bench.home.broker._ELSEWHERE", str(tmp_path))

    with pytest.raises(Problem, match="apt install mosquitto"):
        async with broker():
            pass


async def test_a_device_may_be_announced_later_and_taken_back(address):
    topic = "homeassistant/switch/x/config"
    async with SimulatedHome(address, {}, delay=AT_ONCE) as home, outside(address) as client:
        await client.subscribe(topic)
        await home.announce(topic, one("switch")[topic])
        assert await heard(client, topic, one("switch")[topic])

        await home.announce(topic, None)

        assert await heard(client, topic, "")


async def test_parts_of_one_device_share_its_options_and_its_state(address):
    message = {
        "~": "node",
        "dev": {"ids": ["n"], "name": "Node"},
        "stat_t": "~/state",
        "cmps": {
            "l": {"p": "switch", "cmd_t": "~/l", "val_tpl": "{{ value_json.l }}", "uniq_id": "n_l"},
            "r": {"p": "switch", "cmd_t": "~/r", "val_tpl": "{{ value_json.r }}", "uniq_id": "n_r"},
        },
    }
    async with (
        SimulatedHome(address, {"homeassistant/device/n/config": message}, delay=AT_ONCE) as home,
        outside(address) as client,
    ):
        await client.subscribe("node/state")

        await client.publish("node/r", "ON")

        assert await heard(client, "node/state", {"l": "OFF", "r": "ON"})
        assert home.states == {"switch.n_l": {"state": "off"}, "switch.n_r": {"state": "on"}}


async def test_a_device_that_listens_where_it_speaks_does_not_talk_to_itself(address):
    async with (
        SimulatedHome(address, one("switch", state_topic="x/set"), delay=AT_ONCE) as home,
        outside(address) as client,
    ):
        await client.publish("x/set", "ON")
        await home.until(lambda: home.states["switch.x"]["state"] == "on")
        await home.settled()

        assert len(home.log) == 1


SHELLY = "{%if value_json.mqtt.connected%}online{%else%}offline{%endif%}"
BOSCH = (
    "{% set values = {'schedule':'auto','pause':'off'} %}{% set value = value_json.operating_mode %}"
    "{% if value == 'manual' %}{{ value_json.system_mode }}{% else %}{{ values[value] }}{% endif %}"
)


@pytest.mark.parametrize(
    ("template", "wanted"),
    [
        ("", "ON"),
        ("{{ value_json.state }}", "ON"),
        ('{{ value_json["state_left"] }}', "12.5"),
        ("{{ value_json.thermostats.0.target_t }}", "True"),
        ("{{ value_json.permit_join | lower }}", "true"),
        ("{{ value | float / 60 }}", "3.5"),
        ("{{ value_json.level * 2 + 1 }}", "12"),
        ("{{ value_json.color.r }},{{ value_json.color.g }},{{ value_json.color.b }}", "1,2,3"),
        ("{{ value_json.rgb | join(',') }}", "1,2,3"),
        ("{% if value in ('5','6') %}3{% else %}{{ value }}{% endif %}", "3"),
        (SHELLY, "online"),
        (SHELLY, "offline"),
        (BOSCH, "auto"),
        (BOSCH, "heat"),
    ],
)
def test_a_payload_is_found_that_a_template_reads_as_wanted(template, wanted):
    payload = payload_that_says(template, wanted)

    said = read(template, str(payload))
    assert said == wanted or float(str(said)) == float(wanted)


def test_what_a_template_does_not_look_at_stays_as_it_is():
    payload = payload_that_says("{{ value_json.a.b }}", "2", '{"a": {"b": 1, "c": 3}, "d": 4}')

    assert json.loads(str(payload)) == {"a": {"b": 2, "c": 3}, "d": 4}


def test_a_template_that_cannot_say_it_is_given_up():
    assert payload_that_says("{{ 'always' }}", "never") is None
