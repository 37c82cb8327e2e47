"""What becomes of sentences with a word heard wrong: done right, asked about, done wrong, or not done.

Each sentence is first understood as it is; then a word of it is changed, in the same way for the same seed,
and what is understood must be the same.
"""

from __future__ import annotations

import random
import string
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from voiceslm.bench.home.sentences import Miss, described
from voiceslm.entities import Choice, Entity, Kind
from voiceslm.intents.home import Ambiguous, HomeSentences

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from voiceslm.events import Intent

EDITS_EACH = 4
"""Changed forms of each kind of one sentence."""

SHORTEST, LONG = 4, 6
"""Letters of a word in which one letter is changed, and in which one or two are."""

ROOMS: Mapping[str, str] = {
    "Living Room": "Ground Floor",
    "Kitchen": "Ground Floor",
    "Hallway": "Ground Floor",
    "Garage": "Ground Floor",
    "Bedroom 1": "Upstairs",
    "Bedroom 2": "Upstairs",
    "Bathroom": "Upstairs",
    "Office": "Upstairs",
    "Terrace": "Ground Floor",
    "Basement": "Basement",
}

NAMES: Mapping[Kind, tuple[tuple[str, str, str], ...]] = {
    Kind.LIGHT: (
        ("Living Room Ceiling", "Living Room", ""),
        ("Reading Lamp", "Living Room", ""),
        ("Kitchen Counter Light", "Kitchen", ""),
        ("Kitchen Ceiling Light", "Kitchen", ""),
        ("Hallway Light", "Hallway", ""),
        ("Bedroom 1 Light", "Bedroom 1", ""),
        ("Bedroom 2 Light", "Bedroom 2", ""),
        ("Bathroom Mirror", "Bathroom", ""),
        ("Desk Lamp", "Office", ""),
        ("Terrace Lights", "Terrace", ""),
        ("Workbench", "Basement", ""),
    ),
    Kind.SWITCH: (
        ("Coffee Maker", "Kitchen", ""),
        ("Christmas Tree", "Living Room", ""),
        ("Printer", "Office", ""),
        ("Water Pump", "Basement", ""),
    ),
    Kind.FAN: (("Ceiling Fan", "Bedroom 1", ""), ("Extractor", "Bathroom", "")),
    Kind.COVER: (
        ("Kitchen Blinds", "Kitchen", "blind"),
        ("Balcony Curtain", "Living Room", "curtain"),
        ("Bedroom 2 Shutter", "Bedroom 2", "shutter"),
    ),
    Kind.LOCK: (("Front Door", "Hallway", ""), ("Terrace Door", "Terrace", "")),
    Kind.CLIMATE: (("Living Room Thermostat", "Living Room", ""), ("Office Heating", "Office", "")),
    Kind.MEDIA_PLAYER: (("Television", "Living Room", ""), ("Kitchen Radio", "Kitchen", "")),
    Kind.VACUUM: (("Rover", "Living Room", ""),),
    Kind.SCENE: (("Movie Night", "Living Room", ""), ("Good Morning", "", "")),
    Kind.SENSOR: (("Outdoor Temperature", "Terrace", "temperature"),),
}
"""Kind -> names, their rooms and their device classes."""

FORMS: Mapping[Kind, tuple[str, ...]] = {
    Kind.LIGHT: (
        "turn on the {}",
        "switch off the {}",
        "set the {} to 40 percent",
        "dim the {}",
        "make the {} blue",
        "is the {} on",
    ),
    Kind.SWITCH: ("turn on the {}", "turn the {} off", "toggle the {}"),
    Kind.FAN: ("turn on the {}", "set the {} to 50 percent", "turn off the {}"),
    Kind.COVER: ("open the {}", "close the {}", "set the {} to 30 percent", "stop the {}"),
    Kind.LOCK: ("lock the {}", "is the {} locked"),
    Kind.CLIMATE: ("set the {} to 21 degrees", "turn off the {}"),
    Kind.MEDIA_PLAYER: ("pause the {}", "set the {} volume to 20 percent", "mute the {}"),
    Kind.VACUUM: ("start {}", "return {} to base"),
    Kind.SCENE: ("activate {}",),
    Kind.SENSOR: ("what is the {}",),
}

