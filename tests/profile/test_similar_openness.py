"""What people of a similar profile opened up to bears on which of several questions as good comes next."""

from __future__ import annotations

from pathlib import Path

import asyncpg

from activities.profile.similar_openness import draw_openness
from activities.qdrant.edge_store import edge_store
from tests.profile.test_indexing import indexed, profiles_in
from tests.profile.test_layers import IDEAS, Teller
from workers.bootstrap import Parts


async def teller_of(parts: Parts, pool: asyncpg.Pool, words: int, *skips: str) -> str:
    """Somebody who tells little of work, `words` of health, and goes past some questions."""
    person = Teller(parts)
    await person.begins()
    for position, question in enumerate([*skips, "work-surface-01"]):
        await pool.execute(
            "INSERT INTO onboarding_system.asked_questions VALUES ($1, $2, $3, $4, 'ENTRY', now())",
            person.session_id,
            position,
            person.user_ref,
            question,
        )
    await person.tells(IDEAS, question="work-surface-01", text=" ".join(["word"] * 10))
    await person.tells(IDEAS, question="health-surface-01", text=" ".join(["word"] * words))
    return person.user_ref


async def test_openness_is_drawn_from_three_people_at_least_and_bears_on_a_choice(
    parts: Parts, pool: asyncpg.Pool
) -> None:
    me = Teller(parts)
    await me.begins()
    others = [await teller_of(parts, pool, words, "money-surface-01") for words in (30, 40, 50)]
    async with pool.acquire() as connection:
        await draw_openness(connection, me.user_ref, others[:2])
        assert (await parts.questions.background_of(me.user_ref, me.session_id)).openness == {}
        await draw_openness(connection, me.user_ref, others)
        await draw_openness(connection, me.user_ref, [*others, me.user_ref])
    background = await parts.questions.background_of(me.user_ref, me.session_id)
    assert background.openness.keys() == {"work-surface-01", "health-surface-01", "money-surface-01"}
    assert background.openness["health-surface-01"] > 1.4 > background.openness["work-surface-01"]
    assert background.openness["money-surface-01"] == 0


async def test_nothing_is_kept_for_who_was_erased_meanwhile(parts: Parts, pool: asyncpg.Pool) -> None:
    others = [await teller_of(parts, pool, 30) for _ in range(3)]
    async with pool.acquire() as connection:
        await draw_openness(connection, "somebodyerased12", others)
    kept = await pool.fetch("SELECT * FROM profiles_store.similar_openness WHERE user_ref = 'somebodyerased12'")
    assert kept == []


async def test_a_profile_that_is_drawn_anew_notes_what_similar_people_opened_up_to(
    parts: Parts, worker_pool: asyncpg.Pool, tmp_path: Path
) -> None:
    people = [await teller_of(parts, worker_pool, words) for words in (30, 40, 50, 60)]
    async with edge_store(tmp_path) as store:
        await indexed(profiles_in(worker_pool, store))
    hints = await worker_pool.fetch("SELECT * FROM profiles_store.similar_openness WHERE user_ref = $1", people[-1])
    assert "work-surface-01" in {row["question_id"] for row in hints}
    assert all(row["people"] >= 3 for row in hints)
