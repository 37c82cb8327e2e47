"""What is said of the time before it is spent."""

import pytest

from voiceslm.tuning.plan import FEWEST_STEPS, PASSES, Plan, duration, learning_rate


def test_a_small_set_is_seen_as_often_as_it_helps():
    plan = Plan(packs=100, tokens=40_000, seconds_per_token=0.001, budget_seconds=3600)
    assert plan.steps == 100 * PASSES
    assert plan.seconds == pytest.approx(320)
    assert not plan.too_much


def test_one_example_is_seen_often_enough_to_be_learnt():
    assert Plan(packs=1, tokens=40, seconds_per_token=0.001, budget_seconds=3600).steps == FEWEST_STEPS


def test_the_time_given_is_kept():
    plan = Plan(packs=750, tokens=340_000, seconds_per_token=0.004, budget_seconds=2700)
    assert plan.seconds <= 2700
    assert plan.passes == pytest.approx(1.99, abs=0.01)


def test_ten_million_tokens_are_foretold():
    plan = Plan(packs=22_000, tokens=10_000_000, seconds_per_token=0.004, budget_seconds=2700)
    assert plan.too_much
    assert str(plan).startswith("10,000,000 tokens a pass, 11 h on this machine")


@pytest.mark.parametrize(
    ("seconds", "said"), [(50, "50 s"), (3000, "50 min"), (40_000, "11 h"), (4e6, "46 days")]
)
def test_durations_are_said_as_people_say_them(seconds, said):
    assert duration(seconds) == said


def test_the_rate_rises_and_then_falls_to_nothing():
    rates = [learning_rate(step, 100, peak=1.0) for step in range(101)]
    assert rates[0] == pytest.approx(0.2)
    assert max(rates) == rates[5] == 1.0
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert rates[100] == pytest.approx(0.0)
