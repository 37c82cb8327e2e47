"""What is advised and predicted, for machines and for people."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich.table import Table

from voiceslm import __version__
from voiceslm.bench.live.report import machine
from voiceslm.daemon.doctor.profiles import COSTS, LONGEST_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voiceslm.bench.advice.measure import Costs
    from voiceslm.bench.advice.model import Prediction
    from voiceslm.daemon.doctor.profiles import Recommendation

SCHEMA = 1
"""Version of the JSON document."""

PREDICTED = "PREDICTED, not measured: turns on machines of other speeds, in seconds"


@dataclass(frozen=True, slots=True)
class Check:
    """A prediction, held against whole turns that were measured."""

    what: str
    predicted: float
    """Seconds to the first sound."""

    measured: tuple[float, ...]

    @property
    def middle(self) -> float:
        """Median of what was measured."""
        ordered = sorted(self.measured)
        return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2

    @property
    def error(self) -> float:
        """By what share of the measured the prediction is too high (above 0) or too low."""
        return self.predicted / self.middle - 1


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured, advised and predicted."""

    models: Mapping[str, str]
    profile: str
    load: float
    """Of the machine over the minute before, a core."""

    costs: Costs
    advised: Recommendation
    predictions: tuple[Prediction, ...]
    checks: tuple[Check, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return the report as JSON has it."""
        return {
            "schema": SCHEMA,
            "version": __version__,
            "machine": machine(),
            "models": dict(self.models),
            "profile": self.profile,
            "load": self.load,
            "measured": asdict(self.costs),
            "work": asdict(self.costs.stages),
            "advised": asdict(self.advised),
            "predicted": [asdict(one) for one in self.predictions],
            "checks": [asdict(check) | {"error": check.error} for check in self.checks],
        }

    def tables(self) -> Iterator[Table]:
        """Yield what was measured, and what is predicted."""
        yield _table("measured here", MEASURED, list(self._measured()))
        yield _table(PREDICTED, self._headings(), list(self._predicted()))

    def remarks(self) -> Iterator[str]:
        """Yield the advice, and what a reader must know."""
        costs, advised = self.costs, self.advised
        yield (
            f"whisper computes {costs.stt_factor:.2f} s, the voice {costs.voice_factor:.2f} s for a second "
            f"of speech; the language model reads {costs.reading:.0f} tokens a second and writes "
            f"{1 / costs.together.token:.0f}; memory is read at {costs.bandwidth / 1e9:.0f} GB a second"
        )
        first = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in advised.seconds.items())
        yield (
            f"this machine: take the profile {advised.profile} (first sound once speech has ended, one stage "
            f"after the other: {first}; the limit is {LONGEST_SECONDS} s)"
        )
        if not advised.quick_enough:
            yield "it is slow even for that: commands need no language model"
        yield f"only {self.profile} was measured; the other profiles are reckoned from it"
        yield "speed: of a core and of the memory, in relation to this machine; how: docs/prediction.md"
        for check in self.checks:
            yield (
                f"check, {check.what}: predicted {check.predicted:.2f} s, measured {check.middle:.2f} s "
                f"(median of {len(check.measured)} turns): {100 * check.error:+.0f} %"
            )

    def page(self) -> str:
        """Return the report in Markdown."""
        on = machine()
        models = ", ".join(self.models.values())
        parts = [
            "# Which profile, and how quick elsewhere",
            f"Models: {models}. {on['cores']} cores, {on['processor']}, load before {self.load:.2f} a core.",
            "## Measured here",
            _markdown(MEASURED, list(self._measured())),
            f"## {PREDICTED}",
            _markdown(self._headings(), list(self._predicted())),
            "\n".join(f"- {line}" for line in self.remarks()),
        ]
        return "\n\n".join(parts) + "\n"

    def _measured(self) -> Iterator[tuple[str, ...]]:
        costs, stages = self.costs, self.costs.stages
        for name, what in STAGES.items():
            work = getattr(stages, name)
            figures = (
                getattr(costs.alone, name),
                getattr(costs.together, name),
                *(work.serial, work.parallel, work.memory),
            )
            yield (what, *(f"{1000 * seconds:.0f}" for seconds in figures))

    def _headings(self) -> tuple[str, ...]:
        return (
            *("speed", "threads", "whisper", "question read", "token", "clause spoken", "command"),
            *(f"answer, {name}" for name in COSTS),
            "profile",
        )

    def _predicted(self) -> Iterator[tuple[str, ...]]:
        for one in self.predictions:
            speeds = one.speeds
            stages = (speeds.stt, speeds.prompt, speeds.token, speeds.voice)
            yield (
                one.board.name,
                str(one.board.threads),
                *(f"{seconds:.2f}" for seconds in (*stages, one.command, *one.answers.values())),
                one.recommended.profile if one.recommended.quick_enough else "commands only",
            )


MEASURED = ("ms", "one thread", "several", "serial work", "parallel work", "memory")

STAGES = {
    "stt": "whisper, a request of three seconds",
    "prompt": "reading a short question",
    "token": "a token",
    "voice": "the voice, a clause",
}


def _table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(*row)
    return table


def _markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
