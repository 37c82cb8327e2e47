"""The command on set-ups that are really broken: each is found, and nothing else is blamed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import threading
from pathlib import Path

import numpy as np
import paho.mqtt.publish
import platformdirs
import pytest

from tests.conftest import model
from tests.daemon.doctor.examined import doctor, quick
from tests.e2e.pulse import PATIENCE, opened_room
from tests.home.broker import running
from voiceslm.catalog import Store, load_catalog

ELSEWHERE = ("sound", "models")
"""What a machine for tests may lack."""

FOUND = {"VOICESLM_MQTT__HOST": "localhost", "VOICESLM_MQTT__ID": "hall"}


@pytest.fixture(autouse=True)
def no_configuration(tmp_path, monkeypatch):
    """Only what a test sets is configured."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def room(runtime_folder):
    """A room of real sound software, and the models of this machine."""
    with opened_room() as room:
        cache = os.environ.get("XDG_CACHE_HOME") or str(Path(platformdirs.user_cache_dir()))
        room.env |= {"XDG_CACHE_HOME": cache}
        yield room


def at(broker, **more):
    return {**FOUND, "VOICESLM_MQTT__PORT": str(broker.port), **more}


def ours(room):
    return {name: room.env[name] for name in ("XDG_RUNTIME_DIR", "HOME", "XDG_CACHE_HOME")}


# The broker


def test_a_wrong_password_is_found(guarded_broker):
    report = quick(
        **at(guarded_broker, VOICESLM_MQTT__USERNAME="voice", VOICESLM_MQTT__PASSWORD="open barley")
    )
    assert report.broken(besides=ELSEWHERE) == {"broker.login"}
    assert "wrong user name or password" in report["broker.login"]["cause"]
    assert "mqtt.password" in report["broker.login"]["mend"]
    assert "barley" not in str(report.document)


def test_an_access_list_that_keeps_it_from_its_own_topics_is_found(tmp_path):
    (tmp_path / "acl").write_text("topic read voiceslm/#\ntopic readwrite homeassistant/#\n")
    with running(tmp_path, "allow_anonymous true", f"acl_file {tmp_path / 'acl'}") as broker:
        report = quick(**at(broker))
    assert report.broken(besides=ELSEWHERE) == {"broker.own"}
    assert "topic readwrite voiceslm/hall/#" in report["broker.own"]["mend"]


def test_an_access_list_that_hides_the_devices_is_found(tmp_path):
    (tmp_path / "acl").write_text("topic readwrite voiceslm/#\n")
    with running(tmp_path, "allow_anonymous true", f"acl_file {tmp_path / 'acl'}") as broker:
        report = quick(**at(broker))
    assert report["broker.own"]["level"] == "ok"
    assert report["broker.discovery"]["level"] == "advice"
    assert "topic readwrite homeassistant/#" in report["broker.discovery"]["mend"]


def test_a_broker_that_is_down_is_found(broker):
    broker.kill()
    report = quick(**at(broker))
    assert report.broken(besides=ELSEWHERE) == {"broker.reach"}
    assert report["broker.reach"]["cause"] == "nothing listens there"
    assert "systemctl restart mosquitto" in report["broker.reach"]["mend"]


def test_a_broker_that_stands_still_is_found(broker):
    broker.pause()
    report = quick(**at(broker))
    broker.kill()
    assert report.broken(besides=ELSEWHERE) == {"broker.reach"}


def test_a_host_that_does_not_exist_is_found():
    report = quick(VOICESLM_MQTT__HOST="nowhere.invalid")
    assert report.broken(besides=ELSEWHERE) == {"broker.host"}


@pytest.mark.parametrize(
    ("certificate", "cause"),
    [
        ({"days": -1}, "its certificate has expired"),
        ({"host": "elsewhere.test"}, "its certificate is for another host"),
    ],
)
def test_a_certificate_that_is_no_good_is_found(tmp_path, certificates, certificate, cause):
    lines = certificates.lines(f"doctor-{len(cause)}", **certificate)
    with running(tmp_path, *lines) as broker:
        report = quick(
            **at(broker, VOICESLM_MQTT__TLS="on", VOICESLM_MQTT__CA_FILE=str(certificates.authority))
        )
    assert report.broken(besides=ELSEWHERE) == {"broker.tls"}
    assert report["broker.tls"]["cause"] == cause


