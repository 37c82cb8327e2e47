"""What a model can learn of one home: sentences to it, and what is to be answered.

Half of the examples are of this home; the others are of made-up ones, for a name must be taken from the
sentence even where no example ever had it. Every answer is one that the menu allows at run time
(`voiceslm.tuning.reach`); what it does not allow is dropped. A sentence that the templates of the intents
understand never reaches the model, and one that is not taken for the home's neither: both kinds are kept
rarer.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from voiceslm.intents.home import HomeSentences
from voiceslm.llm import Message
from voiceslm.llm.tools import ASK, NONE
from voiceslm.tuning import Example
from voiceslm.tuning.filling import Filled, Filler
from voiceslm.tuning.frames import frames, strangers
from voiceslm.tuning.intents import intent_frames
from voiceslm.tuning.madeup import made_up
from voiceslm.tuning.naming import kind_word, said_name
from voiceslm.tuning.reach import Reach
from voiceslm.tuning.wording import expand, luck, spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voiceslm.entities import Entity
    from voiceslm.tuning.frames import Frame

MOST = 15_000
"""Examples: an hour's training of the smallest model on two cores."""

HOME, OTHERS = "home", "others"
"""Sources: of this home, of made-up ones."""

OWN_SHARE = 0.5
"""Of the examples, those of this home."""

HOMES = 60
"""Made-up ones."""

KEPT_UNDERSTOOD = 0.4
"""Of sentences of which the intents understand the first of their phrasing, those that are kept."""

KEPT_UNHEARD = 0.5
"""Of sentences that would not be taken for the home's, those that are kept."""

TRIES = 6
"""Sentences that are made for each that is wanted, at most: a home of one device has not many."""

PLAIN_SHARE = 0.25
"""Of what is said of one device, what the intents' templates have."""

JOINT = " + "
"""Between the phrasings of a sentence that has several."""

_COLORS = ("red", "green", "blue", "white")


@dataclass(slots=True)
class Made:
    """What came of it."""

    examples: list[Example]

    dropped: Counter[str] = field(default_factory=Counter)
    """Why -> sentences that were made and are no examples."""


def home_examples(entities: Sequence[Entity], *, seed: int = 0, most: int = MOST) -> list[Example]:
    """Return sentences to the home of ``entities``, and to made-up ones, with their answers.

    Args:
        entities: of the home; without any, all are of made-up ones.
        seed: the same number, the same examples.
        most: how many at most; a small home has fewer.
    """
    return make(entities, seed=seed, most=most).examples


def make(entities: Sequence[Entity], *, seed: int = 0, most: int = MOST) -> Made:
    """Return the same, and what was dropped."""
    chance = random.Random(f"home {seed}")  # noqa: S311 - examples that can be made again
    own = _Place(entities, "") if entities else None
    others = lru_cache(HOMES)(lambda number: _Place(made_up(seed, number), f"{seed}-{number}/"))
    understood = _Understood(entities)
    made = Made([])
    seen: set[tuple[str, str]] = set()
    for _ in range(TRIES * most):
        if len(made.examples) >= most:
            break
        place = own if own and luck(chance, OWN_SHARE) else others(chance.randrange(HOMES))
        filled = place.draw(chance)
        if filled is None:
            made.dropped["not possible with the device"] += 1
            continue
        sentence = spoken(filled.sentence, chance, names=tuple(one.name for one in filled.about))
        why = _refused(filled, sentence, place, understood, chance)
        said = (place.prefix if filled.about else "", sentence)
        if not why and said in seen:
            why = "twice"
        if why:
            made.dropped[why] += 1
            continue
        seen.add(said)
        made.examples.append(place.example(filled, sentence))
    return made


def _refused(
    filled: Filled, sentence: str, place: _Place, understood: _Understood, chance: random.Random
) -> str:
    """Return why a sentence is left out; empty where it is not."""
    if filled.reply in (NONE, ASK):
        return ""
    asked = place.reach.asked(sentence)
    if not asked.allows(filled.reply):
        return "not on the menu"
    if not asked.passes and not luck(chance, KEPT_UNHEARD):
        return "not taken for the home's"
    if place.own and understood(filled) and not luck(chance, KEPT_UNDERSTOOD):
        return "understood without a model"
    return ""


