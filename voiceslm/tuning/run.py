"""One tuning from examples to an adapter: ask, train, ask again, and install what is better."""

from __future__ import annotations

import importlib.util
import json
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from voiceslm.catalog.checks import sha256_of
from voiceslm.catalog.hashes import known_sha256
from voiceslm.errors import Problem
from voiceslm.llm import adapter as adapters
from voiceslm.llm.llama import LlamaEngine
from voiceslm.llm.tools import BRIEF
from voiceslm.tuning import Example
from voiceslm.tuning.chat import SOURCE, UNTOUCHED, chat_drift, questions, repeats, replayed
from voiceslm.tuning.encode import encode, fingerprint
from voiceslm.tuning.gather import require_examples
from voiceslm.tuning.judge import Marks, asked_of, is_call, marks_of, verdict
from voiceslm.tuning.order import Result
from voiceslm.tuning.plan import Plan
from voiceslm.tuning.split import split
from voiceslm.tuning.work import kept, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from voiceslm.tuning.chat import Drift
    from voiceslm.tuning.gather import Gathered
    from voiceslm.tuning.order import Order, Watch
    from voiceslm.tuning.packs import Encoded

LIBRARIES = ("torch", "gguf")
CONTEXT_TOKENS = 2048
REPLY_TOKENS = 64


def require_libraries() -> None:
    """See whether what only tuning needs is installed.

    Raises:
        Problem: it is not.
    """
    missing = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
    if missing:
        raise Problem(
            f"what tuning needs is not installed: {', '.join(missing)}", "Run `pip install voiceslm[tune]`."
        )


def tune(order: Order, gathered: Gathered, watch: Watch, *, stop: Callable[[], bool]) -> Result:
    """Make an adapter of examples, and install it if the model is better with it.

    Raises:
        Problem: there is nothing to learn, the base cannot be trained, the disk is full, or nobody agreed.
        KeyboardInterrupt: it was stopped; the same again goes on there.
    """
    require_libraries()
    made = _Tuning(order, gathered, watch)
    before = made.before()
    made.train(stop)
    after = made.after()
    drift = made.drift()
    why_not = verdict(before, after, drift)
    made.describe(before, after, drift)
    adapter = None if why_not else adapters.install(order.folder, order.name)
    return Result(before, after, drift, why_not, adapter)


