"""Whose index is asked: pip's and uv's settings, in their documented places and order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pypi_simple import PYPI_SIMPLE_ENDPOINT

from voiceslm.catalog.indexes import Index, certificates, user_indexes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment whose every configuration place is an empty folder."""
    return {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / ".config"),
        "XDG_CONFIG_DIRS": str(tmp_path / "etc"),
        "PIP_CONFIG_FILE": str(tmp_path / "none"),
    }


def urls(environ: dict[str, str]) -> list[str]:
    return [index.url for index in user_indexes(environ)]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_without_settings_the_public_index_is_asked(environ: dict[str, str]) -> None:
    assert urls(environ) == [PYPI_SIMPLE_ENDPOINT]


def test_an_index_of_ones_own_replaces_the_public_one(environ: dict[str, str]) -> None:
    assert urls({**environ, "PIP_INDEX_URL": "https://pip.example/simple"}) == ["https://pip.example/simple/"]


def test_extra_indexes_come_after(environ: dict[str, str]) -> None:
    environ |= {
        "PIP_EXTRA_INDEX_URL": "https://a.example/ https://b.example/",
        "UV_INDEX": "corp=https://c.example/",
    }
    assert urls(environ) == [
        PYPI_SIMPLE_ENDPOINT, "https://c.example/", "https://a.example/", "https://b.example/",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_uv_names_the_default_too(environ: dict[str, str], name: str) -> None:
    assert urls({**environ, name: "https://uv.example/simple/"}) == ["https://uv.example/simple/"]


def test_folders_of_files_are_passed_over(environ: dict[str, str]) -> None:
    assert urls({**environ, "PIP_EXTRA_INDEX_URL": "file:///opt/simple ../wheels"}) == [PYPI_SIMPLE_ENDPOINT]


@pytest.mark.parametrize("place", ["etc/pip/pip.conf", ".pip/pip.conf", ".config/pip/pip.conf"])
def test_pips_files_are_read(environ: dict[str, str], tmp_path: Path, place: str) -> None:
    write(tmp_path / place, "[global]\nindex-url = https://conf.example/%41\n")
    assert urls(environ) == ["https://conf.example/%41/"]


def test_the_users_file_overrides_the_machines_and_the_environment_both(
    environ: dict[str, str], tmp_path: Path
) -> None:
    write(tmp_path / "etc/pip/pip.conf", "[global]\nindex-url = https://machine.example/\n")
    write(tmp_path / ".config/pip/pip.conf", "[install]\nindex_url = https://user.example/\n")
    assert urls(environ) == ["https://user.example/"]
    assert urls({**environ, "PIP_INDEX_URL": "https://env.example/"}) == ["https://env.example/"]


def test_a_named_file_is_read_instead_of_the_users(environ: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path / ".config/pip/pip.conf", "[global]\nindex-url = https://user.example/\n")
    write(
        tmp_path / "named.conf",
        "[global]\nextra-index-url =\n    https://one.example/\n    https://two.example/\n",
    )
    environ["PIP_CONFIG_FILE"] = str(tmp_path / "named.conf")
    assert urls(environ) == [PYPI_SIMPLE_ENDPOINT, "https://one.example/", "https://two.example/"]


def test_a_broken_file_of_pips_is_passed_over(environ: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path / ".config/pip/pip.conf", "index-url without a section")
    assert urls(environ) == [PYPI_SIMPLE_ENDPOINT]


def test_uv_toml_is_read(environ: dict[str, str], tmp_path: Path) -> None:
    write(
        tmp_path / ".config/uv/uv.toml",
        '[[index]]\nurl = "https://uv.example/"\ndefault = true\n[[index]]\nurl = "https://more.example/"\n',
    )
    assert urls(environ) == ["https://uv.example/", "https://more.example/"]


@pytest.mark.parametrize("name", ["PIP_NO_INDEX", "UV_OFFLINE"])
def test_no_index_means_none(environ: dict[str, str], name: str) -> None:
    assert urls({**environ, name: "1"}) == []


def test_credentials_are_used_but_never_shown() -> None:
    index = Index("https://me:s3cret@corp.example:8443/simple/")
    assert index.credentials == ("me", "s3cret")
    assert index.bare == "https://corp.example:8443/simple/"
    assert index.shown == "corp.example"


def test_pips_certificates_are_trusted_where_they_exist(environ: dict[str, str], tmp_path: Path) -> None:
    assert certificates({**environ, "PIP_CERT": str(tmp_path / "missing.pem")}) is None
    write(tmp_path / "ca.pem", "")
    write(tmp_path / ".config/pip/pip.conf", f"[global]\ncert = {tmp_path}/ca.pem\n")
    assert certificates(environ) == f"{tmp_path}/ca.pem"
