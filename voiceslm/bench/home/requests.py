"""Requests to the homes of home-assistant-datasets, answered by the whole assistant, the model included."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from voiceslm.bench.home.assist import evaluate
from voiceslm.bench.home.broker import broker
from voiceslm.bench.home.lodging import living, lodged, said, settings_in
from voiceslm.bench.home.part import SEED, Part
from voiceslm.bench.home.sentences import Miss, rows
from voiceslm.bench.live.rows import Sheet, Target
from voiceslm.entities import Result as Came

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from voiceslm.assistant import Assistant
    from voiceslm.bench.home.assist import Result, Row
    from voiceslm.bench.home.broker import Address
    from voiceslm.bench.home.devices import SimulatedHome
    from voiceslm.bench.home.homes import Home
    from voiceslm.bench.home.lodging import Lodging
    from voiceslm.bench.home.part import Bench
    from voiceslm.events import TurnRecord

REQUESTS = "text/ha_assist_eval.jsonl"
HOMES = "text/ha_assist_homes.json"

REACHED = Target(75.0, at_least=True)
NONE = Target(0.0)

QUICK = 8

GUARDED = ("lock.", "cover.", "valve.", "alarm_control_panel.")
"""Kinds of which some may not be opened by default."""

Answered = tuple["Result", "TurnRecord"]


class Tenant:
    """The assistant in one home, as `evaluate` needs it."""

    def __init__(self, assistant: Assistant, lodging: Lodging, records: list[TurnRecord]) -> None:
        """Keep the record of each request in ``records``."""
        self._assistant = assistant
        self._lodging = lodging
        self._records = records
        self._taken: Counter[str] = Counter()

    async def say(self, text: str) -> None:
        """Ask, in a conversation of its own, and with empty lists."""
        self._empty()
        await self._lodging.told()
        self._records.append(await said(self._assistant.conversation, text))
        self._assistant.conversation.forget()

    def counts(self) -> Mapping[str, int]:
        """Return how much is on each list, with what was taken away for the next request."""
        lists = self._assistant.skills.lists
        return {name: len(lists.items(name)) + self._taken[name] for name in lists.names}

    def _empty(self) -> None:
        lists = self._assistant.skills.lists
        for name in lists.names:
            items = lists.items(name)
            self._taken[name] += len(items)
            lists.remove(name, items)


async def requests(bench: Bench) -> Part:
    """Make every request; those to locks, covers and valves once more as it is by default."""
    wanted = bench.some(list(rows(bench.data / REQUESTS)), quick=QUICK)
    found = await answers(bench, wanted, allowed=True)
    closed = [row for row in wanted if any(key.startswith(GUARDED) for key in row["expect_changes"])]
    guarded = await answers(bench, closed, allowed=False)
    sheet = Sheet("requests")
    refused = [(result, record) for result, record in guarded if not result.reached]
    return Part(
        (
            sheet.share("what was asked for came about, and nothing else", _reached(found), REACHED),
            *(
                sheet.share(f"the same, route {route}", _reached(of_route))
                for route, of_route in _by_route(found).items()
            ),
            sheet.share("locks, covers and valves under defaults", _reached(guarded)),
            sheet.figure(
                "of those not reached, something was sent",
                sum(_sent(record) for _, record in refused),
                len(refused),
                "",
                NONE,
            ),
        ),
        misses=tuple(_miss(result, record) for result, record in found if not result.reached),
        counts=tuple(f'under defaults, "{result.row["text"]}": {record.reply}' for result, record in refused),
        notes=("guarded entities are allowed without PIN, but for the rows that say otherwise",),
    )


async def answers(
    bench: Bench, wanted: Sequence[Row], *, allowed: bool, speak: bool = False
) -> list[Answered]:
    """Return what came of each request, in no order; every home has an assistant of its own.

    Args:
        bench: whose models and data are used.
        wanted: the requests.
        allowed: whether guarded entities need no PIN.
        speak: make the sound of replies too.
    """
    homes = json.loads((bench.data / HOMES).read_text(encoding="utf-8"))
    names = list(dict.fromkeys(row["home"] for row in wanted))
    found: list[Answered] = []
    async with broker() as address:
        for name in bench.progress(names, "requests" if allowed else "requests, by default"):
            records: list[TurnRecord] = []
            moving = _moving(bench, address, records, allowed=allowed, speak=speak)
            of_home = [row for row in wanted if row["home"] == name]
            report = await evaluate(of_home, homes, moving, address, seed=SEED)
            found += zip(report.results, records, strict=True)
    return found


def _moving(bench: Bench, address: Address, records: list[TurnRecord], *, allowed: bool, speak: bool) -> Any:
    """Return how the assistant moves into a home."""

    @asynccontextmanager
    async def move_in(home: Home, _simulated: SimulatedHome) -> AsyncIterator[Tenant]:
        unguard = list(home.names.values()) if allowed else []
        settings = settings_in(bench.settings, home, address, unguard=unguard)
        async with (
            lodged(settings) as lodging,
            living(settings, lodging, asks_pin=not allowed, think=True, speak=speak) as assistant,
        ):
            yield Tenant(assistant, lodging, records)

    return move_in


def _by_route(found: Sequence[Answered]) -> dict[str, list[Answered]]:
    by_route: dict[str, list[Answered]] = {}
    for result, record in found:
        by_route.setdefault(record.route, []).append((result, record))
    return dict(sorted(by_route.items()))


def _sent(record: TurnRecord) -> bool:
    return any(not action.endswith(f" {Came.REFUSED}") for action in record.actions)


def _reached(found: Sequence[Answered]) -> list[bool]:
    return [result.reached for result, _ in found]


def _miss(result: Result, record: TurnRecord) -> Miss:
    home = result.row["home"].rpartition("/")[2]
    got = f'{record.route} {record.route_detail}: "{record.reply}"; {"; ".join(result.reasons)}'
    return Miss(f"{result.row['text']} ({home})", json.dumps(result.row["expect_changes"]), got)
