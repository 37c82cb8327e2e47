"""What tests share: brokers, the real models where they are pulled, and the speech data where it lies."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.home.broker import broker, certificates, guarded_broker
from voiceslm.catalog import resolve
from voiceslm.errors import Problem
from voiceslm.knowledge.meaning import MODEL as MEANING
from voiceslm.knowledge.meaning import load as load_meaning

__all__ = ["broker", "certificates", "guarded_broker"]


def pytest_configure():
    """Let Ctrl-C reach what tests start: a shell starts what is in its background deaf to it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def model(name, kind):
    """Return where a pulled model lies, or skip the test with the reason."""
    try:
        return resolve(name, kind)
    except Problem as problem:
        pytest.skip(str(problem))


@pytest.fixture(scope="session")
def meaning():
    """The model of meaning, loaded once, wherever the cache lies afterwards; or skip with the reason."""
    model(MEANING, "meaning")
    return load_meaning()


@pytest.fixture(autouse=True)
def state_folder(tmp_path_factory, monkeypatch):
    """Where timers and lists are kept in tests: never among the user's own."""
    folder = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("STATE_DIRECTORY", str(folder))
    return folder


@pytest.fixture(scope="session")
def tiny_llm():
    return model("smollm2-135m-instruct", "llm")


@pytest.fixture(scope="session")
def tiny_whisper():
    return model("whisper-tiny.en", "stt")


@pytest.fixture(scope="session")
def joe():
    return model("en_US-joe-medium", "voice")


@pytest.fixture(scope="session")
def speech_data():
    """The folder with speech/manifest.jsonl, of real people."""
    folder = Path(os.environ.get("VOICESLM_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not (folder / "speech" / "manifest.jsonl").exists():
        pytest.skip(f"no speech data in {folder}; set VOICESLM_DATA")
    return folder
