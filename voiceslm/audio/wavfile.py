"""Recordings on disk: any sound file in, 16-bit WAV out."""

from __future__ import annotations

import contextlib
import io
import os
import re
import secrets
import stat
import wave
from typing import TYPE_CHECKING

import numpy as np
import soundfile
import soxr

from voiceslm.errors import Problem
from voiceslm.events import Audio

if TYPE_CHECKING:
    from pathlib import Path

    from voiceslm.events import Samples

SHORTEST_SECONDS = 0.1
"""Below this there is no room for a word; whisper's own frames are 25 ms."""

LONGEST_SECONDS = 60.0
"""One spoken turn, generously; also what bounds the memory of reading."""

LARGEST_FILE_BYTES = 1 << 30
"""60 s of 7 channels of 192 kHz doubles is 645 MB: whatever is larger cannot be one turn; it is not read."""

RATES = range(1_000, 768_001)
"""Hz: the rates that sound hardware and telephones have; others are broken headers."""

_BLOCK_FRAMES = 65_536
"""Mixed to mono block by block, so memory depends on seconds and not on the number of channels."""

_UNFINISHED_SIZES = (0, 0x7FFFFFFF, 0xFFFFFFFF)
"""WAV chunk sizes that streaming writers leave when they could not seek back: not a sign of damage."""

_FORMATS = "WAV, FLAC, OGG or MP3"


def read_audio(path: Path, *, sample_rate: int = 16_000) -> Audio:
    """Read a recording, mix it to mono and resample it.

    The length is judged from the header before anything is decoded.

    Args:
        path: a WAV, FLAC, OGG or MP3 file of 0.1 to 60 s, any rate and channel count.
        sample_rate: wanted rate in Hz.

    Returns:
        float32 samples, shape [n], |sample| ≤ 1; louder files (float formats) are scaled down to that.

    Raises:
        Problem: the file is missing, not a regular file, not sound, damaged, too short or too long.
    """
    descriptor = _open_regular(path)
    try:
        _check_not_cut(descriptor, path)
        with soundfile.SoundFile(descriptor, closefd=False) as file:
            _check_header(file, path)
            samples = _read_mono(file, path)
            rate = int(file.samplerate)
    except (soundfile.SoundFileError, RuntimeError, OSError) as error:
        detail = getattr(error, "error_string", "") or str(error)
        raise Problem(
            f"{path} cannot be read as sound ({detail.strip().rstrip('.')})", f"Give a {_FORMATS} file."
        ) from error
    finally:
        os.close(descriptor)
    if rate != sample_rate:
        samples = soxr.resample(samples, rate, sample_rate)
    peak = float(np.max(np.abs(samples)))
    return Audio(samples / np.float32(peak) if peak > 1 else samples, sample_rate)


def write_wav(path: Path, audio: Audio) -> None:
    """Write 16-bit PCM, atomically: afterwards ``path`` is the whole file or what it was before.

    Args:
        path: target; an existing regular file is replaced.
        audio: sound to write; samples beyond ±1 are clipped.

    Raises:
        Problem: the folder is missing or not writable, the disk is full, or ``path`` is not a regular file.
        ValueError: a sample is NaN or infinite.
    """
    content = _wav_bytes(audio)
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            raise Problem(f"{path} is not a regular file", "Name a file to write, such as reply.wav.")
        partial = target.with_name(f".{target.name[:200]}.{secrets.token_hex(4)}.part")
        try:
            _write_synced(partial, content)
            partial.replace(target)
        finally:
            with contextlib.suppress(OSError):  # the error that matters is the one above
                partial.unlink(missing_ok=True)
    except (OSError, ValueError, RuntimeError) as error:  # Path.resolve: NUL in the name, a loop of links
        detail = getattr(error, "strerror", None) or str(error)
        remedy = "Choose a folder that exists, is writable and has space."
        raise Problem(f"{path} cannot be written ({detail})", remedy) from error


