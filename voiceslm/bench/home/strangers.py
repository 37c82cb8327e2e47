"""Sentences that are no commands to a home, said to one: nothing may be sent to any device."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.assistant import local_time
from voiceslm.bench.home.broker import broker
from voiceslm.bench.home.lodging import living, lodged, said, settings_in
from voiceslm.bench.home.part import SEED, Part
from voiceslm.bench.home.sampled import sample_home
from voiceslm.bench.home.sentences import CLINC_COMMANDS, SLURP_COMMANDS, Miss, rows
from voiceslm.bench.live.rows import Sheet, Target
from voiceslm.conversation.router import Router
from voiceslm.conversation.tooling import Tooling
from voiceslm.events import Route
from voiceslm.intents.recognizer import Recognizer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voiceslm.assistant import Assistant
    from voiceslm.bench.home.lodging import Lodging
    from voiceslm.bench.home.part import Bench
    from voiceslm.bench.live.rows import Row

SETS = {
    "clinc150_oos": ("text/clinc150_oos.jsonl", CLINC_COMMANDS),
    "slurp_text": ("text/slurp_text.jsonl", SLURP_COMMANDS),
}
"""Set -> its file, and its labels that are left out because they are commands."""

DEVICES = 30
AREA = "Living Room"
"""Where the assistant stands: a sentence that names no room means this one."""

QUICK = 100
"""Sentences of each set."""

NONE = Target(0.0)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a sentence was taken for; nothing where it is left to conversation."""

    name: str
    """Of the set."""
    label: str
    text: str
    what: str
    published: int
    """Messages that the broker got."""


async def strangers(bench: Bench) -> Part:
    """Say them all; those that no intent and no tool takes would be conversation, and are not answered."""
    home = sample_home(DEVICES, SEED)
    asked = Counter[str]()
    taken: list[Taken] = []
    async with broker() as address, home.simulated(address, seed=SEED):
        settings = settings_in(bench.settings, home, address, area=AREA, unguard=list(home.names.values()))
        async with (
            lodged(settings) as lodging,
            living(settings, lodging, asks_pin=False, think=True) as assistant,
        ):
            ear = _Ear(assistant, lodging, settings.language)
            for name, label, text in bench.progress(list(_sentences(bench)), "strangers"):
                asked[name] += 1
                if ear.takes(text):
                    taken.append(await _answered(name, label, text, assistant, lodging))
    return Part(
        tuple(_rows(asked, taken)),
        misses=tuple(Miss(one.text, f"{one.name} {one.label}", one.what) for one in taken if one.published),
        counts=tuple(_counted(taken)),
        notes=(
            f"a home of {DEVICES} devices, heard in the {AREA.lower()}, nothing guarded",
            *(f"{name}, labels left out: {', '.join(sorted(labels))}" for name, (_, labels) in SETS.items()),
        ),
    )


class _Ear:
    """Says beforehand whether the assistant takes a sentence for anything but conversation."""

    def __init__(self, assistant: Assistant, lodging: Lodging, language: str) -> None:
        home = lodging.residence.home
        router = Router(
            Recognizer(language), assistant.skills, now=local_time, clock=time.monotonic, home=home, area=AREA
        )
        self._conversation = assistant.conversation
        self._tooling = Tooling(home, router, AREA)
        self._tooling.learn([*home.entities.values()])

    def takes(self, text: str) -> bool:
        return self._conversation.is_command(text) or self._tooling.request(text) is not None


def _sentences(bench: Bench) -> Iterator[tuple[str, str, str]]:
    for name, (path, commands) in SETS.items():
        found = [row for row in rows(bench.data / path) if row["intent"] not in commands]
        yield from ((name, row["intent"], row["text"]) for row in bench.some(found, quick=QUICK))


async def _answered(name: str, label: str, text: str, assistant: Assistant, lodging: Lodging) -> Taken:
    """Let the assistant answer one sentence, in a conversation of its own."""
    before = _published(lodging)
    record = await said(assistant.conversation, text)
    assistant.conversation.forget()
    detail = "" if record.route is Route.CHAT else record.route_detail
    what = f"{record.route} {detail}".strip() + f": {' '.join(record.actions) or record.reply}"
    return Taken(name, label, text, what, _published(lodging) - before)


def _published(lodging: Lodging) -> int:
    """Return how many messages the broker has taken from the assistant."""
    return int(lodging.residence.connection.status()["published"])


def _rows(asked: Counter[str], taken: Sequence[Taken]) -> Iterator[Row]:
    sheet = Sheet("strangers")
    for name, total in asked.items():
        published = sum(one.published for one in taken if one.name == name)
        yield sheet.figure(f"{name}: messages published", published, total, "", NONE)
    yield sheet.figure(
        "taken for something by an intent or looked at by the model", len(taken), asked.total(), ""
    )


def _counted(taken: Sequence[Taken]) -> Iterator[str]:
    """Yield, by label, what sentences were taken for."""
    found = Counter((one.name, one.label, one.what.partition(":")[0]) for one in taken)
    yield from (f"{name} {label}: {what} {count}" for (name, label, what), count in sorted(found.items()))
