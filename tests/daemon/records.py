"""Records of turns that were never taken."""

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
