"""RememberLanguage: the person chooses a language while no session is open."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow

from schema.account.activities import LocaleChosen, PersonStore
from schema.person import PersonRequest
from workflows import policies


@workflow.defn(failure_exception_types=[ValidationError])
class RememberLanguage:
    """Keeps the language of the request for the next session (id `language-{user_ref}`), if the person is known."""

    @workflow.run
    async def run(self, request: PersonRequest) -> None:
        """Keeps it."""
        await policies.DATABASE.run(
            PersonStore.remember_locale,
            LocaleChosen(user_ref=request.user_ref, locale=request.locale),
            summary=f"Remember language {request.locale}",
        )
