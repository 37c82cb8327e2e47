"""One lesson after another, until there is enough, no more time, or nothing comes of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from voiceslm.errors import Problem
from voiceslm.tuning import Example
from voiceslm.tuning.distil.lessons import key
from voiceslm.tuning.distil.teacher import NoAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from voiceslm.llm import Message
    from voiceslm.tuning.distil.book import Book
    from voiceslm.tuning.distil.lessons import Lesson
    from voiceslm.tuning.distil.teacher import Teacher

ANSWER_SECONDS = 120.0
"""Longest wait for one answer, with all attempts at it."""

FAILURES = 3
"""In a row: then the teacher is not asked any more."""

BARREN = 30
"""Answers in a row of which nothing teaches: then it is not asked any more either."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent."""

    count: int
    """Examples there shall be, with those of earlier runs."""

    seconds: float = float("inf")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is."""

    examples: int
    wanted: int
    lessons: int
    """Given in this run."""
    seconds_left: float | None
    """None while nobody can say."""


def permitted(teacher: Teacher, shows: Iterable[str], may_see: Collection[str]) -> None:
    """Refuse to show a teacher elsewhere what its owner has not listed.

    Raises:
        Problem: something of ``shows`` is not in ``may_see``.
    """
    if teacher.remote and (secret := sorted(set(shows) - set(may_see))):
        listed = ", ".join(f'"{one}"' for one in sorted({*may_see, *secret}))
        raise Problem(
            f"nothing is sent to {teacher.name} of {' and '.join(secret)}: it is not listed",
            f"To allow it, set `may_see = [{listed}]` in the section [teacher]",
        )


class Run:
    """Lessons given by one teacher, kept in one book."""

    def __init__(
        self,
        teacher: Teacher,
        book: Book,
        budget: Budget,
        *,
        may_see: Collection[str] = (),
        clock: Callable[[], float] = time.monotonic,
        tell: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        """Begin to count the time.

        Args:
            teacher: who is asked.
            book: open; what is right is written there.
            budget: what may be spent.
            may_see: what may be sent to a teacher elsewhere.
            clock: seconds.
            tell: is told how far it is after each lesson.
        """
        self._teacher = teacher
        self._book = book
        self._budget = budget
        self._may_see = frozenset(may_see)
        self._clock = clock
        self._tell = tell
        self._began = clock()
        self._first = book.about.examples
        self._lessons = 0
        self._failures = 0
        self._barren = 0

    def give(self, lessons: Sequence[Lesson]) -> None:
        """Give what has not been given before.

        Raises:
            Problem: the teacher may not see what is asked, or answers nothing that can be used; what was
                learnt until then is kept.
        """
        permitted(self._teacher, (lesson.shows for lesson in lessons), self._may_see)
        given = set(self._book.about.asked)
        self._book.save()
        try:
            for lesson in lessons:
                if self._spent:
                    break
                if key(lesson) not in given:
                    self._one(lesson)
                    self._tell(self.progress)
        finally:
            self._book.save()

    @property
    def progress(self) -> Progress:
        """How far it is."""
        examples, elapsed = self._book.about.examples, self._clock() - self._began
        new = examples - self._first
        missing = max(0, self._budget.count - examples)
        left = min(missing * elapsed / new if new else float("inf"), self._budget.seconds - elapsed)
        known = max(0.0, left) if left < float("inf") else None
        return Progress(examples, self._budget.count, self._lessons, known)

    @property
    def _spent(self) -> bool:
        about = self._book.about
        return about.examples >= self._budget.count or self._left <= 0

    @property
    def _left(self) -> float:
        return self._budget.seconds - (self._clock() - self._began)

    def _one(self, lesson: Lesson) -> None:
        permitted(self._teacher, [lesson.shows], self._may_see)
        ask = partial(self._ask, self._teacher)
        self._lessons += 1
        try:
            text = ask(lesson.messages, max_tokens=lesson.max_tokens)
            fruits = self._learn(lesson, text, ask)
        except NoAnswer as error:
            if self._left > 0:  # else it was the time that ended it
                self._unanswered(str(error))
            return
        self._failures = 0
        self._barren = 0 if fruits else self._barren + 1
        self._book.about.asked.append(key(lesson))
        self._book.save()
        if self._barren >= BARREN:
            raise Problem(
                f"nothing of what {self._teacher.name} wrote in its last {BARREN} answers can be used",
                f"Take a larger model; {self._so_far}",
            )

    def _learn(self, lesson: Lesson, text: str, ask: Callable[..., str]) -> int:
        """Keep what is right of an answer; return how much."""
        about = self._book.about
        written = kept = 0
        for task, outcome in lesson.learn(text, self._book.said, ask):
            written += 1
            if isinstance(outcome, Example):
                self._book.add(task, outcome)
                kept += 1
                if about.examples >= self._budget.count:
                    break
            else:
                about.rejected[f"{task}: {outcome}"] += 1
        if not written:
            raise NoAnswer("nonsense")
        return kept

    def _ask(
        self, teacher: Teacher, messages: Sequence[Message], *, max_tokens: int, grammar: str = ""
    ) -> str:
        deadline = max(0.0, min(ANSWER_SECONDS, self._left))
        return teacher.complete(messages, max_tokens=max_tokens, deadline=deadline, grammar=grammar)

    def _unanswered(self, why: str) -> None:
        about = self._book.about
        about.unanswered[why] += 1
        self._failures += 1
        self._book.save()
        if self._failures >= FAILURES:
            raise Problem(
                f"{self._teacher.name} gave no answer {FAILURES} times in a row: {why}",
                f"Type the same again to go on; {self._so_far}",
            )

    @property
    def _so_far(self) -> str:
        return f"the {self._book.about.examples} examples so far are in {self._book.path}"
