"""``voiceslm home``: what is in this home, what happens in it, and a command for it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from voiceslm.cli.configured import settings_for
from voiceslm.cli.output import ConfigOption, JsonOption, ProfileOption, err, out, print_json
from voiceslm.errors import Problem
from voiceslm.home.conditions import condition

if TYPE_CHECKING:
    from voiceslm.config import Settings
    from voiceslm.entities import Entity
    from voiceslm.events import TurnRecord
    from voiceslm.residence import Residence

app = typer.Typer(help="What is in this home, as its broker tells it.", no_args_is_help=True)

_FAILED = ("unable", "silent", "unavailable", "offline", "refused")
"""Results after which a command has not done what it should."""


@app.command("list")
def list_(
    show_all: Annotated[bool, typer.Option("--all", help="With what is hidden or only for upkeep.")] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """List rooms and devices, by the names they are called by, and their states."""
    asyncio.run(_list(_with_broker(config), show_all=show_all, as_json=json))


@app.command()
def watch(config: ConfigOption = None) -> None:
    """Print what changes in the home, until Ctrl-C."""
    asyncio.run(_watch(_with_broker(config)))


@app.command()
def do(
    text: Annotated[
        str, typer.Argument(help='A command or a question, such as "turn on the kitchen light".')
    ],
    json: JsonOption = False,
    profile: ProfileOption = None,
    config: ConfigOption = None,
) -> None:
    """Do what is said, or answer; the language model is only loaded for what nothing else understands."""
    settings = _with_broker(config, profile)
    record = asyncio.run(_do(settings, text))
    if json:
        print_json(record.document())
    else:
        out.print(record.reply or "done", markup=False, soft_wrap=True)
    if any(action.rpartition(" ")[2] in _FAILED for action in record.actions):
        raise typer.Exit(1)


def _with_broker(config: str | None, profile: str | None = None) -> Settings:
    settings = settings_for(config, profile)
    if not settings.mqtt.host:
        raise Problem(
            "no broker is configured",
            "Set `host` in the section [mqtt] of the configuration, or VOICESLM_MQTT__HOST",
        )
    return settings


async def _list(settings: Settings, *, show_all: bool, as_json: bool) -> None:
    from voiceslm.residence import visited  # noqa: PLC0415 - a mistyped option should not wait for it

    async with visited(settings, _ignore) as residence:
        _must_be_connected(residence)
        registry = residence.registry
        found = registry.everything if show_all else registry.entities
        entities = sorted(
            (entity for entity in found.values() if show_all or not entity.auxiliary),
            key=lambda entity: (entity.area.casefold(), entity.name.casefold(), entity.id),
        )
        if as_json:
            refused = [{"what": what, "why": why} for what, why in registry.refusals]
            print_json(
                {"entities": [_as_document(residence, entity) for entity in entities], "refused": refused}
            )
            return
        if not entities:
            out.print("Nothing announces itself. See docs/mqtt.md for how devices do.")
        _print_table(entities, residence)
        for what, why in registry.refusals:
            err.print(f"not usable: {what}: {why}", markup=False, soft_wrap=True)


def _must_be_connected(residence: Residence) -> None:
    if trouble := residence.trouble:
        raise trouble


def _ignore(_words: str) -> None:
    """Tell nobody of the connection: it is there, or the command fails."""


def _as_document(residence: Residence, entity: Entity) -> dict[str, Any]:
    state = residence.registry.state(entity.id)
    return {
        "id": entity.id,
        "name": entity.name,
        "aliases": list(entity.aliases),
        "area": entity.area,
        "floor": entity.floor,
        "kind": entity.kind.value,
        "device_class": entity.device_class,
        "available": residence.registry.available(entity.id),
        "state": {name: list(value) if isinstance(value, tuple) else value for name, value in state.items()},
        "unit": entity.unit,
        "settable": sorted(entity.settable),
        "deeds": sorted(entity.deeds),
    }


def _print_table(entities: list[Entity], residence: Residence) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("room", "name", "kind", "state", "id"):
        table.add_column(column, overflow="fold")
    for entity in entities:
        kind = entity.device_class or entity.kind.value
        said = _said(residence, entity)
        row = (entity.area or "-", entity.name, kind.replace("_", " "), said, entity.id)
        table.add_row(*map(Text, row))  # as it is: names come from the network
    out.print(table)


def _said(residence: Residence, entity: Entity) -> str:
    if not residence.registry.available(entity.id):
        return "offline"
    return condition(entity, residence.registry.state(entity.id)) or "unknown"


async def _watch(settings: Settings) -> None:
    from voiceslm.residence import visited  # noqa: PLC0415 - a mistyped option should not wait for it

    watching = False

    def report(words: str) -> None:
        if watching:
            err.print(words, markup=False, soft_wrap=True)

    async with visited(settings, report) as residence:
        _must_be_connected(residence)
        watching = True
        registry = residence.registry

        def show(entities: frozenset[str]) -> None:
            for id_ in sorted(entities & registry.entities.keys()):
                entity = registry.entities[id_]
                line = f"{time.strftime('%H:%M:%S')} {entity.name}: {_said(residence, entity)}"
                out.print(Text(line), soft_wrap=True)

        residence.home.watch(show)
        await asyncio.get_running_loop().create_future()


async def _do(settings: Settings, text: str) -> TurnRecord:
    from voiceslm.assistant import Assistant  # noqa: PLC0415 - a mistyped option should not wait for the engines
    from voiceslm.conversation.pipeline import readable  # noqa: PLC0415
    from voiceslm.residence import visited  # noqa: PLC0415

    text = readable(text, "do")
    async with visited(settings, _ignore) as residence:
        _must_be_connected(residence)
        async with Assistant(settings, residence) as assistant:
            await assistant.load()
            if not assistant.conversation.is_command(text):
                with err.status("Loading the language model …"):
                    await assistant.load(think=True)
            return await assistant.conversation.write(text)
