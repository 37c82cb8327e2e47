"""Other programs that answer as told, and remember what they were asked."""

from __future__ import annotations

from voiceslm.daemon.service.commands import Commands, Ended


class FakeCommands(Commands):
    def __init__(self, **answers):
        self.asked: list[str] = []
        self._answers = answers

    def _run(self, command, *, capture, seconds, user=None, env=None):
        line = " ".join(command)
        self.asked.append(line)
        return next((ended for word, ended in self._answers.items() if word in line), Ended(0, ""))
