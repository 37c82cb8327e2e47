"""From questions to what is known of them, with the language model and without."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from voiceslm.cli.output import err

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.assistant import Assistant
    from voiceslm.config import Settings
    from voiceslm.events import TurnRecord
    from voiceslm.knowledge import Pack
    from voiceslm.knowledge.deciding import Taken
    from voiceslm.knowledge.evaluating import Evaluation
    from voiceslm.knowledge.judging import Asked

STRICT = "strict"
CHAT = "chat"
"""The way of what is left to the conversation."""


def decided(questions: Sequence[str], pack: Pack, settings: Settings) -> list[Taken | None]:
    """Return how each question is answered."""
    from voiceslm.knowledge.deciding import decide  # noqa: PLC0415 - a mistyped option should not wait for it
    from voiceslm.knowledge.indexing import index_of  # noqa: PLC0415
    from voiceslm.knowledge.sizing import size_of  # noqa: PLC0415

    index = index_of(pack)
    strict = settings.knowledge.scope == STRICT
    in_prompt = size_of(pack).fits(settings.knowledge.prompt_tokens)
    return [decide(question, index, strict=strict, in_prompt=in_prompt) for question in questions]


async def answers(
    questions: Sequence[str], taken: Sequence[Taken | None], settings: Settings
) -> list[TurnRecord]:
    """Return what the assistant writes to each question; the model is loaded where one of them needs it."""
    from voiceslm.assistant import Assistant  # noqa: PLC0415 - a mistyped option should not wait for the engines

    assistant: Assistant
    think = any(map(_needs_model, taken))
    async with Assistant(settings) as assistant:
        with err.status("Loading models …"):
            await assistant.load(think=think)
        with err.status("Working …"):
            return [await assistant.conversation.write(question) for question in questions]


def evaluated(asked: Sequence[Asked], pack: Pack, settings: Settings, *, no_model: bool) -> Evaluation:
    """Return what came of questions; without a model, of what an answer could rest on."""
    from voiceslm.knowledge.evaluating import Evaluation, Outcome  # noqa: PLC0415

    questions = [one.text for one in asked]
    taken = decided(questions, pack, settings)
    if no_model:
        found = [_rests_on(one) for one in taken]
        return Evaluation([Outcome(one, *parts) for one, parts in zip(asked, found, strict=True)])
    records = asyncio.run(answers(questions, taken, settings))
    return Evaluation(
        [
            Outcome(one, record.reply, _way(record), ", ".join(record.sources))
            for one, record in zip(asked, records, strict=True)
        ]
    )


def _needs_model(taken: Taken | None) -> bool:
    from voiceslm.knowledge.deciding import Way  # noqa: PLC0415

    return taken is None or taken.way in {Way.PREFIX, Way.RETRIEVE, Way.CHECKED}


def _rests_on(taken: Taken | None) -> tuple[str, str, str]:
    """Return on what an answer could rest, the way, and the source."""
    if taken is None:
        return "", CHAT, ""
    text = taken.text or " ".join(one.text for one in taken.passages)
    return text, taken.way.value, ", ".join(taken.sources)


def _way(record: TurnRecord) -> str:
    """Return which way a turn took, as far as knowledge goes; otherwise its route."""
    from voiceslm.events import Route  # noqa: PLC0415

    return str(record.route_detail if record.route is Route.KNOWLEDGE else record.route)


def document(question: str, taken: Taken | None, records: Sequence[TurnRecord]) -> dict[str, Any]:
    """Return what ``--json`` prints."""
    return {
        "question": question,
        "way": taken.way.value if taken else CHAT,
        "score": taken.score if taken else None,
        "strange": [*taken.strange] if taken else [],
        "rests_on": [{"source": one.source, "text": one.text} for one in taken.passages] if taken else [],
        "turn": records[0].document() if records else None,
    }
