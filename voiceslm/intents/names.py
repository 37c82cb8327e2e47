"""The names of a home as people say them, indexed so that a sentence finds them at once.

Names come from the network. They are only ever compared with what was said, word for word: they are no
templates, whatever brackets and braces they hold.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import product
from typing import TYPE_CHECKING, Any

from hassil.expression import TextChunk
from hassil.intents import TextSlotList, TextSlotValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from voiceslm.intents.words import Words

LONGEST = 12
"""Words of a name; more are never said."""

VARIANTS = 12
"""So many ways to say one name are known."""

SHARED = 8
"""A shortened name that more things than this would go by is the name of none."""

_MARKS = str.maketrans(dict.fromkeys("\u2019\u2018\u02bc\uff07`\u00b4", "'") | {"\u2044": "/"})
"""What stands for an apostrophe, and the stroke of one half."""
_NOISE = re.compile(
    r"[^\w\s'%°.,:/&-]"  # whatever is never part of a word
    r"|_"
    r"|(?<!\d)[.,:/]|[.,:/](?!\d)"  # 20.5, 7:30, 1/2
    r"|(?<!\s)-|-(?!\d)"  # only a sign
    r"|(?<!\w)'|'(?!\w)"
)
_TENS = 20


def canonical(text: str) -> str:
    """Return ``text`` as words with one space between them: no punctuation, marks or control characters."""
    text = unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS)
    return " ".join(_NOISE.sub(" ", f" {text} ").replace("&", " and ").split())


def ways(name: str, words: Words, *, several: bool = False) -> list[str]:
    """Return how ``name`` may be said: numbers either way, with and without apostrophe and accents.

    Args:
        name: as the home has it.
        words: of the language.
        several: whether its singular may be said for its plural, and the other way.
    """
    base = canonical(name).casefold()
    if not base or len(base.split()) > LONGEST:
        return []
    found = dict.fromkeys([base, _plain(base)])
    for form in list(found):
        found.update(dict.fromkeys((_in_words(form, words), _in_digits(form, words))))
    for form in list(found):
        if "'" in form:
            found[form.replace("'", "")] = None
    if several:
        found.update(dict.fromkeys([other_number(form) for form in found]))
    return list(found)[:VARIANTS]


def shortened(name: str, kind: str, area: str, words: Words) -> Iterator[tuple[str, bool]]:
    """Yield what else ``name`` may go by, and whether that must be this thing's alone.

    Args:
        name: the name or an alias.
        kind: the kind of thing it names.
        area: the room it is in; empty where nobody knows.
        words: of the language.
    """
    said = canonical(name).casefold().split()
    place = canonical(area).casefold().split()
    nouns = words.kinds.get(kind, ())
    if place and said[: len(place)] == place and len(said) > len(place):
        rest = " ".join(said[len(place) :])
        yield rest, False
        yield other_number(rest), False
    last = next((noun for noun in nouns if said and said[-len(noun.split()) :] == noun.split()), None)
    if last is None:
        for noun in nouns[:3]:
            yield f"{' '.join(said)} {noun}", False
        return
    stem = said[: -len(last.split())]
    if len(stem) > 1:
        yield " ".join(stem), True
    for noun in nouns:
        if stem not in ([], place) and noun != last:
            yield " ".join([*stem, noun]), True


def other_number(phrase: str) -> str:
    """Return ``phrase`` with its last word in the plural where it is in the singular, and the other way."""
    head, _, word = phrase.rpartition(" ")
    if len(word) < 3 or not word.isalpha():  # noqa: PLR2004 - "tv", "ac"
        return phrase
    if word.endswith(("ches", "shes", "xes", "sses")):
        other = word[:-2]
    elif word.endswith("s"):
        other = word if word.endswith(("ss", "us", "is")) else word[:-1]
    elif word.endswith(("ch", "sh", "x", "ss")):
        other = f"{word}es"
    else:
        other = f"{word}s"
    return f"{head} {other}".strip()


def _plain(text: str) -> str:
    """Return ``text`` without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _in_words(text: str, words: Words) -> str:
    names = {value: word for word, value in words.numbers.items()}
    ordinals = {digits: word for word, digits in words.ordinals.items()}
    said = []
    for word in text.split():
        number = int(word) if word.isdecimal() and len(word) < 3 else -1  # noqa: PLR2004 - below a hundred
        if number in names:
            said.append(names[number])
        elif number > _TENS:
            said += [names[number // 10 * 10], names[number % 10]]
        else:
            said.append(ordinals.get(word, word))
    return " ".join(said)


def _in_digits(text: str, words: Words) -> str:
    said: list[str] = []
    tens = False
    for word in text.split():
        number = words.numbers.get(word)
        if number is None:
            said.append(words.ordinals.get(word, word))
        elif tens and number < 10:  # noqa: PLR2004 - a decimal digit
            said[-1] = str(int(said[-1]) + number)
        else:
            said.append(str(number))
        tens = number is not None and number >= _TENS
    return " ".join(said)


Near = dict[str, list[tuple[str, int]]]
"""Word that nobody knows -> the known words that it may have been, and how far each is."""


class NameList(TextSlotList):  # type: ignore[misc]
    """A hassil list that looks names up by the words with which a text begins.

    hassil's own walks a trie of letters, which takes seconds to build for thousands of names.
    """

    def __init__(self, name: str) -> None:
        """Begin with no names."""
        super().__init__(name=name, values=[])
        self._index: dict[str, dict[tuple[Any, ...], TextSlotValue]] = {}
        self._near: Near = {}
        self._found: dict[str, list[TextSlotValue]] = {}

    def add(self, said: str, value: str, context: Mapping[str, str] | None = None, thing: str = "") -> None:
        """Let ``said`` mean ``value``.

        Args:
            said: in lower case, canonical.
            value: what it means.
            context: what a template may require of it.
            thing: id of the entity it names.
        """
        key = (value, *(context or {}).items())
        found = self._index.setdefault(said, {}).get(key)
        if found is None:
            found = self._index[said][key] = TextSlotValue(
                TextChunk(said), value, dict(context) if context else None, {"ids": {}}
            )
        if thing and found.metadata is not None:
            found.metadata["ids"][thing] = None

    def __contains__(self, said: object) -> bool:
        """Say whether anything goes by ``said``."""
        return said in self._index

    def __iter__(self) -> Iterator[str]:
        """Iterate over all that names go by."""
        return iter(self._index)

    def mishearing(self, near: Near) -> NameList:
        """Return the same names, found also where the words of ``near`` were heard in place of theirs."""
        other = NameList(self.name or "")
        other._index, other._near = self._index, near
        return other

    def get_candidates(self, text: str) -> list[TextSlotValue]:
        """Return what the beginning of ``text`` may mean; called by hassil."""
        words = text.casefold().split()[:LONGEST]
        found: list[TextSlotValue] = []
        for count in range(1, len(words) + 1):
            phrase = " ".join(words[:count])
            found += self._index.get(phrase, {}).values()
            if phrase.endswith("'s"):
                found += self._index.get(phrase[:-2], {}).values()
            if self._near:
                if phrase not in self._found:
                    self._found[phrase] = list(self._misheard(words[:count]))
                found += self._found[phrase]
        return found

    def _misheard(self, words: Sequence[str]) -> Iterable[TextSlotValue]:
        if self._near.keys().isdisjoint(words):
            return
        choices = [self._near.get(word, [(word, 0)]) for word in words]
        for choice in product(*choices):
            for value in self._index.get(" ".join(word for word, _ in choice), {}).values():
                yield TextSlotValue(
                    TextChunk(" ".join(words)),
                    value.value_out,
                    value.context,
                    {
                        **(value.metadata or {}),
                        "heard": [
                            (heard, meant, far)
                            for heard, (meant, far) in zip(words, choice, strict=True)
                            if heard in self._near
                        ],
                    },
                )
