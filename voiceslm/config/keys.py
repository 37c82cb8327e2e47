"""Every setting by its place, and what is known about it: for messages, files and the reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args, get_origin

from pydantic import SecretStr

from voiceslm.config.settings import Section, Settings
from voiceslm.config.values import Names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo


class Key(NamedTuple):
    """One setting: its place and what is known about it."""

    section: str
    """Empty for the keys at the top of the file."""

    name: str
    field: FieldInfo

    @property
    def path(self) -> tuple[str, ...]:
        """The keys that lead to it from the top of the file."""
        return (self.section, self.name) if self.section else (self.name,)

    @property
    def dotted(self) -> str:
        """The same, as people write it: ``llm.max_tokens``."""
        return ".".join(self.path)

    @property
    def variable(self) -> str:
        """The environment variable that overrides it."""
        return "VOICESLM_" + "__".join(self.path).upper()

    @property
    def default(self) -> Any:
        """Its value where nobody says otherwise."""
        return self.field.get_default(call_default_factory=True)

    @property
    def number(self) -> type[int | float] | None:
        """The type of a key that holds a number, None for one that holds text."""
        if self.field.annotation is int:
            return int
        return float if self.field.annotation is float else None

    @property
    def secret(self) -> bool:
        """Whether its value may not be printed."""
        return self.field.annotation is SecretStr

    @property
    def listed(self) -> bool:
        """Whether it holds a list of text."""
        return self.field.annotation == Names

    @property
    def tabular(self) -> bool:
        """Whether it holds a table, or a list of tables: only a file can set it."""
        return get_origin(self.field.annotation) in (Mapping, Sequence) and not self.listed

    @property
    def allowed(self) -> str:
        """What may stand there, as words that follow "give"."""
        extra = self.field.json_schema_extra
        if isinstance(extra, dict) and "allowed" in extra:
            return str(extra["allowed"])
        if get_origin(self.field.annotation) is Literal:
            return "one of " + ", ".join(f'"{choice}"' for choice in get_args(self.field.annotation))
        if self.number is None:
            return "text in quotes"
        limits = {
            name: getattr(item, name)
            for item in self.field.metadata
            for name in ("ge", "le")
            if hasattr(item, name)
        }
        return (
            f"{'a whole number' if self.number is int else 'a number'} from {limits['ge']} to {limits['le']}"
        )


def sections() -> dict[str, type[Section]]:
    """Return the sections by name, in the order of the file."""
    return {
        name: field.annotation
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
    }


def keys() -> Iterator[Key]:
    """Yield every setting, in the order of the file: those at its top, then section by section."""
    tables = sections()
    yield from (Key("", name, field) for name, field in Settings.model_fields.items() if name not in tables)
    for section, model in tables.items():
        yield from (Key(section, name, field) for name, field in model.model_fields.items())
