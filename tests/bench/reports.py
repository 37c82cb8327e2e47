"""A small report of figures made up for tests, as `voiceslm bench all` writes them."""

from __future__ import annotations

from typing import Any

from voiceslm.bench.live.rows import Sheet, Target
from voiceslm.bench.whole.job import plain

LOAD = {
    "before": 0.1,
    "during_mean": 1.4,
    "during_most": 2.0,
    "others_percent": 1.0,
    "stolen_percent": 0.0,
}


def asked(heard: float | None, serial: float = 1.7) -> dict[str, Any]:
    moments = {"stt": 300.0, "first_token": 450.0, "first_clause": 600.0, "first_audio": 650.0}
    stages = {**moments, "endpoint": 620.0, "audible": 700.0}
    ours = {"heard_s": heard, "cut_in": False, "right": True, "stages_ms": stages}
    return {"ours": ours, "serial_s": serial, "serial_stages_s": [1.3, 1.6, serial]}


def span(lane: str, kind: str, begin: float, end: float) -> dict[str, Any]:
    return {"lane": lane, "kind": kind, "begin_ms": begin, "end_ms": end}


TIMELINE = {
    "question": "What costs $5 & what <nothing>?",
    "reply": "A cup of tea.",
    "reason": "finished",
    "endpoint_ms": 600.0,
    "audible_ms": 700.0,
    "spans": [
        span("user speaks", "user", -2000, 0),
        span("silence until the endpoint", "wait", 0, 600),
        span("transcripts", "ahead", 150, 300),
        span("first token", "ahead", 300, 450),
        span("first clause", "after", 600, 650),
        span("voice", "dropped", -200, -150),
        span("loudspeaker", "reply", 700, 1000),
    ],
}


def row(
    scenario: str, value: float, target: Target | None = None, measure: str = "voice to voice, p50"
) -> dict[str, Any]:
    return plain(Sheet(scenario).quantile(measure, [value] * 3, 50, "s", target))


def window(seconds: float, *, guarded: bool) -> dict[str, Any]:
    return {
        "window_s": seconds, "guarded": guarded, "clips": 9, "words": 90, "wrong": 0.05, "low": 0.03,
        "high": 0.08, "mean_ms": 20.0 * seconds, "again": 1,
    }  # fmt: skip


def pair(words: int) -> dict[str, Any]:
    timings = {"first_audio": 500.0 + words}
    return {"reply": "word " * words, "timings_ms": timings, "serial_first_audio_ms": 900.0 + 30 * words}


DOCUMENTS = {
    "outside": {
        "rows": [],
        "trials": {
            "questions": [{"ours_s": at, "chain_s": 3 * at} for at in (0.8, 0.9, 12.0)],
            "commands": [{"published_s": at, "chain_call_s": 6 * at} for at in (0.4, 0.5)],
        },
    },
    "conversation": {
        "rows": [row("questions", 0.7, Target(0.9)), row("questions", 0.95, Target(0.9), "p95 | of all")],
        "notes": ["ended by *finished*"],
        "timeline": TIMELINE,
        "trials": {
            "questions": [asked(at) for at in (0.6, 0.7, 0.8, None)],
            "skills": [{"heard_s": at, "cut_in": False, "right": True} for at in (0.3, 0.4, None)],
        },
    },
    "turns": {"rows": [], "pairs": [pair(words) for words in (5, 9, 20, 40, 60)]},
    "threads": {
        "rows": [],
        "series": [
            {"profile": profile, "threads": count, "first_audio_ms": [400.0, 500.0, 450.0]}
            for profile in ("tiny", "default")
            for count in (1, 2)
        ],
    },
    "windows": {
        "rows": [],
        "notes": ["whisper-base"],
        "series": [window(s, guarded=g) for g in (False, True) for s in (8.0, 10.0, 15.0, 30.0)],
    },
    "wake": {
        "rows": [],
        "own_thresholds": {"okay_nabu": 0.9},
        "heard": [
            {"word": "okay_nabu", "group": "all synthetic", "threshold": at, "said": 10, "heard": heard}
            for at, heard in ((0.8, 9), (0.9, 8))
        ],
        "false_accepts": [
            {"word": "okay_nabu", "group": "all, at 5 pitches", "threshold": at, "hours": 2.0, "count": count}
            for at, count in ((0.8, 4), (0.9, 1))
        ],
    },
    "soak": {
        "rows": [],
        "models": {"llm": "smollm2-135m-instruct"},
        "mishaps": {"the broker is killed": 3},
        "samples": [
            {"turn": turn, "resident_mb": 700.0 + turn, "anonymous_mb": 500.0, "heap_mb": None}
            for turn in range(0, 41, 10)
        ],
    },
}  # fmt: skip


def report(**changes) -> dict[str, Any]:
    parts = {
        name: {
            "title": f"the part {name}",
            "started": "2026-11-24T10:00:00+00:00",
            "ended": "2026-11-24T10:02:00+00:00",
            "seconds": 120.0,
            "load": LOAD,
            "fingerprint": "0",
            "document": document,
        }
        for name, document in DOCUMENTS.items()
    }
    return {
        "schema": 1,
        "quick": False,
        "profile": "default",
        "version": "0.1.0",
        "commit": "0123456789ab",
        "source": "f" * 64,
        "machine": {
            "processor": "A Processor", "cores": 2, "memory_gb": 4.0, "system": "Linux", "kernel": "6.1",
            "architecture": "x86_64", "python": "3.11.7",
        },
        "packages": {"numpy": "2.0.0", "hassil": None},
        "models": {
            "stt": {"id": "whisper-base", "sha256": {"model.bin": "ab" * 32}},
            "llm": {"id": "a-model", "sha256": {"a.gguf": "cd" * 32}},
            "turn": {"id": "smart-turn", "error": "not here"},
            "voice": {"id": "joe", "sha256": {"joe.onnx": "ef" * 32}},
        },
        "settings": {},
        "started": "2026-11-24T10:00:00+00:00",
        "ended": "2026-11-24T10:30:00+00:00",
        "missing": [],
        "parts": parts,
        **changes,
    }  # fmt: skip
