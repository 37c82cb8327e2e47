"""``voiceslm config``: what is in force, whether it is right, and a file to begin with."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from voiceslm import config
from voiceslm.cli.output import ConfigOption, JsonOption, print_json
from voiceslm.errors import Problem

app = typer.Typer(
    name="config",
    help="Show, check or write the configuration file.",
    epilog="Read is the first of: --config, $VOICESLM_CONFIG, ~/.config/voiceslm/voiceslm.toml, "
    "/etc/voiceslm/voiceslm.toml.",
    no_args_is_help=True,
)

ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite the file if there is one.")]


@app.command()
def show(config_file: ConfigOption = None, json: JsonOption = False) -> None:
    """Print the settings in force, as TOML, and where each that is not a default comes from."""
    loaded = config.trace(_path(config_file))
    if not json:
        typer.echo(config.shown(loaded), nl=False)
        return
    print_json(
        {
            "file": str(loaded.file) if loaded.file else None,
            "settings": loaded.settings.model_dump(mode="json"),
            "origins": dict(loaded.origins),
        }
    )


@app.command()
def check(config_file: ConfigOption = None) -> None:
    """Say whether the configuration file and the VOICESLM_ variables are understood."""
    loaded = config.trace(_path(config_file))
    variables = sorted(origin for origin in loaded.origins.values() if origin.startswith("VOICESLM_"))
    typer.echo(f"ok: {loaded.file or 'no configuration file, so the defaults hold'}")
    if variables:
        typer.echo(f"ok: {', '.join(variables)}")


@app.command()
def init(config_file: ConfigOption = None, force: ForceOption = False) -> None:
    """Write a configuration file with every key explained and at its default."""
    named = _path(config_file or os.environ.get("VOICESLM_CONFIG"))
    target = Path(
        os.path.realpath(named or config.user_file())
    )  # a link stays, the file behind it is written
    if target.exists() and not force:
        raise Problem(f"{target} exists", "With `--force` it is overwritten")
    try:
        _write(target, config.commented())
    except OSError as error:
        raise Problem(
            f"cannot write {target}: {error.strerror}", "Name another place with `--config FILE`"
        ) from None
    typer.echo(f"wrote {target}")
    typer.echo("Change it with an editor; `voiceslm config check` finds mistakes.")


def _path(config_file: str | None) -> Path | None:
    return Path(config_file).expanduser() if config_file else None


def _write(target: Path, text: str) -> None:
    """Put ``text`` at ``target`` whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        partial.write_text(text, encoding="utf-8")
        if target.exists():
            shutil.copymode(target, partial)
        partial.replace(target)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()
