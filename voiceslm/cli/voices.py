"""``voiceslm voices``: the voices it can speak with."""

from __future__ import annotations

from typing import Annotated

import typer

from voiceslm.catalog import Store, load_catalog
from voiceslm.cli.models import as_document, console, print_table
from voiceslm.cli.output import JsonOption, print_json
from voiceslm.cli.pulling import pull_all
from voiceslm.errors import Problem

app = typer.Typer(no_args_is_help=True, help="List and pull voices.")

LEGEND = (
    "business use: yes = permissive recordings and no restricted base voice, says its card; conditions = "
    "give credit, or a base trained on research-only recordings; no = not allowed. See voices/README.md."
)


@app.command("list")
def list_voices(
    language: Annotated[
        str | None, typer.Option("--language", help="Only this language: a code such as de or pt_BR.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """List every voice that can be pulled, with its licence and what it was trained from."""
    store = Store()
    voices = list(load_catalog().voices.values())
    if language is not None:
        wanted = language.lower().replace("-", "_")
        spoken = sorted({code for voice in voices for code in voice.languages})
        voices = [
            voice
            for voice in voices
            if wanted in voice.languages or voice.id.lower().startswith(f"{wanted}-")
        ]
        if not voices:
            raise Problem(f"no voice speaks {language!r}", f"Languages: {', '.join(spoken)}")
    if json:
        print_json({"root": str(store.root), "voices": [as_document(voice, store) for voice in voices]})
        return
    print_table(voices, store, second=("language", lambda voice: ", ".join(voice.languages)))
    console().print(f"\n{LEGEND}")


@app.command("pull")
def pull_voices(
    names: Annotated[list[str], typer.Argument(metavar="NAME", help="Voices, as `voices list` calls them.")],
) -> None:
    """Pull voices; an interrupted pull goes on where it stopped."""
    catalog = load_catalog()
    entries = [catalog.get(name) for name in names]
    for entry in entries:
        if entry.kind != "voice":
            raise Problem(f"{entry.id} is a model, not a voice", f"Type: {entry.pull_command}")
    pull_all(entries, Store())
