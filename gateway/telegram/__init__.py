"""The Telegram bot."""

from __future__ import annotations

from gateway.telegram.deferred_types import defer_types

# Before any module here imports aiogram.
defer_types()
