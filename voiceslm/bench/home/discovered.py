"""From discovery messages to the things they announce, as the simulation needs them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voiceslm.entities import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ABBREVIATED = """
    act_t=action_topic act_tpl=action_template act_stat_t=activity_state_topic
    act_val_tpl=activity_value_template avty=availability avty_t=availability_topic
    avty_tpl=availability_template bri_cmd_tpl=brightness_command_template
    bri_cmd_t=brightness_command_topic bri_scl=brightness_scale bri_stat_t=brightness_state_topic
    bri_val_tpl=brightness_value_template clr_temp_cmd_tpl=color_temp_command_template
    clr_temp_cmd_t=color_temp_command_topic clr_temp_k=color_temp_kelvin
    clr_temp_stat_t=color_temp_state_topic clr_temp_val_tpl=color_temp_value_template
    cmd_t=command_topic cmd_tpl=command_template cmps=components curr_hum_t=current_humidity_topic
    curr_hum_tpl=current_humidity_template curr_temp_t=current_temperature_topic
    curr_temp_tpl=current_temperature_template def_ent_id=default_entity_id dev=device
    dev_cla=device_class dir_cmd_t=direction_command_topic dir_cmd_tpl=direction_command_template
    dir_stat_t=direction_state_topic dir_val_tpl=direction_value_template dock_cmd_t=dock_command_topic
    dock_cmd_tpl=dock_command_template fanspd_lst=fan_speed_list fx_cmd_tpl=effect_command_template
    fx_cmd_t=effect_command_topic fx_list=effect_list fx_stat_t=effect_state_topic
    fx_val_tpl=effect_value_template fan_mode_cmd_tpl=fan_mode_command_template
    fan_mode_cmd_t=fan_mode_command_topic fan_mode_stat_tpl=fan_mode_state_template
    fan_mode_stat_t=fan_mode_state_topic hs_cmd_t=hs_command_topic hs_cmd_tpl=hs_command_template
    hs_stat_t=hs_state_topic hs_val_tpl=hs_value_template hum_cmd_t=target_humidity_command_topic
    hum_cmd_tpl=target_humidity_command_template hum_stat_t=target_humidity_state_topic
    hum_state_tpl=target_humidity_state_template max_hum=max_humidity min_hum=min_humidity
    max_mirs=max_mireds min_mirs=min_mireds max_k=max_kelvin min_k=min_kelvin
    mode_cmd_tpl=mode_command_template mode_cmd_t=mode_command_topic mode_stat_t=mode_state_topic
    mode_stat_tpl=mode_state_template on_cmd_type=on_command_type ops=options
    osc_cmd_t=oscillation_command_topic osc_cmd_tpl=oscillation_command_template
    osc_stat_t=oscillation_state_topic osc_val_tpl=oscillation_value_template p=platform
    pause_cmd_t=pause_command_topic pause_mw_cmd_tpl=pause_command_template
    pct_cmd_t=percentage_command_topic pct_cmd_tpl=percentage_command_template
    pct_stat_t=percentage_state_topic pct_val_tpl=percentage_value_template pl_arm_away=payload_arm_away
    pl_arm_home=payload_arm_home pl_arm_nite=payload_arm_night pl_arm_vacation=payload_arm_vacation
    pl_avail=payload_available pl_cln_sp=payload_clean_spot pl_cls=payload_close
    pl_disarm=payload_disarm pl_lock=payload_lock pl_loc=payload_locate
    pl_not_avail=payload_not_available pl_off=payload_off pl_on=payload_on pl_open=payload_open
    pl_osc_off=payload_oscillation_off pl_osc_on=payload_oscillation_on pl_paus=payload_pause
    pl_prs=payload_press pl_stop=payload_stop pl_strt=payload_start pl_ret=payload_return_to_base
    pl_unlk=payload_unlock pos=reports_position pos_clsd=position_closed pos_open=position_open
    pow_cmd_t=power_command_topic pow_cmd_tpl=power_command_template
    pr_mode_cmd_t=preset_mode_command_topic pr_mode_cmd_tpl=preset_mode_command_template
    pr_mode_stat_t=preset_mode_state_topic pr_mode_val_tpl=preset_mode_value_template
    pr_modes=preset_modes rgb_cmd_tpl=rgb_command_template rgb_cmd_t=rgb_command_topic
    rgb_stat_t=rgb_state_topic rgb_val_tpl=rgb_value_template rgbw_cmd_tpl=rgbw_command_template
    rgbw_cmd_t=rgbw_command_topic rgbw_stat_t=rgbw_state_topic rgbw_val_tpl=rgbw_value_template
    rgbww_cmd_tpl=rgbww_command_template rgbww_cmd_t=rgbww_command_topic rgbww_stat_t=rgbww_state_topic
    rgbww_val_tpl=rgbww_value_template set_fan_spd_t=set_fan_speed_topic
    set_pos_tpl=set_position_template set_pos_t=set_position_topic pos_t=position_topic
    pos_tpl=position_template spd_rng_min=speed_range_min spd_rng_max=speed_range_max
    stat_clsd=state_closed stat_closing=state_closing stat_jam=state_jammed stat_off=state_off
    stat_on=state_on stat_open=state_open stat_opening=state_opening stat_stopped=state_stopped
    stat_locked=state_locked stat_locking=state_locking stat_unlocked=state_unlocked
    stat_unlocking=state_unlocking stat_t=state_topic stat_tpl=state_template
    stat_val_tpl=state_value_template strt_mw_cmd_t=start_mowing_command_topic
    strt_mw_cmd_tpl=start_mowing_command_template sup_feat=supported_features
    sup_clrm=supported_color_modes swing_mode_cmd_tpl=swing_mode_command_template
    swing_mode_cmd_t=swing_mode_command_topic swing_mode_stat_tpl=swing_mode_state_template
    swing_mode_stat_t=swing_mode_state_topic temp_cmd_tpl=temperature_command_template
    temp_cmd_t=temperature_command_topic temp_hi_cmd_tpl=temperature_high_command_template
    temp_hi_cmd_t=temperature_high_command_topic temp_hi_stat_tpl=temperature_high_state_template
    temp_hi_stat_t=temperature_high_state_topic temp_lo_cmd_tpl=temperature_low_command_template
    temp_lo_cmd_t=temperature_low_command_topic temp_lo_stat_tpl=temperature_low_state_template
    temp_lo_stat_t=temperature_low_state_topic temp_stat_tpl=temperature_state_template
    temp_stat_t=temperature_state_topic tilt_cmd_t=tilt_command_topic tilt_cmd_tpl=tilt_command_template
    tilt_status_t=tilt_status_topic tilt_status_tpl=tilt_status_template t=topic uniq_id=unique_id
    val_tpl=value_template xy_cmd_t=xy_command_topic xy_cmd_tpl=xy_command_template
    xy_stat_t=xy_state_topic xy_val_tpl=xy_value_template
