"""Voice messages, recorded as sessions are."""

from __future__ import annotations

from schema.deliveries import HeardWords, Notice
from schema.voice.messages import VoiceTimes
from tests.analyst import RehearsedAnalyst
from tests.people.person import People, at_rest
from tests.people.speaker import Speaker, speaker
from tests.replay.staging import Handle, scenario

TIMES = VoiceTimes()


@scenario
async def voice_taken(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """One that is shown and taken, behind it one that nobody could write down."""
    async with speaker(cast) as anna:
        await anna.speaks("I slept badly.")
        await anna.person.sees(HeardWords)
        await at_rest(anna.on_its_way)
        await anna.speaks("away")
        await anna.person.sees(Notice)
        await anna.on_its_way.result()
        return anna.on_its_way


@scenario
async def voice_mended(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """Other words take the place of what was heard."""
    async with speaker(cast) as anna:
        await begins_to_mend(anna)
        await anna.writes("I slept well.")
        await anna.on_its_way.result()
        return anna.on_its_way


@scenario
async def voice_of_danger(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """Taken at once, without a look at it."""
    async with speaker(cast) as anna:
        await anna.speaks("I want to kill myself tonight.")
        await anna.on_its_way.result()
        return anna.on_its_way


@scenario
async def voice_left_unmended(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """The better words never come, so what was heard is taken."""
    async with speaker(cast) as anna:
        await begins_to_mend(anna)
        await cast.env.fast_forward(anna.on_its_way, TIMES.rewrite_within)
        await anna.on_its_way.result()
        return anna.on_its_way


async def begins_to_mend(anna: Speaker) -> None:
    """Says something, and wants to put it in other words."""
    said = await anna.speaks("I slept badly.")
    await anna.person.sees(HeardWords)
    await at_rest(anna.on_its_way)
    await anna.mends(said)
    await anna.person.sees(Notice)
    await at_rest(anna.on_its_way)
