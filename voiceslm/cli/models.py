"""``voiceslm models``: what can be pulled, what is here, and whether it is intact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from voiceslm.catalog import Report, Store, Verdict, load_catalog, remove, resolve, verify
from voiceslm.cli.output import JsonOption, ProfileOption, out, print_json
from voiceslm.cli.pulling import pull_all
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voiceslm.catalog import Catalog, Entry

WIDE = 160
"""Columns of a table that goes to a file or a pipe, where nothing should be folded."""

app = typer.Typer(no_args_is_help=True, help="List, pull, verify and remove models.")

Names = Annotated[list[str] | None, typer.Argument(metavar="NAME", help="Models, voices or profiles.")]


@app.command("list")
def list_models(json: JsonOption = False) -> None:
    """List every model that can be pulled, what of it is here, and what its licence allows."""
    catalog, store = load_catalog(), Store()
    if json:
        print_json(
            {
                "root": str(store.root),
                "models": [as_document(entry, store) for entry in catalog.models.values()],
                "profiles": [
                    {
                        key: getattr(profile, key)
                        for key in ("name", "stt", "turn", "llm", "voice", "description")
                    }
                    for profile in catalog.profiles.values()
                ],
            }
        )
        return
    print_table(catalog.models.values(), store, second=("kind", lambda entry: entry.kind))
    profiles = Table(box=None, pad_edge=False, title="\nprofiles", title_justify="left", title_style="bold")
    for heading in ("name", "hears with", "thinks with", "speaks with", ""):
        profiles.add_column(heading, overflow="fold")
    for profile in catalog.profiles.values():
        profiles.add_row(profile.name, profile.stt, profile.llm, profile.voice, profile.description)
    console().print(profiles)


@app.command("pull")
def pull_models(names: Names = None, profile: ProfileOption = None) -> None:
    """Pull models, voices or whole profiles; without a name, everything the default profile needs.

    An interrupted pull goes on where it stopped. Each file is checked against the catalog's hash.
    """
    pull_all(_chosen(load_catalog(), names, profile), Store())


@app.command("verify")
def verify_models(names: Names = None, json: JsonOption = False) -> None:
    """Read every byte of what is here and compare it with the catalog.

    Without a name, everything is looked at, and what was never pulled is no fault.
    """
    catalog, store = load_catalog(), Store()
    entries = _named(catalog, names) if names else [*catalog.models.values(), *catalog.voices.values()]
    reports = []
    for entry in entries:
        reports.append(verify(entry, store))
        if not json and (names or reports[-1].verdict is not Verdict.ABSENT):
            out.print(f"{reports[-1].verdict:<10} {entry.id}")
    bad = [report for report in reports if _is_bad(report, named=bool(names))]
    if json:
        print_json({"ok": not bad, "models": [_report_document(report) for report in reports]})
        if bad:
            raise typer.Exit(1)
        return
    if not names:
        out.print(f"{sum(report.verdict is Verdict.ABSENT for report in reports)} others were never pulled")
    if bad:
        raise _problem(bad)


@app.command("remove")
def remove_models(
    names: Annotated[list[str], typer.Argument(metavar="NAME", help="Models or voices.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete models or voices from this machine."""
    catalog, store = load_catalog(), Store()
    entries = [catalog.get(name) for name in names]
    if not yes:
        listed = ", ".join(entry.id for entry in entries)
        typer.confirm(f"Remove {listed} from {store.root}?", abort=True)
    for entry in entries:
        freed = remove(entry, store)
        out.print(f"{entry.id}: {f'removed, {freed / 1e6:,.1f} MB freed' if freed else 'was not here'}")


@app.command("path")
def show_path(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A model or a voice.")] = None,
) -> None:
    """Print where models lie, or the very file or folder an engine opens for NAME."""
    store = Store()
    if name is None:
        typer.echo(store.root)
        return
    entry = load_catalog().get(name)
    typer.echo(resolve(entry.id, entry.kind, store))


def as_document(entry: Entry, store: Store) -> dict[str, Any]:
    """Describe an entry and its state here for machines."""
    return {
        "id": entry.id,
        "kind": entry.kind,
        "description": entry.description,
        "languages": list(entry.languages),
        "bytes": entry.bytes,
        "state": str(store.state(entry)),
        "licence": entry.licence,
        "commercial": entry.commercial,
        "note": entry.note,
        "lineage": entry.lineage,
        "gated": entry.gated,
        "pinned": entry.pinned,
        "sources": list(entry.sources),
        "hub": entry.hub,
        "revision": entry.revision,
        "files": [{"name": file.name, "bytes": file.bytes, "sha256": file.sha256} for file in entry.files],
    }


def print_table(entries: Iterable[Entry], store: Store, second: tuple[str, Any]) -> None:
    """Print entries as a table; ``second`` is the heading and the content of its second column."""
    table = Table(box=None, pad_edge=False)
    table.add_column("id", no_wrap=True)
    table.add_column(second[0])
    table.add_column("size", justify="right", no_wrap=True)
    for heading in ("state", "licence", "business use", "from"):
        table.add_column(heading)
    for entry in entries:
        size = f"{entry.bytes / 1e6:,.0f} MB"
        state = str(store.state(entry))
        table.add_row(
            entry.id, second[1](entry), size, state, entry.licence, entry.commercial, _origin(entry)
        )
    console().print(table)


def console() -> Console:
    """Return a console as wide as the terminal, or wide enough for any line elsewhere."""
    return out if out.is_terminal else Console(width=WIDE, highlight=False)


def _origin(entry: Entry) -> str:
    marks = ["gated upstream"] if entry.gated else []
    marks += [] if entry.pinned else ["unpinned"]
    return ", ".join(entry.sources) + (f" ({', '.join(marks)})" if marks else "")


def _named(catalog: Catalog, names: Sequence[str]) -> list[Entry]:
    """Turn names of models, voices and profiles into entries, each once."""
    entries: dict[str, Entry] = {}
    for name in names:
        found = catalog.of_profile(name) if name in catalog.profiles else (catalog.get(name),)
        entries.update({entry.id: entry for entry in found})
    return list(entries.values())


def _chosen(catalog: Catalog, names: Sequence[str] | None, profile: str | None) -> list[Entry]:
    wanted = list(names or [])
    if profile is not None:
        catalog.of_profile(profile)  # an unknown one is refused as a profile, not looked up as a model
        wanted.append(profile)
    return _named(catalog, wanted or ["default"])


def _is_bad(report: Report, *, named: bool) -> bool:
    return report.verdict is not Verdict.OK and (named or report.verdict is not Verdict.ABSENT)


def _report_document(report: Report) -> dict[str, Any]:
    return {"id": report.entry.id, "verdict": str(report.verdict), "faults": list(report.faults)}


def _problem(bad: Sequence[Report]) -> Problem:
    causes = [
        f"{report.entry.id} is {report.verdict}{': ' if report.faults else ''}{', '.join(report.faults)}"
        for report in bad
    ]
    names = " ".join(report.entry.id for report in bad)
    return Problem("; ".join(causes), f"Type: voiceslm models pull {names}")
