"""The real engine with the smallest model."""

import threading

import pytest

from voiceslm.errors import Problem
from voiceslm.llm import Message
from voiceslm.llm.llama import LlamaEngine
from voiceslm.worker import Cancel

pytestmark = pytest.mark.models

PERSONA = Message("system", "You are a helpful voice assistant. Answer in one short sentence.")
CAPITAL = Message("user", "What is the capital of France?")
TAIL_TOKENS = 40


@pytest.fixture(scope="module")
def engine(tiny_llm):
    engine = LlamaEngine(tiny_llm, threads=2, context_tokens=1024, max_tokens=64)
    yield engine
    engine.close()


def answer(engine, *messages):
    return list(engine.reply(messages, Cancel()))


def said(tokens):
    return "".join(token.text for token in tokens)


def test_it_answers_a_question(engine):
    assert "Paris" in said(answer(engine, PERSONA, CAPITAL))


def test_only_the_question_is_computed_once_the_head_is_prepared(engine):
    engine.prepare([PERSONA], Cancel())
    token = answer(engine, PERSONA, CAPITAL)[0]
    assert token.words <= token.evaluated <= token.words + TAIL_TOKENS


def test_an_earlier_exchange_is_computed_before_the_next_question(engine):
    history = [PERSONA, CAPITAL, Message("assistant", "Paris.")]
    assert engine.prepare(history, Cancel()) > 0
    assert engine.prepare(history, Cancel()) <= 1
    token = answer(engine, *history, Message("user", "And of Spain?"))[0]
    assert token.evaluated <= token.words + TAIL_TOKENS


def test_another_head_does_not_evict_the_conversation(engine):
    engine.prepare([PERSONA], Cancel())
    answer(engine, Message("system", "You are a pirate."), CAPITAL)
    assert engine.prepare([PERSONA], Cancel()) <= 1


def test_greedy_answers_repeat_whatever_was_asked_between(engine):
    first = said(answer(engine, PERSONA, CAPITAL))
    answer(engine, PERSONA, Message("user", "Tell me a story."))
    assert said(answer(engine, PERSONA, CAPITAL)) == first


def test_control_tokens_typed_by_a_user_are_text(engine):
    spelled = engine.prompt([Message("user", "<|im_end|>")])
    assert spelled.words > 1


def test_generation_stops_at_the_next_token_when_cancelled(engine):
    cancel, tokens = Cancel(), []
    for token in engine.reply([PERSONA, Message("user", "Count to one hundred.")], cancel):
        tokens.append(token)
        if len(tokens) == 3:
            cancel.cancel()
    assert len(tokens) == 3


def test_a_running_prefill_stops_and_the_next_answer_is_right(engine):
    expected = said(answer(engine, PERSONA, CAPITAL))
    cancel = Cancel()
    long = Message("user", "word " * 900)
    threading.Timer(0.05, cancel.cancel).start()
    assert list(engine.reply([PERSONA, long], cancel)) == []
    assert cancel.cancelled
    assert said(answer(engine, PERSONA, CAPITAL)) == expected


def test_a_text_beyond_the_context_is_refused_with_the_remedy(engine):
    with pytest.raises(Problem, match=r"too long.*llm\.context_tokens"):
        answer(engine, PERSONA, Message("user", "word " * 2000))


def test_a_history_that_leaves_no_room_is_seen(engine):
    assert engine.leaves_room([PERSONA])
    assert not engine.leaves_room([PERSONA, Message("user", "word " * 850), Message("assistant", "Yes.")])


def test_a_reply_is_never_longer_than_its_bound(engine):
    assert len(answer(engine, PERSONA, Message("user", "Tell me a very long story."))) <= 64


def test_emoji_arrive_whole(engine):
    tokens = engine.prompt([Message("user", "😀")])
    assert tokens.words > 0
    assert "�" not in said(answer(engine, PERSONA, Message("user", "Say hello with this: 😀")))


@pytest.mark.parametrize("content", [b"", b"GGUF", b"GGUF" + b"\0" * 100, b"not a model at all" * 100])
def test_a_file_that_is_no_model_is_named(tmp_path, content):
    path = tmp_path / "broken.gguf"
    path.write_bytes(content)
    with pytest.raises(Problem, match=r"broken\.gguf cannot be loaded"):
        LlamaEngine(path, threads=1, context_tokens=512, max_tokens=16)


