"""Renders deliveries as Telegram messages: the text of each, their order, and their buttons.

Rendering is pure: it does not draw cards or read exports; the sender does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal
from uuid import UUID

from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import BlockQuote, Bold, Italic, Text

from gateway.presentation import evolution_words, insight_words, layer_words, reason_words, step_words
from gateway.presentation.consent import consent_text
from gateway.presentation.crisis import care_line, contact_lines, first_contact_lines, support_paragraphs
from gateway.presentation.dates import day
from gateway.presentation.minor import minor_paragraphs
from gateway.presentation.profile_words import NEWEST_INSIGHTS
from gateway.presentation.texts.texts import Texts, key_of
from gateway.telegram import keyboards
from gateway.telegram.outbound.card import describe_card
from gateway.telegram.outbound.evolution import describe_evolution
from gateway.telegram.outbound.splitting import CAPTION_LIMIT, split
from schema.coaching.deliveries import (
    CoachReply,
    OpenSteps,
    StepAgreed,
    StepOutcome,
    StepProposal,
    StepQuestion,
    WishKept,
    ZoneKept,
    ZoneQuestion,
)
from schema.deliveries import (
    Concern,
    ConsentRequest,
    CrisisSupport,
    DataExport,
    Delivery,
    EvolutionView,
    FatigueOffer,
    Feedback,
    Found,
    Goodbye,
    HeardWords,
    Insights,
    Message,
    Notice,
    NoticeCode,
    Nudge,
    Paused,
    ProfileCard,
    ProfileValues,
    Question,
    Reasons,
    SafetyQuestion,
    Summary,
    WelcomeBack,
)
from schema.profile.layers import Profile, Reason
from schema.profile_vocabulary import NAMES, Theme


@dataclass(frozen=True)
class TextPart:
    """A text message."""

    html: str
    keyboard: InlineKeyboardMarkup | None = None
    vital: bool = False
    """Whether a duplicate is better than a loss.

    True for messages that await an answer, help, were requested or earned, or come last.
    """
    helps: bool = False
    """Whether it is help in a crisis, which goes out even during an erasure."""


@dataclass(frozen=True)
class Card:
    """A profile card with a caption."""

    profile: Profile
    caption: str
    """HTML."""
    theme: Theme = Theme.LIGHT
    keyboard: InlineKeyboardMarkup | None = None
    vital: bool = True
    helps: bool = False


@dataclass(frozen=True)
class EvolutionPicture:
    """A picture of how a person's levels have moved, with a caption."""

    view: EvolutionView
    caption: str
    """HTML."""
    keyboard: InlineKeyboardMarkup | None = None
    vital: bool = True
    helps: bool = False


@dataclass(frozen=True)
class ExportNote:
    """The message before an export's files, or the one that says that nothing is stored."""

    user_ref: str
    vital: bool = True
    helps: bool = False


@dataclass(frozen=True)
class ExportFile:
    """A file of a person's export. Skipped when nothing is stored."""

    user_ref: str
    form: Literal["html", "json"]
    vital: bool = True
    helps: bool = False


Part = TextPart | Card | EvolutionPicture | ExportNote | ExportFile
"""One Telegram message."""


def render(delivery: Delivery) -> list[Part]:
    """Renders a delivery as Telegram messages. The same delivery always gives the same messages."""
    texts = Texts(delivery.locale)
    parts: list[Part] = []
    # Telegram refuses an empty message.
    said = [message for message in delivery.messages if not _is_empty(message)]
    for alone, group in groupby(said, _is_separate):
        if alone:
            parts += (replace(part, vital=True) for message in group for part in _separate(message, texts))
        else:
            parts += _combined(list(group), texts)
    return parts


def _is_empty(message: Message) -> bool:
    return isinstance(message, Feedback | CoachReply) and not plain(message.text).strip()


def _is_separate(message: Message) -> bool:
    return isinstance(
        message,
        CrisisSupport
        | Summary
        | ProfileCard
        | ProfileValues
        | Insights
        | EvolutionView
        | Reasons
        | Found
        | StepProposal
        | StepAgreed
        | StepQuestion
        | OpenSteps
        | ZoneQuestion
        | DataExport,
    )


