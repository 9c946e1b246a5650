"""The workflows and activities of each worker. Domains list their workflows; stores register all their activities."""

from __future__ import annotations

from collections.abc import Callable
from inspect import getmembers, ismethod
from typing import Any

from schema.account.activities import WorkflowHistories
from workers.bootstrap import Parts, Provided
from workflows.account import registry as account
from workflows.analysis import registry as analysis
from workflows.coaching import registry as coaching
from workflows.legacy import registry as legacy
from workflows.onboarding import registry as onboarding
from workflows.operations import registry as operations
from workflows.profile import registry as profile
from workflows.safety import registry as safety
from workflows.voice import registry as voice

WORKFLOWS: tuple[type, ...] = (
    *onboarding.WORKFLOWS,
    *analysis.WORKFLOWS,
    *profile.WORKFLOWS,
    *coaching.WORKFLOWS,
    *account.WORKFLOWS,
    *safety.WORKFLOWS,
    *voice.WORKFLOWS,
    *operations.WORKFLOWS,
    *legacy.WORKFLOWS,
)

Activities = list[Callable[..., Any]]


def interactive(parts: Parts, histories: WorkflowHistories) -> Activities:
    """Returns the activities that a person waits for: the local ones, and the offline analyst's reactions."""
    stores = (
        *(parts.sessions, parts.questions, parts.people, parts.profiles, parts.conversations),
        *(parts.care, parts.coach, parts.memory, parts.agreements, parts.insights, parts.seeking),
        *(parts.screen, parts.voice, parts.rewrapping, parts.retention, histories),
    )
    served = [each for store in stores for each in activities_of(store)]
    return [*served, parts.offline.instant_feedback, parts.offline.reflect_offline]


def offline_analysis(parts: Parts) -> Activities:
    """Returns the offline analyst's deep analysis, for which no person waits."""
    return [parts.offline.analyse_answer]


def of_provider(provided: Provided) -> Activities:
    """Returns the activities that call one provider of language models."""
    reading: Activities = [
        *(provided.analysis.instant_feedback, provided.analysis.analyse_answer),
        provided.memory.remember,
    ]
    return [*reading, *activities_of(provided.coach), *activities_of(provided.insights)]


def activities_of(implementation: object) -> Activities:
    """Returns all activity methods of an object."""
    methods = (method for _, method in getmembers(implementation, ismethod))
    return [method for method in methods if hasattr(method, "__temporal_activity_definition")]
