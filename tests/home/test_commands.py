"""From an intent to what is wanted of one entity."""

from __future__ import annotations

import pytest

from tests.home.things import (
    PERCENT,
    alarm,
    button,
    climate,
    cover,
    fan,
    lamp,
    light,
    lock,
    mower,
    player,
    scene,
    sensor,
    switch,
    thing,
    vacuum,
)
from voiceslm.entities import Choice, Kind, Span
from voiceslm.events import Intent
from voiceslm.home.commands import changes, command

AC = thing(Kind.CLIMATE, "AC", settable={"mode": Choice(("off", "cool", "fan_only"))})
BOILER = thing(Kind.WATER_HEATER, "Boiler", settable={"mode": Choice(("off", "eco", "gas"))})
SPEAKER = player("Speaker")


def wants(name, entity, state=None, text="", **slots):
    change = command(Intent(name, slots, (entity.id,), text), entity, state or {})
    return None if change is None else change.deed or dict(change.wants)


@pytest.mark.parametrize(
    ("entity", "on", "off"),
    [
        (lamp("L"), "on", "off"),
        (switch("S"), "on", "off"),
        (fan("F"), "on", "off"),
        (cover("C"), "open", "closed"),
        (lock("D"), "locked", "unlocked"),
        (vacuum("V"), "cleaning", "returning"),
        (mower("M"), "mowing", "docked"),
        (alarm("A"), "armed_away", "disarmed"),
    ],
)
def test_on_and_off_mean_what_the_kind_has(entity, on, off):
    assert wants("HassTurnOn", entity) == {"state": on}
    assert wants("HassTurnOff", entity) == {"state": off}


def test_scenes_and_buttons_are_only_turned_on():
    assert wants("HassTurnOn", scene("Movie")) == "activate"
    assert wants("HassTurnOn", button("Bell")) == "press"
    assert wants("HassTurnOff", scene("Movie")) is None
    assert wants("HassTurnOff", button("Bell")) is None


def test_a_sensor_can_do_nothing():
    assert wants("HassTurnOn", sensor("Temperature")) is None


class TestClimate:
    def test_off_is_a_mode(self):
        assert wants("HassTurnOff", climate("T")) == {"mode": "off"}

    def test_on_is_the_mode_it_is_in(self):
        assert wants("HassTurnOn", climate("T"), {"mode": "cool"}) == {"mode": "cool"}

    @pytest.mark.parametrize(
        ("entity", "mode"),
        [(climate("T"), "heat"), (AC, "cool"), (BOILER, "eco")],
        ids=["heat", "cool", "eco"],
    )
    def test_on_from_off_is_the_best_it_has(self, entity, mode):
        assert wants("HassTurnOn", entity, {"mode": "off"}) == {"mode": mode}

    def test_modes_are_found_however_they_are_written(self):
        assert wants("HassSetMode", AC, mode="Fan only") == {"mode": "fan_only"}

    def test_a_mode_may_be_called_a_preset(self):
        assert wants("HassSetPreset", BOILER, preset="gas") == {"mode": "gas"}

    def test_half_degrees_are_kept(self):
        assert wants("HassClimateSetTemperature", climate("T"), temperature=21.5) == {"temperature": 21.5}

    def test_a_number_has_no_temperature(self):
        number = thing(Kind.NUMBER, "N", settable={"state": Span(0, 10), "temperature": Span(0, 10)})
        assert wants("HassClimateSetTemperature", number, temperature=5) is None