def _separate(message: Message, texts: Texts) -> Iterator[Part]:
    match message:
        case DataExport():
            yield ExportNote(message.user_ref)
            yield ExportFile(message.user_ref, "html")
            yield ExportFile(message.user_ref, "json")
        case ProfileCard():
            yield from _portrait([describe_card(message.profile, texts)], message.profile, texts, message.theme)
        case EvolutionView() if evolution_words.drawn(message.values):
            (caption,) = split(Text(describe_evolution(message, texts)), first=CAPTION_LIMIT)
            yield EvolutionPicture(message, caption, keyboards.picture(texts, "evolution", message.theme))
        case Summary():
            yield from _portrait(_summary(message, texts), message.profile, texts)
        case _:
            helps = isinstance(message, CrisisSupport)
            *before, last = split(_body(message, texts))
            yield from (TextPart(html, helps=helps) for html in before)
            yield TextPart(last, _keyboard_of_separate(message, texts), helps=helps)


def _keyboard_of_separate(message: Message, texts: Texts) -> InlineKeyboardMarkup | None:
    match message:
        case CrisisSupport():
            return keyboards.countries(texts, message)
        case ProfileValues() if layer_words.values(message.profile):
            return keyboards.values(texts, message.profile)
        case Reasons() if message.value.name in NAMES[message.value.layer]:
            return keyboards.not_me(texts, message.value)
        case Insights(connections=[_, *_]):
            return keyboards.not_true(texts, message)
        case StepProposal():
            return keyboards.step_proposal(texts, message.agreement_id)
        case StepAgreed():
            return keyboards.step_agreed(texts, message.agreement_id)
        case StepQuestion():
            return keyboards.step_question(texts, message.agreement_id)
        case OpenSteps():
            return keyboards.open_steps(texts, message)
        case ZoneQuestion():
            return keyboards.zones(texts)
        case _:
            return None


def _combined(messages: Sequence[Message], texts: Texts) -> Iterator[TextPart]:
    """Joins messages, such as a reflection and the next question, into one. Its last piece has the buttons."""
    question = next((m for m in reversed(messages) if isinstance(m, Question)), None)
    bodies = [_body(message, texts) for message in messages]
    if question and question.number <= 2 and any(isinstance(m, Feedback) and m.offline for m in messages):
        # Only with the first reflection, not with every one.
        bodies.insert(1, Text(Italic(texts.say("feedback-offline"))))
    if any(isinstance(m, CoachReply) and m.offline and m.first for m in messages):
        bodies.insert(1, Text(Italic(texts.say("coach-offline"))))
    *before, last = split(_paragraphs(bodies))
    yield from map(TextPart, before)
    match messages[-1]:
        case Question() | SafetyQuestion() | Concern() | ConsentRequest() | CoachReply() | Goodbye():
            vital = True
        case Notice(code=NoticeCode.ERASED):
            vital = True
        case _:
            vital = False
    yield TextPart(last, _keyboard(messages, texts), vital)


