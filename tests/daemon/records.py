"""Records of turns that were never taken, and a log that is only kept."""

from __future__ import annotations

from voiceslm.events import Ended, Route, TurnRecord


def record(
    *,
    turn=1,
    transcript="",
    reply="",
    route=Route.SKILL,
    route_detail="",
    actions=(),
    timings=None,
    endpoint="",
    ended=Ended.FINISHED,
):
    """Return one; what is not given is empty."""
    return TurnRecord(
        turn, transcript, reply, route, route_detail, actions, timings or {}, endpoint, ended, None, None
    )


class Kept:
    """Keeps the entries of a log."""

    def __init__(self):
        self.entries = []

    def write(self, entry):
        self.entries.append(entry)

    @property
    def messages(self):
        return [entry.message for entry in self.entries]
