"""ShowSteps, ShowMemories and SetContact: what a person asks of the coach besides talking."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow

from schema.coaching.activities import MemoryStore, MemoryTask
from schema.coaching.agreements import AgreementStore, Contact, ContactChange, ContactRequest, PersonAt
from schema.coaching.deliveries import MemoryList, OpenSteps, ZoneKept, ZoneQuestion
from schema.coaching.messages import MemoryRequest
from schema.coaching.names import CONTACT_ID, MEMORY_ID, STEPS_ID
from schema.deliveries import Message, Notice, NoticeCode
from schema.person import PersonRequest
from workflows import policies
from workflows.replies import Asker, delivery_key


@workflow.defn(name=STEPS_ID.workflow_type, failure_exception_types=[ValidationError])
class ShowSteps:
    """Shows a person the steps that are open (id `steps-{user_ref}`)."""

    @workflow.run
    async def run(self, request: PersonRequest) -> None:
        """Reads and delivers them. Fails if the person can't be reached, so that operators see it."""
        asker = await Asker.recalled(request)
        found = await policies.DATABASE.run(
            AgreementStore.open_steps, PersonAt(user_ref=request.user_ref), summary="Read the open steps"
        )
        shown = OpenSteps(steps=found.steps, quiet=found.quiet)
        await asker.send(delivery_key(request.update_id, 1), shown, summary="Show the steps")


@workflow.defn(name=MEMORY_ID.workflow_type, failure_exception_types=[ValidationError])
class ShowMemories:
    """Shows a person what the coach remembers, a page at a time, and forgets (id `memory-{user_ref}-{update}`)."""

    @workflow.run
    async def run(self, request: MemoryRequest) -> None:
        """Forgets, reads and delivers. Fails if the person can't be reached, so that operators see it."""
        asker = await Asker.recalled(request)
        forget = request.forget and str(request.forget)
        page = await policies.DATABASE.run(
            MemoryStore.tend_memory,
            MemoryTask(user_ref=request.user_ref, page=request.page, forget=forget),
            summary="Forget a memory, and read the others" if forget else "Read what is remembered",
        )
        await asker.send(
            delivery_key(request.update_id, 1),
            MemoryList(page=page, forgotten=forget is not None, asked_by=request.update_id),
            summary="Show what is remembered",
            replaces=request.instead_of and delivery_key(request.instead_of, 1),
        )


@workflow.defn(name=CONTACT_ID.workflow_type, failure_exception_types=[ValidationError])
class SetContact:
    """Changes when a person is written to unasked, or asks for their time zone (id `contact-{user_ref}-{update}`)."""

    @workflow.run
    async def run(self, request: ContactRequest) -> None:
        """Changes it and says so. Fails if the person can't be reached, so that operators see it."""
        asker = await Asker.recalled(request)
        contact = await policies.DATABASE.run(
            AgreementStore.change_contact,
            ContactChange(
                user_ref=request.user_ref,
                locale=request.locale,
                toggle_quiet=request.toggle_quiet,
                time_zone=request.time_zone,
                hours=request.hours,
                update_id=request.update_id or workflow.info().run_id,
                now=workflow.now(),
            ),
            summary="Change when the person is written to",
        )
        await asker.send(delivery_key(request.update_id, 1), _reply(request, contact), summary="Say so")


def _reply(request: ContactRequest, contact: Contact) -> Message:
    if not contact.known:
        return Notice(code=NoticeCode.NOT_BEGUN)
    if request.toggle_quiet:
        return Notice(code=NoticeCode.QUIET if contact.quiet else NoticeCode.NOT_QUIET)
    if request.time_zone or request.hours:
        return ZoneKept(now=contact.now, hours=contact.hours)
    return ZoneQuestion(now=contact.now)
