"""Asks the whole assistant in writing, with what the shop knows: strict, as it stands on a desk, and open."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from voiceslm.assistant import Assistant
from voiceslm.bench.knowledge.questions import SHOP
from voiceslm.events import Route
from voiceslm.knowledge import deciding, matching
from voiceslm.knowledge.deciding import Way
from voiceslm.knowledge.evaluating import Outcome

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from voiceslm.config import Settings
    from voiceslm.crew import Crew
    from voiceslm.events import TurnRecord
    from voiceslm.knowledge.judging import Asked

IN_PROMPT, LOOKED_UP = 1200, 0
"""Tokens that may stand in the prompt: all of the shop, or nothing."""


def desk_settings(settings: Settings) -> Settings:
    """Return the settings of the shop's desk."""
    return _knowing(settings, paths=[str(SHOP)], scope="strict")


def open_settings(settings: Settings, prompt_tokens: int) -> Settings:
    """Return the settings of an assistant that knows the shop, and talks about all else."""
    return _knowing(settings, paths=[str(SHOP)], scope="open", prompt_tokens=prompt_tokens)


def chat_settings(settings: Settings) -> Settings:
    """Return the settings of an assistant that knows no documents."""
    return _knowing(settings, paths=[], scope="open")


def _knowing(settings: Settings, **given: Any) -> Settings:
    return settings.model_copy(update={"knowledge": settings.knowledge.model_copy(update=given)})


@asynccontextmanager
async def loaded(
    settings: Settings, *, speak: bool = False, crew: Crew | None = None
) -> AsyncIterator[Assistant]:
    """Load an assistant for as long as the block runs."""
    async with Assistant(settings, crew=crew) as assistant:
        await assistant.load(think=True, speak=speak)
        yield assistant


async def outcomes(assistant: Assistant, asked: Iterable[Asked]) -> list[Outcome]:
    """Return what comes of questions that have nothing to do with each other."""
    return [outcome(one, await assistant.conversation.write(one.text)) for one in asked]


def outcome(asked: Asked, record: TurnRecord) -> Outcome:
    """Return what a turn came to."""
    way = str(record.route_detail if record.route is Route.KNOWLEDGE else record.route)
    return Outcome(asked, record.reply, way, ", ".join(record.sources))


@contextmanager
def by_the_model() -> Iterator[None]:
    """Let nothing be answered without the model: no sentence is clear enough, no question the same."""
    kept = deciding.CLEAR, matching.ALIKE
    deciding.CLEAR = matching.ALIKE = float("inf")
    try:
        yield
    finally:
        deciding.CLEAR, matching.ALIKE = kept


MODEL_WAYS = frozenset({Way.PREFIX, Way.RETRIEVE, Way.CHECKED})
"""Those for which a model is asked."""
