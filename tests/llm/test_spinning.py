"""How long llama.cpp's threads spin: decided before the library loads, and by the user where there is a wish."""

import subprocess
import sys

import pytest

from tests.e2e.command import environment

SHOW = "import os, voiceslm.llm.llama; print(os.environ['GOMP_SPINCOUNT'])"


@pytest.mark.parametrize(("given", "expected"), [({}, "500"), ({"GOMP_SPINCOUNT": "7"}, "7")])
def test_threads_soon_sleep_unless_the_user_says_otherwise(given, expected):
    env = {name: value for name, value in environment().items() if name != "GOMP_SPINCOUNT"}
    done = subprocess.run(
        [sys.executable, "-c", SHOW], env=env | given, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == expected
