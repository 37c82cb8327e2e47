"""The ``voiceslm`` command: parses, calls, prints; no logic of its own."""

from __future__ import annotations

import os
import sys

import typer

from voiceslm.errors import Problem

__all__ = ["main"]

FAILED = 1
INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""


def main() -> None:
    """Run the command line; errors become one line on stderr and an exit code: 1 failed, 2 wrong usage."""
    code = _run()
    if code == INTERRUPTED:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # an engine may still be inside native code, which cannot be unwound
    sys.exit(code)


def _run() -> int:
    from voiceslm.cli.app import app  # noqa: PLC0415 - Ctrl-C during the imports is caught as well
    from voiceslm.worker import WorkerError  # noqa: PLC0415

    try:
        result = app(standalone_mode=False)
    except Problem as problem:
        return _say(str(problem), FAILED)
    except WorkerError as error:
        return _say(f"{error}. The machine may be overloaded or out of memory", FAILED)
    except typer.TyperException as error:
        return _say(f"{error.format_message()} See: voiceslm --help", error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return _say("interrupted", INTERRUPTED)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - the reader has gone
        return FAILED
    if result == INTERRUPTED:  # typer's own answer to Ctrl-C
        return _say("interrupted", INTERRUPTED)
    return result if isinstance(result, int) else 0


def _say(line: str, code: int) -> int:
    sys.stderr.write(f"{line}\n" if code == INTERRUPTED else f"error: {line}\n")
    return code