def test_a_certificate_of_nobody_known_is_found(tmp_path, certificates):
    with running(tmp_path, *certificates.lines("doctor-unknown")) as broker:
        report = quick(**at(broker, VOICESLM_MQTT__TLS="on"))
    assert "mqtt.ca_file" in report["broker.tls"]["mend"]


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_at_a_broker_where_all_is_well_nothing_is_found_wrong(broker, version):
    paho.mqtt.publish.single(
        "homeassistant/light/lamp/config", "{}", retain=True, hostname="127.0.0.1", port=broker.port
    )
    report = quick(**at(broker, VOICESLM_MQTT__VERSION=version))
    assert report.broken(besides=ELSEWHERE) == set()
    levels = {name: finding["level"] for name, finding in report.findings.items() if "broker" in name}
    assert levels == {"broker.reach": "ok", "broker.own": "ok", "broker.discovery": "ok"}


# The models


def test_models_that_were_never_pulled_are_found(tmp_path):
    report = quick(XDG_CACHE_HOME=str(tmp_path))
    assert report.broken(besides=("sound",)) == {"models.stt", "models.llm", "models.voice", "models.turn"}
    assert report["models.llm"]["mend"] == "voiceslm models pull smollm2-135m-instruct"
    assert report["models.voice"]["mend"] == "voiceslm voices pull en_US-joe-medium"


