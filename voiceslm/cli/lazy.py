"""Commands that are imported when they are used: `status` should not wait for what `bench` needs."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from collections.abc import Mapping


class LazyGroup(TyperGroup):
    """A group whose commands are named in `places`."""

    places: Mapping[str, str] = {}
    """Command -> ``module:attribute``; the attribute is a function or a `typer.Typer`."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names, in the order in which help shows them."""
        del ctx
        return [*self.places]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import a command; None where there is none of that name."""
        del ctx
        if cmd_name not in self.places:
            return None
        module, _, attribute = self.places[cmd_name].partition(":")
        found = getattr(importlib.import_module(module), attribute)
        command: Any
        if isinstance(found, typer.Typer):
            command = typer.main.get_group(found)
        else:
            alone = typer.Typer(add_completion=False)
            alone.command()(found)
            command = typer.main.get_command(alone)
        command.name = cmd_name
        return command
