"""Devices are meant by name."""

from __future__ import annotations

import pytest

from voiceslm.audio.devices import Device, Direction, choose
from voiceslm.errors import Problem


def device(index, name, inputs=1, outputs=0, *, default=False):
    return Device(
        index, name, "ALSA", inputs, outputs, 48_000, default and inputs > 0, default and outputs > 0
    )


HDMI = device(0, "HDMI 0", inputs=0, outputs=8)
YETI = device(1, "Yeti Stereo Microphone: USB Audio (hw:1,0)")
JABRA = device(2, "Jabra SPEAK 510 USB", outputs=2)
SYSTEM = device(3, "default", 32, 32, default=True)
ALL = [HDMI, YETI, JABRA, SYSTEM]


@pytest.mark.parametrize(
    ("name", "direction", "expected"),
    [
        (None, Direction.INPUT, SYSTEM),
        (None, Direction.OUTPUT, SYSTEM),
        ("Jabra SPEAK 510 USB", Direction.INPUT, JABRA),
        ("yeti", Direction.INPUT, YETI),
        ("hdmi", Direction.OUTPUT, HDMI),
    ],
)
def test_a_name_or_part_of_it_means_a_device(name, direction, expected):
    assert choose(ALL, name, direction) is expected


def test_without_a_system_default_the_first_that_can_is_taken():
    assert choose([HDMI, YETI], None, Direction.INPUT) is YETI


def test_the_whole_name_wins_over_a_part_of_another():
    longer = device(5, "default 2")
    assert choose([longer, SYSTEM], "default", Direction.INPUT) is SYSTEM


@pytest.mark.parametrize(
    ("devices", "name", "words"),
    [
        ([], None, "there is no microphone. Plug"),
        ([HDMI], None, "there is no microphone. Plug"),
        (ALL, "hdmi", "there is no microphone 'hdmi'. There is: 'Yeti"),
        (ALL, "usb", "'usb' may be several microphones: 'Yeti"),
    ],
    ids=["none at all", "loudspeakers only", "not this way", "ambiguous"],
)
def test_what_fits_not_or_too_often_is_said_with_what_there_is(devices, name, words):
    with pytest.raises(Problem) as caught:
        choose(devices, name, Direction.INPUT)
    assert words in str(caught.value)
