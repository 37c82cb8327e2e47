"""What a committed turn does: the effects of skills, the changes of the home, the PIN that some of them need.

A turn that is interrupted from here on has acted all the same: what was sent is noted before it is known what
came of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.conversation.acting import Done
from voiceslm.conversation.pin import WAITS_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voiceslm.conversation.acting import Acting
    from voiceslm.conversation.decision import Decision
    from voiceslm.conversation.router import Router
    from voiceslm.conversation.turn import TurnLog
    from voiceslm.entities import Outcome


class Deeds:
    """Carries out decisions that are certain, and takes note of them."""

    def __init__(self, router: Router | None, acting: Acting | None, clock: Callable[[], float]) -> None:
        """Act through ``acting``; let ``router`` know what later sentences may lean on."""
        self._router = router
        self._acting = acting
        self._clock = clock
        self._guarded: Decision | None = None
        self._guarded_at = 0.0

    @property
    def private(self) -> bool:
        """As in `Acting`."""
        return self._acting is not None and self._acting.private

    def whole_pin(self, text: str) -> bool:
        """As in `Acting`."""
        return self._acting is not None and self._acting.whole_pin(text)

    def forget(self) -> None:
        """Wait for no PIN any more."""
        self._guarded = None
        if self._acting:
            self._acting.forget()

    def remember(self, decision: Decision, log: TurnLog, outcomes: Sequence[Outcome] | None = None) -> None:
        """Take note of a decision that is certain; what is written is nothing to lean on in the room."""
        if self._router and not log.written:
            self._router.remember(decision, outcomes)

    async def do(self, decision: Decision, log: TurnLog, *, spoken: bool) -> str:
        """Do what was decided and return what to say.

        Args:
            decision: one that acts.
            log: the turn; what is done is noted there.
            spoken: by someone who is here.
        """
        self.remember(decision, log)
        if decision.effect:
            await decision.effect()
        if not decision.changes or not self._acting:
            return decision.text
        log.actions = _as_sent(decision)
        done = await self._acting.act(decision.changes, spoken=spoken)
        log.actions = done.actions
        self.remember(decision, log, done.outcomes)
        if spoken and self._acting.private:
            self._wait_for_pin(decision)
            return f"{decision.text} {done.text}".strip()
        return f"{done.text} {decision.text}".strip()

    @property
    def late(self) -> bool:
        """Whether the PIN was asked for so long ago that nobody is still about to say it."""
        return self._clock() - self._guarded_at > WAITS_SECONDS

    async def try_pin(self, log: TurnLog) -> str | None:
        """Take what was said for the PIN that is awaited and return what to say; None where it is none."""
        guarded, self._guarded = self._guarded, None
        log.actions = _as_sent(guarded) if guarded else ()
        done = await self._acting.try_pin(log.transcript) if self._acting else None
        log.actions = done.actions if done else ()
        if done and done.outcomes and guarded:
            self.remember(guarded, log, done.outcomes)
        if guarded and self.private:
            self._wait_for_pin(guarded)
        return done.text if done else None

    def _wait_for_pin(self, decision: Decision) -> None:
        self._guarded, self._guarded_at = decision, self._clock()


def _as_sent(decision: Decision) -> tuple[str, ...]:
    """Return what is recorded of a decision as long as it is not known what came of it."""
    return Done("", decision.meant.outcomes).actions if decision.meant else ()
