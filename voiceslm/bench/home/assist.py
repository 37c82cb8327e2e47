"""Requests to simulated homes, and whether what was asked for came about.

The rows are those of home-assistant-datasets' "assist" collections: a request, what the home is like before,
and what Home Assistant's mock devices would be like after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from voiceslm.bench.home.devices import DELAY_SECONDS
from voiceslm.bench.home.homes import load_home
from voiceslm.bench.home.physics import changed
from voiceslm.bench.home.translate import ATTRIBUTES, canonical
from voiceslm.entities import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractAsyncContextManager

    from voiceslm.bench.home.broker import Address
    from voiceslm.bench.home.devices import SimulatedHome
    from voiceslm.bench.home.homes import Home
    from voiceslm.entities import State, Value

    Row = Mapping[str, Any]
    States = Mapping[str, State]
    MoveIn = Callable[[Home, SimulatedHome], AbstractAsyncContextManager["Resident"]]
    """Lets the assistant learn a home, and forget it on leaving."""

ROUNDING = 1
"""Percent: the wire counts to 100, 254 or 255, and what is asked for is rounded on the way."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What a row expects of Home Assistant's mock device that a real device need not do."""

    kind: str
    attribute: str
    values: tuple[Any, ...] | None
    """The expected values that are not asked for; None for any."""

    why: str


TOLERANCES = (
    Tolerance(
        "light", "color_mode", None, "Home Assistant's own; the same is seen from brightness and colour"
    ),
    Tolerance("light", "brightness", (0,), "the mock stays at 0 when turned on; a lamp that is on shines"),
    Tolerance("light", "brightness", (None,), "the mock has none when off; a lamp may keep its last"),
)
"""Expectations that are passed over; the state is not among them."""

EQUIVALENT = {("vacuum", "returning"): ("returning", "docked")}
"""Kind and expected state -> the states that will do: the way to the dock may be short."""

CONSEQUENCES: Mapping[str, frozenset[str]] = {
    "light": frozenset({"brightness", "color_mode"}),
    "cover": frozenset({"position"}),
    "valve": frozenset({"position"}),
    "fan": frozenset({"percentage"}),
    "climate": frozenset({"action"}),
    "media_player": frozenset({"muted"}),
}
"""Kind -> the properties that may change with those that a row names, and so need not be named themselves."""


class Resident(Protocol):
    """The assistant, at home in one of the homes."""

    async def say(self, text: str) -> None:
        """Ask it for something; returns once it has answered."""
        ...

    def counts(self) -> Mapping[str, int]:
        """Return how many items are on each list, by the list's name as in `Home.lists`."""
        ...


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one request."""

    row: Row
    reasons: tuple[str, ...]
    """Why it is a miss; none where what was asked for came about."""

    @property
    def reached(self) -> bool:
        """Whether what was asked for came about, and nothing else."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Report:
    """What came of all requests, in their order."""

    results: tuple[Result, ...]

    @property
    def share(self) -> float:
        """Of requests reached, in percent; 0 of none."""
        return 100 * sum(result.reached for result in self.results) / max(1, len(self.results))

    @property
    def misses(self) -> tuple[Result, ...]:
        """Requests that were not reached."""
        return tuple(result for result in self.results if not result.reached)


def reached(row: Row, before: States, after: States) -> bool:
    """Whether what a row expects came about, and nothing else; `misses` says why not."""
    return not misses(row, before, after)


def misses(row: Row, before: States, after: States) -> tuple[str, ...]:
    """Return what a row expects and did not come about, and what came about unexpectedly.

    Args:
        row: ``expect_changes``: key -> ``state`` and ``attributes`` in Home Assistant's words, a list's state
            being its number of items; ``ignore_changes``: key -> attributes that do not matter.
        before: key -> properties before the request, ``state`` of a list being its number of items.
        after: the same after it.
    """
    expected = row.get("expect_changes") or {}
    ignored = row.get("ignore_changes") or {}
    found: list[str] = []
    for key, wanted in expected.items():
        if key not in after:
            found.append(f"{key}: not in this home")
            continue
        passed = {*ignored.get(key, ()), *_passed_over(key, wanted)}
        attributes = {n: v for n, v in (wanted.get("attributes") or {}).items() if n not in passed}
        found += _unmet(key, canonical(key, wanted.get("state"), attributes), before[key], after[key])
        found += [f"{key}: no property for {name}" for name in attributes if name not in ATTRIBUTES]
        free = {ATTRIBUTES[name][0] for name in passed if name in ATTRIBUTES}
        named = {*canonical(key, wanted.get("state"), wanted.get("attributes")), *free}
        found += _unasked(key, named | CONSEQUENCES.get(_kind(key), frozenset()), before[key], after[key])
    for key in after.keys() - expected.keys():
        found += _unasked(key, frozenset(), before.get(key, {}), after[key])
    return tuple(found)


