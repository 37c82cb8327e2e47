"""What slows a machine down, judged from what it says of itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.daemon.doctor.judged import levels, one
from voiceslm.daemon.doctor.cpu import Facts, gather, judge, quota_of, uses_of

GOOD = Facts(
    model="AMD EPYC",
    cores=2,
    quota=None,
    flags=frozenset({"avx2", "fma", "f16c", "sse2"}),
    llama="0.3.36",
    llama_trouble="",
    llama_uses=frozenset({"AVX2", "FMA", "F16C"}),
    governors=frozenset({"schedutil"}),
    hottest=55.0,
    throttled=False,
)


def test_a_good_processor_is_fine():
    assert levels(judge(GOOD)) == {"cpu.cores": "ok", "cpu.llama": "ok"}


@pytest.mark.parametrize("change", [{"cores": 1}, {"quota": 1.5}])
def test_less_than_two_cores_are_too_few(change):
    assert levels(judge(replace(GOOD, **change)))["cpu.cores"] == "advice"


def test_a_build_that_leaves_avx2_unused_is_to_be_compiled_again():
    found = one(judge(replace(GOOD, llama_uses=frozenset())), "cpu.llama")
    assert found.level == "advice"
    assert "AVX2" in found.cause
    assert "-DGGML_NATIVE=ON" in found.mend
    assert "llama-cpp-python==0.3.36" in found.mend


def test_a_build_for_a_better_processor_would_crash():
    uses = GOOD.llama_uses | {"AVX512"}
    found = one(judge(replace(GOOD, llama_uses=uses)), "cpu.llama")
    assert found.level == "broken"
    assert "AVX512" in found.cause


def test_a_small_board_whose_kernel_calls_neon_otherwise_is_not_blamed():
    arm = replace(GOOD, flags=frozenset({"neon", "vfpv4"}), llama_uses=frozenset({"NEON"}))
    assert one(judge(arm), "cpu.llama").level == "ok"


def test_a_library_that_cannot_be_loaded_is_broken():
    lost = replace(GOOD, llama="", llama_trouble="libgomp.so.1: cannot open shared object file")
    found = one(judge(lost), "cpu.llama")
    assert (found.level, found.cause) == ("broken", lost.llama_trouble)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"governors": frozenset({"powersave"})}, "cpu.governor"),
        ({"hottest": 85.0}, "cpu.heat"),
        ({"throttled": True}, "cpu.heat"),
    ],
)
def test_what_keeps_it_from_its_full_speed_is_worth_knowing(change, check):
    assert levels(judge(replace(GOOD, **change)))[check] == "advice"


@pytest.mark.parametrize(("text", "cores"), [("150000 100000", 1.5), ("max 100000", None), ("", None)])
def test_a_containers_quota_is_read(text, cores):
    assert quota_of(text) == cores


def test_only_what_is_switched_on_counts_as_used():
    info = "CPU : SSE3 = 1 | AVX = 1 | AVX2 = 0 | F16C = 1 | OPENMP = 1 | REPACK = 1 | "
    assert uses_of(info) == {"F16C"}


def test_this_machine_can_be_asked():
    facts = gather()
    assert facts.cores >= 1
    assert facts.llama
