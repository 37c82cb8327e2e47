"""What there is to measure, in the order in which it is done: first what is told first."""

from __future__ import annotations

from voiceslm.bench.whole import measures
from voiceslm.bench.whole.job import Part
from voiceslm.bench.whole.threads import threads
from voiceslm.bench.whole.windows import windows

PARTS = (
    Part("advice", "each engine alone, and the profile that suits", 30, 100, measures.advice),
    Part("outside", "from outside, in real sound software", 120, 800, measures.outside),
    Part("conversation", "a conversation in the simulated room", 60, 340, measures.conversation),
    Part("turns", "recordings answered, against the serial chain", 30, 140, measures.turns),
    Part("threads", "latency by profile and threads", 35, 130, threads),
    Part("stt", "speech-to-text against plain faster-whisper", 15, 120, measures.speech_to_text),
    Part("windows", "accuracy by whisper's window", 20, 85, windows),
    Part("pauses", "pauses in the middle of a sentence", 40, 250, measures.pauses),
    Part("interruptions", "interruptions, echo and noise", 65, 375, measures.interruptions),
    Part("wake", "wake words", 45, 300, measures.wake),
    Part("idle", "listening while nobody speaks", 20, 60, measures.idle),
    Part("speech", "commands spoken in quiet and in noise", 60, 720, measures.speech),
    Part("home", "the home", 75, 360, measures.home),
    Part("memory", "memory over turns", 30, 75, measures.memory),
    Part("soak", "a long life", 45, 300, measures.soak),
)
"""Another bench is another line; nothing else has to know of it."""

NAMES = {part.name: part for part in PARTS}
