"""What of a teacher's words may teach: rules, each with the reason it is counted by. Pure."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from voiceslm.colors import COLORS
from voiceslm.llm.calls import numbers
from voiceslm.llm.retrieve import words_of
from voiceslm.tuning.distil.desk import figures, grounded, terms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from voiceslm.knowledge import Pair, Passage
    from voiceslm.tuning.distil.aims import Aim
    from voiceslm.tuning.distil.desk import Desk
    from voiceslm.tuning.distil.replies import Quoted
    from voiceslm.tuning.distil.understanding import Home

FEWEST_WORDS, MOST_WORDS = 2, 22
"""Of what is said in one breath."""

LONGEST_ANSWER = 240
"""Characters: a quarter of a minute, spoken."""

ALIKE = 93.0
"""Of 100: from here on two sentences differ in nothing but an article or an ending."""

SHORTEST_QUOTE = 2
"""Words: one alone stands in a text by chance."""

RESTING = 0.6
"""Share of an answer's words that must stand in its passage or its question."""

_OPPOSITE = (
    ("cheapest", "expensive"),
    ("least", "most"),
    ("first", "last"),
    ("earliest", "latest"),
    ("smallest", "largest"),
    ("smallest", "biggest"),
    ("shortest", "longest"),
    ("newest", "oldest"),
    ("youngest", "oldest"),
)
"""Asked for the one, nobody wants to be told of the other."""

_UNSPOKEN = re.compile(r"[_{}\[\]<>|#=\\/@~^]|https?:|\n")
_OFFERED = re.compile(
    r"\b(?:would you like|do you (?:want|need)|(?:shall|should) (?:i|we)|could i suggest|i'?ll|i will"
    r"|(?:any|some)one)\b",
    re.IGNORECASE,
)
"""What is not said to an assistant: it says so itself, or somebody to somebody else."""

_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")


class Reason(StrEnum):
    """Why something does not teach."""

    LENGTH = "too short or too long to be said"
    UNSPOKEN = "nobody speaks like that"
    NUMBERS = "a number is lost or invented"
    COLOURS = "a colour is lost or invented"
    SAME = "said before"
    MANNER = "a question in place of a command, or the other way"
    NOT_HOME = "not taken for something about this home"
    OTHER_DEVICE = "another device is named better"
    MEANING = "it means something else"
    UNCERTAIN = "rules do not know what it means"
    """Not an end: the teacher is asked what it means."""
    DISAGREES = "the teacher takes it for something else"
    NO_CALL = "no call of this home"
    UNGROUNDED = "a number or a name that the passage has not"
    UNQUOTED = "the quote is not in the passage"
    RESTLESS = "the answer says what the passage does not"
    TELLING = "the question holds the answer"
    NOT_FOUND = "the question would not find the passage"
    OTHER_ANSWER = "another answer fits better"
    KNOWN = "what is known does speak of it"


