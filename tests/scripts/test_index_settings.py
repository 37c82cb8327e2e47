"""scripts/index_settings.py: what of pip's settings reaches uv."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "index_settings.py"
LOCKED = "https://locked.example/simple"


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the script as a module, in an environment where nobody has set anything."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    spec = importlib.util.spec_from_file_location("index_settings", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "SYSTEM_CERTIFICATES", tmp_path / "none")
    return module


def test_without_settings_nothing_is_exported(script: ModuleType) -> None:
    assert script.exports({}, None, LOCKED) == {}


def test_system_certificates_are_used_where_nothing_else_is_named(script: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "none").write_text("")
    assert script.exports({}, None, LOCKED) == {"UV_SYSTEM_CERTS": "1"}
    assert script.exports({"cert": "/own.pem"}, None, LOCKED) == {"SSL_CERT_FILE": "/own.pem"}


def test_the_locked_index_by_another_spelling_is_the_locked_index(script: ModuleType) -> None:
    assert script.exports({"index-url": f"{LOCKED}/"}, None, LOCKED) == {}


def test_extra_places_alone_leave_the_lock_file_in_force(script: ModuleType) -> None:
    pip = {"extra-index-url": "https://extra.example", "find-links": "/w\n/v"}
    assert script.exports(pip, None, LOCKED) == {"FIND_LINKS": "/w /v"}


def test_another_index_brings_all_places_with_it(script: ModuleType) -> None:
    pip = {
        "index-url": "https://mirror.example",
        "extra-index-url": "https://a\nhttps://b",
        "find-links": "/w\n/v",
    }
    assert script.exports(pip, None, LOCKED) == {
        "OTHER_INDEX": "1",
        "UV_DEFAULT_INDEX": "https://mirror.example",
        "UV_INDEX": "https://a https://b",
        "UV_FIND_LINKS": "/w,/v",
        "FIND_LINKS": "/w /v",
    }


def test_no_index_leaves_only_the_folders(script: ModuleType) -> None:
    assert script.exports({"no-index": "true", "find-links": "/w"}, None, LOCKED) == {
        "OTHER_INDEX": "1",
        "UV_FIND_LINKS": "/w",
        "FIND_LINKS": "/w",
        "NO_INDEX": "1",
    }


def test_a_proxy_and_a_timeout_are_passed_on(script: ModuleType) -> None:
    assert script.exports({"proxy": "http://p:1", "timeout": "60"}, None, LOCKED) == {
        "HTTP_PROXY": "http://p:1",
        "HTTPS_PROXY": "http://p:1",
        "UV_HTTP_TIMEOUT": "60",
    }


def test_pips_files_and_variables_are_read_the_later_winning(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ".config" / "pip"
    folder.mkdir(parents=True)
    (folder / "pip.conf").write_text(
        "[global]\nproxy = http://file\nindex_url = https://file\n[install]\nretries = 9\n"
    )
    monkeypatch.setenv("PIP_PROXY", "http://variable")

    settings = script.pip_settings()

    assert settings["proxy"] == "http://variable"
    assert settings["index-url"] == "https://file"
    assert settings["retries"] == "9"


def test_a_broken_pip_file_is_named_and_passed_over(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken").write_bytes(b"no section = \xff")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "broken"))

    script.pip_settings()

    assert f"not understood, so not used: {tmp_path / 'broken'}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ['index-url = "https://uv"', '[[index]]\nurl = "https://uv"\ndefault = true']
)
def test_uvs_own_index_is_another_index(script: ModuleType, text: str, tmp_path: Path) -> None:
    (tmp_path / ".config" / "uv").mkdir(parents=True)
    (tmp_path / ".config" / "uv" / "uv.toml").write_text(text)

    assert script.uv_index() == "https://uv"
    assert script.exports({}, "https://uv", LOCKED) == {"OTHER_INDEX": "1"}


def test_what_is_already_set_for_uv_stays(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://pip.example/it's")
    monkeypatch.setenv("PIP_TIMEOUT", "60")
    monkeypatch.setenv("UV_HTTP_TIMEOUT", "5")

    script.main()

    printed = capsys.readouterr().out
    assert "export UV_DEFAULT_INDEX='https://pip.example/it'\"'\"'s'\n" in printed
    assert "UV_HTTP_TIMEOUT" not in printed
