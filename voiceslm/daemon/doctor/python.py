"""Python, and the packages that the project's own metadata demands."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

from voiceslm.daemon.doctor.finding import advice, broken, ok
from voiceslm.daemon.doctor.mending import install

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from voiceslm.daemon.doctor.case import Case
    from voiceslm.daemon.doctor.finding import Finding

PROJECT = "voiceslm"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is installed."""

    python: str
    """Version."""

    demanded_python: str
    """Version specifier; empty where it is not known."""

    demanded: Sequence[str] | None
    """Requirements, as in ``numpy<3,>=2``; None where the project itself is not installed."""

    installed: Mapping[str, str]
    """Version of each package that is there, by the requirement's own name."""


def check(_case: Case) -> Iterable[Finding]:
    """Look at Python and its packages."""
    return judge(gather())


def gather() -> Facts:
    """Read what the installed packages say of themselves."""
    from packaging.requirements import Requirement  # noqa: PLC0415 - it may be what is missing

    try:
        own = metadata.distribution(PROJECT)
    except metadata.PackageNotFoundError:
        return Facts(platform.python_version(), "", None, {})
    demanded = own.requires or []
    installed = {}
    for name in {Requirement(line).name for line in demanded}:
        try:
            installed[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return Facts(platform.python_version(), own.metadata["Requires-Python"], demanded, installed)


def judge(facts: Facts) -> Iterator[Finding]:
    """Compare what is demanded with what is there."""
    from packaging.requirements import Requirement  # noqa: PLC0415
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415

    if SpecifierSet(facts.demanded_python).contains(facts.python, prereleases=True):
        yield ok("python.version", f"Python {facts.python}")
    else:
        yield broken(
            "python.version",
            f"Python {facts.python} is not supported",
            f"voiceslm needs {facts.demanded_python}",
            "Install such a Python and then voiceslm with it",
        )
    if facts.demanded is None:
        yield advice(
            "python.packages",
            "which packages are needed is not known",
            "voiceslm runs from files that were never installed",
            install("-e", "."),
        )
        return
    needed = [Requirement(line) for line in facts.demanded]
    needed = [need for need in needed if need.marker is None or need.marker.evaluate({"extra": ""})]
    wrong = False
    for need in needed:
        there = facts.installed.get(need.name)
        if there is not None and need.specifier.contains(there, prereleases=True):
            continue
        wrong = True
        yield broken(
            f"python.{need.name}",
            f"{need.name} is missing" if there is None else f"{need.name} {there} does not fit",
            f"voiceslm needs {need.name}{need.specifier}",
            install(f"{need.name}{need.specifier}"),
        )
    if not wrong:
        yield ok("python.packages", f"{len(needed)} packages in the versions that are needed")
