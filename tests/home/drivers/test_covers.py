"""Covers and valves."""

from __future__ import annotations

import pytest

from tests.home.drivers.bench import driver, echoed, sent
from voiceslm.entities import Change, Kind
from voiceslm.home.driver import Unable
from voiceslm.home.drivers import ConfigRefused

POSITIONED = {
    "command_topic": "set",
    "position_topic": "position",
    "set_position_topic": "position/set",
    "state_topic": "state",
}


def cover(**config):
    return driver(Kind.COVER, **config)


def valve(**config):
    return driver(Kind.VALVE, **config)


def test_a_cover_opens_closes_and_stops_by_default_payloads():
    blind = cover(command_topic="set")

    assert sent(blind, {"state": "open"}) == [("set", "OPEN")]
    assert sent(blind, {"state": "closed"}) == [("set", "CLOSE")]
    assert sent(blind, deed="stop") == [("set", "STOP")]
    assert blind.reports == frozenset()


def test_a_cover_without_a_stop_cannot_stop():
    blind = cover(command_topic="set", payload_stop=None)

    assert blind.deeds == frozenset()
    with pytest.raises(Unable):
        blind.write(Change("a", deed="stop"), {})


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        ("up", "opening"),
        ("closed", "closed"),
        ("OPEN", "open"),
        ("stopped", "stopped"),
        ("closing", "closing"),
    ],
)
def test_a_cover_without_positions_reports_its_state(payload, state):
    assert cover(command_topic="set", state_topic="state", state_opening="up").read("state", payload) == {
        "state": state
    }


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ("0", {"position": 0, "state": "closed"}),
        ("40", {"position": 40, "state": "open"}),
        ('{"position": 100, "tilt_position": 25}', {"position": 100, "state": "open", "tilt": 25}),
        ("moving", {}),
    ],
)
def test_a_position_says_whether_a_cover_is_open(payload, found):
    assert cover(**POSITIONED).read("position", payload) == found


def test_a_cover_that_reports_positions_leaves_stopped_to_them():
    blind = cover(**POSITIONED)
    together = cover(
        command_topic="set",
        state_topic="all",
        position_topic="all",
        value_template="{{ value_json.state }}",
        position_template="{{ value_json.position }}",
    )

    assert blind.read("state", "stopped") == {}
    assert together.read("all", '{"state": "stopped", "position": 0}') == {"state": "closed", "position": 0}
    assert together.read("all", '{"state": "opening", "position": 0}') == {"state": "opening", "position": 0}


@pytest.mark.parametrize(
    ("config", "payload"),
    [
        ({}, "40"),
        ({"position_open": 0, "position_closed": 100}, "60"),
        ({"position_open": "255", "position_closed": "5"}, "105"),
    ],
)
def test_a_position_is_sent_on_the_covers_own_scale_and_read_back(config, payload):
    blind = cover(**POSITIONED, **config)
    wants = {"position": 40}

    assert sent(blind, {"state": "open", **wants}) == [("position/set", payload)]
    assert echoed(blind, wants, {"position/set": "position"}) == {"state": "open", **wants}


def test_the_template_of_a_position_knows_it_in_percent_and_on_the_scale():
    blind = cover(
        **POSITIONED, position_open=200, set_position_template='{"p": {{ position }}, "v": {{ value }} }'
    )

    assert sent(blind, {"position": 40}) == [("position/set", '{"p": 40, "v": 80 }')]


def test_a_cover_that_takes_only_positions_is_opened_by_one():
    blind = cover(position_topic="position", set_position_topic="position/set")

    assert sent(blind, {"state": "closed"}) == [("position/set", "0")]
    assert blind.deeds == frozenset()


def test_a_cover_that_can_only_be_read_cannot_be_set():
    window = cover(state_topic="state")

    assert window.settable == {}
    assert window.reports == {"state"}


def test_a_tilt_is_sent_on_its_own_scale_and_read_back():
    blind = cover(
        command_topic="set", tilt_command_topic="tilt/set", tilt_status_topic="tilt", tilt_min=0, tilt_max=180
    )
    wants = {"tilt": 50}

    assert sent(blind, wants) == [("tilt/set", "90")]
    assert echoed(blind, wants, {"tilt/set": "tilt"}) == wants


@pytest.mark.parametrize(
    "config", [{}, {"command_topic": "set", "position_open": 0}, {"command_topic": "a/#"}]
)
def test_a_cover_that_cannot_work_is_refused(config):
    with pytest.raises(ConfigRefused):
        cover(**config)


def test_a_valve_opens_and_closes():
    tap = valve(command_topic="set", state_topic="state")

    assert sent(tap, {"state": "open"}) == [("set", "OPEN")]
    assert tap.read("state", '{"state": "closing"}') == {"state": "closing"}
    assert tap.read("state", "closed") == {"state": "closed"}
    assert tap.deeds == frozenset()


def test_a_valve_that_reports_its_position_is_moved_by_positions():
    tap = valve(command_topic="set", state_topic="state", reports_position=True, payload_stop="halt")
    wants = {"position": 30}

    assert echoed(tap, wants, {"set": "state"}) == {"position": 30, "state": "open"}
    assert sent(tap, {"state": "closed"}) == [("set", "0")]
    assert tap.read("state", '{"state": "opening", "position": 10}') == {"state": "opening", "position": 10}
    assert sent(tap, deed="stop") == [("set", "halt")]
