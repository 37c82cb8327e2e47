#!/usr/bin/env python3
"""Print, as shell exports, what uv does not read by itself of this user's pip settings.

uv reads SSL_CERT_FILE and the proxy variables, but neither pip.conf nor PIP_*. The lock file names the index
it was made from; where the user has another one (a mirror, or none at all) uv would refuse the lock file, so
then this also prints OTHER_INDEX=1, and scripts/setup installs the locked versions, by hash, from there.
FIND_LINKS is where wheels of this machine lie besides.
"""

from __future__ import annotations

import configparser
import os
import re
import shlex
import sys
import tomllib
from pathlib import Path

# pip's name -> uv's variable
CONNECTION = {
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "timeout": "UV_HTTP_TIMEOUT",
    "trusted-host": "UV_INSECURE_HOST",
}
INDEXES = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def pip_settings() -> dict[str, str]:
    """Return pip's settings: system, user, $PIP_CONFIG_FILE, then PIP_ variables, the later ones winning."""
    named = os.environ.get("PIP_CONFIG_FILE", "")
    home = Path(os.environ.get("HOME") or "/")
    user = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf"
    files = [*xdg_files(), Path("/etc/pip.conf"), home / ".pip" / "pip.conf", user]
    parser = configparser.RawConfigParser()
    for file in [] if named == os.devnull else [*files, *([Path(named)] if named else [])]:
        try:
            parser.read(file, encoding="utf-8")
        except (configparser.Error, OSError, UnicodeDecodeError):
            sys.stderr.write(f"not understood, so not used: {file}\n")
    settings: dict[str, str] = {}
    for section in ("global", "install"):
        if parser.has_section(section):
            settings |= {name.replace("_", "-"): value.strip() for name, value in parser.items(section)}
    for name, value in os.environ.items():
        if name.startswith("PIP_") and value:
            settings[name.removeprefix("PIP_").lower().replace("_", "-")] = value
    return settings


def xdg_files() -> list[Path]:
    """Return the system-wide files that the XDG base directory specification adds."""
    folders = os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    return [Path(folder) / "pip" / "pip.conf" for folder in folders.split(":") if folder]


def uv_index() -> str | None:
    """Return the default index that the user gave to uv itself, by variable or file."""
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        if os.environ.get(name):
            return os.environ[name]
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path(os.environ.get("HOME") or "/") / ".config")
    for file in (
        Path(os.environ.get("UV_CONFIG_FILE") or config / "uv" / "uv.toml"),
        Path("/etc/uv/uv.toml"),
    ):
        try:
            settings = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        for index in settings.get("index", []):
            if index.get("default"):
                return str(index["url"])
        if "index-url" in settings:
            return str(settings["index-url"])
    return None


def exports(pip: dict[str, str], uv: str | None, locked: str) -> dict[str, str]:
    """Return the variables to set, given pip's settings, uv's own index, and the index of the lock file."""
    found = {variable: " ".join(pip[name].split()) for name, variable in CONNECTION.items() if name in pip}
    if "proxy" in pip:
        found |= {"HTTP_PROXY": pip["proxy"], "HTTPS_PROXY": pip["proxy"]}
    if "SSL_CERT_FILE" not in found and SYSTEM_CERTIFICATES.is_file():
        found["UV_SYSTEM_CERTS"] = "1"  # as pip does: a company's own authority is among them
    if "find-links" in pip:
        found["FIND_LINKS"] = " ".join(
            pip["find-links"].split()
        )  # by uv's own name it would end the lock file
    no_index = pip.get("no-index", "").lower() in {"1", "true", "yes", "on"}
    index = uv or pip.get("index-url", locked)
    if no_index or index.rstrip("/") != locked:
        found["OTHER_INDEX"] = "1"
        found |= {variable: " ".join(pip[name].split()) for name, variable in INDEXES.items() if name in pip}
        if "UV_FIND_LINKS" in found:
            found["UV_FIND_LINKS"] = found["UV_FIND_LINKS"].replace(" ", ",")
        if no_index:
            found["NO_INDEX"] = "1"
    return found


def main() -> None:
    """Print the exports; what the user has already set for uv stays."""
    lock = (Path(__file__).parent.parent / "uv.lock").read_text(encoding="utf-8")
    registry = re.search(r'registry = "([^"]+)"', lock)
    locked = registry[1].rstrip("/") if registry else ""
    for name, value in exports(pip_settings(), uv_index(), locked).items():
        if not (os.environ.get(name) or os.environ.get(name.lower())):
            sys.stdout.write(f"export {name}={shlex.quote(value)}\n")


if __name__ == "__main__":
    main()
