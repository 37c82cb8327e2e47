"""Sentences that were never trained, asked of each model directly: are its calls right, and how fast?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from voiceslm.bench.home.sampled import sample_home
from voiceslm.bench.home.sentences import Miss
from voiceslm.bench.live.rows import Sheet, Target
from voiceslm.bench.tune.beside import FASTER, compared
from voiceslm.bench.tune.contest import LARGER, TUNED, loaded
from voiceslm.bench.tune.homes import entities_of
from voiceslm.bench.tune.part import Measure, Part
from voiceslm.bench.tune.phrases import by_home, phrases
from voiceslm.bench.tune.weigh import DEVICES, SEED
from voiceslm.intents.home import HomeSentences
from voiceslm.llm import Message
from voiceslm.tuning.evaluate import answered, evaluate, freely, same
from voiceslm.tuning.home import HOME, home_examples
from voiceslm.tuning.reach import Reach
from voiceslm.tuning.split import Split, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voiceslm.bench.home.part import Bench
    from voiceslm.bench.tune.contest import Contestant, Timed
    from voiceslm.bench.tune.part import Contest
    from voiceslm.bench.tune.phrases import Phrase
    from voiceslm.entities import Entity
    from voiceslm.tuning import Example

RIGHT = Target(85.0, at_least=True)

MOST, QUICK = 150, 12
"""Sentences of each kind of the own split that are asked."""

QUICK_PHRASES = 24
STRANGE_HOMES = 6
"""Made-up homes of which the held devices are asked about: each has a head of its own."""

FREELY = "calls right without a grammar"
WITHIN = "calls right as at run time"


@dataclass(slots=True)
class _Found:
    """What one model said."""

    right: dict[str, list[bool]] = field(default_factory=dict)
    """Measure -> sentence by sentence."""
    misses: list[Miss] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def note(self, measure: str, text: str, wanted: str, said: str) -> None:
        hit = same(said, wanted)
        self.right.setdefault(measure, []).append(hit)
        if not hit:
            self.misses.append(Miss(text, wanted.replace("\n", "; "), said.replace("\n", "; ")))


def simulated() -> tuple[Entity, ...]:
    """Return the entities of the home that a model is tuned for in this bench."""
    return entities_of(sample_home(DEVICES, SEED))


@lru_cache(maxsize=1)
def own_split() -> Split:
    """Return the examples of that home as tuning parts them: those to learn, and those to judge by."""
    return split(home_examples(simulated(), seed=SEED), seed=SEED)


async def own(contest: Contest) -> Part:
    """Ask what was held out of the simulated home's own examples, and of made-up homes' devices."""
    found = {one.label: _own(contest.bench, one) for one in contest.contestants}
    return _part("own", found, notes=("the made-up homes are asked of a tuned model only",))


async def spoken(contest: Contest) -> Part:
    """Ask the sentences of home-llm."""
    asked = phrases(contest.bench.data, simulated())
    some = contest.bench.some(asked.phrases, quick=QUICK_PHRASES)
    found = {one.label: _spoken(contest.bench, one, some) for one in contest.contestants}
    left_out = ", ".join(f"{service} {count}" for service, count in asked.left_out.items())
    return _part("phrases", found, notes=(f"left out, for they are no calls to a device: {left_out}",))


def _own(bench: Bench, contestant: Contestant) -> _Found:
    held = own_split()
    at_home = [one for one in held.by_phrasing if one.source == HOME]
    homes = [home for home, _ in Counter(map(_home, held.by_device)).most_common(STRANGE_HOMES)]
    strange = [one for one in held.by_device if _home(one) in homes]
    sets = {"phrasing": bench.some(at_home, quick=QUICK)[:MOST]}
    if contestant.brief:
        sets["device"] = bench.some(strange, quick=QUICK)[:MOST]
    found = _Found()
    with loaded(contestant, bench.settings) as engine:
        for kind, examples in sets.items():
            score = evaluate(
                engine,
                simulated(),
                examples,
                brief=contestant.brief,
                free=contestant.label != LARGER,
                progress=partial(_shown, bench, f"{contestant.label}, {kind}"),
            )
            for one in score.judged:
                said = one.example.messages[-1].content
                found.note(f"held out by {kind}: {WITHIN}", said, one.example.reply, one.within)
                if one.free is not None:
                    found.right.setdefault(f"held out by {kind}: {FREELY}", []).append(one.right_freely)
        found.seconds += engine.seconds
    return found


def _shown(bench: Bench, what: str, examples: Sequence[Example]) -> Iterable[Example]:
    return bench.progress(examples, what)


def _spoken(bench: Bench, contestant: Contestant, asked: Sequence[Phrase]) -> _Found:
    found = _Found()
    intents = HomeSentences()
    with loaded(contestant, bench.settings) as engine:
        for home, said in bench.progress(list(by_home(asked)), f"{contestant.label}, phrases"):
            reach = Reach(home, brief=contestant.brief)
            intents.learn(home)
            _ask(engine, reach, said, found, intents, free=contestant.label != LARGER)
        found.seconds += engine.seconds
    return found


def _ask(
    engine: Timed,
    reach: Reach,
    said: Sequence[Phrase],
    found: _Found,
    intents: HomeSentences,
    *,
    free: bool,
) -> None:
    for phrase in said:
        whose = "of this home" if phrase.own else "never seen"
        got = answered(engine, reach, phrase.text)
        found.note(f"devices {whose}: {WITHIN}", phrase.text, phrase.reply, got)
        hit = same(got, phrase.reply)
        found.right.setdefault(f"all: {WITHIN}", []).append(hit)
        if intents.recognize(phrase.text) is None and reach.asked(phrase.text).passes:
            found.right.setdefault(f"what the intents leave to it: {WITHIN}", []).append(hit)
        if free:
            alone = freely(engine, [*reach.head, Message("user", phrase.text)])
            found.right.setdefault(f"all: {FREELY}", []).append(same(alone, phrase.reply))


def _part(name: str, found: dict[str, _Found], *, notes: tuple[str, ...]) -> Part:
    sheet = Sheet(name)
    names = dict.fromkeys(measure for one in found.values() for measure in one.right)
    shares = [
        Measure(
            measure,
            {
                label: sheet.share(measure, one.right[measure], RIGHT if label == TUNED else None)
                for label, one in found.items()
                if measure in one.right
            },
        )
        for measure in names
    ]
    times = {
        label: sheet.quantile("p50", [1000 * second for second in one.seconds], 50, "ms")
        for label, one in found.items()
    }
    misses = {label: tuple(one.misses) for label, one in found.items()}
    faster = compared("the larger one takes, of the time of the tuned one", times, FASTER, larger_above=True)
    return Part((*shares, Measure("from the sentence to its calls, p50", times), *faster), misses, notes)


def _home(example: Example) -> str:
    return example.device.partition("/")[0]
