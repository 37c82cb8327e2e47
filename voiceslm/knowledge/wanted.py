"""What kind of answer a question wants: an amount of money, a number, a time, a name. Pure, English."""

from __future__ import annotations

import re

_NUMBER = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|hundred)\b"
)
_KINDS = (
    (
        re.compile(r"\bhow much\b|\bcosts?\b|\bprices?\b|\bcharge|\bpay\b|\bfees?\b|\bcheap|\bexpensive\b"),
        re.compile(r"\d|[€$£]|\bfree\b|\bextra charge\b|\bpercent\b|\bincluded\b", re.IGNORECASE),
    ),
    (
        re.compile(r"\bhow (?:long|many|old|far|big|late|soon|early|often|tall|deep)\b"),
        re.compile(rf"{_NUMBER}|\b(?:year|month|week|day|daily)s?\b", re.IGNORECASE),
    ),
    (
        re.compile(r"\bwhat time\b|\bwhen\b|\buntil\b|\b(?:which|what) (?:day|month|hour)s?\b|\bhours\b"),
        re.compile(
            r"\d|\b(?:year|month|week|day|hour|morning|noon|evening|night)s?\b|day\b|\b(?:January|February|March|April"
            r"|May|June|July|August|September|October|November|December)\b"
        ),
    ),
    (re.compile(r"\bwho(?:'s|se|m)?\b|\bbrands?\b|\bwhat .*\bname\b"), re.compile(r"(?<!^)\b[A-Z][a-z]+")),
)
"""What asks for it, and what a sentence has that may be it."""


def suits(question: str, answer: str) -> bool | None:
    """Say whether ``answer`` has what ``question`` asks for; None: it asks for nothing of these kinds."""
    asked = question.casefold()
    for asks, has in _KINDS:
        if asks.search(asked):
            return bool(has.search(answer))
    return None
