"""One TOML file and some environment variables -> typed, frozen settings."""

from voiceslm.config.read import Loaded, find_file, load, trace, user_file
from voiceslm.config.secret import home_pin, mqtt_password, teacher_key
from voiceslm.config.settings import (
    DEFAULT_PERSONA,
    Audio,
    Conversation,
    Home,
    Listening,
    Llm,
    Mqtt,
    Recording,
    Settings,
    Stt,
    Teacher,
    Tts,
)
from voiceslm.config.write import commented, reference, shown

__all__ = [
    "DEFAULT_PERSONA",
    "Audio",
    "Conversation",
    "Home",
    "Listening",
    "Llm",
    "Loaded",
    "Mqtt",
    "Recording",
    "Settings",
    "Stt",
    "Teacher",
    "Tts",
    "commented",
    "find_file",
    "home_pin",
    "load",
    "mqtt_password",
    "reference",
    "shown",
    "teacher_key",
    "trace",
    "user_file",
]