def test_half_a_model_is_found(tmp_path):
    entry = load_catalog().get("smollm2-135m-instruct")
    path = Store(tmp_path / "voiceslm").path(entry, entry.files[0])
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.truncate(entry.files[0].bytes // 2)
    report = quick(XDG_CACHE_HOME=str(tmp_path))
    assert report["models.llm"]["what"] == "smollm2-135m-instruct is only half here"
    assert "49,181,216 of 98,362,432 bytes" in report["models.llm"]["cause"]


@pytest.mark.models
def test_one_flipped_byte_is_found(tmp_path):
    whole = model("smart-turn-v3.2", "turn")
    folder = tmp_path / "voiceslm" / "models" / whole.parent.name
    shutil.copytree(whole.parent, folder)
    content = bytearray(whole.read_bytes())
    content[len(content) // 2] ^= 1
    (folder / whole.name).write_bytes(content)
    report = doctor(XDG_CACHE_HOME=str(tmp_path))
    assert report["models.turn"]["what"] == "smart-turn-v3.2 is damaged"
    assert "wrong hash" in report["models.turn"]["cause"]
    assert report["models.turn"]["mend"] == "voiceslm models pull smart-turn-v3.2"
    assert report["speed.turn"]["cause"] == "models are missing"


def test_without_reading_it_a_changed_model_is_only_doubted(tmp_path):
    entry = load_catalog().get("smart-turn-v3.2")
    path = Store(tmp_path / "voiceslm").path(entry, entry.files[0])
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.truncate(entry.files[0].bytes)
    report = quick(XDG_CACHE_HOME=str(tmp_path))
    assert report["models.turn"]["level"] == "advice"


def test_a_profile_that_does_not_exist_is_found():
    report = quick(VOICESLM_PROFILE="huge")  # --profile tiny beats it
    assert "models.profile" not in report.findings
    report = quick("--profile", "huge")
    assert report["models.profile"]["level"] == "broken"


# The configuration


def test_an_unknown_key_is_found_with_its_line(tmp_path):
    file = tmp_path / "v.toml"
    file.write_text("[llm]\nsed = 1\n")
    report = quick("--config", file)
    assert report.broken(besides=ELSEWHERE) == {"configuration.file"}
    assert report["configuration.file"]["cause"] == f"{file}, line 2: unknown key llm.sed"
    assert report["configuration.file"]["mend"] == "Did you mean seed?"


def test_a_password_file_that_cannot_be_read_is_found_once(tmp_path, broker):
    secret = {"VOICESLM_MQTT__USERNAME": "voice", "VOICESLM_MQTT__PASSWORD_FILE": str(tmp_path / "gone")}
    report = quick(**at(broker, **secret))
    assert report.broken(besides=ELSEWHERE) == {"configuration.mqtt_password"}
    assert "No such file" in report["configuration.mqtt_password"]["cause"]


def test_a_password_that_everybody_can_read_is_found(tmp_path, guarded_broker):
    file = tmp_path / "v.toml"
    file.write_text('[mqtt]\nusername = "voice"\npassword = "open sesame"\n')
    file.chmod(0o644)
    report = quick("--config", file, **at(guarded_broker))
    assert report["configuration.secrets"]["mend"] == f"chmod o= {file}"
    assert report["broker.own"]["level"] == "ok"
    assert "sesame" not in str(report.document)


# The sound


def test_a_machine_without_sound_is_found(tmp_path):
    report = quick(XDG_RUNTIME_DIR=str(tmp_path), HOME=str(tmp_path))
    assert report.broken(besides=("models",)) == {"sound.microphone", "sound.loudspeaker"}


def test_a_microphone_that_is_not_there_is_found_and_one_that_is_there_proposed(room):
    report = quick(**ours(room), VOICESLM_AUDIO__INPUT="defualt")
    assert report.broken() == {"sound.microphone"}
    assert report["sound.microphone"]["what"] == "there is no microphone 'defualt'"
    assert 'audio.input = "default"' in report["sound.microphone"]["mend"]


@contextlib.contextmanager
def noise_in(room):
    """Let the room have a quiet noise of its own."""
    samples = np.random.default_rng(1).normal(0, 0.003, 16_000).astype(np.float32).tobytes()
    player = subprocess.Popen(
        ["pacat", "--playback", "--device=mouth", "--format=float32le", "--rate=16000", "--channels=1"],
        env=room.env,
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )

    def play():
        assert player.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            while True:
                player.stdin.write(samples)

    feeding = threading.Thread(target=play, daemon=True)
    feeding.start()
    try:
        yield
    finally:
        player.kill()
        player.wait(PATIENCE)
        feeding.join(PATIENCE)


def test_a_muted_microphone_is_found_and_one_that_hears_the_room_is_fine(room):
    report = quick(**ours(room))
    assert report.broken() == {"sound.level"}
    assert report["sound.level"]["what"] == "the microphone gives nothing but zeros"
    with noise_in(room):
        report = quick(**ours(room))
    assert report.broken() == set()
    assert re.fullmatch("the room is at -5[012] dBFS", report["sound.level"]["what"])
    assert report.code == 0


def test_a_sound_library_that_cannot_be_loaded_is_found(tmp_path):
    (tmp_path / "libportaudio.so.2").write_bytes(b"")
    report = quick(LD_LIBRARY_PATH=str(tmp_path))
    assert report.broken(besides=("models",)) == {"sound.library"}
    assert "libportaudio2" in report["sound.library"]["mend"]


# The machine


def test_a_state_folder_that_cannot_be_written_to_is_found(tmp_path):
    (tmp_path / "file").write_text("")
    report = quick(STATE_DIRECTORY=str(tmp_path / "file" / "state"))
    assert report.broken(besides=ELSEWHERE) == {"disk.state"}


def test_a_full_disk_is_found(tmp_path):
    state = tmp_path / "state"
    state.mkdir()
    tight = f'mount -t tmpfs -o size=16k none {state} && exec "$0" "$@"'
    for prefix in (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"]):
        allowed = shutil.which("unshare") and subprocess.run(
            [*prefix, "sh", "-c", tight, "true"], capture_output=True, check=False
        )
        if allowed and not allowed.returncode:
            break
    else:
        pytest.skip("mounting is not allowed here")
    report = quick(prefix=[*prefix, "sh", "-c", tight], STATE_DIRECTORY=str(state))
    assert report.broken(besides=ELSEWHERE) == {"disk.state"}
    assert report["disk.state"]["cause"] == "the disk is full"


def test_a_package_that_is_too_old_is_found(tmp_path):
    old = tmp_path / "httpx-0.9.0.dist-info"
    old.mkdir()
    (old / "METADATA").write_text("Metadata-Version: 2.1\nName: httpx\nVersion: 0.9.0\n")
    report = quick(PYTHONPATH=str(tmp_path))
    assert report.broken(besides=ELSEWHERE) == {"python.httpx"}
    assert report["python.httpx"]["what"] == "httpx 0.9.0 does not fit"
    assert "'httpx<1,>=0.28'" in report["python.httpx"]["mend"]


def test_a_language_model_library_that_cannot_be_loaded_is_found(tmp_path):
    (tmp_path / "llama_cpp.py").write_text(
        'raise RuntimeError("libgomp.so.1: cannot open shared object file")'
    )
    report = quick(PYTHONPATH=str(tmp_path))
    assert report.broken(besides=ELSEWHERE) == {"cpu.llama"}
    assert "libgomp" in report["cpu.llama"]["cause"]
    assert "llama-cpp-python==" in report["cpu.llama"]["mend"]
