"""The workflows of analysis, for workers and replay."""

from __future__ import annotations

from workflows.analysis.deferred import DeferredAnalysis

WORKFLOWS: tuple[type, ...] = (DeferredAnalysis,)
