from __future__ import annotations

import configparser
from pathlib import Path

import pytest

from voiceslm.daemon.service.layout import Layout
from voiceslm.daemon.service.units import NAMES, quoted, template, user_unit


def values(text, key):
    return [line.partition("=")[2] for line in text.splitlines() if line.startswith(f"{key}=")]


@pytest.mark.parametrize("name", NAMES)
def test_neither_unit_can_end_in_start_limit_hit(name):
    text = template(name)
    assert values(text, "StartLimitIntervalSec") == ["0"]
    assert values(text, "Restart") == ["always"]


def test_the_unit_of_the_machine_names_the_places_that_are_installed():
    layout, text = Layout(), template("voiceslm.service")
    assert values(text, "ExecStart") == [f"{layout.program}/bin/voiceslm run --config {layout.config}"]
    for key, folder in (("State", layout.state), ("Cache", layout.cache), ("Runtime", layout.runtime)):
        assert values(text, f"{key}Directory") == [folder.name]
    assert [f"/etc/credstore/{value.partition(':')[2]}" for value in values(text, "LoadCredential")] == [
        str(path) for path in layout.credentials
    ]


def test_a_users_unit_runs_the_interpreter_it_was_installed_with():
    text = user_unit(Path("/srv/voice/bin/python"))
    assert values(text, "ExecStart") == ["/srv/voice/bin/python -m voiceslm run"]
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read_string(text)
    assert parser["Install"]["WantedBy"] == "default.target"


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/a/b", "/a/b"),
        ("/a b/c", '"/a b/c"'),
        ("/50%/c", '"/50%%/c"'),
        ("/$HOME/c", '"/$$HOME/c"'),
        ('/"/\\', '"/\\"/\\\\"'),
    ],
)
def test_a_path_is_written_as_a_unit_file_takes_it(path, written):
    assert quoted(path) == written
