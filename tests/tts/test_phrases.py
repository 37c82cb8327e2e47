"""Short phrases are synthesised once."""

from tests.fakes import FakeVoice
from voiceslm.tts.clauses import Clause, Ending
from voiceslm.tts.phrases import KEPT, LONGEST, PhraseBook


def clause(text):
    return Clause(text, Ending.SENTENCE)


def test_a_short_phrase_is_said_once_and_kept():
    voice = FakeVoice()
    book = PhraseBook(voice)
    first = book.synthesize(clause("Okay."))
    assert book.synthesize(clause("Okay.")) is first
    assert voice.said == ["Okay."]


def test_the_same_words_with_another_ending_are_another_phrase():
    voice = FakeVoice()
    book = PhraseBook(voice)
    book.synthesize(clause("Okay"))
    book.synthesize(Clause("Okay", Ending.RUN_ON))
    assert voice.said == ["Okay", "Okay"]


def test_long_answers_are_not_kept():
    voice = FakeVoice()
    book = PhraseBook(voice)
    text = "x" * (LONGEST + 1)
    book.synthesize(clause(text))
    book.synthesize(clause(text))
    assert len(voice.said) == 2


def test_the_least_recently_used_phrase_is_forgotten_first():
    voice = FakeVoice()
    book = PhraseBook(voice)
    for index in range(KEPT):
        book.synthesize(clause(str(index)))
    book.synthesize(clause("0"))
    book.synthesize(clause("new"))
    voice.said.clear()
    book.synthesize(clause("0"))
    book.synthesize(clause("1"))
    assert voice.said == ["1"]
