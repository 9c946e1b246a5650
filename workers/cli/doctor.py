"""`selfology doctor`: checks that everything that is configured works."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    import asyncpg
    from temporalio.client import Client

    from activities.ai.prices import Prices
    from workers.ai_settings import AISettings
    from workers.language_models import LanguageModel
    from workers.settings import Settings
    from workers.stack.join import Stack


def doctor() -> None:
    """Check settings, servers, and the keys and models of every provider; costs nothing."""
    if not asyncio.run(_doctor()):
        raise typer.Exit(2)


async def _doctor() -> bool:
    """Prints the checks. Returns whether all passed."""
    from activities.analysis.budget import Spending
    from activities.analysis.model_usage import ModelCalls
    from schema.account.consent import OperatorSettings
    from workers.ai_settings import AISettings
    from workers.cli.costs import budget_line
    from workers.client import connect
    from workers.database import database_pool
    from workers.database_roles import Role
    from workers.language_models import complaint_of, complaints_of, language_models
    from workers.migrations import migrations_of
    from workers.settings import Settings
    from workers.stack.join import joined_stack
    from workers.voice_model import transcriber

    settings, ai = Settings(), AISettings()
    # Raises for settings that can't work before anything is started.
    prices = ai.prices()
    async with joined_stack(settings, Role.OPERATOR) as stack:
        client = await connect(stack.temporal_address)
        _say("ok", f"Temporal    {stack.temporal_address}")
        await _who_works(client)
        migrations = await migrations_of(stack.database_url)
        migrations.refuse_newer()
        lacking = len(migrations.pending)
        where = "embedded" if stack.embedded_database else "the one of DATABASE_URL"
        _say("wrong" if lacking else "ok", f"PostgreSQL  {where}; {lacking} migrations are pending")
        async with database_pool(stack.database_url, min_size=1, max_size=1) as pool:
            async with language_models(ai, ModelCalls(pool, prices).record) as models:
                complaints = await complaints_of(models)
                if (ear := transcriber(ai)) and (complaint := await complaint_of(ear)):
                    complaints = [*complaints, complaint]
            spent = None if lacking else await Spending(pool, ai.daily_budget).spent_today()
            if not lacking:
                _say("  ", await _sends_in_doubt(pool))
        keys_open = await _keys_open(stack)
    _tell_models(models, prices, settings, ai)
    for complaint in complaints:
        _say("wrong", complaint)
    if models and not complaints:
        _say("ok", "Keys and models are accepted")
    if spent is not None:
        _say("  ", budget_line(spent, ai.daily_budget))
    operator = OperatorSettings()
    _say("  " if operator.complaint else "ok", operator.complaint or f"Operator    {operator.name}, {operator.contact}")
    return keys_open and not (complaints or lacking)


def _tell_models(
    models: Sequence[LanguageModel], prices: Mapping[str, Prices], settings: Settings, ai: AISettings
) -> None:
    """Prints which models read and reply, and what they cost."""
    from schema.analysis.routing import Budget
    from workflows.analysis.rules.routing import reply_chain

    for model in models:
        price = prices[model.reader.analyst]
        cost = f"${price.input.normalize():f} in, ${price.output.normalize():f} out for a million tokens"
        _say("  ", f"{model.reader.tier:<11} {model.reader.analyst}, {cost}")
    for coach in reply_chain(Budget.AMPLE, [model.reader for model in models])[:1]:
        _say(
            "  ", f"Coach       {coach.analyst} replies first; at most ${settings.coach_cost_a_day} a day for a person"
        )
    if not models:
        _say("  ", "Models      none: without OPENAI_API_KEY or ANTHROPIC_API_KEY the offline analyst reads everything")
    if ai.known_voice_key:
        _say("  ", f"Voice       {ai.voice.model}, ${prices[ai.voice.model].minute.normalize():f} for a minute")


async def _who_works(client: Client) -> None:
    """Prints who takes the tasks of each queue. Nobody does before the first start, so that is no fault."""
    from schema.analysis.names import OFFLINE_QUEUE
    from schema.channel_queues import TELEGRAM_QUEUE
    from schema.onboarding.names import TASK_QUEUE
    from schema.profile.names import VECTORS_QUEUE
    from workers.health.checks import work_on

    serves = {
        TASK_QUEUE: "selfology worker",
        OFFLINE_QUEUE: "selfology worker",
        VECTORS_QUEUE: "selfology vectors serve",
        TELEGRAM_QUEUE: "selfology bot",
    }
    for queue, command in serves.items():
        work = await work_on(client, queue)
        waits = f", {work.waiting} tasks wait" if work.waiting else ""
        served = f"{work.workers} processes ask" if work.workers else f"nobody asks: `{command}` does"
        _say("ok" if work.workers else "  ", f"Tasks       {queue}: {served}{waits}")


async def _sends_in_doubt(pool: asyncpg.Pool) -> str:
    """Says how many messages of the last week may have come twice, or never."""
    (counted,) = await pool.fetch(
        "SELECT coalesce(sum(sends) FILTER (WHERE in_doubt), 0) AS again,"
        " coalesce(sum(sends) FILTER (WHERE state = 'unknown'), 0) AS unknown FROM shared.sends_by_state"
    )
    return (
        f"Telegram    in a week {counted['again']} messages were sent again, since nobody knew whether they had come;"
        f" whether {counted['unknown']} have come at all is not known"
    )


async def _keys_open(stack: Stack) -> bool:
    """Prints how the keys of people's texts stand. Returns whether they can be used. Reads no text."""
    from schema.errors import Undecipherable
    from schema.operator_error import OperatorError

    try:
        async with stack.encryption() as encryption:
            newest, wrapped = await encryption.masters.newest(), await encryption.store.count()
            for key in await encryption.store.one_of_each_master():
                await encryption.masters.unwrap(key.wrapped, key.master, key.id)
    except (Undecipherable, OperatorError) as error:
        _say("wrong", f"Keys        {error.message if isinstance(error, Undecipherable) else error}")
        return False
    clear = "" if encryption.writes else "; texts are written in clear: SELFOLOGY_ENCRYPTION is false"
    keys = f"{sum(wrapped.values())} under {len(wrapped)} master keys, all of which open; the newest is {newest}"
    _say("ok", f"Keys        {keys}{clear}")
    return True


def _say(verdict: str, line: str) -> None:
    typer.echo(f"{verdict:<6} {line}")
