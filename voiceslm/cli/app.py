"""All commands in one place."""

from __future__ import annotations

from typing import Annotated

import typer

from voiceslm import __version__
from voiceslm.cli.lazy import LazyGroup


class _Commands(LazyGroup):
    places = {  # noqa: RUF012 - a constant of the class
        "run": "voiceslm.cli.run:run",
        "devices": "voiceslm.cli.devices:devices",
        "doctor": "voiceslm.cli.doctor:doctor",
        "status": "voiceslm.cli.door:status",
        "talk": "voiceslm.cli.door:talk",
        "stop": "voiceslm.cli.door:stop",
        "mute": "voiceslm.cli.door:mute",
        "turn": "voiceslm.cli.turn:turn",
        "ask": "voiceslm.cli.turn:ask",
        "say": "voiceslm.cli.turn:say",
        "transcribe": "voiceslm.cli.transcribe:transcribe",
        "replay": "voiceslm.cli.replay:replay",
        "home": "voiceslm.cli.home:app",
        "knowledge": "voiceslm.cli.knowledge:app",
        "models": "voiceslm.cli.models:app",
        "voices": "voiceslm.cli.voices:app",
        "tune": "voiceslm.cli.tune:tune",
        "distil": "voiceslm.cli.distil:distil",
        "config": "voiceslm.cli.config:app",
        "service": "voiceslm.cli.service:app",
        "bench": "voiceslm.cli.bench:app",
    }


app = typer.Typer(
    name="voiceslm",
    cls=_Commands,
    help="A voice assistant in one process: it hears, thinks with a small language model, and answers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"voiceslm {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    pass
