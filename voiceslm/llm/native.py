"""llama.cpp's C interface, as much of it as a turn needs: load, tokenise, decode, sample, stop.

The high-level ``Llama`` class keeps one prompt, copies logits and cannot stop a running prefill; a turn needs
the opposite of all three, so this speaks to the library underneath it.
"""

from __future__ import annotations

import ctypes
import platform
from typing import TYPE_CHECKING

import llama_cpp as lib
import numpy as np

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

BATCH_TOKENS = 256
"""Tokens computed at once. Larger batches gain nothing on two cores and cost memory."""

OUTPUTS = 2
"""Places in one batch after which the model is asked for what comes next: the last, and a probe."""

REPEAT_PENALTY = 1.1
REPEAT_WINDOW = 64
"""Tokens looked back. The penalty is Qwen2.5's own; it keeps the smallest models from looping."""

_UNPACKED = ("x86_64", "amd64")
"""Machines on which llama.cpp should not rearrange weights at load: the copy of the 1.5B model costs 600 MB
and 2.4 s of start-up and brings the first clause no earlier (docs/latency.md)."""

SHORTLIST = 256
"""Tokens that are asked for at once whether a grammar allows them, before all are."""

_TOKEN_DATA = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
"""llama.cpp's llama_token_data."""

_ERROR_LEVEL = 3
_ERRORS_KEPT = 5
_native_errors: list[str] = []


@lib.llama_log_callback  # type: ignore[untyped-decorator]
def _on_native_log(level: int, text: bytes, _data: object) -> None:
    if level == _ERROR_LEVEL:
        _native_errors.append(text.decode("utf-8", "replace").strip())
        del _native_errors[:-_ERRORS_KEPT]


class StopFlag:
    """Stops a running decode from another thread.

    llama.cpp asks an abort callback after every graph node, a thousand times a token. A Python callback
    would take the interpreter lock each time; libc's ``strlen`` of a short buffer answers the same question.
    """

    def __init__(self) -> None:
        """Start cleared."""
        self._buffer = ctypes.create_string_buffer(2)
        self.callback = ctypes.cast(ctypes.CDLL(None).strlen, lib.ggml_abort_callback)
        self.data = ctypes.cast(self._buffer, ctypes.c_void_p)

    @property
    def raised(self) -> bool:
        """Whether the running decode was asked to stop."""
        return self._buffer.raw[0] != 0

    def set(self) -> None:
        """Stop the running decode, and any that starts before `clear`."""
        self._buffer[0] = b"x"

    def clear(self) -> None:
        """Let decodes run again."""
        self._buffer[0] = b"\0"


