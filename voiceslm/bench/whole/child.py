"""The process in which one part is measured: ``python -m voiceslm.bench.whole.child PART``.

What is asked for comes in by stdin, a line of JSON; when stdin ends, so does this process. To stdout goes a
line of JSON for every step, and at last one with the part's document.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voiceslm import config
from voiceslm.bench.whole.job import Job
from voiceslm.bench.whole.parts import NAMES
from voiceslm.errors import Problem
from voiceslm.worker import WorkerError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TextIO

FAILED, INTERRUPTED = 1, 130


def main(part: str) -> int:
    """Measure ``part``; return the exit code: 1 where something that is needed is missing."""
    asked = json.loads(sys.stdin.readline())
    steps = _steps()
    unwanted = threading.Event()
    threading.Thread(target=_heed, args=(unwanted,), name="parent", daemon=True).start()

    def progress(items: Sequence[Any], what: str) -> Iterator[Any]:
        for at, item in enumerate(items):
            _tell(steps, {"what": what, "at": at, "of": len(items)})
            yield item
        _tell(steps, {"what": what, "at": len(items), "of": len(items)})

    try:
        document = asyncio.run(NAMES[part].measure(_job(asked, progress)))
    except (Problem, WorkerError) as error:
        sys.stderr.write(f"error: {error}\n")
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    if unwanted.is_set():  # there are parts that end early with what they have
        return INTERRUPTED
    _tell(steps, {"document": document})
    return 0


def _job(asked: dict[str, Any], progress: Any) -> Job:
    file = Path(asked["config"]) if asked["config"] else None
    settings = config.load(file).model_copy(update={"profile": asked["profile"]})
    return Job(settings, file, quick=asked["quick"], progress=progress)


def _steps() -> TextIO:
    """Return stdout for steps alone; what libraries print goes to stderr."""
    steps = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return steps


def _tell(steps: TextIO, what: Mapping[str, Any]) -> None:
    steps.write(json.dumps(what, allow_nan=False) + "\n")
    steps.flush()


def _heed(unwanted: threading.Event) -> None:
    """Interrupt the measuring when the parent is gone, or wants no more of it."""
    while os.read(0, 1):
        pass
    unwanted.set()
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    sys.stderr.flush()
    os._exit(code)  # an engine may still be inside native code, which cannot be unwound
