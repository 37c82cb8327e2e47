"""An assistant that notes what it is asked."""

from __future__ import annotations

import asyncio


class FakeControl:
    """Answers at once; with `hold`, ``ask`` and ``say`` never end on their own."""

    def __init__(self, *, hold=False, fail_with=None, reply="Hello.", status=None):
        self.requests = []
        self.hold = hold
        self.fail_with = fail_with
        self.reply = reply
        self.known = status or {"state": "listening"}
        self.busy = asyncio.Event()
        self.cancelled = asyncio.Event()

    def status(self):
        return self.known | {"requests": len(self.requests)}

    def talk(self, down):
        self.requests.append(("talk", down))

    def stop(self):
        self.requests.append(("stop",))

    def mute(self, muted):
        self.requests.append(("mute", muted))

    async def ask(self, text):
        return await self._speak("ask", text)

    async def say(self, text):
        return await self._speak("say", text)

    async def _speak(self, verb, text):
        self.requests.append((verb, text))
        self.busy.set()
        if self.fail_with:
            raise self.fail_with
        try:
            while self.hold:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        return {
            "transcript": text if verb == "ask" else "",
            "reply": self.reply if verb == "ask" else text,
            "timings_ms": {"stt": None, "first_audio": 120.0, "done": 200.0},
        }
