"""What happens in a turn and when: pure, over a passed-in clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.events import Ended, Route, Stage, TurnRecord

if TYPE_CHECKING:
    from collections.abc import Callable


class TurnLog:
    """Collects what becomes the turn's record."""

    def __init__(self, number: int, clock: Callable[[], float], *, started: float | None = None) -> None:
        """Begin a turn.

        Args:
            number: the turn's number.
            clock: seconds, monotonic.
            started: clock seconds at the end of its input; None for now.
        """
        self.number = number
        self.transcript = ""
        self.route = Route.NONE
        self.route_detail = ""
        self.written = False
        """Its reply is read, not heard."""
        self.secret = False
        """What was said may be a PIN: the record is without it."""
        self.sources: tuple[str, ...] = ()
        """The documents that the reply rests on."""
        self.actions: tuple[str, ...] = ()
        """What was done to the home: ids, properties, results."""
        self.prompt_tokens: int | None = None
        self.user_tokens: int | None = None
        self.on_closing: Callable[[float], None] | None = None
        """Is told, once, how likely to the language model the user's sentence is over."""
        self._clock = clock
        self.endpoint = ""
        self.ended = Ended.FINISHED
        self.started = clock() if started is None else started
        self._marks: dict[Stage, float] = {}
        self._said: list[str] = []

    def mark(self, stage: Stage, at: float | None = None) -> None:
        """Note when a stage was reached (now, or at clock second ``at``); only the first time counts."""
        self._marks.setdefault(stage, self._clock() if at is None else at)

    def weigh(self, closing: float | None) -> None:
        """Hand on the language model's opinion whether the user's sentence is over."""
        if closing is not None and self.on_closing:
            tell, self.on_closing = self.on_closing, None
            tell(closing)

    def say(self, text: str) -> None:
        """Note a clause that was spoken."""
        self._said.append(text)

    def record(self) -> TurnRecord:
        """Return the turn as it stands."""
        return TurnRecord(
            turn=self.number,
            transcript="" if self.secret else self.transcript,
            reply=" ".join(self._said),
            route=self.route,
            route_detail=self.route_detail,
            sources=self.sources,
            actions=self.actions,
            timings_ms={
                stage: round((self._marks[stage] - self.started) * 1000, 1) if stage in self._marks else None
                for stage in Stage
            },
            prompt_tokens=self.prompt_tokens,
            user_tokens=self.user_tokens,
            endpoint=self.endpoint,
            ended=self.ended,
        )
