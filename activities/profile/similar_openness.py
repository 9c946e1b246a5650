"""Keeps how much people of a similar profile told in reply to each question."""

from __future__ import annotations

from collections.abc import Sequence

from asyncpg.pool import PoolConnectionProxy

FEWEST = 3
"""Fewer people give no hint: what one of them did could be read from it."""

# What each tells is measured by what they usually tell, so that the talkative count no more than others; twice as much
# is the most that one of them counts for.
_DRAW = f"""
    WITH told AS (
        SELECT a.user_ref, a.question_id, sum(a.words)::float8 AS words
        FROM onboarding_system.answers a LEFT JOIN analysis_system.analyses n USING (answer_id)
        WHERE a.user_ref = ANY ($2) AND a.crisis IS NULL AND n.crisis IS NULL
        GROUP BY a.user_ref, a.question_id
    ), usual AS (
        SELECT user_ref, avg(words) AS words FROM told GROUP BY user_ref
    ), opened AS (
        SELECT user_ref, question_id, least(told.words / nullif(usual.words, 0), 2) AS openness
        FROM told JOIN usual USING (user_ref)
        UNION ALL
        SELECT k.user_ref, k.question_id, 0
        FROM onboarding_system.asked_questions k
        WHERE k.user_ref = ANY ($2)
            AND EXISTS (
                SELECT FROM onboarding_system.asked_questions later
                WHERE later.session_id = k.session_id AND later.position > k.position)
            AND NOT EXISTS (
                SELECT FROM onboarding_system.answers a
                WHERE a.session_id = k.session_id AND a.question_id = k.question_id)
    )
    INSERT INTO profiles_store.similar_openness (user_ref, question_id, openness, people)
    SELECT $1, question_id, avg(openness), count(DISTINCT user_ref)
    FROM opened WHERE openness IS NOT NULL AND user_ref <> $1
        AND EXISTS (SELECT FROM onboarding_system.people p WHERE p.user_ref = $1)
    GROUP BY question_id HAVING count(DISTINCT user_ref) >= {FEWEST}
"""


async def draw_openness(connection: PoolConnectionProxy, user_ref: str, similar: Sequence[str]) -> None:
    """Draws a person's hints anew from these people. Of who is erased nothing is read, and nothing is kept for them."""
    await connection.execute("DELETE FROM profiles_store.similar_openness WHERE user_ref = $1", user_ref)
    await connection.execute(_DRAW, user_ref, list(similar))
