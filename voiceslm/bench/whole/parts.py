"""What there is to measure, in the order in which it is done: first what is told first."""

from __future__ import annotations

from voiceslm.bench.whole import measures
from voiceslm.bench.whole.job import Part
from voiceslm.bench.whole.threads import threads
from voiceslm.bench.whole.windows import windows

PARTS = (
    Part("advice", "each engine alone, and the profile that suits", 35, 140, measures.advice),
    Part("outside", "from outside, in real sound software", 120, 620, measures.outside),
    Part("conversation", "a conversation in the simulated room", 35, 230, measures.conversation),
    Part("turns", "recordings answered, against the serial chain", 30, 150, measures.turns),
    Part("threads", "latency by profile and threads", 40, 180, threads),
    Part("stt", "speech-to-text against plain faster-whisper", 15, 115, measures.speech_to_text),
    Part("windows", "accuracy by whisper's window", 25, 120, windows),
    Part("pauses", "pauses in the middle of a sentence", 30, 260, measures.pauses),
    Part("interruptions", "interruptions, echo and noise", 45, 290, measures.interruptions),
    Part("wake", "wake words", 45, 230, measures.wake),
    Part("idle", "listening while nobody speaks", 15, 60, measures.idle),
    Part("speech", "commands spoken in quiet and in noise", 55, 520, measures.speech),
    Part("home", "the home", 55, 330, measures.home),
    Part("memory", "memory over turns", 30, 100, measures.memory),
    Part("soak", "a long life", 25, 230, measures.soak),
)
"""Another bench is another line; nothing else has to know of it."""

NAMES = {part.name: part for part in PARTS}
