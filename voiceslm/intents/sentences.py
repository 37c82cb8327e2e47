"""The sentences about a home of one language: those of home-assistant-intents and our own beside them."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeAlias

from hassil.expression import Alternative, Group, ListReference, RuleReference, Sequence, TextChunk
from hassil.intents import Intent, Intents, TextSlotList, WildcardSlotList
from hassil.util import merge_dict

from voiceslm.intents.templates import templates
from voiceslm.intents.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hassil.expression import Expression

_Rules: TypeAlias = dict[str, frozenset[str]]
"""Name of a rule -> every word that it may have."""

_LEFT_OUT = frozenset({"HassRespond"})
"""What the package answers by itself: hello, who made you."""

_NUMBER_PARTS = frozenset({"hundred", "thousand", "and", "a", "half", "point", "minus", "negative"})
"""Words of a number that is said, besides the numbers themselves."""


@dataclass(slots=True)
class Sentences:
    """What a language says to a home.

    Templates are numbered, and sets of them are kept as the bits of an integer: of the 1,600 templates no
    more than a few dozen have all the words of a sentence, and only those are matched with it.
    """

    intents: Intents
    words: Words

    said: frozenset[str] = frozenset()
    """Every word of every template, in lower case."""

    vocabulary: frozenset[str] = frozenset()
    """These, and the words that may stand anywhere and say nothing."""

    _blocks: list[tuple[str, Any]] = field(default_factory=list)
    """Intent and block of each template."""

    _with: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Word -> templates that have it."""

    _named: int = 0
    """Templates with a place for a name or a number."""

    _free: int = 0
    """Templates with a place for any text."""

    _needing: dict[frozenset[str], int] = field(default_factory=lambda: defaultdict(int))
    """Parts of words of which one must be there -> templates that need it."""

    _skipped: frozenset[str] = frozenset()

    _rules: _Rules = field(default_factory=dict)
    """The words of each rule that templates share."""

    def __post_init__(self) -> None:
        """Number the templates and index their words."""
        for name, intent in self.intents.intents.items():
            for block in intent.data:
                self._index(1 << len(self._blocks), block)
                self._blocks.append((name, block))
        self._skipped = frozenset(word for said in self.intents.skip_words for word in said.split())
        self.said = frozenset(self._with)
        self.vocabulary = self.said | self._skipped

    def _index(self, bit: int, block: Any) -> None:
        (sentence,) = block.sentences
        rules = self.intents.expansion_rules
        for word in _words_of(sentence.expression, self.intents, self._rules):
            self._with[word] |= bit
        for name in sentence.list_names(rules):
            if isinstance(self.intents.slot_lists.get(name), WildcardSlotList):
                self._free |= bit
            else:
                self._named |= bit
        for clause in sentence.get_required_clauses(rules):
            self._needing[clause] |= bit

    def possible(self, text: str, name: Callable[[str], bool]) -> Intents:
        """Return the intents with those of their templates that may match ``text``.

        Args:
            text: canonical, in lower case.
            name: whether a word is one of a name or an option in this home.
        """
        found = (1 << len(self._blocks)) - 1
        for clause, needing in self._needing.items():
            if found & needing and not any(part in text for part in clause):
                found &= ~needing
        for word in set(text.split()) - self._skipped:
            allowed = self._with.get(word, 0) | self._free
            if name(word) or self.number(word):
                allowed |= self._named
            elif word.endswith("'s"):
                allowed |= self._named | self._with.get(word[:-2], 0)
            found &= allowed
        return self._of(found)

    def number(self, word: str) -> bool:
        """Say whether ``word`` may be a part of a number."""
        return word in self.words.numbers or word in _NUMBER_PARTS or any(map(str.isdigit, word))

    def _of(self, templates: int) -> Intents:
        known = self.intents
        intents: dict[str, Intent] = {}
        while templates:
            bit = templates & -templates
            templates ^= bit
            name, block = self._blocks[bit.bit_length() - 1]
            intents.setdefault(name, Intent(name)).data.append(block)
        return Intents(
            known.language, intents, known.slot_lists, known.expansion_rules, known.skip_words, known.settings
        )


@cache
def load(language: str) -> Sentences | None:
    """Return the sentences of ``language``, an ISO 639-1 code; None where there are none."""
    own = templates(f"home_{language}.yaml")
    if own is None:
        return None
    package = resources.files("home_assistant_intents") / "data" / f"{language}.json"
    data: dict[str, Any] = json.loads(package.read_text("utf-8"))
    words = Words.of(own.pop("words"))
    for name, values in own["lists"].items():
        if values.pop("replace", False) or "range" in values:
            data["lists"].pop(name, None)
    merge_dict(data, own)
    data["intents"] = {
        name: {
            "data": [{**block, "sentences": [said]} for block in value["data"] for said in block["sentences"]]
        }
        for name, value in data["intents"].items()
        if name not in _LEFT_OUT
    }
    return Sentences(Intents.from_dict(data), words)


def _words_of(expression: Expression, known: Intents, rules: _Rules) -> Iterable[str]:
    """Yield every word that a template may have, with its endings: blind[s] is blind and blinds."""
    if isinstance(expression, TextChunk):
        yield from expression.text.casefold().split()
    elif isinstance(expression, Sequence):
        yield from _glued(expression.items, known, rules)
    elif isinstance(expression, Group):
        for item in expression.items:
            yield from _words_of(item, known, rules)
    elif isinstance(expression, RuleReference):
        name = expression.rule_name
        if name not in rules:
            rules[name] = frozenset(_words_of(known.expansion_rules[name].expression, known, rules))
        yield from rules[name]
    elif isinstance(expression, ListReference):
        values = known.slot_lists.get(expression.list_name)
        for value in values.values if isinstance(values, TextSlotList) else ():
            yield from _words_of(value.text_in, known, rules)


def _glued(items: Iterable[Expression], known: Intents, rules: _Rules) -> Iterator[str]:
    """Yield the words of a sequence; a word may go on from one item to the next."""
    begun = {""}
    for item in items:
        texts = _texts(item)
        if texts is None:
            yield from begun - {""}
            yield from _words_of(item, known, rules)
            begun = {""}
            continue
        going = set()
        for said in {start + text.casefold() for start in begun for text in texts}:
            *done, last = said.split(" ")
            yield from (word for word in done if word)
            going.add(last)
        begun = going
    yield from begun - {""}


def _texts(expression: Expression) -> list[str] | None:
    """Return the texts that ``expression`` may be; None where it is more than text."""
    if isinstance(expression, TextChunk):
        return [expression.text]
    if not isinstance(expression, Alternative | Sequence):
        return None
    found = [""] if isinstance(expression, Sequence) else []
    for item in expression.items:
        texts = _texts(item)
        if texts is None:
            return None
        if isinstance(expression, Sequence):
            found = [start + text for start in found for text in texts]
        else:
            found += texts
    return found