def _body(message: Message, texts: Texts) -> Text:
    match message:
        case ConsentRequest():
            return _paragraphs([consent_text(message, texts), Bold(texts.say("consent-question"))])
        case WelcomeBack():
            return Text(texts.say("welcome-back", planned=message.planned))
        case Feedback():
            chosen = [texts.say("feedback-chosen", choice=plain(message.chosen))] if message.chosen else []
            return _paragraphs([*chosen, plain(message.text)])
        case CoachReply(insight_waits=True):
            return _paragraphs([plain(message.text), Italic(texts.say("insight-waits"))])
        case CoachReply():
            return Text(plain(message.text))
        case HeardWords():
            return Text(texts.say("heard-words"), "\n", BlockQuote(plain(message.text)))
        case Question():
            frame = texts.say("question-frame", number=message.number, planned=message.planned)
            domain = texts.say(f"domain-{key_of(message.domain)}")
            own_words = [f"\n\n{texts.say('telegram-choose-or-write')}"] if message.choices else []
            return Text(Italic(f"{frame} · {domain}"), "\n", Bold(plain(message.text)), *own_words)
        case FatigueOffer():
            return Text(texts.say(f"fatigue-offer-{message.suggest}"))
        case CrisisSupport():
            return _support(message, texts)
        case Concern():
            return Text(texts.say("telegram-concern"))
        case SafetyQuestion():
            numbers = _contacts(first_contact_lines(message.care, texts), texts) if message.care else []
            return _paragraphs([Bold(texts.say("safety-question")), *numbers])
        case WishKept():
            return Text(texts.say(message.text))
        case Paused():
            return Text(texts.say(f"paused-{message.reason}"))
        case Nudge():
            if message.care:
                return Text(care_line(message.care, texts))
            return Text(texts.say("nudge-consent" if message.before_consent else "nudge"))
        case Notice():
            return Text(texts.say(f"notice-{key_of(message.code)}"))
        case Insights():
            return _insights(message, texts)
        case ProfileValues():
            return _values(message.profile, texts)
        case EvolutionView():
            return Text(describe_evolution(message, texts))
        case Reasons():
            return _reasons(message, texts)
        case Found():
            return _found(message, texts)
        case StepProposal() | StepAgreed() | StepQuestion() | StepOutcome() | OpenSteps() | ZoneQuestion() | ZoneKept():
            return _paragraphs(plain(line) for line in step_words.lines(message, texts))
        case Goodbye(reason="underage"):
            return _paragraphs(minor_paragraphs(texts))
        case Goodbye():
            said = texts.say(f"goodbye-{key_of(message.reason)}")
            return _paragraphs([said, *([care_line(message.care, texts)] if message.care else [])])
        case Summary() | ProfileCard() | DataExport():
            raise AssertionError(f"{message.kind} is more than a text")


def _keyboard(messages: Sequence[Message], texts: Texts) -> InlineKeyboardMarkup | None:
    keyboard = _keyboard_of_last(messages, texts)
    for message in messages:
        if isinstance(message, Feedback) and message.answer_id:
            keyboard = keyboards.with_not_quite(texts, UUID(message.answer_id), keyboard)
        elif isinstance(message, Concern):
            keyboard = keyboards.with_help(texts, message, keyboard)
    return keyboard


def _keyboard_of_last(messages: Sequence[Message], texts: Texts) -> InlineKeyboardMarkup | None:
    # A concern has a button of its own, and stands between messages that belong together.
    messages = [message for message in messages if not isinstance(message, Concern)]
    match messages:
        case [*_, FatigueOffer() as offer, Question() as question]:
            keyboard = keyboards.offer(texts, question.nonce, offer.suggest)
            return keyboards.with_choices(question.choices, question.nonce, keyboard)
        case [*_, Question() as question]:
            keyboard = keyboards.question(texts, question.nonce, recalls=question.recalls)
            return keyboards.with_choices(question.choices, question.nonce, keyboard)
        case [*_, ConsentRequest() as request]:
            return keyboards.consent(texts, request.nonce)
        case [*_, Notice(code=NoticeCode.CONSENT_FIRST) as notice]:
            return keyboards.consent(texts, notice.nonce)
        case [*_, Notice(code=NoticeCode.NOT_BEGUN, nonce=str(nonce))]:
            # Without a request there is nothing that the buttons could answer.
            return keyboards.consent(texts, nonce)
        case [*_, SafetyQuestion() as asked]:
            return keyboards.safety(texts, asked)
        case [*_, HeardWords() as heard]:
            return keyboards.mend(texts, heard.nonce)
        case [*_, Paused()]:
            return keyboards.resume(texts)
        case [*_, CoachReply(marks=[_, *_]) as reply]:
            return keyboards.reply_marks(texts, UUID(reply.reply_id), reply.marks)
        case _:
            return None


