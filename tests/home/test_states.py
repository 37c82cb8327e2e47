"""Whether what is reported is what was wanted."""

from __future__ import annotations

import pytest

from voiceslm.home.states import already, reached


@pytest.mark.parametrize(
    ("wants", "state"),
    [
        ({"state": "on"}, {"state": "on"}),
        ({"state": "on", "brightness": 50}, {"state": "on", "brightness": 49.8}),
        ({"state": "open"}, {"state": "opening"}),
        ({"position": 40}, {"position": 90, "state": "closing"}),
        ({"position": 40}, {"position": 41}),
        ({"color": (255, 0, 0)}, {"color": (250, 20, 10)}),
        ({"color_temperature": 2700}, {"color_temperature": 2732}),
        ({"temperature": 21}, {"temperature": 21.0}),
        ({"state": "returning"}, {"state": "docked"}),
        ({"state": "armed_away"}, {"state": "arming"}),
        ({"brightness": 0}, {"state": "off", "brightness": 60}),
    ],
)
def test_a_report_that_is_near_enough_or_on_the_way_is_reached(wants, state):
    assert reached(wants, state)


@pytest.mark.parametrize(
    ("wants", "state"),
    [
        ({"state": "on"}, {"state": "off"}),
        ({"state": "on"}, {}),
        ({"state": "on", "brightness": 50}, {"state": "on", "brightness": 100}),
        ({"state": "locked"}, {"state": "locking"}),
        ({"state": "unlocked"}, {"state": "locked"}),
        ({"color": (255, 0, 0)}, {"color": (0, 0, 255)}),
        ({"color": (255, 0, 0)}, {"color": "red"}),
        ({"color_temperature": 2700}, {"color_temperature": 4000}),
        ({"effect": "rainbow"}, {"effect": "none"}),
        ({"brightness": 50}, {"brightness": "half"}),
        ({"brightness": 50}, {"state": "off", "brightness": 50}),
        ({"percentage": 33}, {"state": "off", "percentage": 33}),
    ],
)
def test_anything_else_is_not(wants, state):
    assert not reached(wants, state)


@pytest.mark.parametrize(
    ("wants", "state"),
    [
        ({"state": "on"}, {"state": "on"}),
        ({"state": "open"}, {"state": "opening"}),
        ({"state": "returning"}, {"state": "docked"}),
        ({"state": "on"}, {"state": "playing"}),
        ({"position": 40}, {"position": 40, "state": "open"}),
    ],
)
def test_what_is_so_already_needs_no_command(wants, state):
    assert already(wants, state)


@pytest.mark.parametrize(
    ("wants", "state"),
    [
        ({"position": 40}, {"position": 90, "state": "closing"}),
        ({"position": 40}, {"position": 40, "state": "closing"}),
        ({"state": "playing"}, {"state": "on"}),
        ({"state": "armed_away"}, {"state": "arming"}),
        ({"state": "armed_away"}, {"state": "pending"}),
        ({"brightness": 50}, {"brightness": 50, "state": "off"}),
        ({"state": "on"}, {}),
    ],
)
def test_what_only_a_command_would_explain_needs_one(wants, state):
    assert not already(wants, state)