def _write_synced(path: Path, content: bytes) -> None:
    """Create ``path`` with the user's own permissions and wait until the disk has it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _wav_bytes(audio: Audio) -> bytes:
    """Return ``audio`` as a complete 16-bit mono WAV file."""
    if not np.isfinite(audio.samples).all():
        raise ValueError("samples must be finite")
    pcm = np.rint(np.clip(audio.samples, -1, 1) * 32767).astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(audio.sample_rate)
        file.writeframes(pcm.tobytes())
    return buffer.getvalue()


def _open_regular(path: Path) -> int:
    """Open ``path`` without ever blocking on a pipe or device; return the file descriptor."""
    remedy = f"Give a {_FORMATS} file."
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise Problem(
            f"{path} cannot be opened ({getattr(error, 'strerror', None) or error})", remedy
        ) from error
    status = os.fstat(descriptor)
    cause = ""
    if not stat.S_ISREG(status.st_mode):
        cause = f"{path} is a folder" if stat.S_ISDIR(status.st_mode) else f"{path} is not a regular file"
    elif status.st_size == 0:
        cause = f"{path} is empty"
    elif status.st_size > LARGEST_FILE_BYTES:
        cause, remedy = f"{path} is too large ({status.st_size / 1e9:.1f} GB)", _length_remedy()
    if cause:
        os.close(descriptor)
        raise Problem(cause, remedy)
    return descriptor


def _check_header(file: soundfile.SoundFile, path: Path) -> None:
    """Refuse what the header alone shows to be unusable."""
    if file.samplerate not in RATES:
        raise Problem(f"{path} claims a sample rate of {file.samplerate} Hz", f"Give a {_FORMATS} file.")
    if file.frames == 0:
        raise Problem(f"{path} contains no samples", "Record it again.")
    seconds = file.frames / file.samplerate
    if seconds > LONGEST_SECONDS:
        raise Problem(f"{path} is too long ({_spoken_length(seconds)})", _length_remedy())
    if seconds < SHORTEST_SECONDS:
        raise Problem(f"{path} is too short ({seconds * 1000:.0f} ms)", _length_remedy())


def _read_mono(file: soundfile.SoundFile, path: Path) -> Samples:
    """Decode everything, mixing the channels; float32 [n]."""
    promised = file.frames
    blocks = []
    for block in file.blocks(blocksize=_BLOCK_FRAMES, dtype="float32", always_2d=True):
        if not np.isfinite(block).all():
            raise Problem(f"{path} contains NaN or infinite samples", "Export it again as 16-bit PCM.")
        blocks.append(block.mean(axis=1, dtype=np.float64))
    samples = np.concatenate(blocks) if blocks else np.zeros(0)
    if len(samples) < promised:
        raise Problem(
            f"{path} is cut short ({len(samples)} of {promised} samples)", "Copy or record it again."
        )
    return samples.astype(np.float32)


def _check_not_cut(descriptor: int, path: Path) -> None:
    """Refuse a WAV file that ends before its data chunk does (libsndfile would read what is there)."""
    available = os.fstat(descriptor).st_size
    if not re.fullmatch(rb"RIFF....WAVE", os.pread(descriptor, 12, 0), re.DOTALL):
        return
    position = 12
    while len(header := os.pread(descriptor, 8, position)) == 8:  # noqa: PLR2004 - a RIFF chunk header
        size = int.from_bytes(header[4:], "little")
        if header[:4] == b"data":
            missing = position + 8 + size - available
            if missing > 0 and size not in _UNFINISHED_SIZES:
                raise Problem(f"{path} is cut short ({missing} bytes missing)", "Copy or record it again.")
            return
        position += 8 + size + size % 2


def _length_remedy() -> str:
    return f"Give a recording of {SHORTEST_SECONDS:g} to {LONGEST_SECONDS:g} seconds."


def _spoken_length(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 3600:.1f} h"  # noqa: PLR2004 - ten minutes
