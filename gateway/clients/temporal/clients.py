"""Creates the clients of all domains for a Temporal server."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import Client

from gateway.clients.clients import Clients
from gateway.clients.temporal.account import TemporalAccount
from gateway.clients.temporal.coaching import TemporalCoaching
from gateway.clients.temporal.onboarding import TemporalOnboarding
from gateway.clients.temporal.profile import TemporalProfile
from gateway.clients.temporal.safety import TemporalSafety
from gateway.clients.temporal.starter import Starter
from gateway.clients.temporal.voice import TemporalVoice
from schema.coaching.messages import CoachingSettings
from schema.onboarding.messages import SessionSettings
from schema.voice.messages import VoiceTimes


def temporal_clients(
    client: Client,
    *,
    place: str,
    task_timeout: timedelta,
    settings: SessionSettings | None = None,
    voice: VoiceTimes | None = None,
) -> Clients:
    """Creates the clients of one channel. Workflow summaries for operators name the channel by `place`."""
    starter = Starter(client, place=place, task_timeout=task_timeout)
    return Clients(
        onboarding=TemporalOnboarding(starter, settings or SessionSettings()),
        coaching=TemporalCoaching(starter, CoachingSettings()),
        profile=TemporalProfile(starter),
        account=TemporalAccount(starter),
        safety=TemporalSafety(starter),
        voice=TemporalVoice(starter, voice or VoiceTimes()),
    )
