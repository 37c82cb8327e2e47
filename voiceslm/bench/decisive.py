"""Which settings decide a figure."""

SECTIONS = {"profile", "language", "stt", "llm", "tts", "conversation", "listening"}
"""Those that show in the figures, and tell nothing of a home."""
