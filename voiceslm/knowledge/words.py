"""Which words of a text say what it is about, brought to one form. Pure, English first."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = re.compile(r"\d+(?:[:.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?")

_EMPTY = frozenset(
    """
    a an the this that these those there here it its it's i i'm i've me my we our us you your they them their
    he she his her and or but if so as at by for from in into of off on onto out over per than then to up with
    about after before between through is are was were be been being am do does did done have has had having
    can could will would shall should may might must get gets got going go goes come comes want wants like need
    needs know tell say says please thanks thank hello hi hey what what's which who who's whom whose when when's where where's
    why how how's much many any some all each every also too very just only more most no not yes ok okay let
    don't doesn't isn't aren't can't one ones thing things way kind sort offer offers available possible
    """.split()
)
"""Words that are in questions about anything."""

_SAME = (
    "bicycle bike bicycles bikes cycle",
    "cost price charge fee pay euro expensive cheap cheapest",
    "phone telephone call number ring",
    "wireless wifi wi-fi wlan network internet",
    "repair fix mend broken repaired",
    "rent hire rental borrow lend lent",
    "flat puncture",
    "tyre tire",
    "address located location stand",
    "close shut closed",
    "toilet restroom bathroom washroom loo",
    "coffee café cafe",
    "child kid children kids",
    "guarantee warranty",
    "used second-hand secondhand",
    "return back",
    "start begin",
    "found founded founder started start",
    "car parking park",
    "train railway station",
    "discount off reduction percent",
    "voucher certificate",
    "electric e-bike ebike",
    "instalment instalments installments",
    "mechanic workshop",
    "week weekly",
    "dog dogs pet",
)
"""Words that mean the same to somebody who asks; the first stands for all of them."""

_FOLDED = {word: group.split()[0] for group in _SAME for word in group.split()}
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("s", ""))
_LEAST_STEM = 4


def terms(text: str) -> tuple[str, ...]:
    """Return the words that count of ``text``, in their order, each in one form."""
    words = _WORD.findall(text.casefold().replace("e-bike", "ebike").replace("wi-fi", "wifi"))
    return tuple(form(word) for word in words if word not in _EMPTY)


@lru_cache(4096)
def form(word: str) -> str:
    """Return what stands for ``word`` and all that means the same."""
    for found in (word, _stem(word)):
        if found in _FOLDED:
            return _FOLDED[found]
    return _stem(word)


def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) + len(instead) >= _LEAST_STEM:
            return word.removesuffix(ending) + instead
    return word


def figures(text: str) -> set[str]:
    """Return the numbers in ``text`` as they are written, without a point between thousands."""
    return {found.replace(",", "") for found in re.findall(r"\d+(?:[:.,]\d+)*", text)}


def names(text: str) -> Iterable[str]:
    """Yield the words in ``text`` that are written with a capital inside a sentence: names."""
    for sentence in re.split(r"[.!?]\s+", text):
        yield from (
            word.casefold()
            for word in re.findall(r"\b[A-Z][^\W\d_]+", sentence)[0:]
            if not sentence.startswith(word)
        )
