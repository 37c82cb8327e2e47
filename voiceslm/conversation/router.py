"""Who answers: a skill, the home, or the language model, with tools or in conversation. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voiceslm.conversation import leaning, pretence
from voiceslm.conversation.decision import Decision, skilled, with_replies
from voiceslm.conversation.followup import (
    KEPT_SECONDS,
    Focus,
    Meant,
    alike,
    chosen,
    spelled_out,
    takes_back,
    undone,
    wants_other,
)
from voiceslm.conversation.picking import picked
from voiceslm.entities import Kind, Outcome, Result
from voiceslm.events import Route
from voiceslm.home.commands import command
from voiceslm.home.confirm import OFFLINE, expected
from voiceslm.home.plan import Answer, Doubt, Plan, concerns, doubt, joined, plan
from voiceslm.intents.home import Ambiguous
from voiceslm.skills import Context, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from voiceslm.entities import Change, Entity
    from voiceslm.events import Intent
    from voiceslm.home.home import Home
    from voiceslm.home.plan import Part
    from voiceslm.intents.home import HomeSentences
    from voiceslm.intents.recognizer import Recognizer
    from voiceslm.skills import Skills

OWN_VOLUME = frozenset(
    {"HassSetVolume", "HassSetVolumeRelative", "HassMediaPlayerMute", "HassMediaPlayerUnmute"}
)
"""These are about the assistant itself in a home without a media player."""

NAMES_MOST = 40
"""Whisper keeps no more than 224 tokens in mind."""

_TWO = re.compile(r"(?:\b|\D)(?:2|two)\b", re.IGNORECASE)

NOT_LASTING = "I keep timers and lists only while I am running all the time."
NOTHING_TO_UNDO = "There is nothing to undo."
WHICH = "Which one do you mean: {names}?"


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence and what it is said into."""

    text: str
    context: Context
    meant: Meant | None


