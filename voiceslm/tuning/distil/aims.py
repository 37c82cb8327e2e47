"""What is to be said to a home in other words: a plain sentence for all that each device can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.entities import Choice, Entity, Kind, Span
from voiceslm.llm.calls import READ

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from voiceslm.tuning.distil.understanding import Home

COLOURS = ("red", "green", "blue", "white", "orange", "purple", "pink", "yellow")

PLAIN = {
    "on": "turn on the {name}",
    "off": "turn off the {name}",
    "open": "open the {name}",
    "close": "close the {name}",
    "lock": "lock the {name}",
    "unlock": "unlock the {name}",
    "start": "start the {name}",
    "dock": "send the {name} back to its dock",
    "play": "play on the {name}",
    "pause": "pause the {name}",
    "stop": "stop the {name}",
    "next": "next track on the {name}",
    "previous": "previous track on the {name}",
    "press": "press the {name}",
    "activate": "activate the {name}",
    "mute": "mute the {name}",
    "unmute": "unmute the {name}",
    "toggle": "toggle the {name}",
    "arm_home": "arm the {name} for home",
    "arm_away": "arm the {name} for away",
    "arm_night": "arm the {name} for the night",
    "disarm": "disarm the {name}",
    "brightness up": "make the {name} brighter",
    "brightness down": "dim the {name}",
    "temperature up": "turn the {name} temperature up",
    "temperature down": "turn the {name} temperature down",
    "volume up": "turn the {name} volume up",
    "volume down": "turn the {name} volume down",
    "percentage up": "turn the {name} speed up",
    "percentage down": "turn the {name} speed down",
    "position up": "open the {name} a bit more",
    "position down": "close the {name} a bit more",
}
"""Phrase -> the plain way to say it."""

VALUES = {
    "brightness": "set the {name} to {value} percent",
    "position": "open the {name} to {value} percent",
    "percentage": "set the {name} to {value} percent",
    "volume": "set the {name} volume to {value} percent",
    "humidity": "set the {name} to {value} percent",
    "temperature": "set the {name} to {value} degrees",
    "color": "make the {name} {value}",
    "mode": "set the {name} to {value}",
    "preset": "set the {name} to {value}",
    "source": "switch the {name} to {value}",
    "state": "set the {name} to {value}",
}
"""Property -> how one of its values is asked for."""

QUESTIONS = {
    Kind.LIGHT: "is the {name} on",
    Kind.SWITCH: "is the {name} on",
    Kind.FAN: "is the {name} on",
    Kind.COVER: "is the {name} open",
    Kind.LOCK: "is the {name} locked",
    Kind.CLIMATE: "what is the temperature of the {name}",
    Kind.MEDIA_PLAYER: "is the {name} playing",
}
"""Kind -> a question about one; others are asked for their state."""

ROUND = 5
"""Values are multiples of it, as people say them."""


@dataclass(frozen=True, slots=True)
class Aim:
    """One thing that can be said."""

    entity: Entity
    sentence: str
    """The plain way to say it."""

    line: str
    """What it means: the line that the model is to reply."""

    @property
    def asks(self) -> bool:
        """Whether it only wants to know."""
        return self.line.endswith(f" {READ}")


def aims(home: Home, chance: Random) -> list[Aim]:
    """Return what can be said to ``home`` and is understood as it is meant, in an order by chance."""
    found = [
        Aim(entity, sentence, home.line(entity, phrase))
        for entity in home.entities
        if not entity.auxiliary
        for phrase, sentence in _sayings(entity, chance)
    ]
    chance.shuffle(found)
    return [aim for aim in found if _is_meant(aim, home)]


def _is_meant(aim: Aim, home: Home) -> bool:
    sentence = home.read(aim.sentence)
    return sentence.ours and aim.line in home.menu(sentence)


def _sayings(entity: Entity, chance: Random) -> Iterator[tuple[str, str]]:
    """Yield phrase and sentence; those that the entity cannot do are sorted out by the menu."""
    name = entity.name.lower()
    asked = QUESTIONS.get(
        entity.kind, "what is the {name}" if entity.unit else "what is the state of the {name}"
    )
    yield READ, asked.format(name=name)
    if not (entity.settable or entity.deeds):
        return
    for phrase, plain in PLAIN.items():
        yield phrase, plain.format(name=name)
    for property_, allowed in entity.settable.items():
        if property_ in VALUES:
            for value in _values(allowed, chance):
                yield f"{property_} {value}", VALUES[property_].format(name=name, value=value)


def _values(allowed: Span | Choice, chance: Random) -> Sequence[str]:
    """Return one or two values by chance."""
    if isinstance(allowed, Choice):
        options = allowed.options or COLOURS
        return chance.sample(options, min(2, len(options)))
    low, high = int(allowed.low) // ROUND + 1, int(allowed.high) // ROUND - 1
    return [str(ROUND * chance.randint(low, high))] if low <= high else []
