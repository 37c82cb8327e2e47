from __future__ import annotations

import json
from importlib import resources

import pytest


@pytest.fixture(scope="session")
def home_assistant_intents():
    file = resources.files("home_assistant_intents") / "data" / "en.json"
    return json.loads(file.read_text("utf-8"))
