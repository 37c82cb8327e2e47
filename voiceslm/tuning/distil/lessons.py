"""One question to the teacher each, and what is learnt from its answer. Pure: the teacher is passed in."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from voiceslm.llm import Message
from voiceslm.llm.calls import numbers
from voiceslm.llm.tools import grammar
from voiceslm.tuning import Example
from voiceslm.tuning.distil import checks, replies, tasks
from voiceslm.tuning.distil.checks import Reason
from voiceslm.tuning.distil.desk import REFUSAL
from voiceslm.tuning.distil.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceslm.knowledge import Pair, Passage
    from voiceslm.tuning.distil.aims import Aim
    from voiceslm.tuning.distil.checks import Said
    from voiceslm.tuning.distil.desk import Desk
    from voiceslm.tuning.distil.understanding import Home

SOURCE = "teacher"
CALL_TOKENS = 32

_STEPS = ("up", "down")
"""They stand where a value does, and are none."""

Outcome: TypeAlias = tuple[Task, Example | Reason]
"""What came of one thing that the teacher wrote: an example, or why it is none."""

Matter = Literal["home", "knowledge"]


class Ask(Protocol):
    """Asks the teacher something more."""

    def __call__(self, messages: Sequence[Message], *, max_tokens: int, grammar: str = "") -> str:
        """Return what it writes."""
        ...


class Lesson(Protocol):
    """One question to the teacher."""

    @property
    def shows(self) -> Matter:
        """What of the owner's the teacher sees by it."""
        ...

    @property
    def messages(self) -> tuple[Message, ...]:
        """The question."""
        ...

    @property
    def max_tokens(self) -> int:
        """Of the answer."""
        ...

    def learn(self, text: str, said: Said, ask: Ask) -> Iterator[Outcome]:
        """Yield what comes of the answer ``text``, one thing after another."""
        ...


def key(lesson: Lesson) -> str:
    """Return what a lesson is known by, today and tomorrow."""
    asked = json.dumps([[one.role, one.content] for one in lesson.messages])
    return hashlib.sha256(asked.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Paraphrasing:
    """One thing that can be said to the home, in one style."""

    home: Home
    aim: Aim
    style: str
    shows: Matter = "home"
    max_tokens: int = tasks.WAYS * tasks.SAID_TOKENS

    @property
    def messages(self) -> tuple[Message, ...]:
        """The question."""
        return tasks.paraphrases(self.aim, self.style)

    def learn(self, text: str, said: Said, ask: Ask) -> Iterator[Outcome]:
        """Yield each sentence; what rules do not know the meaning of, the teacher is asked."""
        for line in replies.lines(text):
            task, reason = Task.PARAPHRASE, checks.paraphrase(line, self.aim, self.home, said)
            if reason is Reason.UNCERTAIN:
                task, reason = Task.CALLS, self._asked_back(line, ask)
            yield task, reason or self._example(line)

    def _asked_back(self, line: str, ask: Ask) -> Reason | None:
        """Let the teacher, who is not told what was meant, choose among what the sentence may mean."""
        menu = self.home.menu(self.home.read(line))
        messages = (*self.home.head, Message("user", line))
        output = replies.calls(ask(messages, max_tokens=CALL_TOKENS, grammar=grammar(menu)))
        return checks.call(output, self.aim, menu)

    def _example(self, line: str) -> Example:
        return Example(
            (*self.home.brief, Message("user", line)),
            self.aim.line,
            SOURCE,
            phrasing(line, self.aim),
            self.aim.entity.id,
        )


@dataclass(frozen=True, slots=True)
class Questioning:
    """Questions about one passage, with answers."""

    passage: Passage
    desk: Desk
    shows: Matter = "knowledge"
    max_tokens: int = tasks.QUESTIONS * tasks.KNOWN_TOKENS

    @property
    def messages(self) -> tuple[Message, ...]:
        """The question."""
        return tasks.questions(self.passage)

    def learn(self, text: str, said: Said, ask: Ask) -> Iterator[Outcome]:
        """Yield each question whose answer the passage gives."""
        del ask
        for found in replies.quoted(text):
            reason = checks.answer(found, self.passage, self.desk, said)
            yield Task.KNOWLEDGE, reason or known(found.question, _whole(found.answer), self.desk)


@dataclass(frozen=True, slots=True)
class Rewording:
    """The question of one given pair, in other words."""

    pair: Pair
    desk: Desk
    shows: Matter = "knowledge"
    max_tokens: int = tasks.WAYS * tasks.SAID_TOKENS

    @property
    def messages(self) -> tuple[Message, ...]:
        """The question."""
        return tasks.questions_like(self.pair)

    def learn(self, text: str, said: Said, ask: Ask) -> Iterator[Outcome]:
        """Yield each question that asks for the same."""
        del ask
        for line in replies.lines(text):
            reason = checks.asked_like(line, self.pair, self.desk, said)
            yield Task.KNOWLEDGE, reason or known(line, self.pair.answer, self.desk)


@dataclass(frozen=True, slots=True)
class Straying:
    """Questions that nothing known answers."""

    angle: str
    desk: Desk
    shows: Matter = "knowledge"
    max_tokens: int = tasks.WAYS * tasks.SAID_TOKENS

    @property
    def messages(self) -> tuple[Message, ...]:
        """The question."""
        return tasks.elsewhere(self.angle)

    def learn(self, text: str, said: Said, ask: Ask) -> Iterator[Outcome]:
        """Yield each question that is to be refused."""
        del ask
        for line in replies.lines(text):
            reason = checks.refused(line, self.desk, REFUSAL, said)
            yield Task.ELSEWHERE, reason or known(line, REFUSAL, self.desk)


def known(question: str, answer: str, desk: Desk) -> Example:
    """Return an example of a question about what is known, asked as the assistant asks it."""
    return Example(desk.prompt(question), answer, SOURCE, question.lower().rstrip("?!. "))


def phrasing(text: str, aim: Aim) -> str:
    """Return ``text`` without what it says of one device: its name, its room and values."""
    plain = text.lower().rstrip("?!. ")
    said = [(aim.entity.name, "{name}"), (aim.entity.area, "{area}")]
    said += [(value, "{value}") for value in (*numbers(text), *aim.line.split()[2:]) if value not in _STEPS]
    for words, mark in said:
        if words:
            plain = re.sub(rf"\b{re.escape(words.lower())}\b", mark, plain)
    return plain


def _whole(answer: str) -> str:
    """Return an answer as a sentence."""
    return f"{answer[:1].upper()}{answer[1:]}{'' if answer.endswith(('.', '!', '?')) else '.'}"
