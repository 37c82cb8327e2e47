from __future__ import annotations

from pathlib import Path

from voiceslm.config import Settings
from voiceslm.daemon.service.origin import Origin, hidden_paths


def test_the_configuration_and_the_models_of_the_person_are_found(tmp_path):
    file = tmp_path / ".config/voiceslm/voiceslm.toml"
    file.parent.mkdir(parents=True)
    file.write_text('profile = "tiny"\n')
    origin = Origin.of({"HOME": str(tmp_path)})
    assert origin.file == file
    assert origin.store.root == tmp_path / ".cache/voiceslm"


def test_who_has_no_configuration_starts_without_one(tmp_path):
    assert Origin.of({"HOME": str(tmp_path)}).file is None


def test_behind_sudo_the_person_counts_and_not_root(tmp_path):
    origin = Origin.of({"HOME": str(tmp_path), "SUDO_USER": "nobody", "XDG_CACHE_HOME": str(tmp_path)})
    assert origin.store.root == Path("~nobody").expanduser() / ".cache/voiceslm"


def test_settings_that_name_something_in_a_home_folder_are_found():
    settings = Settings.model_validate(
        {
            "stt": {"model": "/home/ann/whisper"},
            "mqtt": {"username": "ann", "password_file": "~/password"},
            "home": {"pin_file": "/etc/voiceslm/pin"},
        }
    )
    assert dict(hidden_paths(settings)) == {
        "stt.model": "/home/ann/whisper",
        "mqtt.password_file": "~/password",
    }