"""
"""Home Assistant's (homeassistant/components/mqtt/abbreviations.py), of the options that are used here."""

_KINDS = frozenset(map(str, Kind))

_FULL = dict(pair.split("=") for pair in _ABBREVIATED.split())

_TOPIC = re.compile(r".+?/(?P<component>[a-z_]+)/(?:(?P<node>[\w-]+)/)?(?P<object>[\w-]+)/config")
"""``<prefix>/<component>/[<node>/]<object>/config``."""


@dataclass(frozen=True, slots=True)
class Announced:
    """One thing that discovery announces."""

    key: str
    """``kind.name``, unique in its home."""

    kind: Kind
    config: Mapping[str, Any]
    """Its options under their full names, topics without ``~``."""


def announced(discovery: Mapping[str, Mapping[str, Any]]) -> Iterator[Announced]:
    """Yield the things that discovery messages (topic -> payload) announce and that are simulated.

    A thing's key is its ``default_entity_id`` where it has one, else made from its topic or ``unique_id``.
    """
    taken: set[str] = set()
    for topic, payload in discovery.items():
        match = _TOPIC.fullmatch(topic)
        if match is None:
            continue
        for component, name, options in _parts(match, payload):
            if component not in _KINDS:
                continue
            config = _plain(options)
            key = str(config.get("default_entity_id") or f"{component}.{slug(name)}")
            while key in taken:
                key += "_2"
            taken.add(key)
            yield Announced(key, Kind(component), config)


def slug(name: str) -> str:
    """Return a name in a to z, 0 to 9 and _."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower().replace("'", " ")).strip("_")


def _parts(match: re.Match[str], payload: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield component, name and options; a device message holds several, which share its options."""
    if match["component"] != "device":
        yield match["component"], "_".join(filter(None, (match["node"], match["object"]))), payload
        return
    parts = payload.get("cmps") or payload.get("components") or {}
    shared = {name: value for name, value in payload.items() if name not in ("cmps", "components")}
    for name, part in parts.items():
        component = part.get("platform") or part.get("p", "")
        yield component, part.get("unique_id") or part.get("uniq_id") or name, {**shared, **part}


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    base = str(options.get("~", ""))
    config = {_FULL.get(name, name): value for name, value in options.items()}
    for name, value in config.items():
        if name.endswith("_topic"):
            config[name] = _whole(str(value), base)
    given = config.get("availability", [])
    config["availability"] = [
        _plain({**part, "~": base}) for part in (given if isinstance(given, list) else [given])
    ]
    if "topic" in config:
        config["topic"] = _whole(str(config["topic"]), base)
    return config


def _whole(topic: str, base: str) -> str:
    if topic.startswith("~"):
        return base + topic[1:]
    return topic[:-1] + base if topic.endswith("~") else topic
