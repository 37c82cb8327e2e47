"""``voiceslm config``: show, check, init."""

import json
import os
import stat
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from voiceslm.cli.config import app
from voiceslm.config import Settings, commented, load
from voiceslm.errors import Problem


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the command an empty home, and no settings from the tester's own environment."""
    for name in [name for name in os.environ if name.startswith("VOICESLM_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("voiceslm.config.read.SYSTEM_FILE", tmp_path / "etc.toml")
    return tmp_path


def run(*arguments: str) -> str:
    """Return what the command prints; what it raises is raised."""
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False).stdout


def mistake(*arguments: str) -> str:
    """Return the line of the Problem that the command ends in."""
    result = CliRunner().invoke(app, list(arguments))
    assert isinstance(result.exception, Problem)
    assert result.stdout == ""
    return str(result.exception)


def test_show_prints_the_settings_in_force_as_toml(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "v.toml").write_text("[llm]\nmax_tokens = 99\n")
    monkeypatch.setenv("VOICESLM_LANGUAGE", "de")

    text = run("show", "--config", str(home / "v.toml"))

    assert tomllib.loads(text)["llm"]["max_tokens"] == 99
    assert f"max_tokens = 99  # {home / 'v.toml'}, line 2\n" in text
    assert 'language = "de"  # VOICESLM_LANGUAGE\n' in text


def test_show_prints_one_json_document(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICESLM_LANGUAGE", "de")

    assert json.loads(run("show", "--json")) == {
        "file": None,
        "settings": Settings(language="de").model_dump(),
        "origins": {"language": "VOICESLM_LANGUAGE"},
    }


def test_check_names_the_file_and_the_variables_that_are_right(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICESLM_CONFIG", str(home / "v.toml"))
    monkeypatch.setenv("VOICESLM_LLM__SEED", "4")
    (home / "v.toml").write_text("")

    assert run("check") == f"ok: {home / 'v.toml'}\nok: VOICESLM_LLM__SEED\n"


def test_check_without_a_file_says_that_the_defaults_hold() -> None:
    assert run("check") == "ok: no configuration file, so the defaults hold\n"


def test_check_raises_the_mistake(home: Path) -> None:
    (home / "v.toml").write_text("[llm]\nsed = 1\n")
    assert mistake("check", "--config", str(home / "v.toml")).endswith(
        "line 2: unknown key llm.sed. Did you mean seed?"
    )


def test_init_writes_the_users_file_which_is_then_read(home: Path) -> None:
    file = home / ".config" / "voiceslm" / "voiceslm.toml"

    assert f"wrote {file}\n" in run("init")

    assert file.read_text() == commented()
    assert load() == Settings()
    assert run("check") == f"ok: {file}\n"
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("way", ["option", "variable"])
def test_init_writes_the_named_file(way: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = home / "new" / "v.toml"
    if way == "variable":
        monkeypatch.setenv("VOICESLM_CONFIG", str(file))

    run("init", *(["--config", str(file)] if way == "option" else []))

    assert file.read_text() == commented()


def test_init_keeps_a_file_that_is_there_unless_forced(home: Path) -> None:
    file = home / "v.toml"
    file.write_text("# mine\n")
    file.chmod(0o600)

    assert "exists" in mistake("init", "--config", str(file))
    assert file.read_text() == "# mine\n"

    run("init", "--config", str(file), "--force")
    assert file.read_text() == commented()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_init_writes_behind_a_link_and_leaves_the_link(home: Path) -> None:
    (home / "link.toml").symlink_to(home / "real.toml")

    run("init", "--config", str(home / "link.toml"))

    assert (home / "link.toml").is_symlink()
    assert (home / "real.toml").read_text() == commented()


def test_init_that_cannot_write_says_so_and_leaves_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").write_text("")
    assert "cannot write" in mistake("init", "--config", str(home / "file" / "v.toml"))

    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    assert "No space left on device" in mistake("init", "--config", str(home / "v.toml"))
    assert list(home.iterdir()) == [home / "file"]


def test_init_over_a_folder_is_a_problem(home: Path) -> None:
    (home / "folder").mkdir()
    assert "Is a directory" in mistake("init", "--config", str(home / "folder"), "--force")
