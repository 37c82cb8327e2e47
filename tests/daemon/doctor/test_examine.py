"""One check after the other, whatever becomes of one."""

from __future__ import annotations

import sys
import types

import pytest

from tests.daemon.doctor.judged import levels
from voiceslm.config import Settings
from voiceslm.daemon.doctor import Case, document, examine
from voiceslm.daemon.doctor.examine import CHECKS, Check
from voiceslm.daemon.doctor.finding import ok
from voiceslm.errors import Problem


@pytest.fixture
def case():
    said: list[str] = []
    return Case(Settings(), None, None, None, None, (), quick=False, say=said.append)


@pytest.fixture
def module(monkeypatch):
    """Put a check of a test's own among the package's."""

    def put(name, check):
        module = types.ModuleType(name)
        module.check = check  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, f"voiceslm.daemon.doctor.{name}", module)
        return Check(name, name, f"Looking at {name}")

    return put


@pytest.mark.parametrize(
    "error", [Problem("gone", "Fetch it"), OSError(5, "Input/output error"), ImportError("no module")]
)
def test_a_check_that_fails_is_a_finding_and_the_next_one_goes_on(case, module, error):
    def fails(_case):
        yield ok("first.begun", "well begun")
        raise error

    checks = [module("first", fails), module("second", lambda _: [ok("second.done", "fine")])]
    found = list(examine(case, checks))
    assert levels(found) == {"first.begun": "ok", "first.examined": "broken", "second.done": "ok"}
    assert found[1].cause
    assert found[1].mend


def test_a_module_that_is_missing_is_a_finding(case):
    [found] = examine(case, [Check("lost", "lost_and_never_found", "Looking for it")])
    assert found.check == "lost.examined"


def test_what_is_being_done_is_said(case, module):
    list(examine(case, [module("first", lambda _: [])]))
    assert case.say.__self__ == ["Looking at first"]


def test_every_section_has_its_module():
    assert {check.section for check in CHECKS} >= {"python", "models", "sound", "broker", "service"}
    assert [check.section for check in CHECKS if check.slow] == ["speed"]


def test_the_document_counts_what_is_broken(case):
    found = [ok("a.b", "fine"), *examine(case, [Check("lost", "lost_and_never_found", "")])]
    told = document(found)
    assert (told["version"], told["broken"]) == (1, 1)
    assert told["findings"][0] == {"check": "a.b", "level": "ok", "what": "fine", "cause": "", "mend": ""}
