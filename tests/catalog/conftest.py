"""Every test here runs in an empty home, with no index or token of the tester's own."""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from tests.catalog.fake_sources import FakeServer
from voiceslm.catalog import Store, download

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLEARED = (
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_NO_INDEX",
    "HF_TOKEN",
    "HF_HUB_OFFLINE",
    "CACHE_DIRECTORY",
)


@pytest.fixture(scope="session")
def own_environment() -> dict[str, str | None]:
    """The tester's own environment, as it was before any test hid it; None for what is not set."""
    return defaultdict(lambda: None, os.environ)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, own_environment: dict[str, str | None], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Isolate settings, caches and tokens."""
    for name in [*CLEARED, *(name for name in os.environ if name.startswith("UV_"))]:
        monkeypatch.delenv(name, raising=False)
    for name, folder in (("HOME", "home"), ("XDG_CONFIG_HOME", "config"), ("XDG_CONFIG_DIRS", "etc")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("UV_CONFIG_FILE", os.devnull)
    monkeypatch.setattr(download, "PAUSE_SECONDS", 0.0)
    return tmp_path


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    """A hub and an index that answer, and are the only ones there are."""
    with FakeServer() as fake:
        monkeypatch.setenv("HF_ENDPOINT", fake.url)
        monkeypatch.setenv("PIP_INDEX_URL", fake.simple)
        yield fake


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return Store(tmp_path / "store")
