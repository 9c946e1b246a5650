"""People of the old system move in: each row that fits once, the others set apart, and all of it can be taken back."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ActivityError

from schema.deliveries import ConsentRequest, Notice, NoticeCode, ProfileCard, Question
from schema.encrypted_columns import CRISIS_HEARD, MESSAGE
from schema.errors import LegacyUnfit
from schema.legacy.messages import Fault, MoveIn, Source, SourceProgress, Task
from schema.legacy.names import MOVE_IN_ID
from schema.person import PersonRef
from schema.vocabulary import Locale
from tests.account.traces import rows_about
from tests.coaching.talker import Talker
from tests.keys import decrypted, readable
from tests.legacy.conftest import Town
from tests.legacy.old_system import BEGAN, DANGER, in_utc
from tests.people.person import PATIENCE, People
from workflows.legacy.move_in import MoveInFromLegacy

ANNA = 7_000_001
GONE = 8_000_001
"""One whose key is destroyed in a test, and is for all others."""


def of(done: MoveIn, source: Source) -> SourceProgress:
    """What became of one table."""
    return next(each for each in done.progress if each.source == source)


async def test_what_fits_comes_in_once_and_the_rest_is_set_apart_with_the_reason(town: Town) -> None:
    before = await town.rows()
    await town.old.lives(200, broken=0.2)
    imported = await town.does(Task.IMPORT)
    for source in Source:
        told = of(imported, source)
        assert told.looked_at == told.rows_there == await town.old.count(source)
        assert told.taken + told.again + told.set_apart == told.looked_at
    assert of(imported, Source.ANSWERS).again == town.old.repeated > 0
    apart = await town.pool.fetch("SELECT source, fault FROM legacy_system.set_apart")
    assert Counter((row["source"], row["fault"]) for row in apart) == Counter(
        {(source, str(fault)): rows for (source, fault), rows in town.old.broken.items() if rows}
    )
    # A second time nothing comes in, and nothing of what is here changes.
    once = await town.rows()
    again = await town.does(Task.IMPORT)
    assert [(each.taken, each.known) for each in again.progress] == [
        (0, each.taken + each.again) for each in imported.progress
    ]
    twice = await town.rows()
    del once["legacy_system.migration_state"], twice["legacy_system.migration_state"]
    assert twice == once
    validated = await town.does(Task.VALIDATE, sample=1.0)
    assert validated.findings.sound
    assert validated.findings.missing == 0
    assert validated.findings.compared > 200
    assert {(s.source, s.of) for s in validated.findings.sums} >= {
        (Source.ANSWERS, "words"),
        (Source.PROFILES, "scores"),
    }
    assert sum(each.taken for each in (await town.does(Task.ROLLBACK)).progress) > 200
    assert await town.rows() == before


async def test_no_history_and_no_note_holds_a_word_or_a_name(town: Town) -> None:
    await town.old.lives(40, broken=0.5, first_person=ANNA)
    imported = await town.does(Task.IMPORT)
    assert of(imported, Source.ANSWERS_NEW).set_apart
    handle: WorkflowHandle[Any, Any] = town.env.client.get_workflow_handle(MOVE_IN_ID)
    events = b"".join([(await decrypted(e)).SerializeToString() async for e in handle.fetch_history_events()])
    notes = [str(dict(row)) for row in await town.pool.fetch("SELECT * FROM legacy_system.set_apart")]
    notes += [str(dict(row)) for row in await town.pool.fetch("SELECT * FROM legacy_system.migration_state")]
    for word in (str(ANNA), str(ANNA + 1), await town.ref_of(ANNA), "сестрой", "sister", "вина"):
        assert word.encode() not in events
        assert word not in "".join(notes) or word == await town.ref_of(ANNA)
    kept = await town.pool.fetch("SELECT text FROM onboarding_system.answer_messages")
    assert kept
    assert all(row["text"].startswith("\x02") for row in kept)


async def test_a_person_is_asked_before_anything_of_theirs_is_read(town: Town, cast: People) -> None:
    talker = Talker(cast)
    anna = talker.person
    await town.is_known_as(ANNA, anna)
    await town.old.lives(20, broken=0, first_person=ANNA)
    session = await town.old.database.fetchval("SELECT min(id) FROM selfology.onboarding_sessions")
    await town.old.add(
        "user_answers_new", session_id=session, question_json_id="q_0", raw_answer=DANGER, answered_at=BEGAN
    )
    await town.does(Task.IMPORT)
    unread = {
        "SELECT crisis FROM onboarding_system.answers WHERE crisis IS NOT NULL": 0,
        "SELECT answer_id FROM profiles_store.indexed_answers WHERE waits_since IS NOT NULL": 0,
        "SELECT answer_id FROM analysis_system.analyses": 0,
        "SELECT user_ref FROM onboarding_system.people WHERE awaits_consent_since IS NOT NULL": 1,
    }
    for query, rows in unread.items():
        assert len(await town.pool.fetch(query)) == rows, query
    # Hello.
    await talker.says("Hello, is anybody here?")
    assert (await anna.sees(Notice)).code is NoticeCode.NOT_BEGUN
    await anna.starts()
    assert (await anna.sees(ConsentRequest)).moved_in
    for query, rows in unread.items():
        assert len(await town.pool.fetch(query)) == rows, query
    await anna.agrees()
    asked = await anna.sees(Question)
    assert asked.question_id not in {
        row["question_id"] for row in await town.pool.fetch("SELECT question_id FROM onboarding_system.answers")
    }
    crises = await readable(
        await town.pool.fetch("SELECT * FROM onboarding_system.answers WHERE crisis IS NOT NULL"), CRISIS_HEARD
    )
    assert [row["crisis"] for row in crises] == ["SELF_HARM"]
    assert (await town.pool.fetchval("SELECT awaits_consent_since FROM onboarding_system.people")) is None
    assert await town.pool.fetchval("SELECT count(waits_since) FROM profiles_store.indexed_answers") == 21
    # What was known of them is theirs, and what they say now stands beside it.
    await anna.asks_for_profile()
    card = await anna.sees(ProfileCard)
    assert [level.trait for level in card.profile.traits] == ["openness", "neuroticism"]
    await anna.answers("I like long walks with my sister.")
    await town.does(Task.ROLLBACK)
    kept = await town.pool.fetch("SELECT user_ref FROM onboarding_system.people")
    assert [row["user_ref"] for row in kept] == [anna.user_ref]
    texts = await readable(await town.pool.fetch("SELECT * FROM onboarding_system.answer_messages"), MESSAGE)
    assert [row["text"] for row in texts] == ["I like long walks with my sister."]


async def test_who_was_erased_or_declined_does_not_come_back(town: Town, cast: People) -> None:
    anna, boris = cast.person(Locale.EN), cast.person(Locale.EN)
    await town.is_known_as(GONE, anna)
    await town.is_known_as(GONE + 1, boris)
    await town.old.lives(40, broken=0, first_person=GONE)
    await town.does(Task.IMPORT)
    await town.parts.people.erase_person(PersonRef(user_ref=anna.user_ref))
    await boris.starts()
    await boris.sees(ConsentRequest)
    await boris.declines()
    assert (await boris.outcome()).status == "DECLINED"
    # Also when nobody remembers a destroyed key any more.
    await town.pool.execute("DELETE FROM account_system.destroyed_keys")
    again = await town.does(Task.IMPORT)
    assert sum(each.taken for each in again.progress) == 0
    faults = await town.pool.fetch("SELECT source, fault, user_ref FROM legacy_system.set_apart")
    assert Counter(row["fault"] for row in faults if row["source"] == Source.SESSIONS) == {
        Fault.ERASED: 4,
        Fault.MISSING: 1,
    }
    assert {row["user_ref"] for row in faults} == {None}
    for person in (anna, boris):
        assert await rows_about(town.pool, person.user_ref) == []
    validated = await town.does(Task.VALIDATE, sample=1.0)
    assert validated.findings.sound
    assert validated.findings.missing == 0


async def test_what_changes_there_is_taken_by_the_next_import(town: Town) -> None:
    await town.old.lives(20, broken=0, first_person=ANNA)
    await town.does(Task.IMPORT)
    await town.old.database.execute(
        "UPDATE selfology.onboarding_sessions SET status = 'completed', completed_at = started_at + interval '1 hour'"
        " WHERE status = 'active' AND user_id IS NOT NULL"
    )
    later = in_utc(BEGAN).replace(year=2026)
    await town.old.database.execute(
        "UPDATE selfology.personality_profiles SET traits = '{\"openness\": 0.1}', updated_at = $1",
        later.replace(tzinfo=None),
    )
    assert sum(each.taken for each in (await town.does(Task.IMPORT)).progress) == 0
    assert await town.pool.fetchval("SELECT count(*) FROM onboarding_system.sessions WHERE status = 'COMPLETED'") == 2
    level = await town.pool.fetchrow("SELECT score, updated_at FROM profiles_store.big_five_traits")
    assert level
    # Half a confidence of a low score, and one of the middle to begin with.
    assert (round(level["score"], 4), level["updated_at"]) == (round((0.5 * 0.1 + 0.5) / 1.5, 4), later)
    assert (await town.does(Task.VALIDATE, sample=1.0)).findings.sound


async def test_a_comparison_names_what_was_lost_or_changed_and_quotes_nothing(town: Town) -> None:
    await town.old.lives(40, broken=0, first_person=ANNA)
    # What the newer generation of a table has, it has come by.
    await town.old.database.execute(
        "UPDATE selfology.user_answers o SET answer_text = 'Older words.' FROM selfology.user_answers_new n"
        " WHERE (o.session_id, o.question_id, o.created_at) = (n.session_id, n.question_json_id, n.answered_at)"
    )
    await town.does(Task.IMPORT)
    lost, changed = await town.pool.fetch(
        "SELECT answer_id FROM onboarding_system.answers ORDER BY answered_at LIMIT 2"
    )
    await town.pool.execute("DELETE FROM onboarding_system.answers WHERE answer_id = $1", lost["answer_id"])
    await town.pool.execute("UPDATE onboarding_system.answers SET words = words + 1 WHERE answer_id = $1", changed[0])
    await town.old.add("conversations", user_id=ANNA, role="user", content="Something new.", created_at=BEGAN)
    found = (await town.does(Task.VALIDATE, sample=1.0)).findings
    assert not found.sound
    assert found.missing == 1
    assert {(each.fault, each.field) for each in found.differences} == {(Fault.LOST, "row"), (Fault.DIFFERS, "words")}


async def test_tables_that_do_not_fit_are_told_in_one_line_before_anything_is_written(town: Town) -> None:
    before = await town.rows()
    await town.old.lives(20, broken=0)
    await town.old.database.execute(
        "ALTER TABLE selfology.user_answers_new DROP COLUMN raw_answer;"
        "ALTER TABLE selfology.trait_history ALTER COLUMN new_value TYPE text;"
        "DROP TABLE selfology.insights"
    )
    with pytest.raises(WorkflowFailureError) as failure:
        await town.does(Task.IMPORT)
    assert isinstance(failure.value.cause, ActivityError)
    assert LegacyUnfit.caused(failure.value.cause)
    assert str(failure.value.cause.cause) == (
        "LegacyUnfit: The old database (schema selfology) lacks: table insights;"
        " user_answers_new.raw_answer or answer_text; trait_history.new_value as real or double precision or numeric."
    )
    assert await town.rows() == before


async def test_it_rests_when_an_operator_says_so_and_tells_which_columns_it_ignores(town: Town) -> None:
    await town.old.lives(20, broken=0)
    handle = await town.begins(Task.IMPORT)
    paused = await handle.execute_update(MoveInFromLegacy.pause)
    assert paused.paused
    with pytest.raises(WorkflowUpdateFailedError):
        await handle.execute_update(MoveInFromLegacy.pause)
    importing = asyncio.create_task(town.serves(handle))
    async with asyncio.timeout(PATIENCE):
        while not (await handle.query(MoveInFromLegacy.progress)).progress:
            await asyncio.sleep(0.05)
    assert sum(each.looked_at for each in (await handle.query(MoveInFromLegacy.progress)).progress) == 0
    await handle.execute_update(MoveInFromLegacy.resume)
    assert (await importing).done
    ignored = await town.pool.fetch("SELECT source, ignored FROM shared.legacy_import")
    assert {row["source"]: row["ignored"] for row in ignored}["questions_metadata"] == ["is_flagged"]
