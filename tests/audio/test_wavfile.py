"""Recordings: what is read, what is refused, and that writing is all or nothing."""

from __future__ import annotations

import errno
import os
import struct
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voiceslm.audio.wavfile import read_audio, write_wav
from voiceslm.errors import Problem
from voiceslm.events import Audio


def tone(seconds: float, rate: int, hertz: float = 440.0) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def strongest_hertz(audio: Audio) -> float:
    spectrum = np.abs(np.fft.rfft(audio.samples))
    return float(np.fft.rfftfreq(len(audio.samples), 1 / audio.sample_rate)[spectrum.argmax()])


def wav_header(*, rate: int, channels: int, bits: int, data_bytes: int) -> bytes:
    align = channels * bits // 8
    fmt = struct.pack("<HHIIHH", 1, channels, rate, rate * align, align, bits)
    body = b"WAVE" + b"fmt " + struct.pack("<I", 16) + fmt + b"data" + struct.pack("<I", data_bytes)
    return b"RIFF" + struct.pack("<I", min(4 + 24 + 8 + data_bytes, 0xFFFFFFFF)) + body


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.wav", {"subtype": "PCM_16"}),
        ("a.wav", {"subtype": "PCM_U8"}),
        ("a.wav", {"subtype": "PCM_24"}),
        ("a.wav", {"subtype": "DOUBLE"}),
        ("a.wav", {"subtype": "ULAW"}),
        ("a.flac", {}),
        ("a.ogg", {}),
        ("a.mp3", {}),
    ],
)
def test_a_tone_survives_every_format(tmp_path, name, options):
    soundfile.write(tmp_path / name, tone(1.0, 48_000), 48_000, **options)

    audio = read_audio(tmp_path / name)

    assert audio.sample_rate == 16_000
    assert audio.samples.dtype == np.float32
    assert audio.seconds == pytest.approx(1.0, abs=0.06)
    assert strongest_hertz(audio) == pytest.approx(440, abs=3)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 96_000, 192_000])
def test_any_rate_is_resampled_to_the_wanted_one(tmp_path, rate):
    soundfile.write(tmp_path / "a.wav", tone(0.5, rate), rate)

    audio = read_audio(tmp_path / "a.wav", sample_rate=24_000)

    assert audio.sample_rate == 24_000
    assert len(audio.samples) == pytest.approx(12_000, abs=2)
    assert strongest_hertz(audio) == pytest.approx(440, abs=3)


def test_seven_channels_are_averaged_to_one(tmp_path):
    channels = np.stack([tone(0.5, 16_000) * gain for gain in (1, 1, 1, 1, 0, 0, 0)], axis=1)
    soundfile.write(tmp_path / "a.wav", channels, 16_000, subtype="FLOAT")

    audio = read_audio(tmp_path / "a.wav")

    assert audio.samples == pytest.approx(tone(0.5, 16_000) * 4 / 7, abs=1e-6)


def test_a_float_file_louder_than_full_scale_is_scaled_down_not_clipped(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(0.5, 16_000) * 65_536, 16_000, subtype="FLOAT")

    audio = read_audio(tmp_path / "a.wav")

    assert audio.samples == pytest.approx(tone(0.5, 16_000) * 2, abs=1e-4)


def test_the_extension_does_not_matter(tmp_path):
    soundfile.write(tmp_path / "a.flac", tone(0.5, 16_000), 16_000)
    (tmp_path / "a.flac").rename(tmp_path / "a.raw")

    assert read_audio(tmp_path / "a.raw").seconds == pytest.approx(0.5)


def test_a_header_whose_writer_could_not_seek_back_is_not_damage(tmp_path):
    pcm = (tone(0.5, 16_000) * 32767).astype("<i2").tobytes()
    header = wav_header(rate=16_000, channels=1, bits=16, data_bytes=0xFFFFFFFF)
    (tmp_path / "stream.wav").write_bytes(header + pcm)

    assert read_audio(tmp_path / "stream.wav").seconds == pytest.approx(0.5)


@pytest.mark.parametrize("seconds", [0.1, 60.0])
def test_the_limits_themselves_are_allowed(tmp_path, seconds):
    soundfile.write(tmp_path / "a.wav", tone(seconds, 16_000), 16_000)

    assert read_audio(tmp_path / "a.wav").seconds == pytest.approx(seconds)


def bad_files(folder: Path) -> dict[str, Path]:
    """Write one file of each kind that must be refused."""
    pcm = (tone(1.0, 16_000) * 32767).astype("<i2").tobytes()
    good = wav_header(rate=16_000, channels=1, bits=16, data_bytes=len(pcm)) + pcm
    nan, infinite = tone(1.0, 16_000), tone(1.0, 16_000)
    nan[100], infinite[100] = np.nan, np.inf
    contents = {
        "empty": b"",
        "truncated": good[: len(good) // 2],
        "header only": good[:44],
        "half a header": good[:20],
        "text": b"this is not sound\n" * 100,
        "zeros": bytes(5000),
        "no samples": wav_header(rate=16_000, channels=1, bits=16, data_bytes=0),
        "no rate": wav_header(rate=0, channels=1, bits=16, data_bytes=len(pcm)) + pcm,
        "absurd rate": wav_header(rate=2_000_000_000, channels=1, bits=16, data_bytes=len(pcm)) + pcm,
        "no channels": wav_header(rate=16_000, channels=0, bits=16, data_bytes=len(pcm)) + pcm,
    }
    paths = {name: folder / f"{name}.wav" for name in contents}
    for name, content in contents.items():
        paths[name].write_bytes(content)
    for name, samples in {"nan": nan, "infinite": infinite, "short": tone(0.05, 16_000)}.items():
        paths[name] = folder / f"{name}.wav"
        soundfile.write(paths[name], samples, 16_000, subtype="FLOAT")
    paths["long"] = folder / "long.wav"
    soundfile.write(paths["long"], tone(60.2, 8_000), 8_000)
    for name in ("truncated.flac", "truncated.ogg"):
        soundfile.write(folder / name, tone(2.0, 16_000), 16_000)
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) * 2 // 3])
    paths["truncated flac"] = folder / "truncated.flac"
    paths["missing"] = folder / "missing.wav"
    paths["folder"] = folder
    paths["device"] = Path("/dev/zero")
    paths["not a name"] = folder / "a\0b.wav"
    return paths


