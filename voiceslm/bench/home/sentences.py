"""How much of what people say to a home is understood without a model, and how much else is taken for it.

Home Assistant's own test sentences say which intent and which slots each comes to. Two sets of requests to
assistants, of which most have nothing to do with a home, say how often something would be done that nobody
asked for.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from voiceslm.entities import Entity, Kind
from voiceslm.intents.home import Ambiguous, HomeSentences
from voiceslm.intents.matching import QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from voiceslm.events import Intent

SENTENCES = "text/ha_intents_en.jsonl"
HOME = "text/ha_intents_fixtures_en.yaml"

AREA = "Bedroom"
"""Where sentences are said that name no room."""

CLINC_COMMANDS = frozenset(
    {
        *(
            "timer",
            "alarm",
            "next_song",
            "shopping_list_update",
            "todo_list_update",
            "reminder",
            "reminder_update",
        ),
        *(
            "shopping_list",
            "todo_list",
            "play_music",
            "change_volume",
            "smart_home",
            "cancel",
            "time",
            "date",
        ),
        *("change_speed", "repeat", "update_playlist", "what_song", "weather"),
    }
)
"""Labels of clinc150_oos that are commands to an assistant, or questions that it answers itself; all others
have nothing to do with a home."""

SLURP_COMMANDS = frozenset(
    {
        *("iot_cleaning", "iot_coffee", "iot_hue_lightchange", "iot_hue_lightdim", "iot_hue_lightoff"),
        *("iot_hue_lighton", "iot_hue_lightup", "iot_wemo_on", "iot_wemo_off", "cleaning", "hue_lightup"),
        *("hue_lightoff", "audio_volume_up", "audio_volume_down", "audio_volume_mute", "audio_volume_other"),
        *(
            "play_music",
            "play_radio",
            "play_audiobook",
            "play_podcasts",
            "podcasts",
            "music",
            "music_settings",
        ),
        *("music_dislikeness", "lists_createoradd", "lists_remove", "lists_query", "createoradd"),
        *("alarm_set", "alarm_remove", "alarm_query", "datetime_query", "weather_query"),
    }
)
"""The same of slurp_text."""

HARMLESS = QUESTIONS | {
    *("HassStartTimer", "HassIncreaseTimer", "HassDecreaseTimer", "HassCancelTimer", "HassCancelAllTimers"),
    *("HassPauseTimer", "HassUnpauseTimer", "HassShoppingListAddItem", "HassShoppingListCompleteItem"),
    *("HassListAddItem", "HassListCompleteItem", "HassListRemoveItem", "HassNevermind", "HassBroadcast"),
    *("HassMediaSearchAndPlay", "HassUndo"),
}
"""Intents with which nothing is sent to a device: they ask, or are the assistant's own, or cannot be done."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A sentence that did not come to what it should."""

    text: str
    wanted: str
    got: str


@dataclass(frozen=True, slots=True)
class Score:
    """Sentences with a known meaning."""

    total: Mapping[str, int]
    """Intent -> sentences."""
    right: Mapping[str, int]
    misses: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class Strangers:
    """Sentences that command nothing of a home."""

    total: int
    commands: tuple[Miss, ...]
    """Those with which something would have been done."""
    others: tuple[Miss, ...]
    """Those taken for a question, or for something that sends nothing."""


def score(data: Path) -> Score:
    """Ask for each sentence of Home Assistant's tests in the home it is meant for.

    Args:
        data: the folder that holds `SENTENCES` and `HOME`.
    """
    home = HomeSentences()
    fixture = _fixture(data)
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    misses = []
    for row in rows(data / SENTENCES):
        own = {key: row[key] or [] for key in ("areas", "entities", "floors")}
        entities, others = things(own) if any(own.values()) else fixture
        home.learn(entities, others)
        understood = home.recognize(row["text"], AREA)
        wanted = row["intent"], _slots(row["slots"])
        total[row["intent"]] += 1
        if isinstance(understood, tuple) and _same(understood, wanted):
            right[row["intent"]] += 1
        else:
            misses.append(Miss(row["text"], f"{wanted[0]} {wanted[1]}", described(understood)))
    return Score(total, right, tuple(misses))