class Grammar:
    """Where one constrained completion stands in its grammar.

    To ask for all of 150,000 tokens whether the grammar allows them takes 20 to 40 ms, as long as to compute
    one. Greedy choice needs only the likeliest that is allowed, so the likeliest few are asked first.
    """

    def __init__(self, vocab: object, text: str) -> None:
        """Parse ``text``, whose first rule is ``root``."""
        sound = text.strip() and "\0" not in text  # llama.cpp takes an empty grammar for no grammar
        self._sampler = sound and lib.llama_sampler_init_grammar(vocab, text.encode("utf-8"), b"root")
        if not self._sampler:
            raise Problem("the language model's grammar cannot be parsed")

    def close(self) -> None:
        """Free the native memory."""
        lib.llama_sampler_free(self._sampler)

    def choose(self, logits: NDArray[np.float32]) -> int:
        """Return the likeliest token that is allowed now, by ``logits`` [n].

        Raises:
            Problem: the grammar allows no token of this vocabulary.
        """
        for most in (1, SHORTLIST, len(logits)):
            tokens = np.argpartition(logits, -most)[-most:]
            allowed = self._allowed(tokens, logits)
            best = int(allowed.argmax())
            if allowed[best] > -np.inf:
                return int(tokens[best])
        raise Problem("the grammar leads to where this model has no token")

    def accept(self, token: int) -> None:
        """Go on with ``token``, which `choose` returned."""
        lib.llama_sampler_accept(self._sampler, token)

    def _allowed(self, tokens: NDArray[np.intp], logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the logits of ``tokens``, minus infinity where the grammar forbids one."""
        table = np.zeros(len(tokens), _TOKEN_DATA)
        table["id"], table["logit"] = tokens, logits[tokens]
        rows = table.ctypes.data_as(lib.llama_token_data_p)
        candidates = lib.llama_token_data_array(rows, len(tokens), -1, False)  # noqa: FBT003
        lib.llama_sampler_apply(self._sampler, ctypes.byref(candidates))
        allowed: NDArray[np.float32] = table["logit"]
        return allowed


class NativeModel:
    """One model with one context. Not thread-safe, but for `stop`."""

    def __init__(
        self,
        path: Path,
        *,
        threads: int,
        context_tokens: int,
        sequences: int,
        temperature: float,
        seed: int,
        adapter: Path | None = None,
    ) -> None:
        """Load the GGUF file at ``path``; the ``adapter`` is applied until `adapt` says otherwise.

        Raises:
            Problem: it cannot be loaded.
        """
        lib.llama_log_set(_on_native_log, ctypes.c_void_p(0))
        lib.llama_backend_init()
        _native_errors.clear()
        self._model = lib.llama_model_load_from_file(bytes(path), _model_params())
        if not self._model:
            raise _load_problem(path)
        self.stop = StopFlag()
        self._context = lib.llama_init_from_model(
            self._model, self._context_params(threads, context_tokens, sequences)
        )
        if not self._context:
            lib.llama_model_free(self._model)
            raise _load_problem(path)
        self._adapted = False
        self._adapter = lib.llama_adapter_lora_init(self._model, bytes(adapter)) if adapter else None
        if adapter and not self._adapter:
            lib.llama_free(self._context)
            lib.llama_model_free(self._model)
            raise _adapter_problem(adapter)
        self.adapt(on=True)
        self._vocab = lib.llama_model_get_vocab(self._model)
        self._memory = lib.llama_get_memory(self._context)
        self._batch = lib.llama_batch_init(BATCH_TOKENS, 0, 1)
        self._sampler = self._new_sampler(temperature, seed)

    def close(self) -> None:
        """Free the native memory; the model is unusable afterwards."""
        lib.llama_sampler_free(self._sampler)
        lib.llama_batch_free(self._batch)
        lib.llama_free(self._context)
        lib.llama_model_free(self._model)

    def chat_template(self) -> str | None:
        """Return the Jinja template that the file carries."""
        template = lib.llama_model_chat_template(self._model, None)
        return template.decode("utf-8", "replace") if template else None

    def text_of(self, token: int) -> str:
        """Return a control token as templates write it; empty for a token the vocabulary lacks."""
        return lib.llama_vocab_get_text(self._vocab, token).decode("utf-8", "replace") if token >= 0 else ""

    @property
    def bos(self) -> int:
        """The begin-of-sequence token, or -1."""
        return int(lib.llama_vocab_bos(self._vocab))

    @property
    def eos(self) -> int:
        """The end-of-sequence token, or -1."""
        return int(lib.llama_vocab_eos(self._vocab))

    @property
    def wants_bos(self) -> bool:
        """Whether every prompt must begin with `bos`."""
        return bool(lib.llama_vocab_get_add_bos(self._vocab))

    def ends_reply(self, token: int) -> bool:
        """Say whether the model means "I have finished" by ``token``."""
        return bool(lib.llama_vocab_is_eog(self._vocab, token))

    def end_tokens(self) -> list[int]:
        """Return the tokens that end a text or, last, a message, as far as the model names them."""
        named = (lib.llama_vocab_eos(self._vocab), lib.llama_vocab_eot(self._vocab))
        return [int(token) for token in dict.fromkeys(named) if token >= 0]

    def tokenize(self, text: str, *, control: bool) -> list[int]:
        """Return ``text`` as tokens; control tokens written in it are text unless ``control``."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        buffer = (lib.llama_token * room)()
        count = lib.llama_tokenize(self._vocab, data, len(data), buffer, room, False, control)  # noqa: FBT003
        if count < 0:
            raise Problem(f"the text cannot be turned into tokens ({len(text)} characters)")
        return list(buffer[:count])

    def piece(self, token: int) -> bytes:
        """Return the UTF-8 bytes of a token; they may end inside a character."""
        buffer = ctypes.create_string_buffer(256)
        length = lib.llama_token_to_piece(self._vocab, token, buffer, len(buffer), 0, False)  # noqa: FBT003
        return buffer.raw[: max(0, length)]

    def decode(self, sequence: int, start: int, tokens: Sequence[int], *, probe: int | None = None) -> bool:
        """Compute up to `BATCH_TOKENS` tokens at position ``start`` of a sequence; False when stopped.

        Args:
            sequence: number of the sequence.
            start: position of the first token.
            tokens: what to compute.
            probe: index of a token after which `share` is to be asked, besides the last.

        Raises:
            Problem: llama.cpp failed.
        """
        batch = self._batch
        batch.n_tokens = len(tokens)
        for index, token in enumerate(tokens):
            batch.token[index] = token
            batch.pos[index] = start + index
            batch.n_seq_id[index] = 1
            batch.seq_id[index][0] = sequence
            batch.logits[index] = index in (len(tokens) - 1, probe)
        code = lib.llama_decode(self._context, batch)
        if code == 0:
            return True
        self.forget(sequence, start)
        if self.stop.raised:
            return False
        raise Problem(f"the language model failed (llama_decode: {code})", "Lower llm.context_tokens")

    def adapt(self, *, on: bool) -> None:
        """Apply the adapter, whole, to what is decoded from now on, or do not; without one nothing changes.

        A change makes llama.cpp build its graphs anew. The adapter is freed with the model.

        Raises:
            Problem: llama.cpp failed.
        """
        if not self._adapter or on is self._adapted:
            return
        adapters, scales = (lib.llama_adapter_lora_p_ctypes * 1)(self._adapter), (ctypes.c_float * 1)(1.0)
        if lib.llama_set_adapters_lora(self._context, adapters, int(on), scales):
            raise Problem("the language model failed (llama_set_adapters_lora)", "Leave llm.adapter empty")
        self._adapted = on

    def share(self, probe: int, tokens: NDArray[np.intp]) -> float:
        """Return how likely one of ``tokens`` [n] comes after the one at ``probe`` in the last `decode`."""
        count = lib.llama_vocab_n_tokens(self._vocab)
        logits = np.ctypeslib.as_array(lib.llama_get_logits_ith(self._context, probe), shape=(count,))
        weights = np.exp(logits - logits.max())
        return float(weights[tokens].sum() / weights.sum())

    def forget(self, sequence: int, start: int) -> None:
        """Drop a sequence's tokens from position ``start`` on."""
        lib.llama_memory_seq_rm(self._memory, sequence, start, -1)

    def sample(self) -> int:
        """Choose the token after the last decoded one."""
        return int(lib.llama_sampler_sample(self._sampler, self._context, -1))

    def logits(self) -> NDArray[np.float32]:
        """Return how likely each token [n] is after the last decoded one; valid until the next `decode`."""
        count = lib.llama_vocab_n_tokens(self._vocab)
        return np.ctypeslib.as_array(lib.llama_get_logits_ith(self._context, -1), shape=(count,))

    def grammar(self, text: str) -> Grammar:
        """Return the GBNF grammar ``text``, at its beginning; close it after use.

        Raises:
            Problem: llama.cpp cannot parse it.
        """
        return Grammar(self._vocab, text)

    def reset_sampler(self) -> None:
        """Forget what was said, for the repeat penalty."""
        lib.llama_sampler_reset(self._sampler)

    def _context_params(self, threads: int, context_tokens: int, sequences: int) -> lib.llama_context_params:
        params = lib.llama_context_default_params()
        params.n_ctx = context_tokens
        params.n_batch = params.n_ubatch = BATCH_TOKENS
        params.n_seq_max = sequences
        params.kv_unified = True
        params.n_outputs_max = max(sequences, OUTPUTS)
        params.n_threads = params.n_threads_batch = threads
        params.no_perf = True
        params.abort_callback = self.stop.callback
        params.abort_callback_data = self.stop.data
        return params

    def _new_sampler(self, temperature: float, seed: int) -> object:
        chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        vocabulary = lib.llama_vocab_n_tokens(self._vocab)
        penalties = lib.llama_sampler_init_penalties(vocabulary, REPEAT_WINDOW, REPEAT_PENALTY, 0.0, 0.0)
        lib.llama_sampler_chain_add(chain, penalties)
        if temperature > 0:
            lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_min_p(0.05, 1))
            lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_temp(temperature))
            lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_dist(seed))
        else:
            lib.llama_sampler_chain_add(chain, lib.llama_sampler_init_greedy())
        return chain


def _model_params() -> lib.llama_model_params:
    params = lib.llama_model_default_params()
    params.use_extra_bufts = platform.machine().lower() not in _UNPACKED
    return params


def _adapter_problem(path: Path) -> Problem:
    reason = _native_errors[-1] if _native_errors else "unknown reason"
    return Problem(
        f"the adapter {path} cannot be loaded: {reason}",
        "Make it anew: voiceslm tune; or leave llm.adapter empty",
    )


def _load_problem(path: Path) -> Problem:
    reason = _native_errors[-1] if _native_errors else "unknown reason"
    return Problem(f"the language model {path} cannot be loaded: {reason}", "Type: voiceslm models verify")
