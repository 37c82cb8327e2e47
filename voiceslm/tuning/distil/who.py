"""Settings and a name -> the teacher that is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.catalog import load_catalog, resolve
from voiceslm.config import teacher_key
from voiceslm.errors import Problem
from voiceslm.tuning.distil.local import LocalTeacher
from voiceslm.tuning.distil.remote import RemoteTeacher, endpoint

if TYPE_CHECKING:
    from voiceslm.config import Settings

SCHEMES = ("http://", "https://")


def teacher_of(
    settings: Settings, named: str = "", *, default: str, seed: int = 0
) -> LocalTeacher | RemoteTeacher:
    """Return the teacher, a local one loaded; close it.

    Args:
        settings: whose section ``teacher`` names one.
        named: a catalog id, a path or an address that goes before it; empty for none.
        default: the local model that teaches where nothing is named.
        seed: of what a local one chooses.

    Raises:
        Problem: there is no such model, or the address is not the one that the settings list.
    """
    configured = settings.teacher
    if named.startswith(SCHEMES) or (not named and configured.url):
        return _remote(settings, named or configured.url)
    own = not named or named == configured.model
    model = named or ("" if configured.url else configured.model) or default
    entry = load_catalog().find(model)
    terms = (configured.licence if own else "") or (entry.licence if entry else "")
    path = resolve(model, "llm")
    name = entry.id if entry else path.name
    return LocalTeacher(path, name=name, licence=terms, threads=settings.llm.threads, seed=seed)


def _remote(settings: Settings, url: str) -> RemoteTeacher:
    configured = settings.teacher
    if not configured.url or endpoint(url) != endpoint(configured.url):
        raise Problem(
            f"nothing is sent to {endpoint(url).host}: it is not listed",
            f'To allow it, set `url = "{url}"` and `may_see` in the section [teacher]',
        )
    return RemoteTeacher(url, model=configured.model, key=teacher_key(configured), licence=configured.licence)
