"""The secrets of the settings: given there, in a file of their own, or as a credential of the service."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from voiceslm.config.values import is_pin
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from pydantic import SecretStr

    from voiceslm.config.settings import Home, Mqtt, Teacher

LONGEST = 4096
"""Bytes of a secret; more than this is another kind of file, or one without an end."""


MQTT_PASSWORD = "mqtt-password"  # noqa: S105 - a name
HOME_PIN = "home-pin"
TEACHER_KEY = "teacher-key"
"""Credentials that systemd passes to the service (``LoadCredential=``), used where the settings name none."""


def mqtt_password(mqtt: Mqtt) -> str:
    """Return the password for the broker; empty where there is none.

    Raises:
        Problem: its file cannot be read, or its first line is empty.
    """
    return _secret(mqtt.password, mqtt.password_file, "mqtt.password_file", MQTT_PASSWORD)


def home_pin(home: Home) -> str:
    """Return the PIN; empty where there is none.

    Raises:
        Problem: its file cannot be read, or its first line is no PIN.
    """
    pin = _secret(home.pin, home.pin_file, "home.pin_file", HOME_PIN)
    if pin and not is_pin(pin):
        where = f"{home.pin_file} (home.pin_file)" if home.pin_file else f"the credential {HOME_PIN}"
        raise Problem(f"the first line of {where} is no PIN", "Write 4 to 12 digits there")
    return pin


def teacher_key(teacher: Teacher) -> str:
    """Return the key of the server that teaches; empty where there is none.

    Raises:
        Problem: its file cannot be read, or its first line is empty.
    """
    return _secret(teacher.key, teacher.key_file, "teacher.key_file", TEACHER_KEY)


def _secret(given: SecretStr, file: str, setting: str, credential: str) -> str:
    if file:
        return _first_line(file, setting)
    if plain := given.get_secret_value():
        return plain
    passed = Path(os.environ.get("CREDENTIALS_DIRECTORY", "/nonexistent"), credential)
    there = passed.is_file() and passed.stat().st_size > 0
    return _first_line(str(passed), f"credential {credential}") if there else ""


def _first_line(file: str, setting: str) -> str:
    try:
        with Path(file).expanduser().open("rb") as stream:
            line = stream.readline(LONGEST + 1).decode("utf-8-sig").strip()
    except OSError as error:
        raise Problem(
            f"{file} ({setting}) cannot be read: {error.strerror}",
            "Name a file that this user may read",
        ) from None
    except (ValueError, RuntimeError):  # not UTF-8; a path with a NUL; a home that nobody has
        raise Problem(f"{file} ({setting}) holds no text", "Write the secret as its first line") from None
    if not line or len(line) > LONGEST:
        raise Problem(
            f"the first line of {file} ({setting}) is {'too long' if line else 'empty'}",
            "Write the secret there",
        )
    return line
