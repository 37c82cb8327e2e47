"""Microphone and loudspeaker, judged from what opening them showed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.daemon.doctor import test_access
from tests.daemon.doctor.judged import levels, one
from voiceslm.audio.device import HUNG
from voiceslm.audio.devices import Device, Direction
from voiceslm.daemon.doctor.holders import Holder, holders
from voiceslm.daemon.doctor.listening import Heard, level
from voiceslm.daemon.doctor.sound import Facts, held_by_daemon, judge


def device(name, inputs, outputs):
    return Device(
        0, name, "ALSA", inputs, outputs, 48_000, default_input=inputs > 0, default_output=outputs > 0
    )


MICROPHONE = device("USB Microphone: Audio (hw:1,0)", 1, 0)
LOUDSPEAKER = device("Headphones (hw:0,0)", 0, 2)
NAMES = {Direction.INPUT: MICROPHONE.name, Direction.OUTPUT: LOUDSPEAKER.name}
HEARD = Heard(
    devices=(MICROPHONE, LOUDSPEAKER),
    opened=frozenset(Direction),
    names=NAMES,
    level_db=-60.0,
    peak=0.01,
)
FINE = Facts(dict.fromkeys(Direction), HEARD, test_access.DESKTOP, ())


def heard(**changes):
    return replace(FINE, heard=replace(HEARD, **changes))


def closed(*found, problems=()):
    """The microphone is there and cannot be opened."""
    facts = heard(opened=frozenset({Direction.OUTPUT}), level_db=None, problems=problems)
    return one(judge(replace(facts, holders=found)), "sound.microphone")


def test_what_works_is_fine():
    assert levels(judge(FINE)) == {
        "sound.microphone": "ok",
        "sound.loudspeaker": "ok",
        "sound.level": "ok",
    }


@pytest.mark.parametrize(
    ("changes", "expected", "words"),
    [
        ({"only_zeros": True, "level_db": -120.0, "peak": 0.0}, "broken", "nothing but zeros"),
        ({"level_db": None}, "broken", "no sound"),
        ({"peak": 1.0}, "advice", "clips"),
        ({"level_db": -85.0}, "advice", "nearly silent"),
        ({"level_db": -30.0}, "advice", "loud"),
    ],
)
def test_a_level_that_is_not_a_rooms_is_found(changes, expected, words):
    found = one(judge(heard(**changes)), "sound.level")
    assert found.level == expected
    assert words in found.what


def test_a_name_that_fits_nothing_proposes_the_one_that_was_meant():
    facts = heard(opened=frozenset({Direction.OUTPUT}), level_db=None)
    found = one(
        judge(replace(facts, wanted={**facts.wanted, Direction.INPUT: "usb micorphone"})), "sound.microphone"
    )
    assert found.level == "broken"
    assert f'audio.input = "{MICROPHONE.name}"' in found.mend


def test_a_program_that_holds_the_microphone_is_named():
    found = closed(Holder(4711, "arecord", "/dev/snd/pcmC1D0c"), Holder(5, "mpv", "/dev/snd/pcmC0D0p"))
    assert "arecord (process 4711)" in found.cause
    assert found.mend.endswith("kill 4711")


def test_a_card_that_the_sound_server_holds_is_reached_through_the_server():
    found = closed(Holder(12, "pipewire", "/dev/snd/pcmC1D0c"))
    assert 'audio.input = "default"' in found.mend


def test_a_device_that_refuses_without_a_holder_says_what_it_said():
    found = closed(
        problems=("the microphone 'x' cannot be opened: Invalid sample rate. Another program may",)
    )
    assert found.cause == "the microphone 'x' cannot be opened: Invalid sample rate"


def test_no_microphone_for_want_of_rights_is_not_blamed_on_the_plug():
    facts = heard(devices=(), opened=frozenset(), level_db=None)
    rights = replace(test_access.DESKTOP, usable=False)
    found = one(judge(replace(facts, access=rights)), "sound.microphone")
    assert found.cause == "this user may not use the sound cards"


def test_a_sound_system_that_hangs_is_said_once():
    [found] = judge(replace(FINE, heard=Heard(unusable=HUNG)))
    assert (found.check, found.level, found.mend) == ("sound.library", "broken", HUNG.remedy)


def test_what_a_running_daemon_holds_is_not_called_busy():
    status = {"sound": {"microphone": "USB", "loudspeaker": None, "problems": ["there is no loudspeaker"]}}
    found = list(held_by_daemon(status))
    assert levels(found) == {"sound.microphone": "ok", "sound.loudspeaker": "broken"}
    assert found[1].cause == "there is no loudspeaker"


def test_holders_are_found_among_all_processes(tmp_path):
    process = tmp_path / "4711"
    (process / "fd").mkdir(parents=True)
    (process / "comm").write_text("arecord\n")
    (process / "fd" / "3").symlink_to("/dev/snd/pcmC0D0c")
    (process / "fd" / "4").symlink_to("/dev/null")
    (tmp_path / "12").mkdir()  # another user's
    (tmp_path / "self").mkdir()
    assert holders(tmp_path) == [Holder(4711, "arecord", "/dev/snd/pcmC0D0c")]


def test_levels_are_in_decibels_below_full_scale():
    assert level(np.full(100, 0.1, np.float32)) == pytest.approx(-20.0, abs=0.01)
    assert level(np.zeros(100, np.float32)) == -120.0
