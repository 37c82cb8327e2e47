"""One container for a module, with a room of sound in it and, after the first test that wants it, the service."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.e2e.pulse import WIRES, Room
from tests.e2e.systemd.container import booted, check_possible, until
from tests.e2e.systemd.root import cached_root
from tests.e2e.systemd.service import UNIT, Service

SOUND = """\
[Unit]
Description=a simulated room
[Service]
ExecStart=/usr/bin/pulseaudio --system -n --disallow-exit --exit-idle-time=-1 --realtime=no --high-priority=no \\
  -L "module-native-protocol-unix auth-anonymous=1" {wires}
Nice=-15
"""

ASOUND = "pcm.!default { type pulse }\nctl.!default { type pulse }\n"

CLIENT = "default-server = unix:/run/pulse/native\nautospawn = no\n"

BROKER = "listener 1883 127.0.0.1\npassword_file /etc/mosquitto/passwords\n"

PASSWORD = "correct horse"

WATCHDOG_SECONDS = 8
"""In place of the unit's 30, for a short test."""

CONFIG = """\
profile = "tiny"
[listening]
wake = "none"
[mqtt]
host = "localhost"
username = "voiceslm"
"""


@pytest.fixture(scope="module")
def container(tmp_path_factory, tiny_llm, tiny_whisper, joe):
    """The machine before anything is installed, with a broker, whose password is a credential, and with sound."""
    check_possible()
    with booted(cached_root(), tmp_path_factory.mktemp("container") / "console.log") as container:
        container.write("/etc/mosquitto/conf.d/house.conf", BROKER)
        container.run("mosquitto_passwd", "-c", "-b", "/etc/mosquitto/passwords", "voiceslm", PASSWORD)
        container.run("chown", "mosquitto", "/etc/mosquitto/passwords")
        container.run("systemctl", "restart", "mosquitto")
        container.write("/etc/asound.conf", ASOUND)
        container.write("/etc/pulse/client.conf.d/house.conf", CLIENT)
        container.write(
            "/etc/systemd/system/sound.service",
            SOUND.format(wires=" ".join(f'-L "{wire}"' for wire in WIRES)),
        )
        container.run("systemctl", "start", "sound.service")
        until(lambda: container.ask("pactl", "info").returncode == 0, "sound")
        container.run("pactl", "set-default-sink", "loudspeaker")
        container.run("pactl", "set-default-source", "microphone")
        container.write("/etc/credstore/voiceslm.mqtt-password", PASSWORD)
        container.write(
            f"/run/systemd/system/{UNIT}.d/watchdog.conf", f"[Service]\nWatchdogSec={WATCHDOG_SECONDS}\n"
        )
        container.write("/root/.config/voiceslm/voiceslm.toml", CONFIG)
        yield container


@pytest.fixture
def room(container):
    """The air around the container's microphone and loudspeaker, spoken into from outside."""
    with tempfile.TemporaryDirectory(prefix="room-") as folder:
        room = Room(Path(folder))
        room.env["PULSE_SERVER"] = f"unix:{container.root}/run/pulse/native"
        yield room


@pytest.fixture(scope="module")
def service(container):
    """The service, installed with our own command."""
    service = Service(container)
    service.installation = container.voiceslm("service", "install")
    assert service.installation.returncode == 0, service.installation
    return service
