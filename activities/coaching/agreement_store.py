"""Agreements in `coach_system`, and when a person may be asked about them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from temporalio import activity

from activities.coaching.agreed import agreed_locale
from activities.coaching.care import DANGERS
from activities.encryption.column import TextColumns
from activities.postgres.locks import lock_person
from schema.coaching.agreements import (
    MOVES,
    OUTCOMES,
    Acted,
    ActOnStep,
    AgreementStatus,
    AgreementStore,
    Asking,
    Contact,
    ContactChange,
    HoursAwake,
    KeptStep,
    LocalTime,
    MomentOfStep,
    PersonAt,
    StepAct,
    Steps,
)
from schema.coaching.context import Step
from schema.encrypted_columns import STEP_NOTICE, STEP_WHAT, STEP_WHEN, STEP_WHY
from schema.vocabulary import Locale
from workflows.coaching.rules.waking_hours import WakingHours

_AGREEMENTS = uuid.UUID("5b7b3a0e-2d0d-4a0f-8a55-1f2c0d9e7b31")
_ASSUMED = {Locale.RU: "Europe/Moscow", Locale.EN: "Europe/London"}
"""The zone in which most people of a language live, or the one in the middle of them, until the person names theirs."""

_PROPOSE = """
    INSERT INTO coach_system.agreements
        (agreement_id, user_ref, reply_id, what, why, meant_for, notice, status, proposed_at)
    SELECT $1, user_ref, message_id, $3, $4, $5, $6, 'proposed', said_at
    FROM coach_system.messages WHERE message_id = $2
    ON CONFLICT DO NOTHING
"""
_CHANGE = """
    UPDATE coach_system.agreements SET status = $2, update_id = $3, agreed_at = $4, due_at = $5, asked_at = $6,
        answered_at = $7
    WHERE agreement_id = $1 RETURNING *
"""
_CLAIM = """
    INSERT INTO coach_system.unasked_messages (user_ref, day, about) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
