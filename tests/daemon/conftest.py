"""A folder for the socket, and impatience."""

from __future__ import annotations

import asyncio

import pytest


@pytest.fixture(autouse=True)
def runtime_folder(tmp_path, monkeypatch):
    """Where the daemon and its clients meet in these tests."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    return folder


@pytest.fixture
def soon():
    """Await something that must happen, but not for ever."""

    async def wait(awaitable):
        async with asyncio.timeout(30):
            return await awaitable

    return wait
