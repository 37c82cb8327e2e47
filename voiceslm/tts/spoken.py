"""What must never be read aloud never reaches the voice: markup, emoji, code, URLs, thoughts."""

from __future__ import annotations

import re
import unicodedata

_HIDDEN = (("<think>", "</think>"), ("```", "```"))
"""Blocks that are dropped whole, as they stream by: what opens them and what closes them."""

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_URL = re.compile(r"<?\b(?:https?://|www\.)\S+?(?=[.,;:!?)>\]]*(?:\s|$))>?", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]*>|<\|[^<>\n]*\|>")
_LINE_MARK = re.compile(r"^[ \t]*(?:#{1,6}|>+|[-*+•]|\d{1,3}[.)])[ \t]+", re.MULTILINE)
_RULE = re.compile(r"^[ \t]*[-*_=|:+ \t]{3,}$", re.MULTILINE)
_EMPHASIS = re.compile(r"(\*{1,3}|_{1,3}|~~|`+)(?=\S)(.+?)(?<=\S)\1(?!\w)")
_STRAY = re.compile(r"[*_`~#|\\^<>{}\[\]]+")
_SPACE = re.compile(r"[ \t\r\f\v]+")

_SAID = {"&": " and ", "%": " percent", "+": " plus ", "=": " equals ", "@": " at "} | dict.fromkeys(
    ("°C", "°F", "°"), " degrees"
)
_SAID_PATTERN = re.compile("|".join(re.escape(sign) for sign in _SAID))

_SILENT_CATEGORIES = frozenset({"So", "Sk", "Cc", "Cf", "Co", "Cs", "Cn", "Me"})
"""Unicode categories nobody can pronounce: pictographs, modifiers, controls, private use, enclosing marks."""

_VARIATION_SELECTOR = re.compile("[\ufe00-\ufe0f]")


class ThoughtFilter:
    """Drops thoughts and code blocks from a stream of text, however the stream is cut."""

    def __init__(self) -> None:
        """Start outside any block."""
        self._held = ""
        self._closing = ""

    def feed(self, text: str) -> str:
        """Add ``text`` and return what may be spoken of it so far."""
        self._held += text
        said = ""
        while True:
            if self._closing:
                _, found, rest = self._held.partition(self._closing)
                if not found:
                    self._held = self._held[-(len(self._closing) - 1) :]
                    return said
                self._held, self._closing = rest, ""
                continue
            opening, closing = min(
                _HIDDEN,
                key=lambda pair: self._held.find(pair[0]) if pair[0] in self._held else len(self._held),
            )
            before, found, rest = self._held.partition(opening)
            if found:
                said += before
                self._held, self._closing = rest, closing
                continue
            keep = _partial_opening(self._held)
            said += self._held[: len(self._held) - keep]
            self._held = self._held[len(self._held) - keep :]
            return said

    def finish(self) -> str:
        """Return what was held back; an open block is dropped."""
        held, self._held = ("" if self._closing else self._held), ""
        self._closing = ""
        return held


def speakable(text: str) -> str:
    """Return ``text`` as words and punctuation only, on one line; empty when nothing of it can be said."""
    text = _RULE.sub(" ", text)
    text = _LINE_MARK.sub("", text)
    text = _LINK.sub(r"\1", text)
    text = _URL.sub(" ", text)
    text = _TAG.sub(" ", text)
    text = _EMPHASIS.sub(r"\2", text)
    text = _SAID_PATTERN.sub(lambda match: _SAID[match.group()], text)
    text = _STRAY.sub(" ", text)
    text = _VARIATION_SELECTOR.sub("", text)
    text = "".join(
        " " if unicodedata.category(character) in _SILENT_CATEGORIES else character for character in text
    )
    text = _SPACE.sub(" ", text).strip()
    text = re.sub(r" ([,.;:!?])", r"\1", text)
    return text if any(character.isalnum() for character in text) else ""


def _partial_opening(text: str) -> int:
    """Return how many characters at the end of ``text`` may be the beginning of a hidden block."""
    longest = max(len(opening) for opening, _ in _HIDDEN) - 1
    for length in range(min(longest, len(text)), 0, -1):
        if any(opening.startswith(text[-length:]) for opening, _ in _HIDDEN):
            return length
    return 0