class TestLights:
    def test_no_brightness_is_off(self):
        assert wants("HassLightSet", light("L"), brightness=0) == {"state": "off"}

    def test_brightness_and_colour_are_wanted_together(self):
        found = wants("HassLightSet", light("L"), brightness=30, color="red")
        assert found == {"brightness": 30, "color": (255, 0, 0)}

    def test_nothing_is_done_by_halves(self):
        assert (
            wants(
                "HassLightSet",
                thing(Kind.LIGHT, "L", settable={"brightness": PERCENT}),
                brightness=3,
                color="red",
            )
            is None
        )

    def test_white_is_a_warmth_where_there_are_no_colours(self):
        tunable = thing(Kind.LIGHT, "L", settable={"color_temperature": Span(2200, 3500)})
        assert wants("HassLightSet", tunable, color="white") == {"color_temperature": 3500}

    def test_a_word_for_a_warmth_is_what_comes_near_it(self):
        assert wants("HassLightSet", light("L"), text="candle light", temperature=1900) == {
            "color_temperature": 2000
        }

    def test_a_number_for_a_warmth_is_meant(self):
        found = wants("HassLightSet", light("L"), text="set it to 1900 kelvin", temperature=1900)
        assert found == {"color_temperature": 1900}

    def test_a_light_that_is_only_on_or_off_has_no_brightness(self):
        assert wants("HassLightSet", lamp("L"), brightness=50) is None

    def test_an_unknown_colour_is_nothing(self):
        assert wants("HassLightSet", light("L"), color="octarine") is None


class TestMoreAndLess:
    def adjusted(self, entity, state, name="brightness", direction="up", **slots):
        return wants("HassAdjust", entity, state, property=name, direction=direction, **slots)

    def test_a_step_is_added(self):
        assert self.adjusted(light("L"), {"brightness": 40, "state": "on"}) == {"brightness": 60}

    def test_a_step_that_was_said_is_taken(self):
        assert self.adjusted(light("L"), {"brightness": 40}, direction="down", step=15) == {"brightness": 25}

    @pytest.mark.parametrize(("now", "wanted"), [(15, 5), (5, 5), (3, 3)])
    def test_dimmer_never_turns_off_and_never_brightens(self, now, wanted):
        assert self.adjusted(light("L"), {"brightness": now}, direction="down") == {"brightness": wanted}

    def test_brighter_turns_a_light_on(self):
        assert self.adjusted(light("L"), {"state": "off", "brightness": 80}) == {"brightness": 20}

    def test_dimmer_leaves_a_light_off(self):
        assert self.adjusted(light("L"), {"state": "off", "brightness": 80}, direction="down") is None

    def test_without_a_known_state_nothing_is_guessed(self):
        assert self.adjusted(light("L"), {"state": "on"}) is None
        assert self.adjusted(SPEAKER, {}, "volume") is None

    def test_the_end_of_the_range_is_the_end(self):
        assert self.adjusted(climate("T"), {"temperature": 29.5}, "temperature") == {"temperature": 30}

    def test_a_cover_that_tells_only_its_state_is_at_an_end(self):
        assert self.adjusted(cover("C"), {"state": "closed"}, "position") == {"position": 20}

    def test_a_fan_that_is_off_starts_slowly(self):
        assert self.adjusted(fan("F"), {"state": "off"}, "percentage") == {"percentage": 20}

    @pytest.mark.parametrize(("step", "volume"), [("up", 40), ("down", 20), (5, 35), (-10, 20)])
    def test_volume_goes_by_words_and_by_numbers(self, step, volume):
        assert wants("HassSetVolumeRelative", SPEAKER, {"volume": 30}, volume_step=step) == {"volume": volume}


class TestFansAndCovers:
    def test_no_speed_is_off(self):
        assert wants("HassFanSetSpeed", fan("F"), percentage=0) == {"state": "off"}

    def test_a_fan_without_speeds_has_none_to_set(self):
        assert (
            wants(
                "HassFanSetSpeed",
                thing(Kind.FAN, "F", settable={"state": Choice(("on", "off"))}),
                percentage=50,
            )
            is None
        )

    @pytest.mark.parametrize(("position", "state"), [(0, "closed"), (100, "open")])
    def test_the_ends_are_reached_without_positions(self, position, state):
        simple = thing(Kind.COVER, "C", settable={"state": Choice(("open", "closed"))})
        assert wants("HassSetPosition", simple, position=position) == {"state": state}

    def test_between_the_ends_a_position_is_needed(self):
        simple = thing(Kind.COVER, "C", settable={"state": Choice(("open", "closed"))})
        assert wants("HassSetPosition", simple, position=50) is None


