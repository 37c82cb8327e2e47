"""ALSA writes what goes wrong straight to the terminal; the counters and reports here say it better."""

from __future__ import annotations

import ctypes

_HANDLER = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)


@_HANDLER  # type: ignore[untyped-decorator]
def _ignore(_file: bytes, _line: int, _function: bytes, _error: int, _format: bytes) -> None:
    """Say nothing; what follows the format is not read."""


def hush() -> None:
    """Keep ALSA from printing; does nothing where there is no ALSA."""
    try:
        library = ctypes.CDLL("libasound.so.2")
    except OSError:
        return
    library.snd_lib_error_set_handler(_ignore)
