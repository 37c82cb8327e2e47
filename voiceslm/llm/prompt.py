"""Messages into the model's own chat format, with the user's words kept apart from the format.

A message's content must never be read as control tokens ("<|im_end|>" typed by a user is text), and the
tokens before the user's words must be known before the words are. So the template is rendered with a mark in
place of each content, and cut at the marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.llm import Message

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""For GGUF files without a template of their own: the format most instruct models know."""

_MARK = re.compile("\x02([0-9]+)\x03")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the prompt."""

    text: str
    message: int | None
    """Index of the message whose content this is; None for the format's own text."""


class ChatTemplate:
    """The chat format that a model was trained with."""

    def __init__(self, source: str, *, bos: str = "", eos: str = "") -> None:
        """Compile the Jinja ``source`` that the model file carries.

        Raises:
            Problem: the template is not valid Jinja.
        """
        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
        environment.globals["raise_exception"] = _refuse
        environment.globals["strftime_now"] = lambda form: datetime.now().astimezone().strftime(form)
        try:
            self._template = environment.from_string(source)
        except TemplateError as error:
            raise Problem(
                f"the model's chat template cannot be read ({error})", "Use another model"
            ) from None
        self._special = {"bos_token": bos, "eos_token": eos}

    def pieces(self, messages: Sequence[Message]) -> list[Piece]:
        """Return the whole prompt, up to where the model's reply begins.

        Raises:
            Problem: the template refuses these messages or drops the last one.
        """
        marked = [(message.role, f"\x02{index}\x03") for index, message in enumerate(messages)]
        try:
            text = self._render(marked)
        except TemplateError:
            text = self._render_without_system(marked)
        return _cut(text, messages)

    def _render(self, marked: Sequence[tuple[str, str]]) -> str:
        return self._template.render(
            messages=[{"role": role, "content": mark} for role, mark in marked],
            add_generation_prompt=True,
            enable_thinking=False,
            **self._special,
        )

    def _render_without_system(self, marked: Sequence[tuple[str, str]]) -> str:
        """Put the system message before the first user's: some formats know no system role."""
        (first_role, first), *rest = marked
        if first_role == "system" and rest:
            rest[0] = (rest[0][0], f"{first}\n\n{rest[0][1]}")
        try:
            return self._render(rest)
        except TemplateError as error:
            raise Problem(f"the model's chat template refuses the conversation ({error})") from None


def _refuse(reason: str) -> None:
    raise TemplateError(reason)


def _cut(text: str, messages: Sequence[Message]) -> list[Piece]:
    pieces: list[Piece] = []
    seen = -1
    for index, part in enumerate(_MARK.split(text)):
        if index % 2:
            seen = int(part)
            pieces.append(Piece(messages[seen].content, seen))
        elif part:
            pieces.append(Piece(part, None))
    if seen != len(messages) - 1:
        raise Problem("the model's chat template drops the user's words", "Use another model")
    return pieces
