"""The doctor beside a running daemon: it asks, and does not fight for the devices."""

from __future__ import annotations

import asyncio

from tests.daemon.doctor.examined import quick
from tests.daemon.fake_control import FakeControl
from voiceslm.daemon.address import address
from voiceslm.daemon.door import Door

STATUS = {
    "running_seconds": 120,
    "sound": {"microphone": "USB", "loudspeaker": "Headphones", "problems": []},
    "health": {"language model": {"state": "degraded", "why": "it does not answer", "since": "10:00"}},
}


async def test_what_the_running_daemon_says_of_itself_is_believed(tmp_path, soon):
    async with Door(address(), FakeControl(status=STATUS)).opened():
        report = await soon(asyncio.to_thread(quick, XDG_CONFIG_HOME=str(tmp_path)))
    assert report["sound.microphone"]["what"] == "the running voiceslm uses the microphone 'USB'"
    assert report["service.language model"]["cause"] == "it does not answer"
    assert "sound.level" not in report.findings
