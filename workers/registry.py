"""What workers run on which task queue. Each domain lists its workflows; of a store, all activities are served."""

from __future__ import annotations

from collections.abc import Callable
from inspect import getmembers, ismethod
from typing import Any

from activities.analysis.answer_analysis import AnalysisActivities
from schema.account.activities import WorkflowHistories
from workers.bootstrap import Parts
from workflows.account import registry as account
from workflows.analysis import registry as analysis
from workflows.onboarding import registry as onboarding
from workflows.profile import registry as profile
from workflows.safety import registry as safety

WORKFLOWS: tuple[type, ...] = (
    *onboarding.WORKFLOWS,
    *analysis.WORKFLOWS,
    *profile.WORKFLOWS,
    *account.WORKFLOWS,
    *safety.WORKFLOWS,
)

Activities = list[Callable[..., Any]]


def interactive(parts: Parts, histories: WorkflowHistories) -> Activities:
    """What a waiting person waits for: the workflows' local activities, and the offline analyst's reactions."""
    stores = (parts.sessions, parts.questions, parts.people, parts.profiles, parts.screen, histories)
    served = [each for store in stores for each in activities_of(store)]
    return [*served, parts.offline.instant_feedback, parts.offline.reflect_offline]


def offline_analysis(parts: Parts) -> Activities:
    """The offline analyst's deep analysis, apart from all that a person waits for."""
    return [parts.offline.analyse_answer]


def of_provider(desk: AnalysisActivities) -> Activities:
    """All calls to one provider of language models."""
    return [desk.instant_feedback, desk.analyse_answer]


def activities_of(implementation: object) -> Activities:
    """All activities that an object implements."""
    methods = (method for _, method in getmembers(implementation, ismethod))
    return [method for method in methods if hasattr(method, "__temporal_activity_definition")]