ROOM_FORMS = (
    "turn on the lights in the {}",
    "turn off all the lights in the {}",
    "how warm is it in the {}",
    "are any lights on in the {}",
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of changed sentences."""

    right: Mapping[str, int]
    """Kind of change -> sentences that were understood as the unchanged one."""
    asked: Mapping[str, int]
    """Sentences with which more than one thing may have been meant."""
    wrong: tuple[Miss, ...]
    """Sentences that were taken for something else without a question."""
    nothing: tuple[Miss, ...]
    """Sentences that were not understood."""
    total: Mapping[str, int]


def home() -> list[Entity]:
    """Return the things of a made-up home."""
    return [
        Entity(
            f"{kind}.n{index}",
            kind,
            name,
            area=area,
            floor=ROOMS.get(area, ""),
            device_class=device_class,
            settable={"state": Choice(("on", "off"))},
        )
        for kind, names in NAMES.items()
        for index, (name, area, device_class) in enumerate(names)
    ]


def sentences() -> list[str]:
    """Return sentences about that home."""
    named = [
        form.format(name.casefold())
        for kind, names in NAMES.items()
        for name, _, _ in names
        for form in FORMS[kind]
    ]
    return named + [form.format(room.casefold()) for room in ROOMS for form in ROOM_FORMS]


def mishear(seed: int = 7) -> Heard:
    """Change each sentence in each way and say what is understood.

    Args:
        seed: of the changes; the same seed makes the same ones.
    """
    understanding = HomeSentences()
    understanding.learn(home(), {"area": list(ROOMS)})
    dice = random.Random(seed)  # noqa: S311 - no secret
    right, asked, total = Counter[str](), Counter[str](), Counter[str]()
    wrong, nothing = [], []
    for sentence in sentences():
        wanted = understanding.recognize(sentence, "Living Room")
        if not isinstance(wanted, tuple):
            msg = f"not understood unchanged: {sentence}"
            raise TypeError(msg)
        for kind, change in CHANGES.items():
            for _ in range(EDITS_EACH):
                changed = change(sentence, dice)
                if changed == sentence:
                    continue
                total[kind] += 1
                got = understanding.recognize(changed, "Living Room")
                miss = Miss(changed, described(wanted), described(got))
                if got is None:
                    nothing.append(miss)
                elif isinstance(got, Ambiguous):
                    asked[kind] += 1
                elif _meaning(got) == _meaning(wanted):
                    right[kind] += 1
                else:
                    wrong.append(miss)
    return Heard(right, asked, tuple(wrong), tuple(nothing), total)


def _meaning(intents: tuple[Intent, ...]) -> list[tuple[object, ...]]:
    return [(intent.name, dict(intent.slots), intent.entities) for intent in intents]


def letters(sentence: str, dice: random.Random) -> str:
    """Return ``sentence`` with one letter of one word changed, or two where the word is long."""
    words = sentence.split()
    long = [index for index, word in enumerate(words) if len(word) >= SHORTEST and word.isalpha()]
    if not long:
        return sentence
    index = dice.choice(long)
    count = dice.choice((1, 2)) if len(words[index]) >= LONG else 1
    for _ in range(count):
        words[index] = _edited(words[index], dice)
    return " ".join(words)


def _edited(word: str, dice: random.Random) -> str:
    at = dice.randrange(len(word))
    letter = dice.choice(string.ascii_lowercase)
    match dice.choice(("insert", "delete", "replace", "swap")):
        case "insert":
            return word[:at] + letter + word[at:]
        case "delete":
            return word[:at] + word[at + 1 :]
        case "replace":
            return word[:at] + letter + word[at + 1 :]
        case _:
            return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


def numbers(sentence: str, _dice: random.Random) -> str:
    """Return ``sentence`` with its numbers in words."""
    said = {
        "1": "one",
        "2": "two",
        "40": "forty",
        "50": "fifty",
        "30": "thirty",
        "20": "twenty",
        "21": "twenty one",
    }
    return " ".join(said.get(word, word) for word in sentence.split())


def joined(sentence: str, dice: random.Random) -> str:
    """Return ``sentence`` with two of its words in one."""
    words = sentence.split()
    pairs = [
        index
        for index, (one, other) in enumerate(pairwise(words))
        if min(len(one), len(other)) >= SHORTEST - 1 and one != "the" and (one + other).isalpha()
    ]
    if not pairs:
        return sentence
    index = dice.choice(pairs)
    return " ".join([*words[:index], words[index] + words[index + 1], *words[index + 2 :]])


def separated(sentence: str, _dice: random.Random) -> str:
    """Return ``sentence`` with a compound in two words."""
    compounds = {
        "bedroom": "bed room",
        "bathroom": "bath room",
        "workbench": "work bench",
        "hallway": "hall way",
    }
    return " ".join(compounds.get(word, word) for word in sentence.split())


CHANGES: Mapping[str, Callable[[str, random.Random], str]] = {
    "letters": letters,
    "numbers": numbers,
    "joined": joined,
    "separated": separated,
}
"""How a sentence is changed."""
