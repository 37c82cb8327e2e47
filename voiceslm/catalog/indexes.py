"""Which package indexes the user's own pip and uv settings name, in the order they are asked.

Only what names an index is read. Sources: https://pip.pypa.io/en/stable/topics/configuration/,
https://docs.astral.sh/uv/concepts/indexes/, https://docs.astral.sh/uv/reference/environment/.
"""

from __future__ import annotations

import configparser
import os
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from pypi_simple import PYPI_SIMPLE_ENDPOINT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TRUE = {"1", "true", "yes", "on", "y", "t"}


@dataclass(frozen=True, slots=True)
class Index:
    """One simple-API index."""

    url: str
    """Ends with a slash; may carry credentials, so it is never printed: ``shown`` is."""

    @property
    def shown(self) -> str:
        """Host alone, without credentials, for people."""
        return urlsplit(self.url).hostname or self.url

    @property
    def credentials(self) -> tuple[str, str] | None:
        """User and password of the URL."""
        parts = urlsplit(self.url)
        return (parts.username, parts.password or "") if parts.username else None

    @property
    def bare(self) -> str:
        """The URL without credentials."""
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def user_indexes(environ: Mapping[str, str] = os.environ) -> list[Index]:
    """Return the indexes to ask, in order; empty where the user's settings forbid any.

    A default of one's own replaces the public index; extra indexes are asked after it. Only http and https
    ones are kept: a folder of files (``file://``) is no place these models come from.
    """
    pip = _pip_settings(environ)
    uv = _uv_settings(environ)
    if _truth(environ.get("PIP_NO_INDEX") or pip.get("no-index", "")) or _truth(
        environ.get("UV_OFFLINE", "")
    ):
        return []
    defaults = [
        environ.get("UV_DEFAULT_INDEX") or environ.get("UV_INDEX_URL") or _uv_default(uv),
        environ.get("PIP_INDEX_URL") or pip.get("index-url"),
    ]
    extras = [
        *environ.get("UV_INDEX", "").split(),
        *environ.get("UV_EXTRA_INDEX_URL", "").split(),
        *_uv_extras(uv),
        *(environ.get("PIP_EXTRA_INDEX_URL") or pip.get("extra-index-url", "")).split(),
    ]
    named = [url for url in defaults if url] or [PYPI_SIMPLE_ENDPOINT]
    urls = [_without_name(url) for url in [*named, *extras]]
    usable = [url.rstrip("/") + "/" for url in urls if urlsplit(url).scheme in ("http", "https")]
    return [Index(url) for url in dict.fromkeys(usable)]


def certificates(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the file of certificate authorities pip was told to trust, if it exists."""
    path = environ.get("PIP_CERT") or _pip_settings(environ).get("cert")
    return path if path and Path(path).is_file() else None


def _without_name(url: str) -> str:
    """Drop the ``name=`` uv allows before an index URL."""
    name, equals, rest = url.partition("=")
    return rest if equals and "/" not in name else url


def _truth(value: str) -> bool:
    return value.strip().lower() in TRUE


def _config_home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME", "~")).expanduser() / ".config")


def _config_dirs(environ: Mapping[str, str]) -> list[Path]:
    return [Path(place) for place in (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":") if place]


def _pip_files(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield pip's configuration files; a later one overrides an earlier one."""
    named = environ.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:
        return
    for place in _config_dirs(environ):
        yield place / "pip" / "pip.conf"
    yield Path("/etc/pip.conf")
    if not (named and Path(named).exists()):
        yield Path(environ.get("HOME", "~")).expanduser() / ".pip" / "pip.conf"
        yield _config_home(environ) / "pip" / "pip.conf"
    yield Path(sys.prefix) / "pip.conf"
    if named:
        yield Path(named)


def _pip_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Merge what pip's files set for every command and for downloads."""
    merged: dict[str, dict[str, str]] = {"global": {}, "install": {}, "download": {}}
    for path in _pip_files(environ):
        parser = configparser.RawConfigParser()
        try:
            parser.read_string(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, configparser.Error):
            continue  # pip itself says so when it is used; a model may still come from elsewhere
        for section, values in merged.items():
            if parser.has_section(section):
                values.update({key.replace("_", "-"): value for key, value in parser.items(section)})
    return {**merged["global"], **merged["install"], **merged["download"]}


def _uv_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Read uv's user file, else its system file, else nothing."""
    if named := environ.get("UV_CONFIG_FILE"):
        places = [Path(named)]
    else:
        system = [place / "uv" / "uv.toml" for place in _config_dirs(environ)]
        places = [_config_home(environ) / "uv" / "uv.toml", *system, Path("/etc/uv/uv.toml")]
    for path in places:
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            continue
    return {}


def _uv_tables(settings: dict[str, Any]) -> list[dict[str, Any]]:
    tables = settings.get("index", [])
    return [table for table in tables if isinstance(table, dict) and isinstance(table.get("url"), str)]


def _uv_default(settings: dict[str, Any]) -> str | None:
    for table in _uv_tables(settings):
        if table.get("default"):
            return str(table["url"])
    legacy = settings.get("index-url") or settings.get("pip", {}).get("index-url")
    return str(legacy) if legacy else None


def _uv_extras(settings: dict[str, Any]) -> list[str]:
    named = [str(table["url"]) for table in _uv_tables(settings) if not table.get("default")]
    legacy = settings.get("extra-index-url") or settings.get("pip", {}).get("extra-index-url") or []
    return [*named, *(str(url) for url in legacy)]
