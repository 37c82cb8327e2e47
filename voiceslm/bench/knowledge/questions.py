"""The questions: about the shop in one half and the other, and about what nobody wrote down."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

from voiceslm.bench.home.sentences import CLINC_COMMANDS
from voiceslm.knowledge.asked import read_asked
from voiceslm.knowledge.judging import Asked
from voiceslm.knowledge.reading import read

if TYPE_CHECKING:
    from voiceslm.knowledge import Pack

FOLDER = Path(__file__).parent
SHOP = FOLDER / "shop"

DEV, TEST = "dev", "test"

CLINC = "text/clinc150_oos.jsonl"
SEED = 23
"""Of what is drawn of it: two runs ask the same."""


def half(question: str) -> str:
    """Return which half a question is in: thresholds are set with ``dev``, and judged by ``test``."""
    return (DEV, TEST)[hashlib.sha256(question.encode()).digest()[0] % 2]


def shop() -> Pack:
    """Return what is known of the shop."""
    pack, _ = read([SHOP])
    return pack


def about_the_shop() -> list[Asked]:
    """Return the questions that it answers, with what makes an answer right."""
    return read_asked(FOLDER / "asked.txt")


def elsewhere(data: Path, clinc: int) -> dict[str, list[Asked]]:
    """Return questions that it does not answer, by their kind.

    Args:
        data: folder that holds ``text/``.
        clinc: how many to draw of clinc150_oos, of those that no skill answers.
    """
    return {
        "near misses": read_asked(FOLDER / "elsewhere.txt"),
        "general": read_asked(FOLDER / "trivia.txt"),
        "clinc150_oos": _drawn(data / CLINC, clinc),
    }


def _drawn(file: Path, count: int) -> list[Asked]:
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    texts = sorted({row["text"] for row in rows if row["intent"] not in CLINC_COMMANDS})
    dice = random.Random(SEED)  # noqa: S311 - not a secret
    return [Asked(text, ()) for text in dice.sample(texts, min(count, len(texts)))]