class _Understood:
    """Says, phrasing by phrasing, what the intents understand without a model."""

    def __init__(self, entities: Sequence[Entity]) -> None:
        self._sentences = HomeSentences() if entities else None
        if self._sentences:
            self._sentences.learn(entities)
        self._known: dict[str, bool] = {}

    def __call__(self, filled: Filled) -> bool:
        if self._sentences is None or JOINT in filled.phrasing:
            return False
        if filled.phrasing not in self._known:
            found = self._sentences.recognize(filled.sentence)
            self._known[filled.phrasing] = isinstance(found, tuple)
        return self._known[filled.phrasing]


class _Place:
    """One home, and what can be said in it."""

    def __init__(self, entities: Sequence[Entity], prefix: str) -> None:
        self.prefix = prefix
        self.own = not prefix
        self.reach = Reach(entities)
        self._filler = Filler(entities, self.reach.handles)
        known = frames()
        self._entities = [entity for entity in entities if entity.kind in known]
        self._weights = [_weight(entity) for entity in self._entities]
        self._ways: list[tuple[float, Callable[[random.Random], Filled | None]]] = [
            (80, self._one),
            (8, self._same),
            (5, self._joined),
            (5, self._none),
            (2, self._ask),
        ]

    def draw(self, chance: random.Random) -> Filled | None:
        """Return something that people say here; None where this attempt came to nothing."""
        if not self._entities:
            return None
        (way,) = chance.choices([way for _, way in self._ways], [weight for weight, _ in self._ways])
        return way(chance)

    def example(self, filled: Filled, sentence: str) -> Example:
        """Return the example of what was drawn, said as ``sentence``."""
        messages = (*self.reach.head, Message("user", sentence))
        device = " ".join(f"{self.prefix}{entity.id}" for entity in filled.about)
        return Example(messages, filled.reply, HOME if self.own else OTHERS, filled.phrasing, device)

    def _one(self, chance: random.Random) -> Filled | None:
        entity = self._entity(chance)
        return self._filler.filled(self._frame(entity, chance), entity, chance)

    def _same(self, chance: random.Random) -> Filled | None:
        """Several of one kind, the same of all: "turn off the lamp and the spotlight"."""
        entity = self._entity(chance)
        alike = [one for one in self._entities if one.kind is entity.kind and one is not entity]
        if not alike:
            return None
        more = chance.sample(alike, min(len(alike), chance.choice((1, 1, 2))))
        return self._filler.several(self._frame(entity, chance), [entity, *more], chance)

    def _joined(self, chance: random.Random) -> Filled | None:
        """Return several sentences in one: "dim the lamp and close the blinds"."""
        parts = [self._one(chance) for _ in range(chance.choice((2, 2, 3)))]
        found = [part for part in parts if part and "get" not in part.reply.split()]
        entities = tuple(entity for part in found for entity in part.about)
        if len(found) < 2 or len({entity.id for entity in entities}) < len(entities):  # noqa: PLR2004 - two are several
            return None
        joint = chance.choice((" and ", ", ", " and then ", " then ", ", and "))
        return Filled(
            joint.join(part.sentence for part in found),
            "\n".join(part.reply for part in found),
            JOINT.join(part.phrasing for part in found),
            entities,
        )

    def _none(self, chance: random.Random) -> Filled | None:
        return self._strange(NONE, chance)

    def _ask(self, chance: random.Random) -> Filled | None:
        return self._strange(ASK, chance)

    def _strange(self, reply: str, chance: random.Random) -> Filled | None:
        entity = self._entity(chance)
        template = chance.choice(strangers()[reply])
        sentence = expand(template, chance).format_map(
            {
                "name": said_name(entity, chance),
                "area": entity.area.lower() or "house",
                "thing": kind_word(entity, chance),
                "minutes": str(chance.randint(2, 50)),
                "color": chance.choice(_COLORS),
            }
        )
        about = (entity,) if "{name}" in template else ()
        return Filled(sentence, reply, template, about)

    def _entity(self, chance: random.Random) -> Entity:
        (entity,) = chance.choices(self._entities, self._weights)
        return entity

    def _frame(self, entity: Entity, chance: random.Random) -> Frame:
        """Return something that can be said of the entity: each wish as often as any other."""
        calls = frames()[entity.kind]
        call = chance.choice([*calls])
        plain = intent_frames().get(entity.kind, {}).get(call, ())
        return chance.choice(plain if plain and luck(chance, PLAIN_SHARE) else calls[call])


def _weight(entity: Entity) -> float:
    """Return how often people speak of an entity: of what can be changed more than of what only tells."""
    if entity.auxiliary:
        return 0.1
    return 1.0 if entity.settable or entity.deeds else 0.4
