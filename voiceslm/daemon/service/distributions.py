"""Which installed packages voiceslm needs at run time, and their files."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def needed(name: str) -> list[metadata.Distribution]:
    """Return the distribution ``name`` and all that it requires, directly or not, sorted by name.

    What only its own extras require is left out.

    Raises:
        Problem: one of them is not installed.
    """
    found: dict[str, metadata.Distribution] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(canonicalize_name(name), "")]
    while waiting:
        wanted, extra = waiting.pop()
        if (wanted, extra) in seen:
            continue
        seen.add((wanted, extra))
        found[wanted] = _installed(wanted)
        for requirement in _requirements(found[wanted], extra):
            key = canonicalize_name(requirement.name)
            waiting += [(key, ""), *((key, chosen) for chosen in requirement.extras)]
    return [found[key] for key in sorted(found)]


def files_of(distribution: metadata.Distribution) -> Iterator[tuple[str, Path]]:
    """Yield the files of a distribution: where each belongs below site-packages, and where it lies.

    Scripts, which lie elsewhere, are left out; so is what does not exist.
    """
    for file in distribution.files or ():
        source = distribution.locate_file(file)
        if ".." not in file.parts and not file.is_absolute() and "__pycache__" not in file.parts:
            path = _path(source)
            if path.is_file():
                yield str(file), path


def _installed(name: str) -> metadata.Distribution:
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        raise Problem(
            f"the package {name}, which voiceslm needs, is not installed", "Install voiceslm again"
        ) from None


def _requirements(distribution: metadata.Distribution, extra: str) -> Iterator[Requirement]:
    """Yield what a distribution requires here, for one of its extras or, with "", for none."""
    for line in distribution.requires or ():
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue  # an old package's own spelling: what it needs is checked when the copy is tried out
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def _path(source: object) -> Path:
    from pathlib import Path  # noqa: PLC0415 - the stubs know less than `locate_file` returns

    return Path(str(source))
