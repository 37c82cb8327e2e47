"""Whatever comes over the network: configs are refused or work, reports are read or left."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.home.drivers.bench import driver
from tests.home.drivers.test_components import CLIMATE, FAN, MOWER, PLAYER, ROUND_TRIPS, VACUUM
from tests.home.drivers.test_covers import POSITIONED
from tests.home.drivers.test_lights import TEMPLATES
from voiceslm.entities import Change, Kind, Span
from voiceslm.home.driver import Unable
from voiceslm.home.drivers import ConfigRefused, driver_for
from voiceslm.home.drivers.colors import (
    hs_from_rgb,
    rgb_from_hs,
    rgb_from_xy,
    white_apart,
    white_mixed,
    xy_from_rgb,
)

JSON_LIGHT = {
    "schema": "json",
    "command_topic": "set",
    "state_topic": "state",
    "supported_color_modes": ["rgbww", "color_temp"],
    "effect": True,
    "effect_list": ["blink"],
}
COLORED = {
    f"{name}_{end}": f"{name}/{end}"
    for name in ("rgb", "rgbw", "hs", "xy")
    for end in ("command_topic", "state_topic")
}

DRIVERS = [
    *(driver(kind, **config) for kind, config, _, _ in ROUND_TRIPS),
    driver(Kind.LIGHT, **JSON_LIGHT),
    driver(Kind.LIGHT, **TEMPLATES),
    driver(Kind.LIGHT, command_topic="set", **COLORED),
    driver(Kind.COVER, **POSITIONED),
    driver(Kind.VALVE, state_topic="state", reports_position=True),
    driver(Kind.SENSOR, state_topic="state", value_template="{{ value_json.a.b | float * 2 }}"),
]

KEYS = sorted(
    {
        "qos",
        "white_command_topic",
        "reports_position",
        "color_temp_kelvin",
        "max_mireds",
        "brightness_scale",
    }.union(*(FAN, CLIMATE, PLAYER, VACUUM, MOWER, POSITIONED, TEMPLATES, JSON_LIGHT, COLORED))
)
TEXTS = st.text(max_size=20) | st.sampled_from(
    ["json", "template", "a/b", "{{ value }}", "{{ value.x.y }}", "1e999"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
)
CHANNEL = st.integers(0, 255)
COLORS = st.tuples(CHANNEL, CHANNEL, CHANNEL)
BRIGHT = st.tuples(COLORS, st.integers(0, 2)).map(
    lambda drawn: (*drawn[0][: drawn[1]], 255, *drawn[0][drawn[1] + 1 :])
)
"""Colours of which one channel is full."""

NUMBERS_AND_WORDS = (
    st.floats() | st.integers() | st.sampled_from(["on", "off", "ON", "rgb", "xy", "color_temp"])
)
REPORTS = st.dictionaries(
    st.sampled_from(
        ["state", "brightness", "color", "color_mode", "color_temp", "effect", "position", "fan_speed"]
    ),
    VALUES | NUMBERS_AND_WORDS | st.dictionaries(st.sampled_from("rgbcwhsxy"), NUMBERS_AND_WORDS),
)


@given(
    payload=st.text() | REPORTS.map(json.dumps) | NUMBERS_AND_WORDS.map(str) | st.lists(st.floats()).map(str)
)
@settings(deadline=None, max_examples=60)
def test_reading_never_raises_and_tells_only_what_it_knows(payload):
    for thing in DRIVERS:
        for topic in thing.topics:
            assert thing.read(topic, payload).keys() <= thing.reports | {"effect", "tilt"}


@pytest.mark.parametrize(
    "payload",
    ["[" * 100_000, '{"a":' * 50_000, "9" * 10_000, "1e400", "1e999,-1e999", '{"brightness": 1e400}'],
)
def test_hostile_payloads_are_read_as_nothing_more_than_text(payload):
    for thing in DRIVERS:
        for topic in thing.topics:
            assert not any(isinstance(value, float) for value in thing.read(topic, payload).values())


def test_a_topic_that_is_not_its_own_tells_a_driver_nothing():
    assert driver(Kind.SENSOR, state_topic="state").read("other", "5") == {}


@given(
    kind=st.sampled_from(Kind), config=st.dictionaries(st.sampled_from(KEYS) | st.text(), VALUES, max_size=30)
)
@settings(deadline=None, max_examples=300)
def test_any_config_is_refused_or_gives_a_driver_that_only_says_unable(kind, config):
    try:
        thing = driver_for(kind, {"command_topic": "set", "state_topic": "state", **config})
    except ConfigRefused:
        return
    for name, limits in thing.settable.items():
        value = limits.high if isinstance(limits, Span) else next(iter(limits.options), (1, 2, 3))
        with contextlib.suppress(Unable):
            thing.write(Change("a.thing", {name: value}), {})


@given(color=COLORS.filter(any))
def test_a_colour_in_hue_and_saturation_is_the_brightest_that_looks_so(color):
    back = rgb_from_hs(*hs_from_rgb(color))

    assert all(abs(a - b * 255 / max(color)) <= 2 for a, b in zip(back, color, strict=True))


@given(color=BRIGHT)
def test_a_colour_in_x_and_y_comes_back_nearly_as_it_was(color):
    back = rgb_from_xy(*xy_from_rgb(color))

    assert back is not None
    assert all(abs(a - b) <= 8 for a, b in zip(back, color, strict=True))


@given(color=COLORS)
def test_white_that_is_taken_apart_mixes_to_the_same_colour(color):
    assert white_mixed(*white_apart(color)) == color


@pytest.mark.parametrize(
    ("color", "xy"),
    [((255, 0, 0), (0.701, 0.299)), ((0, 0, 255), (0.136, 0.040)), ((255, 255, 255), (0.323, 0.329))],
)
def test_x_and_y_are_those_that_home_assistant_computes(color, xy):
    assert xy_from_rgb(color) == pytest.approx(xy, abs=0.001)