BAD = {
    "empty": "is empty",
    "truncated": "cut short",
    "header only": "cut short",
    "half a header": "cannot be read as sound",
    "text": "cannot be read as sound",
    "zeros": "cannot be read as sound",
    "no samples": "no samples",
    "no rate": "cannot be read as sound",
    "absurd rate": "sample rate",
    "no channels": "cannot be read as sound",
    "nan": "NaN",
    "infinite": "NaN",
    "short": "too short",
    "long": "too long",
    "truncated flac": "flac decoder lost sync",
    "missing": "No such file",
    "folder": "is a folder",
    "device": "not a regular file",
    "not a name": "cannot be opened",
}


@pytest.mark.parametrize(("kind", "cause"), BAD.items())
def test_bad_input_names_the_file_the_cause_and_a_remedy(tmp_path, kind, cause):
    path = bad_files(tmp_path)[kind]

    with pytest.raises(Problem) as caught:
        read_audio(path)

    assert str(path) in caught.value.cause
    assert cause in caught.value.cause
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


def test_a_pipe_without_a_writer_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    found: list[str] = []

    def read() -> None:
        try:
            read_audio(tmp_path / "pipe.wav")
        except Problem as problem:
            found.append(problem.cause)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(timeout=5)

    assert found == [f"{tmp_path / 'pipe.wav'} is not a regular file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_of_someone_else_is_refused(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(0.5, 16_000), 16_000)
    (tmp_path / "a.wav").chmod(0)

    with pytest.raises(Problem, match="Permission denied"):
        read_audio(tmp_path / "a.wav")


@pytest.mark.parametrize(
    ("data_bytes", "cause"), [(3 * 3600 * 16_000 * 2, r"too long \(3\.0 h\)"), (10_000_000_000, "too large")]
)
def test_three_hours_and_ten_gigabytes_cost_nothing(tmp_path, monkeypatch, data_bytes, cause):
    def decoded(*_args, **_options):
        pytest.fail("the samples were decoded")

    monkeypatch.setattr(soundfile.SoundFile, "blocks", decoded)
    with (tmp_path / "huge.wav").open("wb") as file:
        file.write(wav_header(rate=16_000, channels=1, bits=16, data_bytes=min(data_bytes, 0xFFFFFFFE)))
        file.truncate(data_bytes + 44)  # sparse: no disk is used

    with pytest.raises(Problem, match=cause):
        read_audio(tmp_path / "huge.wav")


def test_what_was_written_is_read_again(tmp_path):
    write_wav(tmp_path / "a.wav", Audio(tone(0.5, 22_050), 22_050))

    samples, rate = soundfile.read(tmp_path / "a.wav")
    assert rate == 22_050
    assert samples == pytest.approx(tone(0.5, 22_050), abs=1 / 32767)
    assert soundfile.info(tmp_path / "a.wav").subtype == "PCM_16"


def test_no_samples_make_a_valid_empty_file(tmp_path):
    write_wav(tmp_path / "a.wav", Audio(np.zeros(0, np.float32), 22_050))

    assert soundfile.info(tmp_path / "a.wav").frames == 0


def test_samples_beyond_full_scale_are_clipped_not_wrapped(tmp_path):
    write_wav(tmp_path / "a.wav", Audio(np.array([2.0, -2.0], np.float32), 16_000))

    samples, _ = soundfile.read(tmp_path / "a.wav", dtype="int16")
    assert samples.tolist() == [32767, -32767]


def test_nan_is_a_mistake_of_the_program(tmp_path):
    with pytest.raises(ValueError, match="finite"):
        write_wav(tmp_path / "a.wav", Audio(np.array([np.nan], np.float32), 16_000))


def test_writing_replaces_an_older_file_and_keeps_a_link_a_link(tmp_path):
    (tmp_path / "real.wav").write_bytes(b"old")
    (tmp_path / "link.wav").symlink_to(tmp_path / "real.wav")

    write_wav(tmp_path / "link.wav", Audio(tone(0.1, 16_000), 16_000))

    assert (tmp_path / "link.wav").is_symlink()
    assert (tmp_path / "real.wav").read_bytes()[:4] == b"RIFF"


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, failing):
    (tmp_path / "a.wav").write_bytes(b"old")

    def full(*_args):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full) if failing == "fsync" else monkeypatch.setattr(
        Path, "replace", full
    )
    with pytest.raises(Problem, match="No space left"):
        write_wav(tmp_path / "a.wav", Audio(tone(0.1, 16_000), 16_000))

    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]
    assert (tmp_path / "a.wav").read_bytes() == b"old"


@pytest.mark.parametrize("place", ["missing/a.wav", ".", "file/a.wav"])
def test_an_impossible_place_is_a_problem(tmp_path, place):
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(Problem) as caught:
        write_wav(tmp_path / place, Audio(tone(0.1, 16_000), 16_000))

    assert str(tmp_path / place) in caught.value.cause
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_device_is_never_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(Problem, match="not a regular file"):
        write_wav(tmp_path / "pipe", Audio(tone(0.1, 16_000), 16_000))

    assert (tmp_path / "pipe").is_fifo()
