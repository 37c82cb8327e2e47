"""A reply that promises to keep something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from voiceslm.skills.skill import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from voiceslm.skills.store import Store


class Keeper(Protocol):
    """Has something that is kept over a restart."""

    store: Store[Any]

    async def save(self) -> None:
        """Write it."""


def kept(keeper: Keeper, text: str, change: Callable[[], None]) -> Reply:
    """Return a reply whose effect is ``change``, saved; where saving is known to fail, it says so once."""
    confession = keeper.store.confession()

    async def effect() -> None:
        change()
        if confession:
            keeper.store.confessed()
        await keeper.save()

    return Reply(f"{text}{confession}", effect)
