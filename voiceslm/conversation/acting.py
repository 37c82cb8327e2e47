"""Carries out what was decided about the home, and says what came of it. The only place that acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.conversation.pin import Gatekeeper
from voiceslm.entities import Kind, Outcome, Result
from voiceslm.home.confirm import confirmation
from voiceslm.home.guard import guarded
from voiceslm.home.phrases import listed, together

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from voiceslm.entities import Change, Entity
    from voiceslm.home.home import Home

NOT_FROM_TEXT = "I can only do that for someone who is here and speaks to me."

LEFT = " So I left the rest undone, too."

_VERBS: Mapping[Kind, str] = {
    Kind.LOCK: "unlock",
    Kind.ALARM: "disarm",
    Kind.SWITCH: "turn on",
    Kind.BUTTON: "press",
}


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it."""

    text: str
    """What to say."""
    outcomes: tuple[Outcome, ...] = ()

    @property
    def actions(self) -> tuple[str, ...]:
        """For the record: ids, properties and results, no words of anyone's."""
        return tuple(_recorded(outcome) for outcome in self.outcomes)


class Acting:
    """Acts on the home, past the guard."""

    def __init__(
        self,
        home: Home,
        *,
        allowed: Collection[str],
        pin: str,
        clock: Callable[[], float],
        asks_pin: bool = True,
    ) -> None:
        """Act on ``home``.

        Args:
            home: what there is.
            allowed: ids or names of guarded entities that may be opened after the PIN.
            pin: digits; empty lets nothing be opened.
            clock: seconds, monotonic.
            asks_pin: False opens what is allowed at once, for a simulated home.
        """
        self._home = home
        self._allowed = frozenset(name.casefold() for name in allowed)
        self._has_pin = bool(pin)
        self._asks_pin = asks_pin
        self._gatekeeper = Gatekeeper(pin, clock)

    @property
    def private(self) -> bool:
        """Whether the next thing said is taken for the PIN: it must not be shown, kept or read ahead."""
        return self._gatekeeper.asked

    def whole_pin(self, text: str) -> bool:
        """Say whether ``text`` has as many digits as the PIN."""
        return self._gatekeeper.whole(text)

    async def act(self, changes: tuple[Change, ...], *, spoken: bool) -> Done:
        """Bring ``changes`` about, or ask for the PIN, or refuse; nothing is done by halves.

        Args:
            changes: what is wanted.
            spoken: by someone who is here; what comes as text never opens anything.
        """
        entities = self._home.entities
        closed = [
            entities[change.entity]
            for change in changes
            if change.entity in entities and guarded(entities[change.entity], change)
        ]
        if closed:
            if not spoken:
                return _refused(NOT_FROM_TEXT + (LEFT if len(changes) > len(closed) else ""), changes)
            if refused := [entity for entity in closed if not self._allows(entity)]:
                left = LEFT if len(changes) > len(refused) else ""
                return _refused(_not_allowed(refused) + left, changes)
            if self._asks_pin:
                return Done(self._gatekeeper.ask(changes))
        return await self._apply(changes)

    async def try_pin(self, text: str) -> Done | None:
        """Take ``text`` for the PIN; None where it is none and so may be anything else."""
        tried = self._gatekeeper.try_(text)
        if tried is None:
            return None
        return Done(tried) if isinstance(tried, str) else await self._apply(tried)

    def forget(self) -> None:
        """Wait for no PIN any more."""
        self._gatekeeper.forget()

    async def _apply(self, changes: tuple[Change, ...]) -> Done:
        outcomes = await self._home.apply(changes)
        return Done(confirmation(outcomes, self._home.entities), outcomes)

    def _allows(self, entity: Entity) -> bool:
        names = {entity.id, entity.name.casefold(), *(alias.casefold() for alias in entity.aliases)}
        return (self._has_pin or not self._asks_pin) and not names.isdisjoint(self._allowed)


def _refused(text: str, changes: Sequence[Change]) -> Done:
    return Done(text, tuple(Outcome(change, Result.REFUSED, reason="guarded") for change in changes))


def _not_allowed(refused: Sequence[Entity]) -> str:
    """Name what is refused by what would be done to it."""
    verbs: dict[str, list[Entity]] = {}
    for entity in refused:
        verbs.setdefault(_VERBS.get(entity.kind, "open"), []).append(entity)
    deeds = [f"{verb} {together(things)}" for verb, things in verbs.items()]
    return f"I'm not allowed to {listed(deeds, 'or')}."


def _recorded(outcome: Outcome) -> str:
    change = outcome.change
    return f"{change.entity} {change.deed or ' '.join(change.wants)} {outcome.result}"