"""
_SAYS_DANGER = f"SELECT EXISTS (SELECT FROM ({DANGERS}) AS dangers WHERE care_until > $2)"


async def keep_proposal(pool: asyncpg.Pool, columns: TextColumns, user_ref: str, reply_id: str, step: Step) -> None:
    """Keeps the step that a kept reply proposes. Idempotent by the reply."""
    agreement_id = uuid.uuid5(_AGREEMENTS, reply_id)
    row = {"agreement_id": agreement_id}
    texts = [
        await columns.seal(user_ref, text, column, row)
        for text, column in (
            (step.what, STEP_WHAT),
            (step.why, STEP_WHY),
            (step.when, STEP_WHEN),
            (step.notice, STEP_NOTICE),
        )
    ]
    await pool.execute(_PROPOSE, agreement_id, UUID(reply_id), *texts)


async def proposal_of(pool: asyncpg.Pool, columns: TextColumns, reply_id: str) -> KeptStep | None:
    """The step that a reply proposes, as long as nobody has agreed on it."""
    row = await pool.fetchrow(
        "SELECT * FROM coach_system.agreements WHERE reply_id = $1 AND status = 'proposed'", UUID(reply_id)
    )
    if row is None or (what := await columns.open(row["what"], STEP_WHAT, row)) is None:
        return None
    return KeptStep(agreement_id=str(row["agreement_id"]), status=AgreementStatus.PROPOSED, what=what)


class PostgresAgreementStore(AgreementStore):
    """Keeps agreements in a migrated database."""

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns) -> None:
        self._pool = pool
        self._columns = columns

    @activity.defn(name="coaching.act_on_step")
    async def act(self, act: ActOnStep) -> Acted:
        async with self._pool.acquire() as connection, connection.transaction():
            await lock_person(connection, act.user_ref)
            locale = await agreed_locale(connection, act.user_ref)
            row = await _agreement(connection, act.user_ref, act.agreement_id)
            if row is None or locale is None:
                return Acted(locale=locale or Locale.RU, step=None)
            contact = await _contact(connection, act.user_ref)
            hours = _hours(contact, locale)
            # A call that is made again has done it already.
            taken = row["update_id"] == act.update_id
            if not taken and (changed := _changed(row, act, hours)):
                row = await connection.fetchrow(_CHANGE, row["agreement_id"], *changed)
                assert row is not None, "it was there a moment ago"
                taken = True
            asks_zone = taken and act.act is StepAct.AGREE and await _asks_zone(connection, act, contact)
        return Acted(
            locale=locale,
            step=await self._step(row, contact, locale),
            taken=taken,
            asks_zone=asks_zone,
            now=_local(act.now, contact, locale),
        )

    @activity.defn(name="coaching.claim_asking")
    async def claim_asking(self, step: MomentOfStep) -> Asking:
        async with self._pool.acquire() as connection, connection.transaction():
            await lock_person(connection, step.user_ref)
            locale = await agreed_locale(connection, step.user_ref)
            row = await _agreement(connection, step.user_ref, step.agreement_id)
            if row is None or locale is None or row["status"] != AgreementStatus.AGREED:
                return Asking()
            contact = await _contact(connection, step.user_ref)
            hours = _hours(contact, locale)
            if not hours.include(step.now):
                return Asking(not_before=hours.first_from(step.now))
            tomorrow = Asking(not_before=hours.first_after_day_of(step.now))
            if contact and contact["quiet"]:
                return tomorrow
            # Whoever has lately spoken of danger is not asked whether they have called the bank.
            if await connection.fetchval(_SAYS_DANGER, step.user_ref, step.now):
                return tomorrow
            day = hours.day_of(step.now)
            await connection.execute(_CLAIM, step.user_ref, day, row["agreement_id"])
            about = await connection.fetchval(
                "SELECT about FROM coach_system.unasked_messages WHERE user_ref = $1 AND day = $2", step.user_ref, day
            )
            if about != row["agreement_id"]:
                return tomorrow
            await connection.execute(
                "UPDATE coach_system.agreements SET asked_at = $2 WHERE agreement_id = $1",
                row["agreement_id"],
                step.now,
            )
        return Asking(step=await self._step(row, contact, locale))

    @activity.defn(name="coaching.open_steps")
    async def open_steps(self, person: PersonAt) -> Steps:
        async with self._pool.acquire() as connection:
            locale = await agreed_locale(connection, person.user_ref) or Locale.RU
            contact = await _contact(connection, person.user_ref)
            rows = await connection.fetch(
                "SELECT * FROM coach_system.agreements WHERE user_ref = $1 AND status = 'agreed' ORDER BY due_at",
                person.user_ref,
            )
        steps = [await self._step(row, contact, locale) for row in rows]
        return Steps(steps=[step for step in steps if step], quiet=bool(contact and contact["quiet"]))

    @activity.defn(name="coaching.change_contact")
    async def change_contact(self, change: ContactChange) -> Contact:
        async with self._pool.acquire() as connection, connection.transaction():
            await lock_person(connection, change.user_ref)
            locale = await agreed_locale(connection, change.user_ref)
            if locale is not None:
                # Raises where it is no zone: the gateway offers and takes only those that are.
                zone = change.time_zone and ZoneInfo(change.time_zone).key
                await connection.execute(
                    "INSERT INTO coach_system.contact_preferences (user_ref) VALUES ($1) ON CONFLICT DO NOTHING",
                    change.user_ref,
                )
                await connection.execute(
                    "UPDATE coach_system.contact_preferences SET time_zone = coalesce($3, time_zone),"
                    " quiet = quiet <> $4, wakes_at = coalesce($5, wakes_at), sleeps_at = coalesce($6, sleeps_at),"
                    " update_id = $2 WHERE user_ref = $1 AND update_id IS DISTINCT FROM $2",
                    change.user_ref,
                    change.update_id,
                    zone,
                    change.toggle_quiet,
                    change.hours and change.hours.wakes_at,
                    change.hours and change.hours.sleeps_at,
                )
            contact = await _contact(connection, change.user_ref)
        now = _local(change.now, contact, locale or change.locale)
        hours = contact and HoursAwake(wakes_at=contact["wakes_at"], sleeps_at=contact["sleeps_at"])
        return Contact(known=locale is not None, quiet=bool(contact and contact["quiet"]), now=now, hours=hours)

    async def _step(self, row: asyncpg.Record, contact: asyncpg.Record | None, locale: Locale) -> KeptStep | None:
        """A step in words; None if nobody can read it any more."""
        if (what := await self._columns.open(row["what"], STEP_WHAT, row)) is None:
            return None
        return KeptStep(
            agreement_id=str(row["agreement_id"]),
            status=row["status"],
            what=what,
            due_at=row["due_at"],
            due=row["due_at"] and _local(row["due_at"], contact, locale),
            asked_at=row["asked_at"],
        )


def _changed(row: asyncpg.Record, act: ActOnStep, hours: WakingHours) -> Sequence[Any] | None:
    """What an act makes of a step: the values of `_CHANGE`. None if it came too late."""
    status, agreed_at, due_at = AgreementStatus(row["status"]), row["agreed_at"], row["due_at"]
    match act.act, status:
        case StepAct.AGREE, AgreementStatus.PROPOSED:
            due_at = hours.first_from(act.now + act.asks_after)
            return AgreementStatus.AGREED, act.update_id, act.now, due_at, None, None
        case StepAct.DECLINE, AgreementStatus.PROPOSED:
            return AgreementStatus.DECLINED, act.update_id, None, None, None, act.now
        case StepAct.CANCEL, AgreementStatus.AGREED:
            return AgreementStatus.CANCELLED, act.update_id, agreed_at, due_at, row["asked_at"], act.now
        case move, AgreementStatus.AGREED if move in MOVES:
            due_at = hours.first_from(max(due_at, act.now) + MOVES[move])
            return AgreementStatus.AGREED, act.update_id, agreed_at, due_at, None, None
        case outcome, AgreementStatus.AGREED if outcome in OUTCOMES:
            return OUTCOMES[outcome], act.update_id, agreed_at, due_at, row["asked_at"], act.now
        case StepAct.REOPEN, told if told in OUTCOMES.values():
            due_at = hours.first_from(max(due_at, act.now + act.asks_after))
            return AgreementStatus.AGREED, act.update_id, agreed_at, due_at, None, None
        case _:
            return None


def _hours(contact: asyncpg.Record | None, locale: Locale) -> WakingHours:
    if contact is None:
        return WakingHours(ZoneInfo(_ASSUMED[locale]))
    return WakingHours(ZoneInfo(contact["time_zone"] or _ASSUMED[locale]), contact["wakes_at"], contact["sleeps_at"])


def _local(moment: datetime, contact: asyncpg.Record | None, locale: Locale) -> LocalTime:
    zone = contact["time_zone"] if contact else None
    local = moment.astimezone(ZoneInfo(zone or _ASSUMED[locale]))
    return LocalTime(at=local.replace(tzinfo=None), zone=zone or _ASSUMED[locale], assumed=zone is None)


async def _agreement(connection: PoolConnectionProxy, user_ref: str, agreement_id: str) -> asyncpg.Record | None:
    return await connection.fetchrow(
        "SELECT * FROM coach_system.agreements WHERE agreement_id = $1 AND user_ref = $2", UUID(agreement_id), user_ref
    )


async def _contact(connection: PoolConnectionProxy, user_ref: str) -> asyncpg.Record | None:
    return await connection.fetchrow("SELECT * FROM coach_system.contact_preferences WHERE user_ref = $1", user_ref)


async def _asks_zone(connection: PoolConnectionProxy, act: ActOnStep, contact: asyncpg.Record | None) -> bool:
    """Whether this agreement is the one with which the person is asked for their zone."""
    if contact and contact["time_zone"]:
        return False
    asked_about = await connection.fetchval(
        """
        INSERT INTO coach_system.contact_preferences AS kept (user_ref, zone_asked_about) VALUES ($1, $2)
        ON CONFLICT (user_ref) DO UPDATE
            SET zone_asked_about = coalesce(kept.zone_asked_about, excluded.zone_asked_about)
        RETURNING zone_asked_about
        """,
        act.user_ref,
        UUID(act.agreement_id),
    )
    return bool(asked_about == UUID(act.agreement_id))
