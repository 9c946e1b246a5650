"""The clients that a channel uses to reach workflows."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.clients.account import AccountClient
from gateway.clients.coaching import CoachingClient
from gateway.clients.onboarding import OnboardingClient
from gateway.clients.profile import ProfileClient
from gateway.clients.safety import SafetyClient
from gateway.clients.voice import VoiceClient


@dataclass(frozen=True)
class Clients:
    """One client for each domain."""

    onboarding: OnboardingClient
    coaching: CoachingClient
    profile: ProfileClient
    account: AccountClient
    safety: SafetyClient
    voice: VoiceClient
