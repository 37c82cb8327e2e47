"""How commands print: people get rich text on stdout, machines get one JSON document, errors go to stderr."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", help="Models to use: default, small or tiny (see `voiceslm models list`)."),
]
ConfigOption = Annotated[
    str | None,
    typer.Option(
        "--config", help="Configuration file; otherwise the first that exists (see `voiceslm config`)."
    ),
]


def print_json(document: Any) -> None:
    """Write ``document`` to stdout as one indented JSON document."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
