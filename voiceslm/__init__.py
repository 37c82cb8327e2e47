"""voiceslm: a voice assistant in one process, thinking with a small language model on your own device."""

from importlib.metadata import version

__version__ = version("voiceslm")
