"""``voiceslm knowledge``: what is known, how a question about it is answered, and how well."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from voiceslm.cli.configured import ScopeOption, settings_for, with_knowledge
from voiceslm.cli.knowledge.asking import answers, decided, document, evaluated
from voiceslm.cli.output import ConfigOption, JsonOption, ProfileOption, err, out, print_json
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.cli.configured import Scope
    from voiceslm.config import Settings
    from voiceslm.knowledge import Pack
    from voiceslm.knowledge.evaluating import Evaluation
    from voiceslm.knowledge.faults import Fault

app = typer.Typer(
    help="Answer from your own documents: Markdown, text, HTML, PDF, questions with answers.",
    no_args_is_help=True,
)


PathOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--path", metavar="PATH", help="Folder or file, in place of the configured ones; repeatable."
    ),
]
NoModelOption = Annotated[
    bool, typer.Option("--no-model", help="Only say which way is taken, and on what an answer would rest.")
]


@app.command()
def build(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="Folders and files to read.")
    ] = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Read the documents, keep what was read, and tell what is wrong with them."""
    from voiceslm.knowledge.sizing import size_of  # noqa: PLC0415 - a mistyped option should not wait for it

    settings = _settings(config, None, paths, None)
    pack, faults = _loaded(settings, anew=True)
    size = size_of(pack)
    fits = size.fits(settings.knowledge.prompt_tokens)
    if json:
        print_json(
            {
                "pairs": size.pairs,
                "passages": size.passages,
                "words": size.words,
                "tokens": size.tokens,
                "fits_prompt": fits,
                "faults": [{"file": one.file, "why": one.why} for one in faults],
            }
        )
    else:
        _tell(faults)
        out.print(f"{size.pairs:,} questions with answers, {size.passages:,} passages, {size.words:,} words")
        way = "stands in the prompt of an open scope" if fits else "is looked up for each question"
        out.print(f"about {size.tokens:,} of {settings.knowledge.prompt_tokens:,} tokens: it {way}")
    if not pack:
        raise typer.Exit(1)


@app.command("list")
def list_(path: PathOption = None, json: JsonOption = False, config: ConfigOption = None) -> None:
    """List what is known, with its sources."""
    pack, faults = _loaded(_settings(config, None, path, None))
    if json:
        pairs = [{"question": one.question, "answer": one.answer, "source": one.source} for one in pack.pairs]
        passages = [{"heading": one.heading, "text": one.text, "source": one.source} for one in pack.passages]
        print_json({"pairs": pairs, "passages": passages})
        return
    _tell(faults)
    table = Table(box=None, pad_edge=False, show_header=False)
    for one in pack.pairs:
        table.add_row(_plain(one.source), _plain(f"{one.question} {one.answer}"))
    for known in pack.passages:
        table.add_row(_plain(known.source), _plain(known.text))
    out.print(table)
    if not pack:
        out.print("nothing is known")


@app.command()
def ask(  # noqa: PLR0917 - typer makes options of them
    question: Annotated[str, typer.Argument(help="The question.")],
    path: PathOption = None,
    scope: ScopeOption = None,
    no_model: NoModelOption = False,
    json: JsonOption = False,
    profile: ProfileOption = None,
    config: ConfigOption = None,
) -> None:
    """Answer a question, and say which way it took and on what the answer rests."""
    settings = _settings(config, profile, path, scope)
    pack, faults = _known(settings)
    taken = decided([question], pack, settings)[0]
    records = [] if no_model else asyncio.run(answers([question], [taken], settings))
    found = document(question, taken, records)
    if json:
        print_json(found)
        return
    _tell(faults)
    _show(found, no_model=no_model)


@app.command("eval")
def evaluate(  # noqa: PLR0917 - typer makes options of them
    questions: Annotated[
        Path,
        typer.Argument(
            metavar="QUESTIONS",
            help="Lines such as `When do you open? | 9:30 / half past nine`; CSV; JSON lines.",
        ),
    ],
    path: PathOption = None,
    scope: ScopeOption = None,
    no_model: NoModelOption = False,
    json: JsonOption = False,
    profile: ProfileOption = None,
    config: ConfigOption = None,
) -> None:
    """Ask many questions: how many are answered rightly, how many refused that should be.

    A question without an accepted answer is to be refused. Without a model an answer counts as right when it
    stands in what was found.
    """
    from voiceslm.knowledge.asked import read_asked  # noqa: PLC0415 - a mistyped option should not wait for it

    asked = read_asked(questions)
    settings = _settings(config, profile, path, scope)
    pack, faults = _known(settings)
    evaluation = evaluated(asked, pack, settings, no_model=no_model)
    if json:
        print_json(evaluation.document())
        return
    _tell(faults)
    _show_evaluation(evaluation)


def _settings(
    config: str | None, profile: str | None, paths: Sequence[Path] | None, scope: Scope | None
) -> Settings:
    """Return the settings in force; what is given here beats file and environment.

    Raises:
        Problem: no documents are named.
    """
    settings = with_knowledge(settings_for(config, profile), paths, scope)
    if not settings.knowledge.paths:
        raise Problem(
            "no documents are configured",
            "Name a folder, or set `paths` in the section [knowledge] of the configuration",
        )
    return settings


def _loaded(settings: Settings, *, anew: bool = False) -> tuple[Pack, tuple[Fault, ...]]:
    from voiceslm.knowledge.store import load  # noqa: PLC0415 - a mistyped option should not wait for it

    with err.status("Reading …"):
        pack, faults, _ = load(settings.knowledge.paths, anew=anew)
    return pack, faults


def _known(settings: Settings) -> tuple[Pack, tuple[Fault, ...]]:
    """Return what is known, of which there must be something."""
    pack, faults = _loaded(settings)
    if not pack:
        why = "; ".join(f"{one.file}: {one.why}" for one in faults)
        raise Problem(
            f"nothing is known: {why}" if why else "nothing is known", "See `voiceslm knowledge build`"
        )
    return pack, faults


def _show(found: dict[str, Any], *, no_model: bool) -> None:
    if not no_model:
        _line("answer", found["turn"]["reply"] or "none")
    score = f", score {found['score']:.2f}" if found["score"] else ""
    _line("way", f"{found['way']}{score}")
    if found["strange"]:
        _line("strange", ", ".join(found["strange"]))
    for one in found["rests_on"]:
        _line("source", f"{one['source']}: {one['text']}")


def _show_evaluation(evaluation: Evaluation) -> None:
    for miss in evaluation.misses:
        wanted = "a refusal" if not miss.asked.accepted else "another answer"
        _line("miss", f"{miss.asked.text} ({miss.way}; {wanted} is right): {miss.reply or 'none'}")
    for what, to_be_refused in (("right", False), ("refused", True)):
        good, count = evaluation.share(to_be_refused=to_be_refused)
        if count:
            of = "of those that should be" if to_be_refused else "of those with an answer"
            _line(what, f"{good} of {count} ({good / count:.1%}) {of}")
    _line("ways", ", ".join(f"{way} {count}" for way, count in evaluation.ways.items()))


def _tell(faults: Sequence[Fault]) -> None:
    for one in faults:
        err.print(f"{one.file}: {one.why}" if one.file else one.why, markup=False, soft_wrap=True)


def _line(label: str, text: str) -> None:
    out.print(f"[bold]{label:>8}[/]  ", end="")
    out.print(text, markup=False, soft_wrap=True)


def _plain(text: str) -> str:
    return text.replace("[", "\\[")
