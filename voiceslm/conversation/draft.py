"""A reply that is thought ahead: not heard before it is committed, nor after it is dropped."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from voiceslm.events import Stage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from voiceslm.audio.playback import Playback
    from voiceslm.conversation.pipeline import Commit
    from voiceslm.conversation.speaking import Play
    from voiceslm.conversation.turn import TurnLog
    from voiceslm.events import Speech

AHEAD_SECONDS = 6.0
"""Sound that may wait before the loudspeaker; the voice, and so the model, pause when so much does."""

LOOK_SECONDS = 0.2
"""How often is looked whether the loudspeaker has caught up."""


class Draft:
    """One turn's reply, from its first thought to its last sample."""

    def __init__(
        self,
        log: TurnLog,
        answer: Callable[[TurnLog, Play, Commit], Awaitable[None]],
        playback: Playback,
        *,
        speaking: Callable[[Draft], None],
        acting: Callable[[], None],
    ) -> None:
        """Begin to think.

        Args:
            log: the turn.
            answer: thinks of the reply.
            playback: the loudspeaker.
            speaking: is called with each clause that goes to the loudspeaker.
            acting: is called before the turn has an effect.
        """
        self.log = log
        self.text = ""
        """What went to the loudspeaker so far."""
        self._playback = playback
        self._speaking = speaking
        self._acting = acting
        self._committed = asyncio.Event()
        self._free = asyncio.Event()
        self._free.set()
        self._dropped = False
        self.task = asyncio.create_task(self._think(answer), name=f"turn {log.number}")

    @property
    def committed(self) -> bool:
        """Whether it may be heard."""
        return self._committed.is_set()

    def commit(self, reason: str) -> None:
        """Let it be heard."""
        self.log.endpoint = reason
        self.log.mark(Stage.ENDPOINT)
        self._committed.set()

    def hold(self) -> None:
        """Have no effect until `release`: the user may be going on with the sentence."""
        self._free.clear()

    def release(self) -> None:
        """Go on: it was nothing."""
        self._free.set()

    def drop(self) -> None:
        """Stop thinking and speaking."""
        self._dropped = True
        self.task.cancel()
        if self.committed:
            self._playback.stop()

    def heard(self) -> str:
        """Return the words of it that have left the loudspeaker."""
        return self._playback.heard(self.log.number)

    async def _think(self, answer: Callable[[TurnLog, Play, Commit], Awaitable[None]]) -> None:
        await answer(self.log, self._play, self._certain)
        await self._committed.wait()
        self._playback.finish(self.log.number)

    async def _certain(self, acts: bool) -> None:  # noqa: FBT001 - as `Commit` has it
        await self._committed.wait()
        if acts:
            await self._free.wait()
        if self._dropped:  # a cancelled task still runs to its next wait
            raise asyncio.CancelledError
        if acts:
            self._acting()

    async def _play(self, speech: Speech) -> None:
        await self._committed.wait()
        if self._dropped:  # a cancelled task still runs to its next wait
            return
        self.text = f"{self.text} {speech.text}".strip()
        self._speaking(self)
        self._playback.play(speech)
        while self._playback.queued_seconds > AHEAD_SECONDS:  # noqa: ASYNC110 - drained by another thread
            await asyncio.sleep(LOOK_SECONDS)
