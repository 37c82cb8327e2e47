"""What is to be done and said about one sentence. Pure: whoever carries it out waits for the commit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voiceslm.events import Route

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from voiceslm.conversation.followup import Meant
    from voiceslm.entities import Change
    from voiceslm.skills import Reply
    from voiceslm.skills.skill import Effect


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
    """What later sentences may lean on: the changes as sent, until it is known what came of them."""
    sources: tuple[str, ...] = ()
    """The documents that it rests on."""
    options: tuple[tuple[str, Reply], ...] = ()
    """Where a skill asks which one: each answer, and the reply that it leads to."""

    @property
    def acts(self) -> bool:
        """Whether it is more than words."""
        return bool(self.changes) or self.effect is not None


def skilled(name: str, replies: Sequence[Reply], meant: Meant | None) -> Decision:
    """Return what skills reply. What they do is now what was done last: "undo" means nothing before it."""
    effect = _together([reply.effect for reply in replies if reply.effect])
    return Decision(
        Route.SKILL,
        name,
        _text(replies),
        effect=effect,
        meant=replace(meant, outcomes=(), doubt=None) if meant and effect else None,
        options=_options(replies),
    )


def with_replies(decision: Decision, names: Sequence[str], replies: Sequence[Reply]) -> Decision:
    """Return a decision about the home together with what skills reply to the rest of the sentence."""
    return replace(
        decision,
        name=" ".join([decision.name, *names]),
        text=f"{_text(replies)} {decision.text}".strip(),
        effect=_together([reply.effect for reply in replies if reply.effect]),
        options=_options(replies),
    )


def _text(replies: Sequence[Reply]) -> str:
    return " ".join(reply.text for reply in replies if reply.text)


def _options(replies: Sequence[Reply]) -> tuple[tuple[str, Reply], ...]:
    """Return those of the first reply that asks which one: only one question can be answered."""
    return next((reply.options for reply in replies if reply.options), ())


def _together(effects: Sequence[Effect]) -> Callable[[], Awaitable[None]] | None:
    if not effects:
        return None

    async def carry_out() -> None:
        for effect in effects:
            done = effect()
            if done is not None:
                await done

    return carry_out