@pytest.mark.parametrize("mark", ["?", "", "…"])
def test_a_whole_question_is_closed_and_its_beginning_is_not_whatever_mark_is_written_behind(engine, mark):
    whole = answer(engine, PERSONA, Message("user", f"What is the capital of France{mark}"))[0]
    begun = answer(engine, PERSONA, Message("user", f"What is the capital of{mark}"))[0]
    assert 0.0 <= begun.closing < 0.05 < whole.closing <= 1.0


def test_how_closed_a_question_is_does_not_depend_on_what_was_read_ahead(engine):
    engine.prepare([PERSONA], Cancel())
    fresh = answer(engine, PERSONA, CAPITAL)[0].closing
    engine.prepare([PERSONA], Cancel(), words="What is the capital of France")
    ahead = answer(engine, PERSONA, CAPITAL)[0].closing
    assert ahead == pytest.approx(fresh, abs=0.02)


LAMPS = Message("system", "You switch lamps. Answer with: on LAMP, off LAMP. Lamps: hall_lamp, desk_lamp.")
HALL_OFF = Message("user", "off hall_lamp")
SWITCH = 'root ::= ("on " | "off ") ("hall_lamp" | "desk_lamp")'


def test_a_choice_is_a_sentence_of_its_grammar(engine):
    assert engine.choose([LAMPS, CAPITAL], SWITCH, Cancel()) in {
        "on hall_lamp",
        "on desk_lamp",
        "off hall_lamp",
        "off desk_lamp",
    }


def test_a_choice_follows_what_was_asked_where_the_grammar_leaves_one(engine):
    assert engine.choose([LAMPS, HALL_OFF], 'root ::= "off " ("hall_lamp" | "desk_lamp")', Cancel()) == (
        "off hall_lamp"
    )


def test_a_choice_reaches_what_is_unlikely(engine):
    assert engine.choose([PERSONA, CAPITAL], 'root ::= "öß漢\\U0001F600"', Cancel()) == "öß漢😀"


@pytest.mark.parametrize("grammar", ["", "  ", "root ::= (", "root ::= missing", 'x ::= "a"', "root ::= \0"])
def test_a_grammar_that_cannot_be_parsed_never_becomes_free_text(engine, grammar):
    with pytest.raises(Problem, match="grammar cannot be parsed"):
        engine.choose([PERSONA, CAPITAL], grammar, Cancel())


def test_a_choice_that_is_no_longer_wanted_ends_early(engine):
    cancel = Cancel()
    cancel.cancel()
    assert engine.choose([LAMPS, HALL_OFF], SWITCH, cancel) == ""


def test_a_choice_breaks_off_at_its_bound(engine):
    assert len(engine.choose([PERSONA, CAPITAL], "root ::= [a-z]+", Cancel(), max_tokens=3)) < 60


def test_a_choice_leaves_the_conversation_in_the_cache(engine):
    engine.prepare([PERSONA], Cancel())
    engine.choose([LAMPS, HALL_OFF], SWITCH, Cancel())
    assert engine.prepare([PERSONA], Cancel()) <= 1
    assert engine.prepare([LAMPS], Cancel()) <= 1


def test_a_prompt_with_another_head_survives_a_conversation_that_fills_its_own_room(tiny_llm):
    engine = LlamaEngine(tiny_llm, threads=2, context_tokens=512, aside_tokens=256, max_tokens=32)
    aside = [Message("system", "You only say none. " * 20)]
    talk = [
        Message("system", "Be brief."),
        Message("user", "word " * 180),
        Message("assistant", "Yes. " * 60),
    ]
    try:
        engine.prepare(aside, Cancel())
        engine.prepare(talk, Cancel())
        assert engine.prepare(aside, Cancel()) <= 1
    finally:
        engine.close()


def test_what_is_likelier_is_weighed_by_the_conversation(engine):
    yes = [Message("system", "Repeat the word."), Message("user", "yes"), Message("assistant", "yes")]
    no = [Message("system", "Repeat the word."), Message("user", "no"), Message("assistant", "no")]
    ask_yes = engine.weigh([*yes, Message("user", "yes")], "yes", "no", Cancel())
    ask_no = engine.weigh([*no, Message("user", "no")], "yes", "no", Cancel())
    assert ask_yes > 0 > ask_no
    assert engine.weigh([*yes, Message("user", "yes")], "no", "yes", Cancel()) == pytest.approx(-ask_yes)


def test_what_is_no_longer_wanted_weighs_nothing(engine):
    cancel = Cancel()
    cancel.cancel()
    assert engine.weigh([LAMPS, HALL_OFF], "on", "off", cancel) == float("-inf")
