"""Whether what is reported is what was wanted."""

from __future__ import annotations

import pytest

from voiceslm.home.states import reached


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
    ],
)
def test_anything_else_is_not(wants, state):
    assert not reached(wants, state)