class TestAlarms:
    def test_a_mode_that_was_said_is_taken(self):
        assert wants("HassAlarmArm", alarm("A"), mode="home") == {"state": "armed_home"}

    def test_a_mode_it_lacks_is_not_replaced(self):
        assert wants("HassAlarmArm", alarm("A"), mode="vacation") is None

    def test_without_a_mode_it_stays_as_it_is_armed(self):
        assert wants("HassArm", alarm("A"), {"state": "armed_home"}) == {"state": "armed_home"}

    def test_without_the_usual_mode_the_next_is_taken(self):
        assert wants("HassArm", alarm("A", states=("disarmed", "armed_night"))) == {"state": "armed_night"}

    @pytest.mark.parametrize("name", ["HassDisarm", "HassAlarmDisarm"])
    def test_disarming(self, name):
        assert wants(name, alarm("A")) == {"state": "disarmed"}


class TestMediaAndRobots:
    @pytest.mark.parametrize(
        ("name", "wanted"),
        [
            ("HassMediaPause", {"state": "paused"}),
            ("HassMediaUnpause", {"state": "playing"}),
            ("HassMediaNext", "next"),
            ("HassMediaStop", "stop"),
            ("HassMediaPlayerMute", {"muted": "on"}),
        ],
    )
    def test_players(self, name, wanted):
        assert wants(name, SPEAKER) == wanted

    def test_a_player_that_cannot_stop_pauses(self):
        radio = player("Radio", deeds=frozenset())
        assert wants("HassMediaStop", radio) == {"state": "paused"}

    def test_what_cannot_be_turned_off_is_stopped(self):
        radio = player("Radio", settable={"state": Choice(("playing", "paused"))})
        assert wants("HassTurnOff", radio) == "stop"

    @pytest.mark.parametrize(
        ("name", "entity", "wanted"),
        [
            ("HassVacuumStart", vacuum("V"), {"state": "cleaning"}),
            ("HassVacuumReturnToBase", vacuum("V"), {"state": "returning"}),
            ("HassVacuumPause", vacuum("V"), "pause"),
            ("HassVacuumPause", mower("M"), "pause"),
            ("HassVacuumStop", mower("M"), "pause"),
            ("HassVacuumLocate", vacuum("V"), "locate"),
            ("HassLawnMowerDock", mower("M"), {"state": "docked"}),
            ("HassVacuumPause", player("P", deeds=frozenset({"pause"})), None),
        ],
    )
    def test_robots(self, name, entity, wanted):
        assert wants(name, entity) == wanted


@pytest.mark.parametrize(
    ("entity", "state", "wanted"),
    [
        (lamp("L"), {"state": "on"}, {"state": "off"}),
        (lamp("L"), {"state": "off"}, {"state": "on"}),
        (cover("C"), {"state": "closing"}, {"state": "open"}),
        (lock("D"), {"state": "locked"}, {"state": "unlocked"}),
        (climate("T"), {"mode": "heat"}, {"mode": "off"}),
        (climate("T"), {"mode": "off"}, {"mode": "heat"}),
    ],
)
def test_toggle_is_the_other_of_what_is(entity, state, wanted):
    assert wants("HassToggle", entity, state) == wanted


def test_an_option_is_set_as_the_device_writes_it():
    programme = thing(Kind.SELECT, "Programme", settable={"state": Choice(("Eco_Wash", "Quick"))})
    assert wants("HassSetOption", programme, option="eco wash") == {"state": "Eco_Wash"}


def test_a_value_is_set():
    assert wants("HassSetValue", thing(Kind.NUMBER, "N", settable={"state": Span(0, 9, 0.5)}), value=2.5) == {
        "state": 2.5
    }


def test_questions_change_nothing():
    assert not changes(Intent("HassGetState"))
    assert wants("HassGetState", lamp("L")) is None
