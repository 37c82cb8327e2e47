"""Something is said in a room, and what came of it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voiceslm.audio import RATE

if TYPE_CHECKING:
    from voiceslm.audio.room import Recording
    from voiceslm.bench.live.sounds import Clip
    from voiceslm.bench.outside.server import Room
    from voiceslm.events import Samples

ANSWER_SECONDS = 12.0
"""After so long without a sound there is no answer; it is also what a missing answer counts as."""

REPLY_SECONDS = 40.0
"""Longest wait for its end."""

OVER_SECONDS = 1.2
"""Of silence: then the reply is over; its own pauses are shorter."""

FADE_SECONDS = 0.1
"""Of a clip after its last audible sound that are played as well."""

LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Exchange:
    """Times are clock seconds."""

    end: float
    """The last sound of what was said, as it came to a recorder beside the program."""

    audible: float | None
    """First sound of the loudspeaker after it."""

    cut_in: bool
    """The loudspeaker sounded before it was over."""

    reply: Samples
    """All that the loudspeaker played after it, float32 [n] at 16 kHz."""

    @property
    def seconds(self) -> float | None:
        """Voice to voice."""
        return None if self.audible is None else self.audible - self.end

    @property
    def counted(self) -> float:
        """The same as the target counts it: none and too soon are twelve."""
        return ANSWER_SECONDS if self.cut_in or self.seconds is None else min(self.seconds, ANSWER_SECONDS)


async def exchange(room: Room, clip: Clip) -> Exchange:
    """Say ``clip`` and wait until it has been answered, or has not.

    Raises:
        Problem: the room is recorded no more.
    """
    began = time.perf_counter()
    await room.say(clip.samples[: round((clip.last + FADE_SECONDS) * RATE)])
    said = time.perf_counter()
    while (passed := time.perf_counter() - said) < REPLY_SECONDS:
        await asyncio.sleep(LOOK_SECONDS)
        answered = room.tape.sounded(began) or passed > ANSWER_SECONDS
        if answered and not room.tape.sounded(time.perf_counter() - OVER_SECONDS):
            break
    room.check()
    return judged(room.tape.since(began), clip, began)


def judged(recording: Recording, clip: Clip, began: float) -> Exchange:
    """Find in ``recording`` when ``clip``, which was begun to be said at ``began``, was said and answered."""
    mouth = replace(
        recording, microphone=recording.loudspeaker, loudspeaker=recording.microphone
    )  # what `Recording` finds in a loudspeaker, it finds in any channel
    onset = mouth.audible_from(began)
    if onset is None:
        return Exchange(began, None, cut_in=False, reply=recording.loudspeaker[:0])
    end = onset + clip.last - clip.first
    early, audible = recording.audible_from(began), recording.audible_from(end)
    reply = recording.loudspeaker[max(0, round((end - recording.began) * RATE)) :]
    return Exchange(end, audible, cut_in=early is not None and early < end, reply=reply)
