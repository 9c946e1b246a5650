"""The workflows of account, for workers and replay."""

from __future__ import annotations

from workflows.account.erase import ErasePerson, SweepErased
from workflows.account.export import ExportPerson
from workflows.account.language import RememberLanguage
from workflows.account.retention import ForgetOld
from workflows.account.rewrap import RewrapKeys

WORKFLOWS: tuple[type, ...] = (
    ErasePerson,
    ExportPerson,
    ForgetOld,
    RememberLanguage,
    RewrapKeys,
    SweepErased,
)
