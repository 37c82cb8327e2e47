"""What the examples are made of: sentences, names, questions."""

from __future__ import annotations

from importlib import resources
from typing import Any

import yaml


def read(name: str) -> Any:
    """Return what a YAML file of this folder holds."""
    return yaml.safe_load((resources.files(__package__) / name).read_text("utf-8"))
