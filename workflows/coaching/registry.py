"""The workflows of coaching, for workers and replay."""

from __future__ import annotations

from workflows.coaching.conversation import CoachConversation
from workflows.coaching.follow_up import FollowUp
from workflows.coaching.insights import TakeInsightDenial
from workflows.coaching.requests import SetContact, ShowMemories, ShowSteps

WORKFLOWS: tuple[type, ...] = (CoachConversation, FollowUp, ShowSteps, ShowMemories, SetContact, TakeInsightDenial)
