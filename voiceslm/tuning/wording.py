"""How one thing is said in many ways. Deterministic for a given source of chance."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceslm.llm.words import ROUND_NUMBERS, TENS, UNITS

if TYPE_CHECKING:
    import random

_GROUP = re.compile(r"\(([^()\[\]]*)\)|\[([^()\[\]]*)\]")

_ONES = {value: word for word, value in {"zero": 0, **UNITS, **ROUND_NUMBERS}.items() if value < 20}  # noqa: PLR2004
_TENS = {value: word for word, value in TENS.items()}
_HUNDRED = 100

_BEFORE = ("please", "hey", "ok", "okay", "um", "so", "well", "oh")
_AFTER = ("please", "now", "right now", "thanks", "thank you")

_MISSPELLED = 0.04
"""Sentences in which one letter is not as it should be: what a recogniser makes of names."""

_LONG = 6
"""Letters of a word that is still known with one of them wrong."""


def luck(chance: random.Random, share: float) -> bool:
    """Say yes to this ``share`` of askings."""
    return chance.random() < share


def expand(template: str, chance: random.Random) -> str:
    """Return one of the sentences of ``template``, places in braces left as they are.

    (a|b) is one of several, [a|b] may be missing besides.
    """
    while group := _GROUP.search(template):
        choices = (group[1] if group[1] is not None else f"|{group[2]}").split("|")
        if group[2] is not None and luck(chance, 0.5):
            choices = choices[1:]
        template = template[: group.start()] + chance.choice(choices) + template[group.end() :]
    return " ".join(template.split())


def in_words(number: int) -> str:
    """Return a number from 0 to 100 in words."""
    if number == _HUNDRED:
        return "one hundred"
    if number in _ONES:
        return _ONES[number]
    ones = number % 10
    return _TENS[number - ones] + (f" {_ONES[ones]}" if ones else "")


def percent(number: int, chance: random.Random) -> str:
    """Return a share of a hundred as people say it and as a recogniser writes it."""
    ways = [f"{number}%", f"{number} percent", f"{in_words(number)} percent", str(number)]
    more = {50: ["half"], 100: ["maximum", "full", "max"], 25: ["a quarter"]}.get(number, [])
    return chance.choice([*ways, *more])


def degrees(number: float, chance: random.Random) -> str:
    """Return a temperature likewise."""
    if number != int(number):
        return chance.choice((f"{number:g} degrees", f"{number:g}", f"{number:g}°"))
    whole = int(number)
    words = [f"{in_words(whole)} degrees", in_words(whole)] if 0 <= whole <= _HUNDRED else []
    return chance.choice([f"{whole} degrees", str(whole), f"{whole}°", *words])


def spoken(sentence: str, chance: random.Random, *, names: tuple[str, ...] = ()) -> str:
    """Return ``sentence`` as a recogniser may write it: with and without capitals, marks and small words.

    Args:
        sentence: in lower case, without a mark at its end.
        chance: what decides.
        names: what is written with its own capitals, in some.
    """
    if luck(chance, 0.12):
        sentence = f"{chance.choice(_BEFORE)}{chance.choice((',', ''))} {sentence}"
    if luck(chance, 0.1):
        sentence = f"{sentence}{chance.choice((',', ''))} {chance.choice(_AFTER)}"
    if luck(chance, _MISSPELLED):
        sentence = _misspelled(sentence, chance)
    if luck(chance, 0.4):
        return sentence
    if luck(chance, 0.25):
        for name in names:
            sentence = _as_written(name, sentence)
    sentence = re.sub(r"\bi\b", "I", sentence)
    return sentence[:1].upper() + sentence[1:] + _mark(sentence, chance)


def _as_written(name: str, sentence: str) -> str:
    """Return ``sentence`` with the capitals of ``name``."""
    return re.sub(rf"\b{re.escape(name)}\b", lambda _: name, sentence, flags=re.IGNORECASE)


def _mark(sentence: str, chance: random.Random) -> str:
    asks = re.match(
        r"(?:is|are|was|did|has|have|what|which|how|who|why|where|can|could|would|will|any|do|does)\b",
        sentence,
        re.IGNORECASE,
    )
    return chance.choice(("?", "?", "?", "")) if asks else chance.choice((".", ".", ".", "", "!"))


def _misspelled(sentence: str, chance: random.Random) -> str:
    words = sentence.split()
    long = [index for index, word in enumerate(words) if len(word) >= _LONG and word.isalpha()]
    if not long:
        return sentence
    index = chance.choice(long)
    word = words[index]
    at = chance.randrange(1, len(word) - 1)
    ways = (word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:])
    words[index] = chance.choice(ways)
    return " ".join(words)
