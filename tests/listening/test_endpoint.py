"""Have they finished: the silence asked for, from the evidence at a pause."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.conftest import model
from voiceslm.audio.wavfile import read_audio
from voiceslm.events import Audio
from voiceslm.listening.endpoint import Pause, Preset, Reason, endpoint, hangs, required_silence
from voiceslm.listening.smart_turn import SmartTurn
from voiceslm.listening.vad import SileroVad

SENTENCE = Pause(
    silence=0.0,
    finished=0.99,
    closing=0.9,
    text="Who wrote the play about the prince of Denmark?",
    complete=False,
    longest_pause=0.0,
    language="en",
)
COMMAND = replace(SENTENCE, text="What time is it?", closing=None, complete=True)


def silence(preset=Preset.NORMAL, of=SENTENCE, **changes):
    return required_silence(replace(of, **changes), preset)[0]


def reason(of=SENTENCE, **changes):
    return required_silence(replace(of, **changes), Preset.NORMAL)[1]


def test_an_utterance_ends_once_the_silence_is_long_enough():
    needed = silence()

    assert endpoint(replace(SENTENCE, silence=needed - 0.01), Preset.NORMAL) is None
    assert endpoint(replace(SENTENCE, silence=needed), Preset.NORMAL) is Reason.FINISHED


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Reason.FINISHED),
        ({"closing": 0.9, "finished": 0.5}, Reason.FINISHED),
        ({"closing": 0.5, "finished": 0.97}, Reason.LIKELY),
        ({"closing": None}, Reason.LIKELY),
        ({"text": "turn off all of the kitchen lights", "closing": 0.7}, Reason.LIKELY),
        ({"text": "What do bees make?", "closing": 0.8}, Reason.FINISHED),
        ({"finished": 0.05, "closing": 0.6}, Reason.DOUBTFUL),
        ({"finished": 0.98, "closing": 0.02}, Reason.DOUBTFUL),
        ({"finished": None}, Reason.FINISHED),
        ({"finished": None, "closing": None}, Reason.DOUBTFUL),
        ({"text": None, "closing": None}, Reason.DOUBTFUL),
        ({"text": None, "closing": None, "finished": None}, Reason.DOUBTFUL),
        ({"finished": 0.01, "closing": 0.001, "text": "give me a large"}, Reason.UNFINISHED),
        ({"text": "Turn on the.", "closing": 0.0001}, Reason.HANGING),
        ({"text": "Turn on the.", "closing": None}, Reason.HANGING),
    ],
    ids=[
        "words and voice agree",
        "the words are closed, the voice does not know",
        "neither is quite sure",
        "no language model has read it",
        "no full stop",
        "a last word that mostly ends nothing, but the model knows better",
        "the voice objects",
        "the words object",
        "the voice is not judged yet, and the words are clear",
        "neither has been judged yet",
        "the text is not known yet",
        "nothing is known yet",
        "words and voice object",
        "it hangs, whatever the voice says",
        "it hangs, and no model has read it",
    ],
)
def test_the_evidence_decides_together(changes, expected):
    assert reason(**changes) is expected


@pytest.mark.parametrize("preset", Preset)
def test_the_more_doubt_the_longer_the_silence(preset):
    needed = [
        silence(preset, COMMAND),
        silence(preset),
        silence(preset, closing=0.5, finished=0.97),
        silence(preset, finished=0.05, closing=0.6),
        silence(preset, finished=0.01, closing=0.001, text="give me a large"),
        silence(preset, text="Turn on the", closing=0.001),
    ]

    assert needed == sorted(needed)
    assert len(set(needed)) == len(needed)


@pytest.mark.parametrize("of", [SENTENCE, COMMAND], ids=["sentence", "command"])
def test_a_patient_listener_waits_longer_than_a_fast_one(of):
    assert silence(Preset.FAST, of) < silence(Preset.NORMAL, of) < silence(Preset.PATIENT, of)


@pytest.mark.parametrize("finished", [None, 0.3, 0.99])
def test_a_whole_command_is_closed_within_four_tenths(finished):
    assert silence(of=COMMAND, finished=finished) <= 0.4


def test_a_whole_command_that_sounds_like_going_on_waits_a_little():
    assert reason(COMMAND, finished=0.05) is Reason.COMMAND_DOUBTED
    assert 0.5 <= silence(of=COMMAND, finished=0.05) <= 0.7


def test_one_signal_alone_never_makes_it_long():
    assert silence(finished=0.01) <= 1.1
    assert silence(closing=0.001) <= 1.1


@pytest.mark.parametrize("changes", [{"text": None}, {"finished": None, "closing": None}])
def test_what_is_not_known_yet_does_not_hurry(changes):
    assert silence(**changes) >= 0.8


def test_an_unfinished_phrase_survives_a_pause_of_eight_tenths():
    assert silence(text="Set the bedroom lamp to", closing=0.001) > 1.5
    assert silence(finished=0.1, closing=0.01, text="I would like a table for two") > 1.0
    assert silence(finished=0.9, closing=0.01, text="I would like a table for two") > 0.8


def test_who_paused_long_and_went_on_is_given_longer():
    assert silence(longest_pause=0.9) == pytest.approx(1.0)
    assert silence(longest_pause=0.2) == silence()


def test_a_whole_command_is_not_delayed_by_pauses_before():
    assert silence(of=COMMAND, longest_pause=0.9) == silence(of=COMMAND)


def test_a_doubted_command_of_a_slow_speaker_waits_like_a_sentence():
    assert silence(of=COMMAND, finished=0.05, longest_pause=0.9) == pytest.approx(1.0)


@pytest.mark.parametrize(("preset", "longest"), [(Preset.NORMAL, 2.0), (Preset.PATIENT, 2.5)])
def test_nobody_waits_for_ever(preset, longest):
    assert silence(preset, text="Turn on the", closing=0.0, longest_pause=9.0) == longest


@pytest.mark.parametrize(
    "text",
    [
        "turn on the",
        "Turn on the.",
        "Turn on",
        "please turn off.",
        "set brightness of the bed light to",
        "Can I have a latte with...",
        "Can I have a?",
        "In the kitchen,",
        "Pass the t-",
        "I'd like",
        "Can you",
        "remind me to call my",
        "it is, um",
        "I said that I'd",
        "And then what",
    ],
)
def test_a_phrase_without_its_end_hangs(text):
    assert hangs(text, "en")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Yes.",
        "Stop.",
        "Turn it on.",
        "turn the lights off",
        "What time is it?",
        "Where are you from?",
        "What is that for?",
        "How cold is it in?",
        "Who is it?",
        "What?",
        "Cut them too.",
        "set the volume to 10%",
        "What is it like?",
    ],
)
def test_a_whole_phrase_does_not_hang(text):
    assert not hangs(text, "en")


def test_other_languages_have_no_list_of_words_but_broken_off_is_broken_off():
    assert not hangs("Mach das Licht in", "de")
    assert hangs("Mach das Licht in...", "de")


@pytest.mark.parametrize(
    ("file", "most"),
    [("clinc150_oos.jsonl", 0.05), ("slurp_text.jsonl", 0.05), ("ha_intents_en.jsonl", 0.02)],
)
def test_hardly_any_real_request_hangs(speech_data, file, most):
    lines = (speech_data / "text" / file).read_text("utf-8").splitlines()
    requests = [json.loads(line)["text"] for line in lines]

    asked = [f"{request}?" for request in requests]  # whisper marks questions, the data does not

    assert sum(hangs(request, "en") for request in asked) <= most * len(asked)


@pytest.mark.models
def test_a_real_request_closes_soon_and_a_pause_in_its_middle_does_not(speech_data):
    samples = read_audio(
        speech_data / "speech/home_commands_tts/how_much_time_is_left_on_my_timer.flac"
    ).samples
    turn = SmartTurn(model("smart-turn-v3.2", "turn"))
    voice = SileroVad().spans(Audio(samples, 16_000))
    end = round((voice[-1][1] + 0.1) * 16_000)
    middle = round((voice[0][0] + 1.3) * 16_000)

    whole = turn.finished(Audio(samples[:end], 16_000))
    part = turn.finished(Audio(samples[:middle], 16_000))

    assert silence(finished=whole, closing=None, text="How much time is left on my timer?") <= 1.0
    assert silence(finished=part, closing=None, text="How much time is left on my") > 1.0
