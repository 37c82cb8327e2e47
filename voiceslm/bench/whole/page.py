"""The report in Markdown: every number in it is from report.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voiceslm.bench.whole.job import row_of
from voiceslm.bench.whole.load import DISTURBED
from voiceslm.bench.whole.remaining import spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from voiceslm.bench.live.rows import Row
    from voiceslm.bench.pictures import Picture

NOTES_SHOWN = 12
"""Of a part; all are in report.json."""

LONGEST_NOTE = 300
"""Letters."""

VERDICTS = {True: "met", False: "**missed**", None: ""}
HEADINGS = ("measure", "n", "value [95 %]", "target", "")
TARGET_HEADINGS = ("part", "measure", "value [95 %]", "n", "target", "verdict")


def page(report: Mapping[str, Any], pictures: Sequence[Picture] = ()) -> str:
    """Return the report for people, with the ``pictures`` that lie beside it."""
    lines = [
        f"# voiceslm {report['version']}, measured{' in brief' if report['quick'] else ''}",
        "",
        *_head(report),
        "",
        "## Targets",
        "",
        *_targets(report),
    ]
    for name, part in report["parts"].items():
        lines += ["", f"## {part['title'][0].upper()}{part['title'][1:]}", "", *_part(name, part)]
        for picture in (one for one in pictures if one.part == name):
            lines += ["", f"![{picture.shows}]({picture.name}.svg)"]
    return "\n".join([*lines, "", *_models(report)]) + "\n"


def disturbed(report: Mapping[str, Any]) -> list[str]:
    """Return the titles of the parts that other programs, or other machines, took processor time from."""
    return [part["title"] for part in report["parts"].values() if _taken(part) > DISTURBED]


def _head(report: Mapping[str, Any]) -> Iterator[str]:
    on, parts = report["machine"], report["parts"]
    yield (
        f"{on['processor']}, {on['cores']} cores, {on['memory_gb']:g} GB; {on['system']}, "
        f"kernel {on['kernel']} ({on['architecture']}), Python {on['python']}."
    )
    models = ", ".join(model["id"] for model in report["models"].values())
    yield f"Profile {report['profile']}: {models}. {_set(report['settings'])}"
    code = f"commit {report['commit']}, " if report["commit"] else ""
    yield f"Code: {code}SHA-256 of the sources {report['source'][:12]}."
    if parts:
        took = spoken(sum(part["seconds"] for part in parts.values()))
        yield f"From {_minute(report['started'])} to {_minute(report['ended'])} UTC, {took} of measuring."
    yield ""
    yield _quiet(report)
    if report["missing"]:
        yield ""
        yield f"**Not yet measured: {', '.join(report['missing'])}.** Run it again, it goes on there."


def _quiet(report: Mapping[str, Any]) -> str:
    loads = [part["load"] for part in report["parts"].values()]
    if not loads:
        return "Nothing has been measured."
    busy = disturbed(report)
    if not busy:
        most = max(map(_taken, report["parts"].values()))
        return (
            f"The machine was quiet: nothing else took more than {most:.1f} % of its processors in any part."
        )
    before = max(load["before"] for load in loads)
    return (
        f"**Disturbed.** Other programs, or the host, took more than {DISTURBED:g} % of the processors "
        f"during: {'; '.join(busy)}. Times there are longer than this machine's own. "
        f"Highest load before a part: {before:.1f}."
    )


def _taken(part: Mapping[str, Any]) -> float:
    """Return how many per cent of the processors others took, or other machines, whichever took more."""
    return max(part["load"][whose] or 0.0 for whose in ("others_percent", "stolen_percent"))


def _targets(report: Mapping[str, Any]) -> Iterator[str]:
    rows = [(name, row) for name, part in report["parts"].items() for row in _rows(part) if row.target]
    if not rows:
        yield "None was measured."
        return
    counted = [row.met for _, row in rows if row.met is not None]
    few = " So few trials say little: the intervals are the result." if report["quick"] else ""
    yield f"{sum(counted)} of {len(counted)} are met.{few}"
    yield ""
    yield from _table(
        TARGET_HEADINGS,
        (
            (
                name,
                f"{_place(name, row)}{row.measure}",
                row.shown,
                row.n,
                row.wanted,
                VERDICTS[row.met] or "no trial",
            )
            for name, row in rows
        ),
        left=2,
    )


def _part(name: str, part: Mapping[str, Any]) -> Iterator[str]:
    if "error" in part:
        yield f"Not measured: {_inline(part['error'])}"
        return
    load = {name: "?" if value is None else f"{value:.1f}" for name, value in part["load"].items()}
    yield (
        f"`parts/{name}.json`, {_minute(part['ended'])} UTC, {part['seconds']:.0f} s. "
        f"Load {load['before']} before, {load['during_mean']} on average during it, "
        f"{load['during_most']} at most; other programs took {load['others_percent']} % of the processors, "
        f"the host {load['stolen_percent']} %."
    )
    rows = [*_rows(part)]
    if rows:
        yield ""
        cells = (
            (f"{_place(name, row)}{row.measure}", row.n, row.shown, row.wanted, VERDICTS[row.met])
            for row in rows
        )
        yield from _table(HEADINGS, cells, left=1)
    for table in part["document"].get("tables", []):
        yield from ("", f"{table['title']}:", "")
        yield from _table(table["headings"], table["rows"], left=0)
    notes = part["document"].get("notes", [])
    if notes:
        yield ""
        yield from (f"- {_inline(_short(note))}" for note in notes[:NOTES_SHOWN])
    if len(notes) > NOTES_SHOWN:
        yield f"- … and {len(notes) - NOTES_SHOWN} more in report.json"


def _models(report: Mapping[str, Any]) -> Iterator[str]:
    yield "## Versions"
    yield ""
    packages = ((name, version or "absent") for name, version in report["packages"].items())
    yield from _table(("package", "version"), packages, left=2)
    yield ""
    files = [
        (model["id"], name, f"`{digest}`")
        for model in report["models"].values()
        for name, digest in model.get("sha256", {}).items()
    ]
    yield from _table(("model", "file", "SHA-256"), files, left=3)


def _rows(part: Mapping[str, Any]) -> Iterator[Row]:
    yield from map(row_of, part.get("document", {}).get("rows", []))


def _place(part: str, row: Row) -> str:
    """Return where a measure is from: a part may hold several scenarios."""
    return f"{row.scenario}: " if row.scenario not in ("", part) else ""


def _set(settings: Mapping[str, Any]) -> str:
    changed = {key: value for key, value in settings.items() if key != "profile"}
    return f"Settings other than shipped: {_inline(str(changed))}." if changed else "Settings as shipped."


def _table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, left: int) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'|'.join('---' if index < left else '---:' for index in range(len(headings)))}|"
    for row in rows:
        yield f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in row)} |"


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _short(note: str) -> str:
    line = " ".join(note.split())
    return line if len(line) <= LONGEST_NOTE else line[:LONGEST_NOTE] + " …"


def _inline(text: str) -> str:
    """Return ``text`` so that Markdown takes nothing in it for markup."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|" else letter for letter in text)
