"""A teacher that writes what it is told to, without a model."""

from __future__ import annotations

from voiceslm.tuning.distil.teacher import NoAnswer


class Scripted:
    """Writes one text after another, the last for ever; an exception is raised."""

    licence = "CC0"

    def __init__(self, *texts, remote=False, name="scripted"):
        self._texts = [*texts]
        self.remote = remote
        self.name = name
        self.asked = []

    def complete(self, messages, *, max_tokens, deadline, grammar=""):
        self.asked.append((tuple(messages), max_tokens, deadline, grammar))
        text = self._texts.pop(0) if len(self._texts) > 1 else self._texts[0]
        if callable(text):
            text = text(messages, grammar)
        if isinstance(text, BaseException):
            raise text
        return text


SILENT = NoAnswer("not in time")