async def evaluate(
    rows: Iterable[Row],
    homes: Mapping[str, str],
    move_in: MoveIn,
    address: Address,
    *,
    delay: tuple[float, float] = DELAY_SECONDS,
    seed: int = 0,
) -> Report:
    """Make every request in its home, put before each into the state that its row describes.

    Rows of one home are taken together, homes in the order of their first rows.

    Args:
        rows: ``text``, ``home``, ``setup``, ``expect_changes``, ``ignore_changes``.
        homes: the homes' inventories as YAML, by name.
        move_in: with a home and its simulation, which is already announced on the broker, lets the assistant
            take part until the block ends. Before `Resident.say` acts on a state it may have to wait until it
            has been told of it: `SimulatedHome.states` is what it has been told by then.
        address: of the broker.
        delay: least and greatest seconds from a command to its report.
        seed: of those delays.
    """
    ordered = list(rows)
    results: dict[int, Result] = {}
    by_home = {
        name: [row for row in ordered if row["home"] == name] for name in (row["home"] for row in ordered)
    }
    for name, requests in by_home.items():
        home = load_home(homes[name])
        async with home.simulated(address, delay=delay, seed=seed) as simulated:
            usual = simulated.states
            async with move_in(home, simulated) as resident:
                for row in requests:
                    await simulated.reset(set_up(row, usual))
                    results[id(row)] = await _request(row, home, simulated, resident)
    return Report(tuple(results[id(row)] for row in ordered))


def set_up(row: Row, usual: States) -> dict[str, State]:
    """Return the states in which a row begins: the usual ones, and what its ``setup`` says instead."""
    states: dict[str, State] = dict(usual)
    for key, given in (row.get("setup") or {}).items():
        if key in usual:
            changes = canonical(key, given.get("state"), given.get("attributes"))
            states[key] = changed(Kind(_kind(key)), usual[key], changes)
    return states


async def _request(row: Row, home: Home, simulated: SimulatedHome, resident: Resident) -> Result:
    await simulated.settled()
    states, counts = simulated.states, dict(resident.counts())
    await resident.say(row["text"])
    await simulated.settled()
    # A row means lists that are empty before; nobody's list is emptied for it: only what is new counts.
    added: dict[str, State] = {
        key: {"state": resident.counts().get(name, 0) - counts.get(name, 0)}
        for key, name in home.lists.items()
    }
    before: States = {**states, **{key: {"state": 0} for key in home.lists}}
    return Result(row, misses(row, before, {**simulated.states, **added}))


def _passed_over(key: str, wanted: Mapping[str, Any]) -> set[str]:
    attributes = wanted.get("attributes") or {}
    return {
        tolerance.attribute
        for tolerance in TOLERANCES
        if tolerance.kind == _kind(key)
        and tolerance.attribute in attributes
        and (tolerance.values is None or attributes[tolerance.attribute] in tolerance.values)
    }


def _unmet(key: str, wanted: State, before: State, after: State) -> list[str]:
    return [
        f"{key}: {name} is {after.get(name)}, was {before.get(name)}, expected {value}"
        for name, value in wanted.items()
        if not _agrees(_kind(key), name, value, after.get(name))
    ]


def _unasked(key: str, may_change: Iterable[str], before: State, after: State) -> list[str]:
    free = frozenset(may_change)
    return [
        f"{key}: {name} became {after.get(name)}, was {before.get(name)}, unasked"
        for name in sorted({*before, *after} - free)
        if before.get(name) != after.get(name)
    ]


def _agrees(kind: str, name: str, wanted: Value, found: Value | None) -> bool:
    if isinstance(wanted, int | float) and isinstance(found, int | float):
        return abs(wanted - found) <= (
            ROUNDING if name in ("brightness", "position", "volume", "tilt") else 0
        )
    return found in EQUIVALENT.get((kind, str(wanted)), (wanted,))


def _kind(key: str) -> str:
    return key.partition(".")[0]