class Said:
    """What was accepted so far, to notice what comes again."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._all: set[str] = set()
        self._by_reply: dict[str, list[str]] = {}

    def add(self, text: str, reply: str) -> None:
        """Note a sentence and what is replied to it."""
        plain = _plain(text)
        self._all.add(plain)
        self._by_reply.setdefault(reply, []).append(plain)

    def knows(self, text: str, reply: str) -> bool:
        """Say whether ``text`` was said before, to whatever reply, or nearly so to the same one."""
        plain = _plain(text)
        others = self._by_reply.get(reply, [])
        near = process.extractOne(plain, others, scorer=fuzz.ratio, score_cutoff=ALIKE)
        return plain in self._all or near is not None


def paraphrase(text: str, aim: Aim, home: Home, said: Said) -> Reason | None:
    """Return why ``text`` is no other way to say ``aim``; None where it is one."""
    reason = spoken(text) or _kept(text, aim)
    if reason is None and (_plain(text) == _plain(aim.sentence) or said.knows(text, aim.line)):
        reason = Reason.SAME
    return reason or _understood(text, aim, home)


def spoken(text: str) -> Reason | None:
    """Return why nobody would say ``text``."""
    if not FEWEST_WORDS <= len(words_of(text)) <= MOST_WORDS:
        return Reason.LENGTH
    odd = _UNSPOKEN.search(text) or _EMOJI.search(text) or not text.isprintable() or text.endswith(":")
    return Reason.UNSPOKEN if odd else None


def call(output: str, aim: Aim, menu: Collection[str]) -> Reason | None:
    """Return why what the teacher takes a sentence for does not teach that it means ``aim``."""
    if any(line not in menu for line in output.split("\n")):
        return Reason.NO_CALL
    return None if output == aim.line else Reason.DISAGREES


def answer(found: Quoted, passage: Passage, desk: Desk, said: Said) -> Reason | None:
    """Return why a question with its answer does not teach what ``passage`` says."""
    rest = (
        _asked(found.question)
        or _answered(found)
        or (Reason.MEANING if _turned(found) else None)
        or _resting(found, passage)
        or (Reason.SAME if said.knows(found.question, found.answer) else None)
    )
    if rest is not None:
        return rest
    if desk.refuses(found.question):
        return Reason.NOT_FOUND
    if (pair := desk.pair(found.question)) is not None:
        return None if grounded(found.answer, pair.answer) else Reason.OTHER_ANSWER
    return None if desk.finds(found.question, passage) else Reason.NOT_FOUND


def asked_like(text: str, pair: Pair, desk: Desk, said: Said) -> Reason | None:
    """Return why ``text`` does not ask what ``pair`` answers."""
    if reason := _asked(text):
        return reason
    if figures(text) != figures(pair.question):
        return Reason.NUMBERS
    if said.knows(text, pair.answer):
        return Reason.SAME
    nearest = desk.pair(text)
    if nearest is not None and nearest != pair:
        return Reason.OTHER_ANSWER
    together = set(terms(text)) & (set(terms(pair.question)) | set(terms(pair.answer)))
    return None if together else Reason.MEANING


def refused(text: str, desk: Desk, reply: str, said: Said) -> Reason | None:
    """Return why ``text`` is no question that nothing known answers."""
    if reason := _asked(text):
        return reason
    if said.knows(text, reply):
        return Reason.SAME
    return None if desk.refuses(text) and not desk.touches(text) else Reason.KNOWN


def _kept(text: str, aim: Aim) -> Reason | None:
    if set(numbers(text)) != set(numbers(aim.sentence)):
        return Reason.NUMBERS
    return Reason.COLOURS if _colours(text) != _colours(aim.sentence) else None


def _understood(text: str, aim: Aim, home: Home) -> Reason | None:
    found = home.read(text)
    if found.question != aim.asks or _OFFERED.search(text):
        return Reason.MANNER
    if not found.ours or found.vague:
        return Reason.NOT_HOME
    handle = home.handles[aim.entity.id]
    menu = home.menu(found)
    named = {line for line in menu if line.startswith(f"{handle} ")}
    if found.candidates[:1] != (aim.entity,) or not named:
        return Reason.OTHER_DEVICE
    if aim.line not in named:
        return Reason.MEANING
    return None if menu.keys() == {aim.line} else Reason.UNCERTAIN


def _colours(text: str) -> set[str]:
    return COLORS.keys() & set(words_of(text))


def _asked(question: str) -> Reason | None:
    alone = question.endswith("?") and question.count("?") == 1
    return spoken(question) or (None if alone else Reason.UNSPOKEN)


def _answered(found: Quoted) -> Reason | None:
    if not found.answer or len(found.answer) > LONGEST_ANSWER or not found.answer.isprintable():
        return Reason.LENGTH
    if _UNSPOKEN.search(found.answer) or _EMOJI.search(found.answer):
        return Reason.UNSPOKEN
    new = set(terms(found.answer)) - set(terms(found.question))
    return None if new else Reason.TELLING


def _turned(found: Quoted) -> bool:
    """Say whether the answer is about the opposite of what is asked."""
    asked, told = (set(re.findall(r"\w+", text.casefold())) for text in (found.question, found.answer))
    both = (*_OPPOSITE, *(pair[::-1] for pair in _OPPOSITE))
    return any(one in asked - told and other in told - asked for one, other in both)


def _resting(found: Quoted, passage: Passage) -> Reason | None:
    """Return what of an answer the passage does not say."""
    quote = _squeezed(found.quote)
    if len(quote.split()) < SHORTEST_QUOTE or quote not in _squeezed(passage.text):
        return Reason.UNQUOTED
    if not grounded(found.answer, f"{passage.heading} {passage.text}"):
        return Reason.UNGROUNDED
    known = {*terms(passage.text), *terms(passage.heading), *terms(found.question)}
    return None if _share(terms(found.answer), known) >= RESTING else Reason.RESTLESS


def _share(words: Iterable[str], known: Collection[str]) -> float:
    held = [word in known for word in words]
    return sum(held) / len(held) if held else 0.0


def _squeezed(text: str) -> str:
    return " ".join(text.casefold().replace("\u2019", "'").split()).strip(" .,;:!?")


def _plain(text: str) -> str:
    return " ".join(words_of(text))