class Router:
    """Decides for one sentence at a time."""

    def __init__(
        self,
        recognizer: Recognizer,
        skills: Skills,
        *,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        sentences: HomeSentences | None = None,
        home: Home | None = None,
        area: str = "",
        lasting: bool = True,
    ) -> None:
        """Route what the parts know.

        Args:
            recognizer: knows the sentences of the skills.
            skills: reply to them.
            now: gives the local time.
            clock: seconds, monotonic.
            sentences: knows the sentences about a home; None for none.
            home: what there is; None for no home.
            area: the room in which the assistant stands; empty where nobody said.
            lasting: whether the process lives on after the turn; timers and lists need that.
        """
        self._recognizer = recognizer
        self._skills = skills
        self._now = now
        self._clock = clock
        self._sentences = sentences
        self._home = home
        self._area = area
        self._lasting = lasting
        self._focus = Focus()
        self._asked: Decision | None = None
        self._asked_at = 0.0

    def understands(self, text: str) -> bool:
        """Say whether ``text`` is a sentence of a skill or the home; up to 20 ms, from any thread.

        `route` then takes less.
        """
        if self._recognizer.recognize(text):
            return True
        if self._sentences is None:
            return False
        sentences = (text, *_spelled_out(text, self._focus.at(self._clock())))
        return any(self._sentences.recognize(sentence, self._area) for sentence in sentences)

    @property
    def names(self) -> str:
        """What can be commanded here, as a sentence to have in mind while listening; empty for nothing."""
        entities = self._home.entities.values() if self._home else ()
        things = [entity for entity in entities if not entity.auxiliary]
        names = [entity.name for entity in things if entity.settable or entity.deeds]
        return f"Turn on the {', the '.join(dict.fromkeys(names[:NAMES_MOST]))}." if names else ""

    def unanswerable(self, text: str) -> Decision | None:
        """Return what to say to a command that nothing understood; None where ``text`` is conversation."""
        if not pretence.is_command(text):
            return None
        if self._home and not self._home.reachable:
            return Decision(Route.REFUSED, "unreachable", OFFLINE)
        said = pretence.UNKNOWN if self._home and self._home.entities else pretence.NO_DEVICES
        return Decision(Route.REFUSED, "unknown device", said)

    def route(self, text: str, last_reply: str, *, alone: bool = False) -> Decision | None:
        """Return what ``text`` comes to; None leaves it to the language model. Changes nothing.

        Args:
            text: what was said.
            last_reply: what the assistant said last.
            alone: whether it leans on nothing that was said before.
        """
        meant = None if alone else self._focus.at(self._clock())
        said = _Said(text, Context(self._now(), last_reply), meant)
        if not alone and (decision := self._answered(said)):
            return decision
        intent = self._recognizer.recognize(text)
        if intent and (decision := self._decide((intent,), said)):
            return decision
        rest = leaning.corrected(text)  # first: "no, turn off the lamp" is not "no lamp, turn off the lamp"
        return (
            (self._recognized(rest, said, correcting=True) if rest else None)
            or self._recognized(text, said)
            or self._numbered(said)
            or self._leaning(said)
        )

    def remember(self, decision: Decision, outcomes: Sequence[Outcome] | None = None) -> None:
        """Take note of a decision that is certain, and of what came of it once that is known."""
        self._asked, self._asked_at = decision if decision.options else None, self._clock()
        meant = decision.meant
        if meant and outcomes is not None:
            meant = replace(meant, outcomes=tuple(outcomes))
        if meant is None and (before := self._focus.at(self._clock())):
            meant = replace(before, doubt=None)
        self._focus.set(meant)

    def forget(self) -> None:
        """Begin a new conversation."""
        self._asked = None
        self._focus.set(None)

    def decide(
        self, part: Part, intents: Sequence[Intent], route: Route, *, back: Sequence[Change] = ()
    ) -> Decision:
        """Turn a plan into a decision.

        Args:
            part: what is to be done or said.
            intents: what was understood.
            route: who answers.
            back: changes that first take back what was not meant.
        """
        name = " ".join(dict.fromkeys(intent.name for intent in intents))
        entities = self._home.entities if self._home else {}
        if isinstance(part, Doubt):
            if back:
                part = joined([Plan(tuple(back)), part])
                assert isinstance(part, Doubt)
            meant = Meant(self._clock(), tuple(intents), doubt=part)
            return Decision(route, name, part.question, meant=meant)
        things = tuple(entities[thing] for thing in dict.fromkeys(part.things) if thing in entities)
        meant = Meant(self._clock(), tuple(intents), things)
        if isinstance(part, Answer):
            return Decision(route, name, part.text, meant=meant)
        wanted = (*(change for change in back if change.entity not in part.things), *part.changes)
        meant = replace(meant, outcomes=tuple(self._as_sent(change) for change in wanted))
        return Decision(
            route, name, part.text, changes=wanted, expected=expected(wanted, entities), meant=meant
        )

    def _as_sent(self, change: Change) -> Outcome:
        before = dict(self._home.state(change.entity)) if self._home else {}
        return Outcome(change, Result.SENT, before, before)

    def _recognized(self, text: str, said: _Said, *, correcting: bool = False) -> Decision | None:
        found = self._sentences.recognize(text, self._area) if self._sentences else None
        if isinstance(found, Ambiguous):
            return self._ask(found, said)
        back: tuple[Change, ...] = ()
        if found and correcting and said.meant and _same(found, said.meant.intents):
            back = undone(said.meant.outcomes)
        return self._decide(found, said, back) if found else None

    def _decide(
        self, intents: tuple[Intent, ...], said: _Said, back: Sequence[Change] = ()
    ) -> Decision | None:
        """Let skills reply to what is theirs, and plan the rest."""
        if intents[0].name == "HassUndo":
            return self._undo(said.meant)
        replied = [(intent, self._own(intent, said.context)) for intent in intents]
        replies = [reply for _, reply in replied if reply]
        others = [intent for intent, reply in replied if not reply]
        if not others:
            return skilled(" ".join(intent.name for intent in intents), replies, said.meant)
        if not self._home or not all(concerns(intent) for intent in others):
            return None
        decision = self.decide(plan(others, self._home, self._area), others, Route.INTENT, back=back)
        return with_replies(decision, [intent.name for intent, reply in replied if reply], replies)

    def _own(self, intent: Intent, context: Context) -> Reply | None:
        if intent.name in OWN_VOLUME and self._has_players():
            return None
        reply = self._skills.reply(intent, context)
        promises = reply and (reply.effect or any(option.effect for _, option in reply.options))
        return Reply(NOT_LASTING) if promises and not self._lasting else reply

    def _has_players(self) -> bool:
        entities = self._home.entities.values() if self._home else ()
        return any(entity.kind is Kind.MEDIA_PLAYER for entity in entities)

    def _ask(self, found: Ambiguous, said: _Said) -> Decision | None:
        """Ask which of the names is meant, of a skill's things or of the home's."""
        question = WHICH.format(names=" or ".join(f"the {name}" for name in found.names))
        names = [name.casefold() for name in found.names]
        replies = [reply for intent in found.intents if (reply := self._own(intent, said.context))]
        if len(replies) == len(names):
            options = tuple(zip(names, replies, strict=True))
            return Decision(Route.SKILL, found.intents[0].name, question, options=options)
        if not self._home:
            return None
        parts = [plan([intent], self._home, self._area) for intent in found.intents]
        return self.decide(
            Doubt(question, tuple(zip(names, parts, strict=True))), found.intents[:1], Route.INTENT
        )

    def _answered(self, said: _Said) -> Decision | None:
        """Take what was said for the answer to "which one?", where that was asked."""
        asked = self._asked
        fresh = self._clock() - self._asked_at <= KEPT_SECONDS
        if asked and fresh and (replies := picked(asked.options, said.text)):
            return skilled(asked.name, replies, said.meant)
        meant = said.meant
        if not meant or not meant.doubt:
            return None
        part = chosen(meant.doubt, said.text)
        if part is None:
            return None
        decision = self.decide(part, meant.intents, Route.INTENT)
        rest = [option for _, option in meant.doubt.options if option is not part]
        others = tuple(option for option in rest if isinstance(option, Plan))
        return replace(decision, meant=decision.meant and replace(decision.meant, others=others))

    def _numbered(self, said: _Said) -> Decision | None:
        """Take "the lamp too" for lamp 2 where there is one; ask, where there is a lamp as well."""
        text = leaning.numbered(said.text)
        second = self._recognized(text, said) if text else None
        if (
            not second
            or not second.meant
            or not any(_TWO.search(thing.name) for thing in second.meant.things)
        ):
            return None  # "the bedroom too" is not two percent
        first = self._recognized(leaning.added(said.text), said)
        plans = {
            decision.changes[0].entity: Plan(decision.changes)
            for decision in (first, second)
            if decision and decision.changes
        }
        if not self._home or len(plans) <= 1:
            return second
        things = [self._home.entities[thing] for thing in plans]
        asked = doubt(things, lambda thing: plans[thing.id])
        return self.decide(asked, second.meant.intents, Route.INTENT)

    def _leaning(self, said: _Said) -> Decision | None:
        """Understand what was said with the help of what was meant before."""
        if said.meant and wants_other(said.text):
            return self._other(said.meant)
        correcting = takes_back(said.text) and not leaning.added(said.text)
        for sentence in _spelled_out(said.text, said.meant):
            if decision := self._recognized(sentence, said, correcting=correcting):
                return decision
        return None

    def _other(self, meant: Meant) -> Decision | None:
        """Take the command back and give it to the other one; ask which, where there are several."""
        done = {outcome.change.entity: outcome.change for outcome in meant.outcomes}
        if not self._home or len(meant.things) != 1 or meant.things[0].id not in done:
            return None
        home, back = self._home, undone(meant.outcomes)
        if len(meant.others) == 1:
            return self.decide(meant.others[0], meant.intents, Route.INTENT, back=back)

        def option(entity: Entity) -> Plan:
            made = next((command(intent, entity, home.state(entity.id)) for intent in meant.intents), None)
            return Plan((made or replace(done[meant.things[0].id], entity=entity.id),))

        others = alike(meant.things[0], home.entities)
        if not others:
            return None
        part = option(others[0]) if len(others) == 1 else doubt(others, option)
        return self.decide(part, meant.intents, Route.INTENT, back=back)

    def _undo(self, meant: Meant | None) -> Decision:
        wanted = undone(meant.outcomes) if meant else ()
        if not meant or not wanted:
            return Decision(Route.INTENT, "HassUndo", NOTHING_TO_UNDO)
        return replace(self.decide(Plan(wanted), meant.intents, Route.INTENT), name="HassUndo")


def _spelled_out(text: str, meant: Meant | None) -> Sequence[str]:
    """Return what ``text`` may stand for: "and open the blinds" leans on nothing but the moment."""
    return (
        spelled_out(text, meant)
        if meant
        else list(filter(None, [leaning.added(text) or leaning.corrected(text)]))
    )


def _same(found: Sequence[Intent], before: Sequence[Intent]) -> bool:
    """Say whether ``found`` is what was commanded ``before``, of whatever else."""
    return [intent.name for intent in found] == [intent.name for intent in before]
