"""All commands in one place."""

from __future__ import annotations

from typing import Annotated

import typer

from voiceslm import __version__
from voiceslm.cli import bench, config, home, models, service, voices
from voiceslm.cli.devices import devices
from voiceslm.cli.doctor import doctor
from voiceslm.cli.door import mute, status, stop, talk
from voiceslm.cli.replay import replay
from voiceslm.cli.run import run
from voiceslm.cli.transcribe import transcribe
from voiceslm.cli.turn import ask, say, turn

app = typer.Typer(
    name="voiceslm",
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


app.command()(run)
app.command()(devices)
app.command()(doctor)
app.command()(status)
app.command()(talk)
app.command()(stop)
app.command()(mute)
app.command()(turn)
app.command()(ask)
app.command()(say)
app.command()(transcribe)
app.command()(replay)
app.add_typer(home.app, name="home")
app.add_typer(models.app, name="models")
app.add_typer(voices.app, name="voices")
app.add_typer(config.app, name="config")
app.add_typer(service.app, name="service")
app.add_typer(bench.app, name="bench")
