"""The ``voiceslm`` command: parses, calls, prints; no logic of its own."""

from __future__ import annotations

import os
import sys

import typer

from voiceslm.errors import Problem
from voiceslm.worker import WorkerError

__all__ = ["main"]

FAILED = 1
INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""


def main() -> None:
    """Run the command line; errors become one line on stderr and an exit code: 1 failed, 2 wrong usage."""
    code = 0
    try:
        code = _run()
    except (Problem, WorkerError) as error:
        code = FAILED
        sys.stderr.write(f"error: {error}\n")
    except typer.TyperException as error:
        code = error.exit_code
        if message := error.format_message():  # none where the help was the answer
            sys.stderr.write(f"error: {message} See: voiceslm --help\n")
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, and with it the wish for more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FAILED
    if code == INTERRUPTED:
        sys.stderr.write("interrupted\n")
        sys.stderr.flush()
        os._exit(code)  # an engine may still be inside native code, which cannot be unwound
    sys.exit(code)


def _run() -> int:
    from voiceslm.cli.app import app  # noqa: PLC0415 - Ctrl-C during the imports is caught as well

    result = app(standalone_mode=False)
    return result if isinstance(result, int) else 0
