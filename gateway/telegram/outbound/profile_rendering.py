"""Puts the profile and what it rests on into messages of Telegram."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aiogram.utils.formatting import BlockQuote, Bold, Italic, Text

from gateway.presentation import insight_words, layer_words, reason_words
from gateway.presentation.crisis import care_line
from gateway.presentation.dates import day
from gateway.presentation.profile_words import NEWEST_INSIGHTS
from gateway.presentation.texts.texts import Texts
from gateway.telegram import keyboards
from gateway.telegram.outbound.card import describe_card
from gateway.telegram.outbound.parts import Card, Part, TextPart, paragraphs, plain
from gateway.telegram.outbound.splitting import CAPTION_LIMIT, split
from schema.deliveries import Found, Insights, Reasons, Summary
from schema.profile.layers import Profile, Reason
from schema.profile_vocabulary import Theme


def portrait(said: Iterable[Text | str], profile: Profile, texts: Texts, theme: Theme = Theme.LIGHT) -> Iterator[Part]:
    """Yields the card with its description as the caption. Without any layer, yields only the text."""
    body = paragraphs(said)
    if not (profile.traits or layer_words.values(profile)):
        yield from map(TextPart, split(body))
        return
    caption, *more = split(body, first=CAPTION_LIMIT)
    yield Card(profile, caption, theme, keyboards.picture(texts, "card", theme))
    yield from map(TextPart, more)


def summary_of(summary: Summary, texts: Texts) -> Iterator[Text | str]:
    """The paragraphs of the end of a session."""
    yield Text(Bold(texts.say("summary-title")), "\n", texts.say("summary-thanks", answers=summary.answers))
    if not (summary.profile.empty and summary.analyses_pending):
        yield describe_card(summary.profile, texts, answers_told=summary.answers)
    yield from _list("profile-insights", summary.profile.insights[-NEWEST_INSIGHTS:], texts)
    if summary.analyses_pending:
        yield texts.say("summary-pending")
    yield texts.say("coach-invitation")
    if summary.care:
        yield care_line(summary.care, texts)


def insights_of(insights: Insights, texts: Texts) -> Text:
    """What is seen across answers and talks, and what the answers say."""
    profile = insights.profile
    found = [Text(Bold(texts.say("insights-across")))] if insights.connections else []
    for number, insight in enumerate(insights.connections, start=1):
        found.append(Text(plain(insight_words.heading(insight, number, texts))))
        found += [
            Text(BlockQuote(plain(quote.words)), "\n", Italic(insight_words.source(quote, texts)))
            for quote in insight.quotes
        ]
    said = [
        *found,
        *_list("profile-insights", profile.insights, texts),
        *_list("profile-patterns", profile.patterns, texts),
    ]
    if not said:
        return Text(texts.say("insights-empty"))
    draft = [Italic(texts.say("profile-offline"))] if profile.offline else []
    return paragraphs([*draft, *said, Italic(texts.say("profile-sketch"))])


def values_of(profile: Profile, texts: Texts) -> Text:
    """The values that a person may ask about."""
    if not layer_words.values(profile):
        return Text(texts.say("why-nothing"))
    # What has had no room below the picture is told here in full.
    said = "\n".join(section.in_words for section in layer_words.sections(profile, texts))
    return paragraphs([*([said] if said else []), Bold(texts.say("why-which"))])


def reasons_of(reasons: Reasons, texts: Texts) -> Text:
    """The person's own words behind a value."""
    title = Bold(texts.say("reasons-title", value=layer_words.name(reasons.value, texts)))
    # An older release kept no words with what it read, which may be denied all the same.
    said = [_said(reason, texts) for reason in reasons.reasons] or [Text(texts.say("reasons-none"))]
    more = [texts.say("reasons-more", more=reasons.more)] if reasons.more else []
    return paragraphs([title, *said, *more, Italic(texts.say("telegram-not-me"))])


def found_words(found: Found, texts: Texts) -> Text:
    """What a search found."""
    if not found.available:
        return Text(texts.say("find-away"))
    query = reason_words.short(plain(found.query), reason_words.LONGEST_QUERY)
    if not found.words:
        return Text(texts.say("find-nothing", query=query))
    return paragraphs([Bold(texts.say("find-title", query=query)), *(_said(each, texts) for each in found.words)])


def _said(reason: Reason, texts: Texts) -> Text:
    """The person's own words, with the day and the question below."""
    quote = reason_words.short(plain(reason.quote), reason_words.LONGEST_QUOTE)
    question = reason_words.short(plain(reason.question), reason_words.LONGEST_QUESTION)
    below = texts.say("reasons-said", day=day(reason.said_at, texts), question=question)
    return Text(BlockQuote(quote), "\n", Italic(below))


def _list(heading: str, items: Sequence[str], texts: Texts) -> Iterator[Text]:
    if items:
        yield Text(Bold(texts.say(heading)), *(f"\n• {plain(item)}" for item in items))
