"""One tuning from examples to an adapter: ask, train, ask again, and install what is better."""

from __future__ import annotations

import importlib.util
import json
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from voiceslm.catalog.checks import sha256_of
from voiceslm.catalog.hashes import known_sha256
from voiceslm.errors import Problem
from voiceslm.llm import adapter as adapters
from voiceslm.llm.llama import LlamaEngine
from voiceslm.tuning import Example
from voiceslm.tuning.chat import chat_drift, questions, replayed
from voiceslm.tuning.encode import encode, fingerprint
from voiceslm.tuning.gather import require_examples
from voiceslm.tuning.judge import Marks, asked_of, is_call, marks_of, verdict
from voiceslm.tuning.plan import Plan
from voiceslm.tuning.split import split
from voiceslm.tuning.work import kept, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from voiceslm.llm.adapter import Adapter
    from voiceslm.tuning.chat import Drift
    from voiceslm.tuning.gather import Gathered
    from voiceslm.tuning.packs import Encoded
    from voiceslm.tuning.train import Step

T = TypeVar("T")

LIBRARIES = ("torch", "gguf")
CONTEXT_TOKENS = 2048
REPLY_TOKENS = 64


class Watch(Protocol):
    """Whoever waits for it."""

    def note(self, words: str) -> None:
        """Be told something."""

    def bar(self, what: str, items: Sequence[T]) -> Iterable[T]:
        """Return ``items``, and show how far it is with them."""

    def step(self, step: Step) -> None:
        """Be told of a step of the training."""

    def agrees(self, plan: Plan) -> bool:
        """Say whether to go on, although not everything can be learnt in the time given."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted."""

    name: str
    """Of the adapter."""

    base: str
    """Catalog id or path of the model."""

    model: Path
    """Its file."""

    persona: str
    """The system message of conversations."""

    minutes: float
    """Longest time for the training itself."""

    threads: int
    seed: int
    folder: Path
    """Where the work is kept."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it."""

    before: Marks
    after: Marks
    drift: Drift
    why_not: str
    """Why it is not better; empty where it is."""

    adapter: Adapter | None
    """As it was installed; None where it was not."""


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
    drift = chat_drift(order.model, made.file, made.judged, threads=order.threads)
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
        _make(order.folder)
        with self._engine() as engine:
            shown = self._replies(engine, "kept")
            self.judged = self._replies(engine, "judged")
            self._split = split([*gathered.examples, *shown], seed=order.seed)
            for note in self._split.notes:
                watch.note(note)
            found = [encode(engine, one) for one in watch.bar("reading the examples", self._split.train)]
        self._encoded: list[Encoded] = [one for one in found if one is not None]
        self._asked = asked_of(self._split, seed=order.seed)
        self._data = fingerprint(self._split.train)
        self._key = key_of(self._data, self._base_sha256, order.seed)

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
        manifest = adapters.Manifest(
            name=order.name,
            file=adapters.FILE,
            sha256=sha256_of(self.file),
            base=order.base,
            base_sha256=self._base_sha256,
            made=datetime.now(UTC).isoformat(timespec="seconds"),
            fingerprint=self._data,
            examples=gathered.counts | {"chat": sum(one.source == "chat" for one in self._split.train)},
            tools=any(map(is_call, self._split.train)),
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
        )
        with closing(engine):
            yield engine


def _unwritten(path: Path, error: OSError) -> Problem:
    return Problem(f"{path} cannot be written: {error.strerror}", "Mend that, and repeat the command")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Problem(f"{folder} cannot be made: {error.strerror}", "Make it writable") from None
