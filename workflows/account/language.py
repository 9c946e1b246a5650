"""RememberLanguage: stores the language that a person chooses while no session is open."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow

from schema.account.activities import LocaleChosen, PersonStore
from schema.person import PersonRequest
from workflows import policies


@workflow.defn(failure_exception_types=[ValidationError])
class RememberLanguage:
    """Stores the language of the request for the next session, if the person is known (id `language-{user_ref}`)."""

    @workflow.run
    async def run(self, request: PersonRequest) -> None:
        """Stores the language."""
        await policies.DATABASE.run(
            PersonStore.remember_locale,
            LocaleChosen(user_ref=request.user_ref, locale=request.locale),
            summary=f"Remember language {request.locale}",
        )
