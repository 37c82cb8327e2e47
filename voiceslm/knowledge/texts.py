"""Bytes to text: encodings, and what is no text at all. Pure."""

from __future__ import annotations

import codecs
import unicodedata

from voiceslm.knowledge.faults import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""What a file begins with -> how it is to be read; UTF-32 first, whose mark begins as UTF-16's does."""

_UNPRINTED = 0.02
"""Share of characters that nobody can see from which on it is no text, beyond a few."""
_FEW = 4

_KEPT = frozenset("\n\t\r\f\u200c\u200d")
"""Ends of lines, and what joins and parts letters in many scripts."""

_OUT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Categories in Unicode of what nobody can see: controls, marks of direction, halves of pairs, nothing."""


def decoded(data: bytes) -> str:
    """Return the text in ``data``.

    Raises:
        Unreadable: there is none.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if encoding is None and b"\0" in data:
        raise Unreadable("it is no text")
    text = data.decode(encoding, "replace") if encoding else _guessed(data)
    lost = sum(map(text.count, _unseen(text))) + text.count("\ufffd")
    if lost > _UNPRINTED * len(text) + _FEW:
        raise Unreadable("it is no text")
    return cleaned(text)


def cleaned(text: str) -> str:
    """Return ``text`` composed, with one kind of line end and without what nobody can see."""
    seen = text.translate(dict.fromkeys(map(ord, _unseen(text))))
    lines = seen.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\u00a0", " ")
    return unicodedata.normalize("NFC", lines)


def _unseen(text: str) -> set[str]:
    return {letter for letter in set(text) - _KEPT if unicodedata.category(letter) in _OUT}


def _guessed(data: bytes) -> str:
    """Return the text of bytes that do not say how they are to be read: UTF-8, or what Windows wrote."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
