"""How often a model is exactly right."""

from tests.fakes import FakeLlm
from tests.llm.homes import HOME
from voiceslm.llm import Message
from voiceslm.llm.tools import BRIEF
from voiceslm.tuning import Example
from voiceslm.tuning.evaluate import evaluate, same
from voiceslm.tuning.madeup import made_up

HEAD = Message("system", BRIEF)


def example(said, reply, *, source="home", device=""):
    return Example((HEAD, Message("user", said)), reply, source, "", device)


LIT = example("Kitchen light on", "kitchen_light on")
BOTH = example("Kitchen light and game room light off", "kitchen_light off\ngame_room_light off")


def test_the_order_of_calls_does_not_matter():
    assert same("b off\na off\n", "a off\nb off")


def test_one_call_of_two_is_not_right():
    assert not same("a off", "a off\nb off")


def test_a_model_is_asked_within_the_grammar_as_at_run_time():
    model = FakeLlm(choices=["kitchen_light on"])
    score = evaluate(model, HOME, [LIT], free=False)
    assert score.share == 1.0
    assert '"kitchen_light on"' in model.grammars[0]
    assert '"pond_pump on"' not in model.grammars[0]


def test_a_model_is_asked_freely_too():
    model = FakeLlm(words=("kitchen_light", " on"), choices=["none"])
    score = evaluate(model, HOME, [LIT])
    assert (score.share, score.free_share) == (0.0, 1.0)
    assert [one.within for one in score.wrong] == ["none"]


def test_without_being_asked_freely_it_is_right_in_nothing_so():
    assert evaluate(FakeLlm(choices=["kitchen_light on"]), HOME, [LIT], free=False).free_share == 0.0


def test_sources_are_told_apart():
    model = FakeLlm(choices=["kitchen_light on", "none"])
    owned = example("Kitchen light on", "kitchen_light on", source="own")
    score = evaluate(model, HOME, [LIT, owned], free=False)
    assert {source: one.share for source, one in score.by_source().items()} == {"home": 1.0, "own": 0.0}


def test_examples_of_made_up_homes_are_asked_in_theirs():
    entity = next(one for one in made_up(2, 5) if one.kind == "light")
    said = example(f"Turn on the {entity.name}", "x", device=f"2-5/{entity.id}")
    model = FakeLlm(choices=["none"])
    evaluate(model, HOME, [said], free=False)
    assert " on" in model.grammars[0]


def test_what_is_not_asked_of_a_home_is_passed_over():
    chat = Example((Message("system", "Be kind."), Message("user", "Hi")), "Hello.", "chat")
    assert evaluate(FakeLlm(), HOME, [chat]).judged == ()


def test_an_untuned_model_is_told_the_home():
    model = FakeLlm(words=("x",), choices=["none"])
    evaluate(model, HOME, [BOTH], brief=False)
    assert "Devices:" in model.asked[0][0].content


def test_of_nothing_nothing_is_right():
    assert evaluate(FakeLlm(), HOME, []).share == 0.0