class _Tuning:
    """What the steps share."""

    def __init__(self, order: Order, gathered: Gathered, watch: Watch) -> None:
        """Part the examples, let the base talk, and turn everything into tokens."""
        require_examples(gathered)
        self._order = order
        self._gathered = gathered
        self._watch = watch
        self._base_sha256 = known_sha256(order.model)
        self._touched = any(adapters.head_of(one.messages) != BRIEF for one in gathered.examples)
        _make(order.folder)
        with self._engine() as engine:
            shown = self._replies(engine, "kept") if self._touched else []
            self._judged = self._replies(engine, "judged") if self._touched else []
            self._split = split([*gathered.examples, *shown], seed=order.seed)
            for note in self._split.notes:
                watch.note(note)
            found = [encode(engine, one) for one in watch.bar("reading the examples", self._split.train)]
        pairs = [(one, tokens) for one, tokens in zip(self._split.train, found, strict=True) if tokens]
        self._heads = adapters.heads_of(one.messages for one, _ in pairs)
        own = [tokens for one, tokens in pairs if one.source == SOURCE]
        others = [tokens for one, tokens in pairs if one.source != SOURCE]
        times = repeats(_learnt(own), _learnt(others))
        self._encoded: list[Encoded] = [*others, *own * times]
        self._asked = asked_of(self._split, seed=order.seed)
        self._data = fingerprint(self._split.train)
        self._key = key_of(self._data, self._base_sha256, order.seed, times)

    @property
    def file(self) -> Path:
        """Where the adapter is made."""
        return self._order.folder / adapters.FILE

    def before(self) -> Marks:
        """Ask the base; once for the same examples."""

        def ask() -> Marks:
            with self._engine() as engine:
                return self._marks(engine, None, "asking the model as it is")

        return kept(
            self._order.folder / "before.json",
            self._key,
            ask,
            read=lambda value: Marks(**value),
            write=lambda marks: {"right": dict(marks.right), "surprise": dict(marks.surprise)},
        )

    def after(self) -> Marks:
        """Ask the tuned model."""
        with self._engine(self.file) as engine:
            return self._marks(engine, self.file, "asking the tuned model")

    def drift(self) -> Drift:
        """Compare how it talks; where nothing but calls is learnt, the base goes on talking."""
        if not self._touched:
            return UNTOUCHED
        order = self._order
        return chat_drift(order.model, self.file, self._judged, heads=self._heads, threads=order.threads)

    def train(self, stop: Callable[[], bool]) -> None:
        """Train, or go on with it, and write the file that llama.cpp reads."""
        from voiceslm.tuning import checkpoint, train  # noqa: PLC0415 - torch takes seconds to import
        from voiceslm.tuning.base import load_base  # noqa: PLC0415
        from voiceslm.tuning.export import write_adapter  # noqa: PLC0415

        order, watch = self._order, self._watch
        where = train.prepare(order.threads)
        watch.note(f"training on {where}")
        base = load_base(order.model, dtype=train.fastest_dtype(where), device=where, progress=lambda: None)
        if begun := checkpoint.load(order.folder, self._key):
            steps = begun.steps
            watch.note(f"going on after step {begun.step} of {steps}")
        else:
            steps = self._planned(train.seconds_per_token(base, self._encoded, seed=order.seed))
        lora = train.train(
            base,
            self._encoded,
            steps=steps,
            seed=order.seed,
            folder=order.folder,
            fingerprint=self._key,
            on_step=watch.step,
            stop=stop,
        )
        try:
            write_adapter(self.file, lora, base.shape, name=order.name)
        except OSError as error:
            raise _unwritten(self.file, error) from None

    def describe(self, before: Marks, after: Marks, drift: Drift) -> None:
        """Write beside it what it is, and let go of the checkpoint."""
        from voiceslm.tuning import checkpoint  # noqa: PLC0415 - torch takes seconds to import

        order, gathered = self._order, self._gathered
        shown = sum(one.source == SOURCE for one in self._split.train)
        manifest = adapters.Manifest(
            name=order.name,
            file=adapters.FILE,
            sha256=sha256_of(self.file),
            base=order.base,
            base_sha256=self._base_sha256,
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            fingerprint=self._data,
            examples=gathered.counts | ({SOURCE: shown} if shown else {}),
            tools=any(map(is_call, self._split.train)),
            heads=self._heads,
            teacher=gathered.teacher,
            terms=gathered.terms,
            before=before.document() | {"conversation": 1.0},
            after=after.document() | {"conversation": drift.ratio},
        )
        try:
            (order.folder / adapters.MANIFEST).write_text(manifest.model_dump_json(indent=1), "utf-8")
        except OSError as error:
            raise _unwritten(order.folder / adapters.MANIFEST, error) from None
        checkpoint.forget(order.folder)

    def _planned(self, seconds_per_token: float) -> int:
        from voiceslm.tuning.packs import packed  # noqa: PLC0415

        packs = packed(self._encoded, seed=self._order.seed)
        tokens = sum(pack.computed for pack in packs)
        plan = Plan(len(packs), tokens, seconds_per_token, self._order.minutes * 60)
        self._watch.note(str(plan))
        if plan.too_much and not self._watch.agrees(plan):
            raise Problem(
                f"{self._order.minutes:g} minutes are too few for so much ({plan})",
                "Give more --minutes, fewer examples (--most), or --yes to learn a part of them",
            )
        return plan.steps

    def _replies(self, engine: LlamaEngine, part: str) -> list[Example]:
        """Return what the base itself replies to general questions."""
        order = self._order
        asked = questions(part)
        return kept(
            order.folder / f"{part}.json",
            key_of(self._base_sha256, order.persona, asked),
            lambda: replayed(
                engine,
                order.persona,
                asked,
                progress=lambda all_: self._watch.bar("letting the model talk", all_),
            ),
            read=lambda value: [*map(Example.of, value)],
            write=lambda examples: [json.loads(one.line()) for one in examples],
        )

    def _marks(self, engine: LlamaEngine, adapter: Path | None, what: str) -> Marks:
        return marks_of(
            engine,
            self._order.model,
            adapter,
            self._asked,
            self._gathered.entities,
            heads=self._heads,
            threads=self._order.threads,
            progress=lambda examples: self._watch.bar(what, examples),
        )

    @contextmanager
    def _engine(self, adapter: Path | None = None) -> Iterator[LlamaEngine]:
        engine = LlamaEngine(
            self._order.model,
            threads=self._order.threads,
            context_tokens=CONTEXT_TOKENS,
            max_tokens=REPLY_TOKENS,
            adapter=adapter,
            adapted_heads=frozenset(self._heads) if adapter else None,
        )
        with closing(engine):
            yield engine


def _learnt(examples: Iterable[Encoded]) -> int:
    """Return how many tokens are learnt of them."""
    return sum(len(one.tokens) - one.reply for one in examples)


def _unwritten(path: Path, error: OSError) -> Problem:
    return Problem(f"{path} cannot be written: {error.strerror}", "Mend that, and repeat the command")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Problem(f"{folder} cannot be made: {error.strerror}", "Make it writable") from None
