"""The version of the text that a person agreed to is kept with their consent, and handed to them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import asyncpg
import pytest

from activities.account.person_export import PostgresPersonExports
from gateway.presentation.export.export_files import as_html
from gateway.presentation.texts.texts import Texts
from schema.account.consent import consent_document
from schema.onboarding.activities import SessionOpened
from schema.vocabulary import Locale
from tests.keys import encryption
from workers.bootstrap import Parts


@pytest.mark.parametrize("locale", Locale)
async def test_the_version_is_kept_with_a_consent_and_changes_with_a_new_one_only(
    pool: asyncpg.Pool, locale: Locale
) -> None:
    user_ref, sessions = uuid.uuid4().hex[:16], Parts.on(pool, encryption(), []).sessions

    async def opens(readers: list[str] | None, locale: Locale) -> None:
        await sessions.open_session(
            SessionOpened(
                session_id=str(uuid.uuid4()),
                user_ref=user_ref,
                locale=locale,
                opened_at=datetime.now(UTC),
                readers=readers,
            )
        )

    async def kept() -> str | None:
        export = await PostgresPersonExports(pool, encryption().columns).of(user_ref)
        assert export.person is not None
        version = export.person.consent_version
        page = as_html(export, Texts(locale)).decode()
        assert (Texts(locale).say("export-consent-version") in page) is (version is not None)
        return version

    await opens([], locale)
    assert await kept() == consent_document(locale).version
    await pool.execute("UPDATE onboarding_system.people SET consent_version = NULL WHERE user_ref = $1", user_ref)
    await opens(None, locale)
    assert await kept() is None
    other = Locale.EN if locale is Locale.RU else Locale.RU
    await opens(["OpenAI"], other)
    assert await kept() == consent_document(other).version
