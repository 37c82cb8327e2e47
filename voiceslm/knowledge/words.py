"""Which words of a text say what it is about, brought to one form. Pure, English first."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"\d+(?:[:.,]\d+)*|[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")

_SAY_NOTHING = """
a an the this that these those there here it its it's i i'm i've me my we our us you your they them their
he she his her and or but if so as at by for from in into of off on onto out over per than then to up with
about after before between through is are was were be been being am do does did done have has had having
can could will would shall should may might must get gets got getting going go goes come comes want wants
like need needs know tell say says please thanks thank hello hi hey what what's which who who's whom whose
when when's where where's why how how's much many any some all each every also too very just only more most
no not yes ok okay let don't doesn't isn't aren't can't one ones thing things way kind sort available possible
take takes use used give find i'd you'd there's that's somewhere something anything somebody anybody somehow
"""
"""Words that are in questions about anything."""

_SAME = """
bicycle bike cycle
cost price charge fee pay euro expensive cheap
phone telephone call number ring
wireless wifi wi-fi wlan internet
repair fix mend broken
rent hire rental borrow lend lent
flat puncture
tyre tire
address locate location situated
close shut
toilet restroom bathroom washroom loo lavatory
coffee café cafe
child kid
guarantee warranty
second-hand secondhand used
return back
begin start
found founder
parking park
train railway rail
discount reduction
voucher certificate
electric e-bike ebike
instalment installment
lift elevator
check-out checkout
check-in checkin
shop store
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

The vectors of words (`voiceslm.knowledge.vectors`) know near relations, such as kids and children; these are
what they do not know."""

_EMPTY = frozenset(_SAY_NOTHING.split())
_FOLDED = {word: line.split()[0] for line in _SAME.strip().splitlines() for word in line.split()}
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("s", ""))
_LEAST_STEM = 3

_NUMBERS = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | {
    word: str(value * 10)
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_PAUSED = re.compile(r"(?<=\d),(?=\d{3}\b)")
_FIGURE = re.compile(r"\d+(?:[:.]\d+)*")
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)(?<![\"'(\u201c])\b[A-Z][^\W\d_]*[a-z][^\W\d_]*")


def terms(text: str) -> tuple[str, ...]:
    """Return the words that count of ``text``, in their order, each in one form."""
    words = _WORD.findall(text.casefold().replace("\u2019", "'"))
    return tuple(form(word) for word in words if word not in _EMPTY)


@lru_cache(8192)
def form(word: str) -> str:
    """Return what stands for ``word`` and all that means the same."""
    word = word.removesuffix("'s")
    return next((_FOLDED[found] for found in (word, *_stems(word)) if found in _FOLDED), _stems(word)[0])


def figures(text: str) -> set[str]:
    """Return the numbers in ``text``, in digits, however they are written; "1,990" is 1990, "9:30" itself."""
    plain = _PAUSED.sub("", text.casefold())
    found = set(_FIGURE.findall(plain))
    words = re.findall(r"[a-z]+", plain)
    for at, word in enumerate(words):
        if word in _NUMBERS:
            after = _NUMBERS.get(words[at + 1], "") if at + 1 < len(words) else ""
            tens = len(_NUMBERS[word]) > 1 and _NUMBERS[word].endswith("0")
            found.add(str(int(_NUMBERS[word]) + int(after)) if tens and len(after) == 1 else _NUMBERS[word])
    return found


def names(text: str) -> set[str]:
    """Return the words inside the sentences of ``text`` that are written with a capital, in lower case."""
    return {name.casefold() for name in _NAME.findall(text)}


def _stems(word: str) -> tuple[str, ...]:
    """Return what may be left of ``word`` without an ending, the likeliest first; itself where it has none."""
    for ending, instead in _ENDINGS:
        stem = word.removesuffix(ending) + instead
        if word.endswith(ending) and len(stem) >= _LEAST_STEM and not word.endswith("ss"):
            return (stem, stem + "e")
    return (word,)
