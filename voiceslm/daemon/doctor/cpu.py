"""The processor: what it can do, whether llama.cpp makes use of it, and whether it runs at full speed."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from voiceslm.daemon.doctor.finding import advice, broken, ok
from voiceslm.daemon.doctor.mending import rebuild_llama

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voiceslm.daemon.doctor.case import Case
    from voiceslm.daemon.doctor.finding import Finding

CPUINFO = Path("/proc/cpuinfo")
CPUS = Path("/sys/devices/system/cpu")
THERMAL = Path("/sys/class/thermal")
QUOTA = Path("/sys/fs/cgroup/cpu.max")

USES = {
    "avx2": "AVX2",
    "fma": "FMA",
    "f16c": "F16C",
    "avx512f": "AVX512",
    "asimd": "NEON",
    "asimddp": "DOTPROD",
}
"""Flags of /proc/cpuinfo -> what ``llama_print_system_info`` calls them where it was built for them."""

HOT = 80.0
"""Degrees Celsius at which a Raspberry Pi begins to slow down; others do later."""

LEAST_CORES = 2


@dataclass(frozen=True, slots=True)
class Facts:
    """What the machine says."""

    model: str
    cores: int
    """Those that this process may use."""

    quota: float | None
    """Processors' worth of time that the container may take; None for no limit."""

    flags: frozenset[str]
    llama: str
    """Version of llama-cpp-python; empty where it cannot be loaded."""

    llama_trouble: str
    """Why not."""

    llama_uses: frozenset[str]
    """Words of `USES` that the build uses."""

    governors: frozenset[str]
    hottest: float | None
    """Degrees Celsius; None where nothing tells."""

    throttled: bool
    """The processor has slowed itself down for heat since the machine started."""


def check(_case: Case) -> Iterable[Finding]:
    """Look at the processor."""
    return judge(gather())


def gather() -> Facts:
    """Read what the kernel and llama.cpp say."""
    info = _text(CPUINFO)
    named = re.search(r"^(?:model name|Model|Hardware)\s*:\s*(.+)$", info, re.MULTILINE)
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", info, re.MULTILINE)
    version, uses, why = _llama()
    heat = [
        int(text) / 1000 for file in THERMAL.glob("thermal_zone*/temp") if (text := _text(file)).isdigit()
    ]
    throttles = [_text(file) for file in CPUS.glob("cpu*/thermal_throttle/*_throttle_count")]
    return Facts(
        model=named[1] if named else platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        quota=quota_of(_text(QUOTA)),
        flags=frozenset(flags[1].split() if flags else ()),
        llama=version,
        llama_trouble=why,
        llama_uses=uses,
        governors=frozenset(filter(None, map(_text, CPUS.glob("cpu*/cpufreq/scaling_governor")))),
        hottest=max(heat, default=None),
        throttled=any(count not in ("", "0") for count in throttles),
    )


def judge(facts: Facts) -> Iterator[Finding]:
    """Say what slows this machine down."""
    usable = min(facts.cores, facts.quota or facts.cores)
    known = [word for flag, word in USES.items() if flag in facts.flags]
    if usable < LEAST_CORES:
        yield advice(
            "cpu.cores",
            f"{facts.model}: {usable:g} core may be used",
            "voiceslm is made for two: listening and thinking go on at the same time",
            "Give the container or the virtual machine more, or expect long pauses",
        )
    else:
        yield ok(
            "cpu.cores", f"{facts.model}, {usable:g} cores" + (f" ({', '.join(known)})" if known else "")
        )
    yield _llama_build(facts)
    if "powersave" in facts.governors:
        yield advice(
            "cpu.governor",
            "the processor saves power",
            "its frequency governor is powersave, which is slow to speed up",
            "echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor",
        )
    if facts.hottest is not None and facts.hottest >= HOT:
        yield advice(
            "cpu.heat",
            f"the processor is at {facts.hottest:.0f} °C",
            "it slows down when it is hot",
            "Give it a heat sink or a fan, or a place with more air",
        )
    elif facts.throttled:
        yield advice(
            "cpu.heat",
            "the processor has slowed down for heat since it was started",
            "it gets too hot under load",
            "Give it a heat sink or a fan, or a place with more air",
        )


def quota_of(text: str) -> float | None:
    """Return the processors that cgroup's cpu.max ("QUOTA PERIOD" in microseconds) allows; None for all."""
    match text.split():
        case [quota, period] if quota.isdigit() and period.isdigit() and period != "0":
            return int(quota) / int(period)
    return None


def uses_of(system_info: str) -> frozenset[str]:
    """Return the words of `USES` that llama.cpp's "CPU : SSE3 = 1 | AVX2 = 0 |" says it uses."""
    switched_on = set(re.findall(r"(\w+) = 1", system_info))
    return frozenset(word for word in USES.values() if word in switched_on)


def _llama_build(facts: Facts) -> Finding:
    if not facts.llama:
        return broken(
            "cpu.llama",
            "llama.cpp cannot be loaded",
            facts.llama_trouble,
            rebuild_llama(metadata_version()),
        )
    missing = [word for flag, word in USES.items() if flag in facts.flags and word not in facts.llama_uses]
    foreign = [
        word
        for flag, word in USES.items()
        if word in facts.llama_uses and flag not in facts.flags and word != "NEON"
    ]
    if foreign and facts.flags:
        return broken(
            "cpu.llama",
            f"llama.cpp {facts.llama} was compiled for another processor",
            f"it uses {', '.join(foreign)}, which this one does not have: it would crash",
            rebuild_llama(facts.llama),
        )
    if missing:
        return advice(
            "cpu.llama",
            f"llama.cpp {facts.llama} leaves part of this processor unused",
            f"it was compiled without {', '.join(missing)}: the language model is slower than it need be",
            rebuild_llama(facts.llama),
        )
    return ok("cpu.llama", f"llama.cpp {facts.llama} is compiled for this processor")


def metadata_version() -> str:
    """Return the version of llama-cpp-python that is installed, loadable or not; empty for none."""
    try:
        return metadata.version("llama-cpp-python")
    except metadata.PackageNotFoundError:
        return ""


def _llama() -> tuple[str, frozenset[str], str]:
    try:
        import llama_cpp  # noqa: PLC0415 - it may be missing, or its library not fit this system

        import voiceslm.llm  # noqa: F401, PLC0415 - sets what llama.cpp reads as it loads
    except (ImportError, OSError, RuntimeError) as error:
        return "", frozenset(), str(error)
    return metadata_version(), uses_of(llama_cpp.llama_print_system_info().decode()), ""


def _text(file: Path) -> str:
    """Return what a file of the kernel says; empty where there is none."""
    try:
        return file.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
