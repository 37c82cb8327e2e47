"""Who answers: a skill, the home, or the language model, with tools or in conversation. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.conversation.followup import Focus, Meant, chosen, everything, spelled_out, undone, wants_other
from voiceslm.entities import Kind
from voiceslm.events import Route
from voiceslm.home.commands import changes, command
from voiceslm.home.confirm import expected
from voiceslm.home.plan import Answer, Doubt, Plan, concerns, plan
from voiceslm.intents.home import Ambiguous
from voiceslm.skills import Context, Reply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from voiceslm.entities import Change
    from voiceslm.events import Intent
    from voiceslm.home.home import Home
    from voiceslm.intents.home import HomeSentences
    from voiceslm.intents.recognizer import Recognizer
    from voiceslm.skills import Skills
    from voiceslm.skills.skill import Effect

OWN_VOLUME = frozenset(
    {"HassSetVolume", "HassSetVolumeRelative", "HassMediaPlayerMute", "HassMediaPlayerUnmute"}
)
"""These are about the assistant itself in a home without a media player."""

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

    def hear(self, text: str) -> None:
        """Look at ``text`` ahead, which takes up to 20 ms; `route` then takes less. From any thread."""
        if self._recognizer.recognize(text) is None and self._sentences:
            self._sentences.recognize(text, self._area)

    def route(self, text: str, last_reply: str) -> Decision | None:
        """Return what ``text`` comes to; None leaves it to the language model. Changes nothing."""
        context = Context(self._now(), last_reply)
        meant = self._focus.at(self._clock())
        if meant and meant.doubt and (decision := self._settled(text, meant, meant.doubt)):
            return decision
        intent = self._recognizer.recognize(text)
        if intent and (decision := self._decide((intent,), context)):
            return decision
        if decision := self._recognized(text, context):
            return decision
        return self._leaning(text, meant, context) if meant else None

    def remember(self, meant: Meant | None) -> None:
        """Take note of what was meant, now that it is certain that it was."""
        self._focus.set(meant)

    def forget(self) -> None:
        """Begin a new conversation."""
        self._focus.set(None)

    def decide(self, parts: Plan | Answer | Doubt, intents: Sequence[Intent], route: Route) -> Decision:
        """Turn a plan into a decision."""
        name = " ".join(dict.fromkeys(intent.name for intent in intents))
        entities = self._home.entities if self._home else {}
        if isinstance(parts, Doubt):
            meant = Meant(self._clock(), tuple(intents), doubt=parts)
            return Decision(route, name, parts.question, meant=meant)
        things = tuple(entities[thing] for thing in parts.things if thing in entities)
        meant = Meant(self._clock(), tuple(intents), things)
        if isinstance(parts, Answer):
            return Decision(route, name, parts.text, meant=meant)
        said = expected(parts.changes, entities)
        return Decision(route, name, changes=parts.changes, expected=said, meant=meant)

    def _recognized(self, text: str, context: Context) -> Decision | None:
        found = self._sentences.recognize(text, self._area) if self._sentences else None
        if isinstance(found, Ambiguous):
            return self._ask(found)
        return self._decide(found, context) if found else None

    def _decide(self, intents: tuple[Intent, ...], context: Context) -> Decision | None:
        """Let skills reply to what is theirs, and plan the rest."""
        if intents[0].name == "HassUndo":
            return self._undo()
        replies = [reply for intent in intents if (reply := self._own(intent, context))]
        others = [intent for intent in intents if not self._own(intent, context)]
        if not others:
            name = " ".join(intent.name for intent in intents)
            effects = [reply.effect for reply in replies if reply.effect]
            text = " ".join(reply.text for reply in replies if reply.text)
            return Decision(Route.SKILL, name, text, effect=_together(effects))
        if not self._home or replies or not all(concerns(intent) for intent in others):
            return None
        return self.decide(plan(others, self._home, self._area), others, Route.INTENT)

    def _own(self, intent: Intent, context: Context) -> Reply | None:
        if intent.name in OWN_VOLUME and self._has_players():
            return None
        reply = self._skills.reply(intent, context)
        return Reply(NOT_LASTING) if reply and reply.effect and not self._lasting else reply

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

    def _settled(self, text: str, meant: Meant, doubt: Doubt) -> Decision | None:
        """Take ``text`` for the answer to "which one?"."""
        if every := everything(doubt, text):
            wanted = tuple(change for part in every if isinstance(part, Plan) for change in part.changes)
            return self.decide(Plan(wanted), meant.intents, Route.INTENT) if wanted else None
        part = chosen(doubt, text)
        if part is None:
            return None
        return self.decide(part, meant.intents, Route.INTENT)

    def _leaning(self, text: str, meant: Meant, context: Context) -> Decision | None:
        """Understand ``text`` with the help of what was meant before."""
        if wants_other(text):
            return self._other(meant)
        for sentence in spelled_out(text, meant):
            if decision := self._recognized(sentence, context):
                return decision
        return None

    def _other(self, meant: Meant) -> Decision | None:
        """Take the command back and give it to the other one of the kind, where there is one."""
        if not self._home or len(meant.things) != 1 or len(meant.intents) != 1:
            return None
        thing, intent = meant.things[0], meant.intents[0]
        alike = [
            entity
            for entity in self._home.entities.values()
            if entity.kind is thing.kind and entity.id != thing.id and not entity.auxiliary
        ]
        near = [entity for entity in alike if entity.area == thing.area] or alike
        if len(near) != 1 or not changes(intent):
            return None
        change = command(intent, near[0], self._home.state(near[0].id))
        wanted = (*undone(meant.outcomes), *((change,) if change else ()))
        return self.decide(Plan(wanted), (intent,), Route.INTENT) if change else None

    def _undo(self) -> Decision:
        meant = self._focus.at(self._clock())
        wanted = undone(meant.outcomes) if meant else ()
        if not meant or not wanted:
            return Decision(Route.INTENT, "HassUndo", NOTHING_TO_UNDO)
        return self.decide(Plan(wanted), meant.intents, Route.INTENT)


def _together(effects: Sequence[Effect]) -> Callable[[], Awaitable[None]] | None:
    if not effects:
        return None

    async def carry_out() -> None:
        for effect in effects:
            done = effect()
            if done is not None:
                await done

    return carry_out
