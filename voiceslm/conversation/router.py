"""Who answers: a skill, the home, or the language model, with tools or in conversation. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voiceslm.conversation import pretence
from voiceslm.conversation.followup import (
    Focus,
    Meant,
    alike,
    chosen,
    spelled_out,
    takes_back,
    undone,
    wants_other,
)
from voiceslm.conversation.leaning import named
from voiceslm.entities import Kind
from voiceslm.events import Route
from voiceslm.home.commands import command
from voiceslm.home.confirm import expected
from voiceslm.home.plan import Answer, Doubt, Plan, concerns, doubt, plan
from voiceslm.intents.home import Ambiguous
from voiceslm.skills import Context, Reply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from voiceslm.entities import Change, Entity
    from voiceslm.events import Intent
    from voiceslm.home.home import Home
    from voiceslm.home.plan import Part
    from voiceslm.intents.home import HomeSentences
    from voiceslm.intents.recognizer import Recognizer
    from voiceslm.skills import Skills
    from voiceslm.skills.skill import Effect

OWN_VOLUME = frozenset(
    {"HassSetVolume", "HassSetVolumeRelative", "HassMediaPlayerMute", "HassMediaPlayerUnmute"}
)
"""These are about the assistant itself in a home without a media player."""

NAMES_MOST = 40
"""Whisper keeps no more than 224 tokens in mind."""

NOT_LASTING = "I keep timers and lists only while I am running all the time."
NOTHING_TO_UNDO = "There is nothing to undo."
WHICH = "Which one do you mean: {names}?"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done and said."""

    route: Route
    name: str
    """The intents' names, for the record."""
    text: str = ""
    """What to say, besides what comes of the changes; empty for silence."""
    changes: tuple[Change, ...] = ()
    expected: str = ""
    """What will be said of the changes if all goes well."""
    effect: Callable[[], Awaitable[None]] | None = None
    """What skills do once the turn is committed."""
    meant: Meant | None = None
    """What later sentences may lean on."""

    @property
    def acts(self) -> bool:
        """Whether it is more than words."""
        return bool(self.changes) or self.effect is not None


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

    def understands(self, text: str) -> bool:
        """Say whether ``text`` is a sentence of a skill or the home; up to 20 ms, from any thread."""
        if self._recognizer.recognize(text):
            return True
        return self._sentences is not None and self._sentences.recognize(text, self._area) is not None

    @property
    def names(self) -> str:
        """What can be commanded here, as a sentence to have in mind while listening; empty for nothing."""
        entities = self._home.entities.values() if self._home else ()
        names = [
            entity.name for entity in entities if not entity.auxiliary and (entity.settable or entity.deeds)
        ]
        return f"Turn on the {', the '.join(dict.fromkeys(names[:NAMES_MOST]))}." if names else ""

    def route(self, text: str, last_reply: str) -> Decision | None:
        """Return what ``text`` comes to; None leaves it to the language model. Changes nothing."""
        context = Context(self._now(), last_reply)
        meant = self._focus.at(self._clock())
        if meant and (decision := self._settled(text, meant)):
            return decision
        intent = self._recognizer.recognize(text)
        if intent and (decision := self._decide((intent,), context)):
            return decision
        if decision := self._recognized(text, context):
            return decision
        return self._leaning(text, meant, context) if meant else None

    def unanswerable(self, text: str) -> Decision | None:
        """Return what to say to a command that nothing understood; None where ``text`` is conversation."""
        if not pretence.is_command(text):
            return None
        said = pretence.UNKNOWN if self._home and self._home.entities else pretence.NO_DEVICES
        return Decision(Route.REFUSED, "unknown device", said)

    def remember(self, meant: Meant | None) -> None:
        """Take note of what was meant, now that it is certain that it was."""
        self._focus.set(meant)

    def forget(self) -> None:
        """Begin a new conversation."""
        self._focus.set(None)

    def decide(self, part: Part, intents: Sequence[Intent], route: Route) -> Decision:
        """Turn a plan into a decision."""
        name = " ".join(dict.fromkeys(intent.name for intent in intents))
        entities = self._home.entities if self._home else {}
        if isinstance(part, Doubt):
            meant = Meant(self._clock(), tuple(intents), doubt=part)
            return Decision(route, name, part.question, meant=meant)
        things = tuple(entities[thing] for thing in part.things if thing in entities)
        meant = Meant(self._clock(), tuple(intents), things)
        if isinstance(part, Answer):
            return Decision(route, name, part.text, meant=meant)
        said = expected(part.changes, entities)
        return Decision(route, name, part.text, changes=part.changes, expected=said, meant=meant)

    def _recognized(self, text: str, context: Context) -> Decision | None:
        found = self._sentences.recognize(text, self._area) if self._sentences else None
        if isinstance(found, Ambiguous):
            return self._ask(found)
        return self._decide(found, context) if found else None

    def _decide(self, intents: tuple[Intent, ...], context: Context) -> Decision | None:
        """Let skills reply to what is theirs, and plan the rest."""
        if intents[0].name == "HassUndo":
            return self._undo()
        replies, others = [], []
        for intent in intents:
            if reply := self._own(intent, context):
                replies.append((intent, reply))
            else:
                others.append(intent)
        if others and not (self._home and all(concerns(intent) for intent in others)):
            return None
        said = self._replied(replies) if replies else None
        if not self._home or not others:
            return said
        decision = self.decide(plan(others, self._home, self._area), others, Route.INTENT)
        return _both(decision, said) if said else decision

    def _own(self, intent: Intent, context: Context) -> Reply | None:
        if intent.name in OWN_VOLUME and self._has_players():
            return None
        reply = self._skills.reply(intent, context)
        return Reply(NOT_LASTING) if reply and reply.effect and not self._lasting else reply

    def _replied(self, replies: Sequence[tuple[Intent, Reply]]) -> Decision:
        """Turn what skills reply into a decision."""
        name = " ".join(intent.name for intent, _ in replies)
        effects = [reply.effect for _, reply in replies if reply.effect]
        text = " ".join(reply.text for _, reply in replies if reply.text)
        options = replies[-1][1].options
        meant = Meant(self._clock(), (replies[-1][0],), replies=options) if options else None
        return Decision(Route.SKILL, name, text, effect=_together(effects), meant=meant)

    def _has_players(self) -> bool:
        entities = self._home.entities.values() if self._home else ()
        return any(entity.kind is Kind.MEDIA_PLAYER for entity in entities)

    def _ask(self, found: Ambiguous) -> Decision | None:
        if not self._home:
            return None
        options = []
        for name, intent in zip(found.names, found.intents, strict=True):
            part = plan([intent], self._home, self._area)
            if not isinstance(part, Doubt):
                options.append((name.casefold(), part))
        question = WHICH.format(names=" or ".join(f"the {name}" for name in found.names))
        return self.decide(Doubt(question, tuple(options)), found.intents[:1], Route.INTENT)

    def _settled(self, text: str, meant: Meant) -> Decision | None:
        """Take ``text`` for the answer to "which one?"."""
        if meant.replies:
            index = named(text, [name.casefold() for name, _ in meant.replies])
            return None if index is None else self._replied([(meant.intents[0], meant.replies[index][1])])
        part = chosen(meant.doubt, text) if meant.doubt else None
        return None if part is None else self.decide(part, meant.intents, Route.INTENT)

    def _leaning(self, text: str, meant: Meant, context: Context) -> Decision | None:
        """Understand ``text`` with the help of what was meant before."""
        if wants_other(text):
            return self._other(meant)
        for sentence in spelled_out(text, meant):
            if decision := self._recognized(sentence, context):
                return self._instead(meant, decision) if takes_back(text) else decision
        return None

    def _instead(self, meant: Meant, decision: Decision) -> Decision:
        """Take back what was done, for what should have been."""
        again = {change.entity for change in decision.changes}
        back = [change for change in undone(meant.outcomes) if change.entity not in again]
        if not decision.changes or not back:
            return decision
        entities = self._home.entities if self._home else {}
        wanted = (*back, *decision.changes)
        return replace(decision, changes=wanted, expected=expected(wanted, entities))

    def _other(self, meant: Meant) -> Decision | None:
        """Take the command back and give it to the other one, where there is one."""
        if not self._home or len(meant.things) != 1 or len(meant.intents) != 1:
            return None
        intent = meant.intents[0]
        others = alike(meant.things[0], self._home.entities)
        wanted = [(other, change) for other in others if (change := self._changed(intent, other))]
        if len(wanted) == 1:
            back = undone(meant.outcomes)
            return self.decide(Plan((*back, wanted[0][1])), (intent,), Route.INTENT)
        found = {other.id: change for other, change in wanted}
        asked = doubt([other for other, _ in wanted], lambda entity: Plan((found[entity.id],)))
        return self.decide(asked, (intent,), Route.INTENT) if wanted else None

    def _changed(self, intent: Intent, entity: Entity) -> Change | None:
        return command(intent, entity, self._home.state(entity.id)) if self._home else None

    def _undo(self) -> Decision:
        meant = self._focus.at(self._clock())
        wanted = undone(meant.outcomes) if meant else ()
        if not meant or not wanted:
            return Decision(Route.INTENT, "HassUndo", NOTHING_TO_UNDO)
        return self.decide(Plan(wanted), meant.intents, Route.INTENT)


def _both(decision: Decision, said: Decision) -> Decision:
    """Join what the home does with what skills do and say."""
    return replace(
        decision,
        name=f"{decision.name} {said.name}",
        text=f"{decision.text} {said.text}".strip(),
        effect=said.effect,
    )


def _together(effects: Sequence[Effect]) -> Callable[[], Awaitable[None]] | None:
    if not effects:
        return None

    async def carry_out() -> None:
        for effect in effects:
            done = effect()
            if done is not None:
                await done

    return carry_out
