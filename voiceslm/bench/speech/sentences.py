"""What is said: by people, by a stranger's synthetic voice, and by the bench's own at several paces."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime
import soxr

from voiceslm.audio import RATE
from voiceslm.bench.home.commands import commands
from voiceslm.bench.home.part import SEED
from voiceslm.bench.live.sounds import manifest, read
from voiceslm.bench.wake_sounds import SPEEDS
from voiceslm.tts.clauses import Clause, Ending
from voiceslm.tts.piper import PiperEngine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from voiceslm.bench.home.devices import SimulatedHome
    from voiceslm.bench.home.homes import Home
    from voiceslm.entities import State
    from voiceslm.events import Samples

PEOPLE, STRANGER, OWN, READERS = "people", "another synthetic voice", "the bench's voice", "people reading"

SETS = {PEOPLE: "home_commands", STRANGER: "home_commands_tts", READERS: "librispeech_read"}
"""Group -> set of data/speech."""

LONGEST_SECONDS = 10.0
"""Of a recording."""

HOUSE = """
areas:
  - {name: Kitchen, id: kitchen}
  - {name: Office, id: office}
  - {name: Living Room, id: living_room}
  - {name: Bedroom, id: bedroom}
devices: []
entities:
  - {name: Kitchen Ceiling Light, id: light.kitchen_ceiling_light, area: kitchen, state: "off",
     attributes: {supported_color_modes: [rgb]}}
  - {name: Kitchen Counter Light, id: light.kitchen_counter_light, area: kitchen, state: "off",
     attributes: {supported_color_modes: [rgb]}}
  - {name: Standing Light, id: light.standing_light, area: office, state: "off",
     attributes: {supported_color_modes: [rgb]}}
  - {name: Office Ceiling Light, id: light.office_ceiling_light, area: office, state: "off"}
  - {name: Bed Light, id: light.bed_light, area: bedroom, state: "off",
     attributes: {supported_color_modes: [rgb]}}
  - {name: Living Room Lamp, id: light.living_room_lamp, area: living_room, state: "off"}
  - {name: Office Curtains, id: cover.office_curtains, area: office, state: closed,
     attributes: {device_class: curtain}}
  - {name: Office Blinds, id: cover.office_blinds, area: office, state: closed,
     attributes: {device_class: blind}}
  - {name: Office Window, id: cover.office_window, area: office, state: closed,
     attributes: {device_class: window}}
  - {name: Kitchen Window, id: cover.kitchen_window, area: kitchen, state: closed,
     attributes: {device_class: window}}
  - {name: Sliding Door, id: cover.sliding_door, area: office, state: closed,
     attributes: {device_class: door}}
  - {name: Front Door, id: lock.front_door, area: living_room, state: locked}
  - {name: TV, id: media_player.tv, area: office, state: "off"}
  - {name: EcoBee, id: climate.ecobee, area: living_room, state: heat,
     attributes: {hvac_modes: ["off", heat, cool]}}
  - {name: Outdoor Humidity, id: sensor.outdoor_humidity, state: "54",
     attributes: {device_class: humidity, native_unit_of_measurement: "%"}}
"""
"""The home that the recorded sentences are about, in the words of `voiceslm.bench.home.homes.load_home`."""

AREA = "Kitchen"
"""Where they are said."""

_AWAKE: Mapping[str, State] = {
    "light": {"state": "on"},
    "cover": {"state": "open"},
    "lock": {"state": "unlocked"},
    "media_player": {"state": "playing"},
}


def awake(usual: Mapping[str, State]) -> dict[str, State]:
    """Return the states of a home in which everything is on and open: there "turn off" changes something."""
    return {key: {**state, **_AWAKE.get(key.partition(".")[0], {})} for key, state in usual.items()}


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something that is said."""

    group: str
    text: str
    """The reference; empty where nobody wrote it down."""

    samples: Samples = field(repr=False)
    """float32 [n] at 16 kHz, nothing but speech."""

    before: Mapping[str, State] = field(default_factory=dict)
    """Key -> state in which the home is asked, where it differs from the usual."""


def recorded(speech: Path, group: str) -> list[Sentence]:
    """Return the English recordings of ``group``, one of `SETS`; what is not to be obeyed has no text."""
    return [
        Sentence(group, row.get("transcript") or "", read(speech / row["path"]))
        for row in manifest(speech)
        if row["set"] == SETS[group] and row.get("lang") == "en" and row["seconds"] <= LONGEST_SECONDS
    ]


class Voice:
    """The bench's own voice at several paces."""

    def __init__(self, path: Path) -> None:
        """Load the Piper voice at ``path``; what it says is the same every time."""
        onnxruntime.set_seed(SEED)
        self._engines = [PiperEngine(path, threads=1, speed=speed) for speed in SPEEDS]

    def says(self, given: Sequence[tuple[str, Mapping[str, State]]]) -> list[Sentence]:
        """Return each text with the state it is said in, the paces taking turns."""
        return [
            Sentence(OWN, text, self._sound(text, self._engines[index % len(self._engines)]), before)
            for index, (text, before) in enumerate(given)
        ]

    def _sound(self, text: str, engine: PiperEngine) -> Samples:
        said = engine.synthesize(Clause(f"{text[0].upper()}{text[1:]}.", Ending.SENTENCE))
        return np.asarray(soxr.resample(said.samples, said.sample_rate, RATE), np.float32)


def of_home(home: Home, simulated: SimulatedHome) -> list[tuple[str, Mapping[str, State]]]:
    """Return what can be said to a made-up home, with the state in which it changes something."""
    return [(command.text, {command.key: command.before}) for command in commands(home, simulated)]
