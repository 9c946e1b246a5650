"""Who is being erased, for tests of senders without a Temporal server."""

from __future__ import annotations

from gateway.erasures import Erasures, HeldBack


class NobodyIsErased(Erasures):
    """Lets everything be said."""

    def __init__(self) -> None:
        """There is no Temporal to ask."""

    async def raise_if_erasing(self) -> None:
        """Nobody is to be spared."""


class EverybodyIsErased(NobodyIsErased):
    """Lets nothing be said that asks first, as long as it lasts."""

    def __init__(self) -> None:
        self.lasts = True

    async def raise_if_erasing(self) -> None:
        if self.lasts:
            raise HeldBack
