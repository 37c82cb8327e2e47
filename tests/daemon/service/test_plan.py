from __future__ import annotations

from voiceslm.daemon.service.plan import Outcome, Step, carry_out


def step(name, done, *, so, follows):
    return Step(name, is_so=lambda: so or name in done, do=lambda: done.append(name), follows_changes=follows)


def steps(done, *names, so=(), following=()):
    return [step(name, done, so=name in so, follows=name in following) for name in names]


def outcomes(plan, *, dry=False):
    told: list[tuple[str, Outcome]] = []
    carry_out(plan, lambda step, outcome: told.append((step.line, outcome)) if outcome else None, dry=dry)
    return told


def test_only_what_is_not_so_already_is_done():
    done: list[str] = []
    told = outcomes(steps(done, "user", "unit", so=("user",)))
    assert told == [("user", Outcome.ALREADY), ("unit", Outcome.DONE)]
    assert done == ["unit"]


def test_a_dry_run_tells_what_would_be_done_and_does_nothing():
    done: list[str] = []
    assert outcomes(steps(done, "user"), dry=True) == [("user", Outcome.WOULD)]
    assert done == []


def test_what_follows_changes_is_done_again_after_one():
    done: list[str] = []
    outcomes(steps(done, "unit", "start", so=("start",), following=("start",)))
    assert done == ["unit", "start"]


def test_what_follows_changes_is_left_alone_without_one():
    done: list[str] = []
    outcomes(steps(done, "unit", "start", so=("unit", "start"), following=("start",)))
    assert done == []


def test_what_the_machine_did_not_let_happen_is_told():
    told = outcomes([Step("linger", is_so=lambda: False, do=lambda: None)])
    assert told == [("linger", Outcome.REFUSED)]
