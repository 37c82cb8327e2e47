"""Open questions to the language model, alternately to the product and to the serial chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.bench.live.questions import answers
from voiceslm.bench.live.rows import TIMES, Row, Sheet, Target
from voiceslm.bench.live.scenario import Outcome
from voiceslm.bench.outside.exchange import ANSWER_SECONDS, exchange
from voiceslm.bench.outside.program import at_rest
from voiceslm.bench.questions import ANSWERS
from voiceslm.bench.statistics import evenly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.bench.outside.stage import Stage

COUNT, QUICK = 40, 4
P50, P95 = Target(0.8), Target(1.2)
FASTER = Target(3.0, at_least=True)


@dataclass(frozen=True, slots=True)
class Trial:
    """A question; seconds are voice to voice as they count: none and too soon are twelve."""

    said: str
    ours_s: float
    cut_in: bool
    reply: str
    """As it is heard in what the loudspeaker played."""

    right: bool
    chain_s: float
    chain_reply: str
    chain_right: bool


async def run(stage: Stage, limit: int | None = None) -> Outcome:
    """Ask every question of both, alternating which goes first."""
    asked = evenly(list(ANSWERS), limit or (QUICK if stage.quick else COUNT))
    clips = await stage.clips(asked)
    async with (
        stage.server.room("ours") as our_room,
        stage.server.room("chain") as chain_room,
        stage.product(our_room) as ours,
        stage.chain(chain_room) as chain,
    ):
        exchanges = []
        for index, text in enumerate(stage.progress(asked, "questions")):
            met = {}
            for room in (our_room, chain_room) if index % 2 else (chain_room, our_room):
                await at_rest(ours, chain)
                met[room.air] = await exchange(room, clips[text])
            exchanges.append((text, met[our_room.air], met[chain_room.air]))
    heard = await stage.understood({text: ours.reply for text, ours, _ in exchanges})
    theirs = await stage.understood({text: chain.reply for text, _, chain in exchanges})
    trials = tuple(
        Trial(
            text,
            round(ours.counted, 3),
            ours.cut_in,
            heard[text],
            answers(heard[text], ANSWERS[text]),
            round(chain.counted, 3),
            theirs[text],
            answers(theirs[text], ANSWERS[text]),
        )
        for text, ours, chain in exchanges
    )
    return Outcome(rows(trials), trials)


def rows(trials: Sequence[Trial]) -> tuple[Row, ...]:
    """Sum up."""
    sheet = Sheet("outside: questions")
    ours, chain = [trial.ours_s for trial in trials], [trial.chain_s for trial in trials]
    return (
        sheet.quantile("voice to voice, p50", ours, 50, "s", P50),
        sheet.quantile("voice to voice, p95", ours, 95, "s", P95),
        sheet.share("answered, not cut in on", [value < ANSWER_SECONDS for value in ours]),
        sheet.share("right answer", [trial.right for trial in trials]),
        sheet.quantile("serial chain, p50", chain, 50, "s"),
        sheet.quantile("serial chain, p95", chain, 95, "s"),
        sheet.share("serial chain, answered", [value < ANSWER_SECONDS for value in chain]),
        sheet.share("serial chain, right answer", [trial.chain_right for trial in trials]),
        sheet.ratio_of_medians("times faster, of the medians", chain, ours, FASTER),
        sheet.quantile(
            "times faster, median of the questions",
            [trial.chain_s / trial.ours_s for trial in trials],
            50,
            TIMES,
        ),
    )
