"""What is kept of how the assistant was told to be."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.daemon.resident import PATIENCE, Engines, running, settings_for


@pytest.fixture(autouse=True)
def engines(monkeypatch):
    monkeypatch.setattr("voiceslm.daemon.manner.LOOK_SECONDS", 0.01)
    return Engines().install(monkeypatch)


async def kept(folder, **manner):
    """Wait until ``manner`` is kept: nobody tells of it."""
    file = folder / "manner.json"
    async with asyncio.timeout(PATIENCE):
        while not file.exists() or json.loads(file.read_text()) != manner:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_muted_microphone_and_the_volume_stay_so_over_a_restart(state_folder):
    async with running(settings_for(0, host="")) as (daemon, _):
        daemon.mute(muted=True)
        await daemon.ask("Set your volume to 40 percent.")
        await kept(state_folder, muted=True, volume=40)
    async with running(settings_for(0, host="")) as (daemon, _):
        assert daemon.status()["muted"] is True
        daemon.mute(muted=False)
        assert "40 percent" in (await daemon.ask("How loud are you?"))["reply"]
        await kept(state_folder, muted=False, volume=40)
    async with running(settings_for(0, host="")) as (daemon, _):
        assert daemon.status()["muted"] is False


async def test_a_mute_in_the_last_moment_counts(state_folder, monkeypatch):
    monkeypatch.setattr("voiceslm.daemon.manner.LOOK_SECONDS", 3600)
    async with running(settings_for(0, host="")) as (daemon, _):
        daemon.mute(muted=True)
    assert json.loads((state_folder / "manner.json").read_text())["muted"] is True


@pytest.mark.parametrize("content", ["", "[]", '{"volume": 4000}', '{"muted": "perhaps"}'])
async def test_what_was_kept_and_is_broken_counts_for_nothing(state_folder, content):
    (state_folder / "manner.json").write_text(content)
    async with running(settings_for(0, host="")) as (daemon, _):
        assert daemon.status()["muted"] is False
        assert "100 percent" in (await daemon.ask("How loud are you?"))["reply"]