def _support(support: CrisisSupport, texts: Texts) -> Text:
    danger = support.known
    return _paragraphs([*support_paragraphs(support, texts), *_contacts(contact_lines(danger, texts), texts)])


def _contacts(lines: str, texts: Texts) -> list[Text | str]:
    # Without markup, so that Telegram makes the number or the address a link.
    return [Bold(texts.say("crisis-contacts")), lines]


def _portrait(
    paragraphs: Iterable[Text | str], profile: Profile, texts: Texts, theme: Theme = Theme.LIGHT
) -> Iterator[Part]:
    """Yields the card with its description as the caption. Without any layer, yields only the text."""
    body = _paragraphs(paragraphs)
    if not (profile.traits or layer_words.values(profile)):
        yield from map(TextPart, split(body))
        return
    caption, *more = split(body, first=CAPTION_LIMIT)
    yield Card(profile, caption, theme, keyboards.picture(texts, "card", theme))
    yield from map(TextPart, more)


def _summary(summary: Summary, texts: Texts) -> Iterator[Text | str]:
    yield Text(Bold(texts.say("summary-title")), "\n", texts.say("summary-thanks", answers=summary.answers))
    if not (summary.profile.empty and summary.analyses_pending):
        yield describe_card(summary.profile, texts, answers_told=summary.answers)
    yield from _list("profile-insights", summary.profile.insights[-NEWEST_INSIGHTS:], texts)
    if summary.analyses_pending:
        yield texts.say("summary-pending")
    yield texts.say("coach-invitation")
    if summary.care:
        yield care_line(summary.care, texts)


def _insights(insights: Insights, texts: Texts) -> Text:
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
    return _paragraphs([*draft, *said, Italic(texts.say("profile-sketch"))])


def _values(profile: Profile, texts: Texts) -> Text:
    if not layer_words.values(profile):
        return Text(texts.say("why-nothing"))
    # What has had no room below the picture is told here in full.
    said = "\n".join(section.in_words for section in layer_words.sections(profile, texts))
    return _paragraphs([*([said] if said else []), Bold(texts.say("why-which"))])


def _reasons(reasons: Reasons, texts: Texts) -> Text:
    title = Bold(texts.say("reasons-title", value=layer_words.name(reasons.value, texts)))
    # An older release kept no words with what it read, which may be denied all the same.
    said = [_said(reason, texts) for reason in reasons.reasons] or [Text(texts.say("reasons-none"))]
    more = [texts.say("reasons-more", more=reasons.more)] if reasons.more else []
    return _paragraphs([title, *said, *more, Italic(texts.say("telegram-not-me"))])


def _found(found: Found, texts: Texts) -> Text:
    if not found.available:
        return Text(texts.say("find-away"))
    query = reason_words.short(plain(found.query), reason_words.LONGEST_QUERY)
    if not found.words:
        return Text(texts.say("find-nothing", query=query))
    return _paragraphs([Bold(texts.say("find-title", query=query)), *(_said(each, texts) for each in found.words)])


def _said(reason: Reason, texts: Texts) -> Text:
    """The person's own words, with the day and the question below."""
    quote = reason_words.short(plain(reason.quote), reason_words.LONGEST_QUOTE)
    question = reason_words.short(plain(reason.question), reason_words.LONGEST_QUESTION)
    below = texts.say("reasons-said", day=day(reason.said_at, texts), question=question)
    return Text(BlockQuote(quote), "\n", Italic(below))


def _list(heading: str, items: Sequence[str], texts: Texts) -> Iterator[Text]:
    if items:
        yield Text(Bold(texts.say(heading)), *(f"\n• {plain(item)}" for item in items))


def _paragraphs(parts: Iterable[Text | str]) -> Text:
    body: list[Text | str] = []
    for part in parts:
        body += ["\n\n", part] if body else [part]
    return Text(*body)


def plain(text: str) -> str:
    """Removes the control characters that Telegram would refuse or replace."""
    return "".join(c for c in text if c == "\n" or not unicodedata.category(c).startswith("Cc"))
