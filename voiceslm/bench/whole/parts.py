"""What there is to measure, in the order in which it is done: first what is told first."""

from __future__ import annotations

from voiceslm.bench.whole import measures
from voiceslm.bench.whole.job import Part
from voiceslm.bench.whole.threads import threads
from voiceslm.bench.whole.windows import windows

PARTS = (
    Part("advice", "each engine alone, and the profile that suits", 35, 70, measures.advice),
    Part("outside", "from outside, in real sound software", 150, 720, measures.outside),
    Part("conversation", "a conversation in the simulated room", 30, 200, measures.conversation),
    Part("turns", "recordings answered, against the serial chain", 25, 130, measures.turns),
    Part("threads", "latency by profile and threads", 40, 160, threads),
    Part("stt", "speech-to-text against plain faster-whisper", 15, 100, measures.speech_to_text),
    Part("windows", "accuracy by whisper's window", 25, 110, windows),
    Part("pauses", "pauses in the middle of a sentence", 25, 280, measures.pauses),
    Part("interruptions", "interruptions, echo and noise", 40, 230, measures.interruptions),
    Part("wake", "wake words", 45, 230, measures.wake),
    Part("idle", "listening while nobody speaks", 15, 45, measures.idle),
    Part("speech", "commands spoken in quiet and in noise", 50, 380, measures.speech),
    Part("home", "the home", 55, 330, measures.home),
    Part("memory", "memory over turns", 25, 90, measures.memory),
    Part("soak", "a long life", 25, 180, measures.soak),
)
"""Another bench is another line; nothing else has to know of it."""

NAMES = {part.name: part for part in PARTS}
