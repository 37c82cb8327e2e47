"""The models that the settings name: here, whole, and the very bytes that the catalog promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.catalog import State, Store, Verdict, load_catalog, resolve, verify
from voiceslm.daemon.doctor.finding import advice, broken, ok, trouble
from voiceslm.engines import models_of
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voiceslm.catalog import Entry, Kind, Report
    from voiceslm.daemon.doctor.case import Case
    from voiceslm.daemon.doctor.finding import Finding


def check(case: Case) -> Iterator[Finding]:
    """Look at each of the four, and at that of meaning where documents are to be known."""
    try:
        models = models_of(case.settings)
    except Problem as problem:
        yield trouble("models.profile", "the profile is not known", problem)
        return
    store = Store()
    knows = case.settings.knowledge.paths
    meaning = load_catalog().profiles[case.settings.profile].meaning
    named: list[tuple[Kind, str]] = [
        ("stt", models.stt),
        ("llm", models.llm),
        ("voice", models.voice),
        ("turn", models.turn),
    ]
    if knows:
        named.append(("meaning", meaning))
    for kind, name in named:
        yield _look(case, kind, name, store)


def _look(case: Case, kind: Kind, name: str, store: Store) -> Finding:
    check = f"models.{kind}"
    entry = load_catalog().find(name)
    if entry is None or entry.kind != kind:
        try:
            path = resolve(name, kind, store)
        except Problem as problem:
            return trouble(check, f"{name} cannot be used", problem)
        return ok(check, f"{path} is a model of your own")
    state = store.state(entry)
    report = None
    if state is State.PRESENT and not case.quick:
        case.say(f"Reading {entry.id} ({entry.bytes / 1e6:,.0f} MB)")
        report = verify(entry, store)
    return judge(check, entry, state, report, store)


def judge(check: str, entry: Entry, state: State, report: Report | None, store: Store) -> Finding:
    """Say whether a model of the catalog is right.

    Args:
        check: the finding's.
        entry: the model.
        state: what a glance says.
        report: what reading it says; None where it was not read, for it is known or for want of time.
        store: where it should lie.
    """
    pull = entry.pull_command
    if state is State.ABSENT:
        return broken(check, f"{entry.id} is not on this machine", f"nothing of it is in {store.root}", pull)
    if state is State.INCOMPLETE:
        return broken(check, f"{entry.id} is only half here", _sizes(entry, store), pull)
    if report is not None and report.verdict is Verdict.DAMAGED:
        return broken(check, f"{entry.id} is damaged", "; ".join(report.faults), pull)
    if state is State.PRESENT and (report is None or report.verdict is not Verdict.OK):
        return advice(
            check,
            f"{entry.id} is here; whether its bytes are right was not looked at",
            "its files changed since they were last read whole, or never were",
            f"voiceslm models verify {entry.id}",
        )
    return ok(check, f"{entry.id} is here and intact ({entry.bytes / 1e6:,.0f} MB)")


def _sizes(entry: Entry, store: Store) -> str:
    """Say which files are short, or were never finished."""
    sizes = [(file, store.size(entry, file)) for file in entry.files]
    short = [
        f"{file.name} has {size or 0:,} of {file.bytes:,} bytes" for file, size in sizes if size != file.bytes
    ]
    return f"in {store.folder(entry)}: {'; '.join(short)}"
