"""The home as it is known: from messages to entities, states and commands."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceslm.entities import Change, Kind
from voiceslm.home.driver import Unable
from voiceslm.home.registry import MOST_ENTITIES, MOST_REFUSALS, Forbidden, Registry

LIGHT = "homeassistant/light/lamp/config"
LAMP = {"name": "Kitchen lamp", "unique_id": "1", "command_topic": "lamp/set", "state_topic": "lamp"}
ON = Change("light.kitchen_lamp", {"state": "on"})


def payload(config):
    return config if isinstance(config, bytes) else json.dumps(config).encode()


def take(registry, config, topic=LIGHT):
    return registry.take(topic, payload(config))


def home(*configs, **household):
    """A home of lights, each announced on a topic of its own."""
    registry = Registry(**household)
    for number, config in enumerate(configs):
        take(registry, config, f"homeassistant/light/{number}/config")
    return registry


def lamp(**changes):
    return {key: value for key, value in (LAMP | changes).items() if value is not ...}


def test_what_is_announced_is_there():
    registry = Registry()
    before = registry.version

    changed = take(registry, LAMP)
    entity = registry.entities["light.kitchen_lamp"]

    assert changed == {"light.kitchen_lamp"}
    assert (entity.kind, entity.name) == (Kind.LIGHT, "Kitchen lamp")
    assert set(entity.settable) == entity.reports == {"state"}
    assert registry.version > before
    assert registry.topics == {"lamp"}
    assert registry.available("light.kitchen_lamp")


def test_it_listens_where_devices_announce_themselves():
    assert Registry(prefix="ha").discovery_filters == ("ha/+/+/config", "ha/+/+/+/config")


def test_it_tells_what_is_known_of_an_entity():
    registry = Registry()
    device = {"ids": "a", "name": "Attic box", "sa": "Attic"}
    config = {
        "dev": device,
        "stat_t": "t",
        "dev_cla": "temperature",
        "unit_of_meas": "°C",
        "ent_cat": "diagnostic",
    }
    take(registry, config, "homeassistant/sensor/t/config")
    (entity,) = registry.entities.values()

    assert (entity.name, entity.device, entity.area) == ("Attic box temperature", "Attic box", "Attic")
    assert (entity.device_class, entity.unit, entity.auxiliary) == ("temperature", "°C", True)


def test_a_report_changes_the_state_and_nothing_else():
    registry = home(LAMP)
    version = registry.version

    assert registry.take("lamp", b"ON") == {"light.kitchen_lamp"}
    assert registry.state("light.kitchen_lamp") == {"state": "on"}
    assert registry.take("lamp", b"ON") == frozenset()
    assert registry.version == version


def test_a_state_that_was_given_out_does_not_change():
    registry = home(LAMP)
    registry.take("lamp", b"ON")
    state = registry.state("light.kitchen_lamp")

    registry.take("lamp", b"OFF")

    assert state == {"state": "on"}


def test_reports_of_parts_add_up():
    registry = home(lamp(schema="json", supported_color_modes=["brightness"]))
    registry.take("lamp", b'{"state": "ON", "brightness": 255}')
    registry.take("lamp", b'{"state": "OFF"}')

    assert registry.state("light.kitchen_lamp") == {"state": "off", "brightness": 100}


@pytest.mark.parametrize("message", [b"\xff", b"x" * 10_000_000, b"\x00", b"{}", b"?"])
def test_what_is_no_report_leaves_the_state(message):
    registry = home(LAMP)
    registry.take("lamp", b"ON")

    assert registry.take("lamp", message) == frozenset()
    assert registry.state("light.kitchen_lamp") == {"state": "on"}


def test_a_reported_text_is_short_and_printable():
    registry = Registry()
    take(registry, {"name": "Note", "state_topic": "note"}, "homeassistant/sensor/note/config")

    registry.take("note", b"a\x1b[31m\nb" + b"c" * 1_000)
    text = registry.state("sensor.note").get("state", "")

    assert str(text).isprintable()
    assert len(str(text)) <= 255


def test_one_message_is_for_all_that_listen():
    registry = home(
        lamp(unique_id="a", name="A", value_template="{{ value_json.a }}"),
        lamp(unique_id="b", name="B", value_template="{{ value_json.b }}"),
    )

    assert registry.take("lamp", b'{"a": "ON", "b": "OFF"}') == {"light.a", "light.b"}
    assert registry.state("light.b") == {"state": "off"}


def test_who_comes_late_hears_what_was_said_before():
    registry = home(lamp(unique_id="a", name="A", availability_topic="bridge"))
    registry.take("lamp", b"ON")
    registry.take("bridge", b"online")

    take(registry, lamp(unique_id="b", name="B", availability_topic="bridge"), "homeassistant/light/b/config")

    assert registry.state("light.b") == {"state": "on"}
    assert registry.available("light.b")


def test_a_change_is_put_into_messages():
    registry = home(LAMP)
    (message,) = registry.messages(ON)

    assert (message.topic, message.payload) == ("lamp/set", "ON")


@pytest.mark.parametrize(
    "change", [Change("light.other", {"state": "on"}), Change("light.kitchen_lamp", {"position": 5})]
)
def test_what_cannot_be_done_is_said(change):
    registry = home(LAMP)

    with pytest.raises(Unable) as unable:
        registry.messages(change)

    assert not isinstance(unable.value, Forbidden)


def test_of_what_is_not_there_nothing_is_known():
    registry = Registry()

    assert registry.state("light.other") == {}
    assert not registry.available("light.other")


def test_an_announcement_that_comes_again_changes_nothing():
    registry = home(LAMP)
    version = registry.version

    assert take(registry, LAMP, "homeassistant/light/0/config") == frozenset()
    assert registry.version == version


def test_an_update_keeps_the_id_and_the_state():
    registry = Registry()
    take(registry, lamp(availability_topic="online"))
    registry.take("lamp", b"ON")
    registry.take("online", b"online")
    version = registry.version

    changed = take(
        registry, lamp(name="Desk lamp", availability_topic="online", brightness_command_topic="b")
    )

    assert changed == {"light.kitchen_lamp"}
    assert registry.version > version
    assert registry.entities["light.kitchen_lamp"].name == "Desk lamp"
    assert "brightness" in registry.entities["light.kitchen_lamp"].settable
    assert registry.state("light.kitchen_lamp") == {"state": "on"}
    assert registry.available("light.kitchen_lamp")


def test_after_an_update_to_other_topics_the_old_say_nothing():
    registry = Registry()
    take(registry, LAMP)
    registry.take("lamp", b"ON")
    take(registry, lamp(state_topic="other"))

    assert registry.topics == {"other"}
    assert registry.state("light.kitchen_lamp") == {}
    assert registry.take("lamp", b"ON") == frozenset()
    assert registry.take("other", b"ON") == {"light.kitchen_lamp"}


def test_an_update_that_cannot_be_used_leaves_what_was():
    registry = Registry()
    take(registry, LAMP)

    assert take(registry, b"{") == frozenset()
    assert take(registry, lamp(command_topic="")) == frozenset()
    assert registry.messages(ON)
    assert registry.refused == 2


@pytest.mark.parametrize("message", [b"", b"{}"])
def test_what_is_taken_back_is_gone(message):
    registry = Registry()
    take(registry, LAMP)

    assert take(registry, message) == {"light.kitchen_lamp"}
    assert not registry.everything
    assert not registry.topics
    assert take(registry, message) == frozenset()


def test_what_was_taken_back_and_comes_again_is_new():
    registry = Registry()
    take(registry, LAMP)
    registry.take("lamp", b"ON")
    take(registry, b"")
    take(registry, LAMP)

    assert registry.state("light.kitchen_lamp") == {}


def test_parts_of_a_device_come_and_go():
    topic = "homeassistant/device/box/config"
    parts = {"a": {"p": "light", "name": "A", "cmd_t": "a"}, "b": {"p": "switch", "name": "B", "cmd_t": "b"}}
    registry = Registry()

    assert take(registry, {"cmps": parts}, topic) == {"light.a", "switch.b"}
    assert take(registry, {"cmps": parts | {"a": {"p": "light"}}}, topic) == {"light.a"}
    assert take(registry, {"cmps": {}}, topic) == {"switch.b"}
    assert take(registry, {"cmps": parts | {"b": parts["a"]}}, topic) == {"light.a", "light.a_2"}
    assert take(registry, {"cmps": parts}, topic) == {"light.a_2", "switch.b"}
    assert take(registry, b"", topic) == {"light.a", "switch.b"}


def test_the_second_with_a_unique_id_waits_until_the_first_is_gone():
    registry = Registry()
    take(registry, LAMP)
    device = "homeassistant/device/box/config"

    assert take(registry, {"cmps": {"a": {"p": "light"} | LAMP}}, device) == frozenset()
    assert registry.refusals == ((f"{device}#a", "its unique_id is another entity's"),)

    take(registry, b"")

    assert set(registry.entities) == {"light.kitchen_lamp"}
    assert not registry.refusals
    take(registry, b"", device)
    assert not registry.entities


def test_a_unique_id_is_unique_among_its_kind():
    registry = Registry()
    take(registry, LAMP)
    take(registry, LAMP, "homeassistant/switch/lamp/config")

    assert set(registry.entities) == {"light.kitchen_lamp", "switch.kitchen_lamp"}


def test_namesakes_have_the_same_ids_whoever_comes_first():
    one, two = lamp(unique_id="a", command_topic="one"), lamp(unique_id="b", command_topic="two")

    for order in ((one, two), (two, one)):
        registry = home(*order)
        topics = [registry.messages(Change(entity, {"state": "on"}))[0].topic for entity in registry.entities]
        assert topics == ["one", "two"]


def test_components_that_are_no_entities_are_counted():
    registry = Registry()
    take(registry, {"topic": "a"}, "homeassistant/tag/a/config")

    assert (registry.ignored, registry.refused) == (1, 0)


def test_what_cannot_be_used_is_told_without_what_it_said():
    registry = Registry()
    take(registry, lamp(value_template="{{ secret.__class__ }}"))
    ((key, reason),) = registry.refusals

    assert key == LIGHT
    assert "underscore" in reason
    assert "secret" not in reason


def test_what_can_be_used_at_last_is_no_longer_told():
    registry = Registry()
    take(registry, b"{")
    take(registry, LAMP)

    assert not registry.refusals


def test_only_the_last_refusals_are_kept_and_they_are_printable():
    registry = Registry()
    for number in range(MOST_REFUSALS + 50):
        take(registry, b"{", f"homeassistant/light/{number}\x1b{'a' * 500}/config")

    assert len(registry.refusals) == MOST_REFUSALS
    assert registry.refusals[-1][0].startswith(f"homeassistant/light/{MOST_REFUSALS + 49}?")
    assert all(key.isprintable() and len(key) <= 120 for key, _ in registry.refusals)


ONLINE = b"online"
OFFLINE = b"offline"


@pytest.mark.parametrize(
    ("config", "messages", "expected"),
    [
        ({}, [], True),
        ({"avty_t": "a"}, [], False),
        ({"avty_t": "a"}, [("a", ONLINE)], True),
        ({"avty_t": "a"}, [("a", ONLINE), ("a", OFFLINE)], False),
        ({"avty_t": "a"}, [("a", ONLINE), ("a", b"?")], True),
        ({"avty_t": "a", "pl_avail": "Online", "pl_not_avail": "Offline"}, [("a", b"Online")], True),
        ({"avty_t": "a", "pl_avail": 1}, [("a", b"1")], True),
        ({"avty_t": "a", "avty_tpl": "{{ value_json.state }}"}, [("a", b'{"state": "online"}')], True),
        ({"avty_t": "a", "avty_tpl": "{{ value_json.state }}"}, [("a", ONLINE)], False),
        ({"avty": {"t": "a"}}, [("a", ONLINE)], True),
        ({"avty": [{"t": "a"}, {"t": "b"}]}, [("a", ONLINE), ("b", OFFLINE)], False),
        ({"avty": [{"t": "a"}, {"t": "b"}]}, [("b", OFFLINE), ("a", ONLINE)], True),
        ({"avty": [{"t": "a"}, {"t": "b"}], "avty_mode": "all"}, [("b", OFFLINE), ("a", ONLINE)], False),
        ({"avty": [{"t": "a"}, {"t": "b"}], "avty_mode": "all"}, [("b", ONLINE)], False),
        ({"avty": [{"t": "a"}, {"t": "b"}], "avty_mode": "all"}, [("b", ONLINE), ("a", ONLINE)], True),
        ({"avty": [{"t": "a"}, {"t": "b"}], "avty_mode": "any"}, [("a", ONLINE), ("b", OFFLINE)], True),
        ({"avty": [{"t": "a"}, {"t": "b"}], "avty_mode": "any"}, [("b", OFFLINE)], False),
        ({"avty": [{"t": "lamp", "pl_avail": "ON", "pl_not_avail": "OFF"}]}, [("lamp", b"ON")], True),
        ({"avty": []}, [], True),
    ],
)
def test_a_device_says_whether_it_can_be_reached(config, messages, expected):
    registry = home(lamp(**config))
    for message in messages:
        registry.take(*message)

    assert registry.available("light.kitchen_lamp") is expected


def test_that_a_device_goes_offline_is_told():
    registry = home(lamp(avty_t="a"))

    assert registry.take("a", ONLINE) == {"light.kitchen_lamp"}
    assert registry.take("a", ONLINE) == frozenset()
    assert registry.take("a", OFFLINE) == {"light.kitchen_lamp"}
    assert registry.topics == {"lamp", "a"}


@pytest.mark.parametrize(
    "config",
    [
        {"avty_t": "a/#"},
        {"avty_t": ""},
        {"avty_t": 5},
        {"avty_t": "a", "avty_mode": "most"},
        {"avty_t": "a", "avty_mode": ["all"]},
        {"avty_t": "a", "avty_tpl": "{% for a in b %}{% endfor %}"},
        {"avty_t": "a", "pl_avail": {}},
        {"avty": [{}] * 3},
        {"avty": [{"t": "a"}] * 500},
        {"stat_t": "#"},
        {"stat_t": ["a"]},
    ],
)
def test_what_cannot_be_listened_to_is_refused(config):
    registry = home(lamp(state_topic=..., **config))

    assert not registry.everything
    assert not registry.topics
    assert registry.refused == 1


def area_of(registry, entity="light.kitchen_lamp"):
    return registry.entities[entity].area


SUGGESTED = {"ids": "a", "name": "Box", "sa": "hall"}


@pytest.mark.parametrize(
    ("config", "areas", "expected"),
    [
        (LAMP, {}, ""),
        (LAMP, {"light.kitchen_lamp": "Den"}, "Den"),
        (LAMP, {"kitchen LAMP": "Den"}, "Den"),
        (LAMP, {"Other": "Kitchen"}, "Kitchen"),
        (lamp(name="Lamp", device=SUGGESTED, object_id="kitchen_lamp"), {}, "hall"),
        (lamp(name="Lamp", device=SUGGESTED, object_id="kitchen_lamp"), {"Other": "Hall"}, "Hall"),
        (lamp(name="Lamp", device=SUGGESTED, object_id="kitchen_lamp"), {"Box": "Den"}, "Den"),
        (lamp(name="Lamp", device=SUGGESTED, object_id="kitchen_lamp"), {"Box Lamp": "Den"}, "Den"),
    ],
)
def test_an_entity_is_where_the_configuration_the_device_or_its_name_says(config, areas, expected):
    assert area_of(home(config, areas=areas)) == expected


def test_an_area_that_one_device_tells_is_known_for_all():
    registry = home(LAMP)
    assert area_of(registry) == ""

    take(
        registry,
        {"name": "B", "cmd_t": "b", "dev": {"ids": "a", "sa": "Kitchen"}},
        "homeassistant/light/b/config",
    )

    assert area_of(registry) == "Kitchen"


def test_floors_are_those_of_the_configuration():
    registry = home(LAMP, floors={"Ground floor": ["kitchen", "hall"], "Upstairs": ["bath"]})

    assert registry.entities["light.kitchen_lamp"].floor == "Ground floor"
    assert area_of(registry) == "kitchen"


@pytest.mark.parametrize("key", ["light.kitchen_lamp", "Kitchen lamp", "kitchen_lamp"])
def test_aliases_are_those_of_the_configuration(key):
    registry = home(LAMP, aliases={key: ["big light", "big_light", "the sun"]})

    assert registry.entities["light.kitchen_lamp"].aliases == ("big light", "the sun")


def boxed(**household):
    config = lamp(device={"ids": "a", "name": "Box"}, object_id="kitchen_lamp", name="Kitchen lamp")
    return home(config, aliases={"light.kitchen_lamp": ["the sun"]}, **household)


@pytest.mark.parametrize("name", ["light.kitchen_lamp", "light", "box", "Box kitchen lamp", "The sun"])
def test_of_what_is_hidden_nobody_hears(name):
    registry = boxed(hidden=[name])

    assert not registry.entities
    assert set(registry.everything) == {"light.kitchen_lamp"}
    with pytest.raises(Unable, match="no such"):
        registry.messages(ON)


@pytest.mark.parametrize("name", ["light.kitchen_lamp", "light", "box", "Box kitchen lamp", "The sun"])
def test_what_is_forbidden_is_known_but_never_changed(name):
    registry = boxed(forbidden=[name])
    registry.take("lamp", b"ON")

    assert registry.state("light.kitchen_lamp") == {"state": "on"}
    assert registry.entities["light.kitchen_lamp"].settable
    with pytest.raises(Forbidden):
        registry.messages(ON)


def test_devices_of_the_configuration_are_there_from_the_start():
    player = {
        "component": "media_player",
        "name": "Radio",
        "area": "Kitchen",
        "aliases": ["the wireless"],
        "command_topic": "radio/set",
        "payload_play": "play",
    }
    registry = Registry(declared=[player, {"component": "teapot", "name": "T"}, {"component": "light"}])
    (entity,) = registry.entities.values()

    assert (entity.id, entity.area, entity.aliases) == ("media_player.radio", "Kitchen", ("the wireless",))
    assert [key for key, _ in registry.refusals] == [
        "configuration file, device 2",
        "configuration file, device 3",
    ]


def test_no_message_takes_back_what_the_configuration_declares():
    registry = Registry(declared=[lamp(component="light")])
    take(registry, b"", "configuration file, device 1")
    take(registry, LAMP)
    take(registry, b"")

    assert set(registry.entities) == {"light.kitchen_lamp"}
    assert registry.messages(ON)


def rows(speech_data):
    lines = (speech_data / "mqtt" / "discovery.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_every_real_device_can_be_used(speech_data):
    kinds = {str(kind) for kind in Kind} | {"device"}
    for row in rows(speech_data):
        registry = Registry()
        take(registry, row["payload"], row["topic"])
        enabled = row["payload"].get("en", row["payload"].get("enabled_by_default"))
        disabled = str(enabled).lower() == "false"

        assert not registry.refusals
        assert bool(registry.entities) == (row["component"] in kinds and not disabled)


def test_thousands_of_real_devices_are_known_soon(speech_data):
    real = [row for row in rows(speech_data) if row["component"] != "device"]
    announced = []
    for number in range(MOST_ENTITIES + 1_000):
        row = real[number % len(real)]
        config = {key: value for key, value in row["payload"].items() if key not in {"uniq_id", "en"}}
        topic = row["topic"].replace("/config", f"{number}/config")
        announced.append((topic, payload(config | {"unique_id": str(number)})))
    registry = Registry()
    before = time.monotonic()

    for message in announced:
        registry.take(*message)
    known = len(registry.entities)

    assert time.monotonic() - before < 5
    assert known <= MOST_ENTITIES


def test_one_entity_too_many_is_refused():
    registry = Registry()
    parts = {str(number): {"p": "light", "name": f"L{number}", "cmd_t": "set"} for number in range(200)}
    for device in range(MOST_ENTITIES // 200 + 1):
        take(registry, {"cmps": parts}, f"homeassistant/device/{device}/config")

    assert len(registry.everything) == MOST_ENTITIES
    assert registry.refused == 200
    assert "5000" in registry.refusals[-1][1]


def test_what_is_announced_has_a_bound_in_all():
    registry = Registry()
    for number in range(200):
        take(
            registry, lamp(unique_id=str(number), note="a" * 250_000), f"homeassistant/light/{number}/config"
        )

    assert len(registry.everything) < 150
    assert "too much" in registry.refusals[-1][1]


def test_when_all_is_taken_back_nothing_is_kept():
    registry = Registry()
    for number in range(50):
        topic = f"homeassistant/light/{number}/config"
        take(registry, lamp(unique_id=str(number % 40), availability_topic="a"), topic)
    registry.take("lamp", b"ON")
    registry.take("a", b"online")

    for number in range(50):
        take(registry, b"", f"homeassistant/light/{number}/config")

    assert not registry.everything
    assert not registry.topics
    for kept in (
        registry._entries,
        registry._keys_at,
        registry._owners,
        registry._rivals,
        registry._rival_claims,
    ):
        assert not kept
    assert not registry._sizes
    assert registry._size == 0
    assert not registry._hearing._heard._said
    assert not registry._hearing._last._texts


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(
        ["a", "b", "~/a", "light", "sensor", "cover", "{{ value_json.x }}", "{{ value", "json"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["t", "topic", "p", "name", "ids", "cmd_t", "stat_t", "x", "sa"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        *(
            "cmd_t",
            "stat_t",
            "val_tpl",
            "avty",
            "avty_t",
            "avty_mode",
            "avty_tpl",
            "dev",
            "cmps",
            "name",
            "~",
        ),
        *(
            "uniq_id",
            "object_id",
            "default_entity_id",
            "dev_cla",
            "unit_of_meas",
            "ent_cat",
            "schema",
            "en",
            "o",
        ),
        *(
            "pos_t",
            "set_pos_t",
            "temp_unit",
            "sup_clrm",
            "brightness",
            "modes",
            "ops",
            "min",
            "max",
            "qos",
            "ret",
        ),
    ]
)
TOPICS = st.sampled_from(
    [
        *(f"homeassistant/{kind}/{name}/config" for kind in (*Kind, "device", "tag") for name in "ab"),
        *("a", "b", "/a", "homeassistant", "homeassistant/status", "homeassistant/x", ""),
    ]
)


@given(
    st.lists(
        st.tuples(
            TOPICS,
            st.dictionaries(KEYS, VALUES, max_size=8).map(payload)
            | st.sampled_from([b"", b"ON", b"online", b'{"x": "ON"}', b"\xff"])
            | st.binary(max_size=20),
        ),
        max_size=12,
    )
)
@settings(max_examples=300, deadline=None)
def test_any_messages_leave_a_home_that_agrees_with_itself(messages):
    registry = Registry(areas={"a": "b"}, hidden=["b"], forbidden=["cover"])
    known = set(registry.everything)
    for topic, message in messages:
        changed = registry.take(topic, message)
        now = set(registry.everything)
        assert known ^ now <= changed
        known = now

    for identity, entity in registry.everything.items():
        assert entity.id == identity
        assert entity.name.isprintable()
        assert isinstance(registry.state(identity), dict | type(registry.state("none")))
        assert registry.available(identity) in {True, False}
    assert all(key.isprintable() and reason.isprintable() for key, reason in registry.refusals)
