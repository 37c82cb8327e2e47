"""``voiceslm tune``: the small model, made yours."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from voiceslm.cli.configured import settings_for
from voiceslm.cli.output import ConfigOption, JsonOption, ProfileOption, err, out, print_json
from voiceslm.cli.sources import home_of, pack_of
from voiceslm.cli.training import Shown, stopping
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from voiceslm.config import Settings
    from voiceslm.tuning.gather import Gathered
    from voiceslm.tuning.order import Result

NICENESS = 10
"""The assistant on the same machine goes first."""

MOST = 15_000


def tune(  # noqa: PLR0917 - options, all of them by name
    name: Annotated[
        str, typer.Option(help="Of the adapter; one that is there is replaced, and kept.")
    ] = "home",
    base: Annotated[
        str, typer.Option(metavar="MODEL|PATH", help="Model that learns; otherwise the one in use.")
    ] = "",
    sample: Annotated[
        int | None, typer.Option(min=1, max=500, help="Learn a made-up home of so many devices instead.")
    ] = None,
    most: Annotated[int, typer.Option(min=0, help="Sentences to the home, at most; 0: none.")] = MOST,
    examples: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Examples of your own, or of voiceslm distil.")
    ] = None,
    knowledge: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="Document or folder whose answers are learnt, too."),
    ] = None,
    minutes: Annotated[
        float, typer.Option(min=0.1, max=10_080, help="Longest time for the training.")
    ] = 45.0,
    threads: Annotated[int, typer.Option(min=0, max=64, help="That compute; 0: one for each core.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Of everything that is left to chance.")] = 0,
    yes: Annotated[
        bool, typer.Option("--yes", help="Begin even if not everything can be learnt in time.")
    ] = False,
    show_list: Annotated[bool, typer.Option("--list", help="List the adapters that are here.")] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="Go back to the adapter before.")] = False,
    approve: Annotated[
        Path | None,
        typer.Option(metavar="TURN", help="Approve a recorded turn, a folder: the next tuning learns it."),
    ] = None,
    call: Annotated[
        list[str] | None,
        typer.Option(metavar='"DEVICE …"', help="With --approve: the call that it should have come to."),
    ] = None,
    json: JsonOption = False,
    profile: ProfileOption = None,
    config: ConfigOption = None,
) -> None:
    """Teach the language model this home and more; install what it has learnt if it is better with it.

    Ctrl-C keeps what is done; the same command goes on there.
    """
    if show_list:
        _print_adapters(as_json=json)
        return
    if rollback:
        _roll_back(name)
        return
    if approve is not None or call:
        _approve(approve, call or [])
        return
    from voiceslm.tuning.order import Order  # noqa: PLC0415 - a help text should not wait for any of it
    from voiceslm.tuning.run import require_libraries, tune  # noqa: PLC0415

    require_libraries()
    settings = settings_for(config, profile)
    named, model = _base(settings, base)
    gathered = _gathered(settings, sample, examples or [], knowledge or [], most=most, seed=seed)
    os.nice(NICENESS)
    order = Order(
        name=name,
        base=named,
        model=model,
        persona=settings.llm.persona.strip(),
        minutes=minutes,
        threads=threads or os.cpu_count() or 1,
        seed=seed,
        folder=_folder(name),
    )
    with Shown(yes=yes) as shown, stopping() as stop:
        try:
            result = tune(order, gathered, shown, stop=stop)
        except KeyboardInterrupt:
            shown.note("what is done is kept: the same command goes on there")
            raise
    _print_result(result, order.folder, name, as_json=json)
    if result.adapter is None:
        raise typer.Exit(1)


def _base(settings: Settings, base: str) -> tuple[str, Path]:
    """Return the name of the model that learns, and its file."""
    from voiceslm.catalog import resolve  # noqa: PLC0415 - a help text should not wait for it
    from voiceslm.engines import models_of  # noqa: PLC0415

    named = base or models_of(settings).llm
    return named, resolve(named, "llm")


def _folder(name: str) -> Path:
    """Return where the work is kept: it can be made again, so among the caches."""
    from voiceslm.catalog.store import default_root  # noqa: PLC0415 - a help text should not wait for it
    from voiceslm.llm.adapter import require_name  # noqa: PLC0415

    require_name(name)
    return default_root() / "tuning" / name


def _gathered(
    settings: Settings,
    sample: int | None,
    files: Sequence[Path],
    documents: Sequence[Path],
    *,
    most: int,
    seed: int,
) -> Gathered:
    from voiceslm.tuning.gather import gather, require_examples  # noqa: PLC0415 - a help text should not wait for it

    entities = home_of(settings, sample, seed)
    recorded = settings.recording.folder
    with err.status("gathering examples …"):
        found = gather(
            entities,
            most=most,
            files=files,
            recorded=Path(recorded).expanduser() if recorded else None,
            pack=pack_of(documents),
            persona=settings.llm.persona.strip(),
            seed=seed,
        )
    for note in found.notes:
        err.print(note, markup=False, soft_wrap=True)
    require_examples(found)
    told = ", ".join(f"{number:,} {source}" for source, number in found.counts.items())
    err.print(f"{len(found.examples):,} examples: {told}", markup=False, soft_wrap=True)
    return found


def _print_result(result: Result, folder: Path, name: str, *, as_json: bool) -> None:
    before, after = result.before.document(), result.after.document()
    if as_json:
        installed = str(result.adapter.folder) if result.adapter else ""
        drift = {"conversation": result.drift.ratio}
        print_json(
            {
                "installed": installed,
                "why_not": result.why_not,
                "work": str(folder),
                "before": before | {"conversation": 1.0},
                "after": after | drift,
            }
        )
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("held out", "before", "after"):
        table.add_column(column, justify="left" if column == "held out" else "right")
    for test, share in result.before.right.items():
        table.add_row(test, f"{share:.0%}", f"{result.after.right.get(test, 0.0):.0%}")
    for test, nats in result.before.surprise.items():
        table.add_row(
            f"{test} (less is better)", f"{nats:.2f}", f"{result.after.surprise.get(test, nats):.2f}"
        )
    if result.drift.touched:
        table.add_row(
            "conversation, surprise at its own words (1: as before)", "1.00", f"{result.drift.ratio:.2f}"
        )
    else:
        table.add_row("conversation", "", "not touched")
    out.print(table)
    if result.adapter:
        words = (
            f"better, so it is installed. To use it: adapter = {name!r} in the section [llm], then restart"
        )
    else:
        words = f"not better, so it is not installed: {result.why_not}. It lies in {folder}"
    out.print(words, markup=False, soft_wrap=True)


def _print_adapters(*, as_json: bool) -> None:
    from voiceslm.llm import adapter as adapters  # noqa: PLC0415 - a help text should not wait for it

    found = []
    for name in adapters.names():
        try:
            found.append(adapters.find(name).manifest)
        except Problem as problem:
            err.print(str(problem), markup=False, soft_wrap=True)
    if as_json:
        print_json([one.model_dump() for one in found])
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("name", "for", "made", "examples", "teacher", "hash"):
        table.add_column(column, overflow="fold")
    for one in found:
        count = f"{sum(one.examples.values()):,}"
        table.add_row(one.name, one.base, one.made, count, one.teacher or "-", one.sha256[:12])
    out.print(table if found else "There are no adapters yet.")


def _roll_back(name: str) -> None:
    from voiceslm.llm import adapter as adapters  # noqa: PLC0415 - a help text should not wait for it

    manifest = adapters.rollback(name).manifest
    out.print(
        f"{name} is the adapter of {manifest.made} again ({manifest.sha256[:12]}…); restart what uses it",
        markup=False,
        soft_wrap=True,
    )


def _approve(folder: Path | None, call: Sequence[str]) -> None:
    from voiceslm.tuning.recorded import approve  # noqa: PLC0415 - a help text should not wait for it

    if folder is None:
        raise Problem("--call says what a turn should have come to", "Name the turn: --approve FOLDER")
    approve(folder, call="\n".join(call))
    out.print(f"{folder.resolve().name} is approved: the next tuning learns it", markup=False, soft_wrap=True)
