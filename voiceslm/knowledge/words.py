"""Which words of a text say what it is about, brought to one form. Pure, English first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from snowballstemmer import stemmer

from voiceslm.knowledge.numerals import VALUES, words_of

_WORD = re.compile(r"\d+(?:[:.,]\d+)*|[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")

_SAY_NOTHING = """
a an the this that these those there here it its it's i i'm i've i'd i'll me my we we'll our us you you'd
your they them their he she his her and or but if so as at by for from in into of off on onto out over per
than then to up with about after before between through is are was were be been being am do does did done
have has had having can could will would shall should may might must get gets got getting going go goes come
comes want wants like know tell say says please thanks thank hello hi hey what what's which who who's whom
whose when when's where where's why how how's much many any some all each every also too very just only more
most no not yes ok okay let don't doesn't isn't aren't can't one ones thing things way kind sort there's
that's somewhere something anything somebody anybody someone anyone everyone somehow else besides still
anyway without even
"""
"""Words that are in questions about anything."""

_SAY_LITTLE = """
need needs take takes use make makes made include includes included happen happens find name called business
place shop store people person guest guests visitor visitors customer customers time times long far around
until till late later early o'clock available possible limit give offer sell buy test help work works today
now
"""
"""Words that say something where the pack has them, and nothing where it has not."""

_SAME = """
bicycle bike cycle
cost price charge fee pay euro expensive cheap
phone telephone call number ring
wireless wifi wi-fi wlan internet
repair fix mend broken
rent hire rental borrow lend lent
flat puncture
tyre tire
address locate location situated street road lane
close shut
toilet restroom bathroom washroom loo lavatory
coffee café cafe
child kid
guarantee warranty
second-hand secondhand used
return back
begin start
day daily
week weekly
month monthly
year yearly annual
found founder
owner own
parking park
train railway rail
discount reduction
voucher certificate
electric e-bike ebike
instalment installment
lift elevator
check-out checkout
check-in checkin
breakfast brunch
luggage baggage suitcase bag
car automobile
doctor physician
quick fast
big large
photo picture photograph
accessible wheelchair ramp
estimate quote
course class lesson workshop-class
ticket admission entry entrance
"""
"""Words that mean the same to somebody who asks, a line a meaning; the first stands for all of them.

How near whole sentences are is known to `voiceslm.knowledge.meaning`."""

_STEMMER = stemmer("english")
_EMPTY = frozenset(_SAY_NOTHING.split())
_FAINT = frozenset(_SAY_LITTLE.split())
_MEANT = {
    _STEMMER.stemWord(word): _STEMMER.stemWord(line.split()[0])
    for line in _SAME.strip().splitlines()
    for word in line.split()
}

_PAUSED = re.compile(r"(?<=\d),(?=\d{3}\b)")
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)(?<![\"'(\u201c])\b[A-Z][^\W\d_]*[a-z][^\W\d_]*")


@dataclass(frozen=True, slots=True)
class Word:
    """A word that says what a text is about."""

    said: str
    """As it stands in the text, in lower case."""

    form: str
    """What stands for it and all that means the same."""

    @property
    def faint(self) -> bool:
        """Whether it only says something where what is known has it too."""
        return self.said in _FAINT


def words(text: str) -> list[Word]:
    """Return the words that count of ``text``, in their order."""
    said = _WORD.findall(text.casefold().replace("\u2019", "'"))
    return [Word(word, form(word)) for word in said if word not in _EMPTY]


def terms(text: str) -> tuple[str, ...]:
    """Return the forms of the words that count of ``text``, in their order."""
    return tuple(word.form for word in words(text))


@lru_cache(16384)
def form(word: str) -> str:
    """Return what stands for ``word``, and for all that means the same."""
    if word in VALUES:
        return str(VALUES[word])
    stem = str(_STEMMER.stemWord(_PAUSED.sub("", word).removesuffix("'s")))
    return str(_MEANT.get(stem, stem))


def figures(text: str) -> set[str]:
    """Return the numbers in ``text``, in digits, however they are written; a time of day is 9:30."""
    return {word for word in words_of(text) if word[0].isdigit()}


def names(text: str) -> set[str]:
    """Return the words inside the sentences of ``text`` that are written with a capital, in lower case."""
    return {name.casefold() for name in _NAME.findall(text)}
