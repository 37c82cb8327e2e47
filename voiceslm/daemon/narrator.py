"""Tells what goes on as entries for the log; words only when asked for."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from voiceslm.daemon.logs import Entry, Level
from voiceslm.daemon.onlooker import Onlooker
from voiceslm.events import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voiceslm.conversation.moves import State
    from voiceslm.daemon.health import Condition, Part
    from voiceslm.daemon.logs import Writer
    from voiceslm.events import TurnRecord


class Narrator(Onlooker):
    """Makes an entry of whatever happens."""

    def __init__(self, writer: Writer, *, show_transcripts: bool = False) -> None:
        """Tell ``writer``; with ``show_transcripts`` also what is said, by the user and by the assistant."""
        self._writer = writer
        self._show = show_transcripts

    def on_state(self, state: State) -> None:
        """Tell a new state."""
        self._tell("state", state.value, state=state.value)

    def on_transcript(self, text: str, *, final: bool) -> None:
        """Tell what was understood, if that is wanted."""
        if self._show and text:
            kind = "heard" if final else "hearing"
            self.say(kind, text)

    def on_turn(self, record: TurnRecord) -> None:
        """Tell what came of a turn, and, if that is wanted, what was answered."""
        self._tell("turn", _in_words(record), **_in_figures(record))
        if self._show and record.reply:
            self.say("said", record.reply)

    def on_trouble(self, what: str) -> None:
        """Tell what failed."""
        self._tell("trouble", f"trouble: {what}", Level.WARNING)

    def on_sound(self, what: str) -> None:
        """Tell, in words, what happened to microphone and loudspeaker."""
        self.say("sound", what)

    def on_home(self, what: str) -> None:
        """Tell, in words, what happened to the connection with the home."""
        self.say("home", what)

    def on_health(self, part: Part, condition: Condition) -> None:
        """Tell how a part is now."""
        level = Level.INFO if condition.ok else Level.WARNING
        state = "ok" if condition.ok else "degraded"
        self._tell(
            "health",
            f"health: {part.value} {condition}",
            level,
            part=part.value,
            condition=state,
            why=condition.why,
        )

    def on_note(self, what: str) -> None:
        """Tell something that is no trouble."""
        self.say("note", what)

    def say(self, kind: str, text: str) -> None:
        """Tell anything else, such as that it is ready."""
        self._tell(kind, f"{kind}: {text}")

    def _tell(self, kind: str, message: str, level: Level = Level.INFO, /, **fields: str | int) -> None:
        there = {name: value for name, value in fields.items() if value != ""}
        self._writer.write(Entry(kind, message, there, level))


def _in_words(record: TurnRecord) -> str:
    audible = record.timings_ms.get(Stage.AUDIBLE)
    parts = [
        f"turn {record.turn}: {' '.join(filter(None, (record.route.value, record.route_detail)))}",
        record.endpoint,
        " ".join(f"{count} {result}" for result, count in results(record.actions).items()),
        f"first sound after {audible / 1000:.2f} s" if audible is not None else "no sound",
        record.ended.value,
    ]
    return ", ".join(filter(None, parts))


def _in_figures(record: TurnRecord) -> dict[str, str | int]:
    said = {
        "turn": record.turn,
        "route": record.route.value,
        "route_detail": record.route_detail,
        "endpoint": record.endpoint,
        "ended": record.ended.value,
    }
    actions = {f"actions_{result}": count for result, count in results(record.actions).items()}
    times = {f"{stage.value}_ms": round(ms) for stage, ms in record.timings_ms.items() if ms is not None}
    return said | actions | times


def results(actions: Iterable[str]) -> Counter[str]:
    """Return what came of a turn's changes, counted; the words before the last name devices."""
    return Counter(action.rpartition(" ")[2] for action in actions)
