"""One TOML file and some environment variables -> typed, frozen settings."""

from voiceslm.config.read import Loaded, find_file, load, trace, user_file
from voiceslm.config.settings import DEFAULT_PERSONA, Audio, Conversation, Listening, Llm, Settings, Stt, Tts
from voiceslm.config.write import commented, reference, shown

__all__ = [
    "DEFAULT_PERSONA",
    "Audio",
    "Conversation",
    "Listening",
    "Llm",
    "Loaded",
    "Settings",
    "Stt",
    "Tts",
    "commented",
    "find_file",
    "load",
    "reference",
    "shown",
    "trace",
    "user_file",
]
