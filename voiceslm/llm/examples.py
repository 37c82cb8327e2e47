"""What the language model is shown before it is asked: sentences to this home, and their answers. Pure.

They are made of the home's own devices: with the devices of another home, the models answer `none` to every
fourth sentence. Sentences that belong elsewhere stand among them only twice, for whether a sentence is about
the home has been decided by `voiceslm.llm.scope` before; with more, the small models say `none` too often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.entities import Entity, Kind
from voiceslm.llm import Message
from voiceslm.llm.calls import READ, numbers, phrases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LONGEST_NAME = 30
"""Characters; entities with longer names are not shown."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence to an entity of a kind, and what is answered after the entity's handle."""

    kind: Kind
    sentence: str
    phrase: str


NOT_HOME = ("Who painted the Mona Lisa?", "Set a timer for ten minutes.")

EXAMPLES = (
    Example(Kind.LIGHT, "I can't see a thing in the {area}.", "on"),
    Example(Kind.LIGHT, "The {name} at thirty percent.", "brightness 30"),
    Example(Kind.LIGHT, "Dim the {name}.", "brightness down"),
    Example(Kind.LOCK, "Is the {name} locked?", READ),
    Example(Kind.COVER, "Pull down the {name}.", "close"),
    Example(Kind.VALVE, "Water on at the {name}.", "open"),
    Example(Kind.SWITCH, "Deactivate the {name}.", "off"),
    Example(Kind.FAN, "I want some air from the {name}.", "on"),
    Example(Kind.VACUUM, "Vacuum the {area}.", "start"),
    Example(Kind.MEDIA_PLAYER, "Stop the music on the {name}.", "stop"),
    Example(Kind.CLIMATE, "It is cold in the {area}.", "temperature up"),
    Example(Kind.SENSOR, "What does the {name} say?", READ),
    Example(Kind.LIGHT, "Is the {name} on?", READ),
    Example(Kind.LIGHT, "Please turn on the {name}.", "on"),
)
"""Only those are shown that this home can answer so."""


def examples(entities: Sequence[Entity], handles: Mapping[str, str]) -> list[Message]:
    """Return the conversation that precedes every sentence.

    Args:
        entities: of the home.
        handles: id -> what the model calls the entity.
    """
    shown = [entity for entity in entities if not entity.auxiliary and len(entity.name) <= LONGEST_NAME]
    pairs = list(_pairs(shown, handles))
    return [
        Message(role, text) for pair in pairs for role, text in zip(("user", "assistant"), pair, strict=True)
    ]


def _pairs(shown: Sequence[Entity], handles: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for sentence in NOT_HOME:
        yield sentence, "none"
    for example in EXAMPLES:
        for entity in shown:
            sentence = example.sentence.format(
                name=entity.name.lower(), area=(entity.area or "house").lower()
            )
            if entity.kind is example.kind and _answers(example.phrase, sentence, entity):
                yield sentence, f"{handles[entity.id]} {example.phrase}"
                break
    lamps = [entity for entity in shown if entity.kind is Kind.LIGHT and "state" in entity.settable][:2]
    if len(lamps) == 2:  # noqa: PLR2004 - two calls in one answer
        first, second = lamps
        yield (
            f"{first.name} and {second.name.lower()} off.",
            f"{handles[first.id]} off\n{handles[second.id]} off",
        )


def _answers(phrase: str, sentence: str, entity: Entity) -> bool:
    if phrase == READ:
        return True
    wish = phrases(sentence, entity, numbers(sentence))
    return phrase in (wish.meant or wish.possible)