def score_strangers(data: Path) -> Mapping[str, Strangers]:
    """Ask for each sentence of two sets that is no command, in the home of Home Assistant's tests."""
    home = HomeSentences()
    home.learn(*_fixture(data))
    return {
        "clinc150_oos": _strangers(home, data / "text/clinc150_oos.jsonl", CLINC_COMMANDS),
        "slurp_text": _strangers(home, data / "text/slurp_text.jsonl", SLURP_COMMANDS),
    }


def _strangers(home: HomeSentences, path: Path, commands: frozenset[str]) -> Strangers:
    total = 0
    acting: list[Miss] = []
    others: list[Miss] = []
    for row in rows(path):
        if row["intent"] in commands:
            continue
        total += 1
        understood = home.recognize(row["text"], AREA)
        if understood is None:
            continue
        miss = Miss(row["text"], row["intent"], described(understood))
        intents = understood.intents if isinstance(understood, Ambiguous) else understood
        (others if all(intent.name in HARMLESS for intent in intents) else acting).append(miss)
    return Strangers(total, tuple(acting), tuple(others))


def described(understood: tuple[Intent, ...] | Ambiguous | None) -> str:
    """Return what was understood, for a reader."""
    if understood is None:
        return "nothing"
    if isinstance(understood, Ambiguous):
        return f"asked: {', '.join(understood.names)}"
    return "; ".join(f"{intent.name} {dict(intent.slots)}" for intent in understood)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def things(home: Mapping[str, Any]) -> tuple[tuple[Entity, ...], dict[str, list[str]]]:
    """Return the entities of a home as Home Assistant's tests have it, and the names of all else."""
    areas = {area.get("id", area["name"]): area for area in home["areas"]}
    floors = {floor.get("id", floor["name"]): floor["name"] for floor in home["floors"]}
    kinds = set(Kind)
    entities = []
    others: dict[str, list[str]] = {
        "area": [area["name"] for area in areas.values()],
        "floor": list(floors.values()),
    }
    for index, entity in enumerate(home["entities"]):
        domain = entity.get("domain") or entity["id"].split(".")[0]
        name = entity["name"].replace("[", "").replace("]", "")
        if domain not in kinds:
            others.setdefault(domain, []).append(name)
            continue
        area = areas.get(entity.get("area"), {})
        entities.append(
            Entity(
                entity.get("id", f"{domain}.n{index}"),
                Kind(domain),
                name,
                area=area.get("name", ""),
                floor=floors.get(area.get("floor"), area.get("floor") or ""),
                device_class=(entity.get("attributes") or {}).get("device_class", ""),
            )
        )
    return tuple(entities), others


def _fixture(data: Path) -> tuple[tuple[Entity, ...], dict[str, list[str]]]:
    return things(yaml.safe_load((data / HOME).read_text("utf-8")))


def _same(understood: Sequence[Intent], wanted: tuple[str, dict[str, str]]) -> bool:
    """Say whether one intent is what was wanted.

    Only the kind of thing and the room in which it was said may be there besides: Home Assistant's tests
    leave them out where they follow from the rest.
    """
    if len(understood) != 1:
        return False
    slots = _slots(understood[0].slots)
    extra = slots.keys() - wanted[1].keys()
    if slots.get("area") == AREA.casefold():
        extra -= {"area"}
    return understood[0].name == wanted[0] and wanted[1].items() <= slots.items() and extra <= {"domain"}


def _slots(slots: Mapping[str, Any]) -> dict[str, str]:
    """Return slots in a form in which 50 is 50.0 and letters have no case."""
    return {name: _plain(value) for name, value in slots.items()}


def _plain(value: str | float) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value).casefold()


def by_intent(result: Score) -> Iterable[tuple[str, int, int]]:
    """Yield each intent with its sentences that were right and all of them."""
    for name, total in sorted(result.total.items()):
        yield name, result.right.get(name, 0), total
