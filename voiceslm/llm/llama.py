"""Answers from a quantized language model in this process, with as little prefill as can be."""

from __future__ import annotations

import codecs
import contextlib
import math
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.errors import Problem
from voiceslm.llm import Message, Token
from voiceslm.llm.adapter import applies
from voiceslm.llm.native import BATCH_TOKENS, NativeModel
from voiceslm.llm.prompt import CHATML, ChatTemplate
from voiceslm.llm.sequences import Prompt, Sequence, Sequences, common_prefix

if TYPE_CHECKING:
    from collections import abc
    from pathlib import Path

    from voiceslm.worker import Cancel

SEQUENCES = 2
"""The conversation's head, and one other that does not evict it."""

QUESTION_TOKENS = 128
"""Room kept for one question when the history is trimmed: half a minute of speech."""

CLOSING_MARKS = (".", "?", "!", "...", "…", "?!", "。", "？", "！")  # noqa: RUF001 - full-width marks
"""What may end a sentence. What whisper writes there is left out of the question whether it has ended."""

LEAST_REPLY_TOKENS = 32
"""A prompt that leaves less room than this is refused rather than answered with half a sentence."""

CHOICE_TOKENS = 64
"""Longest constrained completion: five calls on devices with long names."""


class LlamaEngine:
    """One GGUF model and what lies in its key-value cache. Use it on one worker thread."""

    def __init__(
        self,
        path: Path,
        *,
        threads: int,
        context_tokens: int,
        aside_tokens: int = 0,
        max_tokens: int,
        temperature: float = 0.0,
        seed: int = 0,
        adapter: Path | None = None,
        adapted_heads: frozenset[str] | None = None,
    ) -> None:
        """Load a model; takes seconds when the file is not in the page cache.

        Args:
            path: a GGUF file.
            threads: threads that compute.
            context_tokens: room for one prompt and its reply.
            aside_tokens: room besides for a prompt with another head, which a conversation then never evicts.
            max_tokens: longest reply.
            temperature: 0 takes the likeliest token always.
            seed: of the random choice when ``temperature`` is above 0.
            adapter: a GGUF file with what the model has learnt besides; it must be of this very model.
            adapted_heads: system messages of the prompts that it is applied to, so that everything else is
                answered as if it were not there; none: it is applied to all.

        Raises:
            Problem: a file cannot be loaded.
        """
        self._context_tokens = context_tokens
        self._all_tokens = context_tokens + aside_tokens
        self._max_tokens = max_tokens
        self._adapted = adapter is not None
        self._adapted_heads = adapted_heads or frozenset()
        self._native = NativeModel(
            path,
            threads=threads,
            context_tokens=self._all_tokens,
            sequences=SEQUENCES,
            temperature=temperature,
            seed=seed,
            adapter=adapter,
        )
        self._sequences = Sequences(SEQUENCES)
        self._closers = self._closing_marks()
        self._closing_tokens = np.array([*self._closers, *self._native.end_tokens()], np.intp)
        self._closing: float | None = None
        self._template = ChatTemplate(
            self._native.chat_template() or CHATML,
            bos=self._native.text_of(self._native.bos),
            eos=self._native.text_of(self._native.eos),
        )

    def close(self) -> None:
        """Free the native memory."""
        self._native.close()

    def prepare(self, messages: abc.Sequence[Message], cancel: Cancel, *, words: str = "") -> int:
        """Compute everything before the next user message; return the number of tokens evaluated.

        ``messages`` ends before that message, which will most likely begin with ``words``. When cancelled,
        what is done so far is kept.
        """
        prompt = self.prompt([*messages, Message("user", words)])
        row = self._claim(prompt)
        opening = prompt.tokens[: prompt.opening + prompt.words]
        kept = self._rewind(row, opening)
        self._extend(row, opening[kept:], cancel)
        return len(opening) - kept

    def leaves_room(self, messages: abc.Sequence[Message]) -> bool:
        """Say whether a question and the longest reply still fit after ``messages``; safe from any thread."""
        used = self.prompt([*messages, Message("user", "")])
        return len(used.tokens) + QUESTION_TOKENS + self._max_tokens <= self._context_tokens

    def reply(self, messages: abc.Sequence[Message], cancel: Cancel) -> abc.Iterator[Token]:
        """Answer the last message, token by token, until the model ends or ``max_tokens`` are said.

        Raises:
            Problem: the conversation does not fit the context.
        """
        prompt = self.prompt(messages)
        room = self._room(prompt)
        row = self._claim(prompt)
        probe = prompt.bare - 1
        kept = self._rewind(row, prompt.tokens, most=probe)
        self._closing = None
        if not self._extend(row, prompt.tokens[kept:], cancel, probe=probe - kept):
            return
        self._native.reset_sampler()
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        for _ in range(min(self._max_tokens, room)):
            token = self._native.sample()
            if self._native.ends_reply(token):
                return
            text = decoder.decode(self._native.piece(token))
            yield Token(text, evaluated=len(prompt.tokens) - kept, words=prompt.words, closing=self._closing)
            if not self._extend(row, (token,), cancel):
                return

    def choose(
        self,
        messages: abc.Sequence[Message],
        grammar: str,
        cancel: Cancel,
        *,
        max_tokens: int = CHOICE_TOKENS,
    ) -> str:
        """Complete the conversation with the likeliest text that ``grammar`` allows.

        Args:
            messages: the conversation; the last is the user's.
            grammar: GBNF; its first rule is ``root``.
            cancel: ends it between two tokens, or inside a prefill.
            max_tokens: where the text breaks off.

        Returns:
            The text; only its beginning where it was cancelled or longer than ``max_tokens``.

        Raises:
            Problem: the grammar cannot be parsed, or the conversation does not fit the context.
        """
        prompt = self.prompt(messages)
        room = self._room(prompt)
        with contextlib.closing(self._native.grammar(grammar)) as state:
            row = self._claim(prompt)
            kept = self._rewind(row, prompt.tokens, new=max_tokens)
            more = self._extend(row, prompt.tokens[kept:], cancel)
            said = b""
            for _ in range(min(max_tokens, room) if more else 0):
                token = state.choose(self._native.logits())
                if self._native.ends_reply(token):
                    break
                state.accept(token)
                said += self._native.piece(token)
                if not self._extend(row, (token,), cancel):
                    break
        return said.decode("utf-8", "replace")

    def weigh(self, messages: abc.Sequence[Message], this: str, that: str, cancel: Cancel) -> float:
        """Return how much likelier the reply begins with ``this`` than with ``that``, as a logarithm.

        Only their first tokens are compared. Minus infinity where it was cancelled.

        Raises:
            Problem: the conversation does not fit the context.
        """
        prompt = self.prompt(messages)
        self._room(prompt)
        row = self._claim(prompt)
        kept = self._rewind(row, prompt.tokens, new=0)
        if not self._extend(row, prompt.tokens[kept:], cancel):
            return -math.inf
        logits = self._native.logits()
        first, second = (self._native.tokenize(text, control=False)[0] for text in (this, that))
        return float(logits[first] - logits[second])

    def prompt(self, messages: abc.Sequence[Message]) -> Prompt:
        """Tokenise a conversation that ends with the user's message."""
        tokens = [self._native.bos] if self._native.wants_bos else []
        head = opening = words = bare = 0
        last = len(messages) - 1
        for piece in self._template.pieces(messages):
            start = len(tokens)
            tokens += self._native.tokenize(piece.text, control=piece.message is None)
            if tokens[:2] == [self._native.bos] * 2:
                del tokens[0]  # the template wrote it too
            if piece.message == 0 and messages[0].role == "system":
                head = len(tokens)
            if piece.message == last:
                opening, words, bare = start, len(tokens) - start, len(tokens)
                while bare > opening + 1 and tokens[bare - 1] in self._closers:
                    bare -= 1
        adapted = self._adapted and applies(self._adapted_heads, messages)
        return Prompt(tuple(tokens), head, opening, words, bare, adapted)

    def reply_tokens(self, text: str) -> tuple[int, ...]:
        """Return ``text`` as the tokens of a reply, with the one that ends it: what an example teaches.

        Raises:
            Problem: the model has no token that ends a reply.
        """
        ends = self._native.end_tokens()
        if not ends:
            raise Problem("the language model has no token that ends a reply", "Use another model")
        return (*self._native.tokenize(text, control=False), ends[-1])

    def _closing_marks(self) -> set[int]:
        """Return the tokens that are nothing but the end of a sentence."""
        spelled = (f"{mark}{after}" for mark in CLOSING_MARKS for after in ("", "\n", "\n\n"))
        tokens = (self._native.tokenize(text, control=False) for text in spelled)
        return {found[0] for found in tokens if len(found) == 1}

    def _room(self, prompt: Prompt) -> int:
        """Return how many tokens may follow ``prompt``; refuse one that leaves none worth having."""
        room = self._context_tokens - len(prompt.tokens)
        if room < LEAST_REPLY_TOKENS:
            raise Problem(
                f"the text is too long for the language model ({len(prompt.tokens)} tokens with the persona; "
                f"it holds {self._context_tokens - LEAST_REPLY_TOKENS})",
                "Say it in fewer words, or raise llm.context_tokens",
            )
        return room

    def _claim(self, prompt: Prompt) -> Sequence:
        return self._sequences.claim(prompt.head_key, adapted=prompt.adapted)

    def _rewind(
        self, row: Sequence, tokens: tuple[int, ...], *, most: int | None = None, new: int | None = None
    ) -> int:
        """Leave in ``row`` what ``tokens`` can build on, ``most`` at most; return how many remain.

        The last token is always computed again: its logits choose the first token of the reply, of which
        there will be ``new`` at most.
        """
        new = self._max_tokens if new is None else new
        keep = min(common_prefix(row.tokens, tokens), len(tokens) - 1 if most is None else most)
        self._native.forget(row.number, keep)
        del row.tokens[keep:]
        for other in self._sequences.others(row):
            if self._sequences.held + len(tokens) - keep + new <= self._all_tokens:
                break
            self._native.forget(other.number, 0)
            other.tokens.clear()
        return keep

    def _extend(
        self, row: Sequence, tokens: tuple[int, ...], cancel: Cancel, *, probe: int | None = None
    ) -> bool:
        """Compute ``tokens`` after what ``row`` holds; False when cancelled on the way.

        After the one at index ``probe`` it is noted how likely the message ends there.
        """
        self._native.stop.clear()
        self._native.adapt(on=row.adapted)
        with cancel.on_cancel(self._native.stop.set):
            for start in range(0, len(tokens), BATCH_TOKENS):
                part = tokens[start : start + BATCH_TOKENS]
                inside = probe - start if probe is not None and 0 <= probe - start < len(part) else None
                if cancel.cancelled or not self._native.decode(
                    row.number, len(row.tokens), part, probe=inside
                ):
                    return False
                if inside is not None:
                    self._closing = self._native.share(inside, self._closing_tokens)
                row.tokens += part
        return True
