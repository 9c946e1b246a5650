"""Renders deliveries as Telegram messages: the text of each, their order, and their buttons.

Rendering is pure: it does not draw cards or read exports; the sender does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from uuid import UUID

from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import BlockQuote, Bold, Italic, Text

from gateway.presentation import evolution_words, layer_words, memory_words, step_words
from gateway.presentation.consent import consent_text
from gateway.presentation.crisis import care_line, contact_lines, first_contact_lines, support_paragraphs
from gateway.presentation.minor import minor_paragraphs
from gateway.presentation.texts.texts import Texts, key_of
from gateway.telegram import keyboards
from gateway.telegram.outbound.card import describe_card
from gateway.telegram.outbound.evolution import describe_evolution
from gateway.telegram.outbound.parts import (
    EvolutionPicture,
    ExportFile,
    ExportNote,
    Part,
    Resend,
    TextPart,
    paragraphs,
    plain,
)
from gateway.telegram.outbound.profile_rendering import (
    found_words,
    insights_of,
    portrait,
    reasons_of,
    summary_of,
    values_of,
)
from gateway.telegram.outbound.splitting import CAPTION_LIMIT, split
from schema.coaching.deliveries import (
    CoachReply,
    MemoryList,
    MemoryQuestion,
    OpenSteps,
    StepAgreed,
    StepMessage,
    StepNoted,
    StepProposal,
    StepQuestion,
    WishKept,
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
from schema.profile_vocabulary import NAMES


def render(delivery: Delivery) -> list[Part]:
    """Renders a delivery as Telegram messages. The same delivery always gives the same messages."""
    texts = Texts(delivery.locale)
    parts: list[Part] = []
    # Telegram refuses an empty message.
    said = [message for message in delivery.messages if not _is_empty(message)]
    for alone, group in groupby(said, _is_separate):
        if alone:
            parts += (
                replace(part, resend=_resend([message])) for message in group for part in _separate(message, texts)
            )
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
        | StepNoted
        | OpenSteps
        | MemoryList
        | MemoryQuestion
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
            yield from portrait([describe_card(message.profile, texts)], message.profile, texts, message.theme)
        case EvolutionView() if evolution_words.drawn(message.values):
            (caption,) = split(Text(describe_evolution(message, texts)), first=CAPTION_LIMIT)
            yield EvolutionPicture(message, caption, keyboards.picture(texts, "evolution", message.theme))
        case Summary():
            yield from portrait(summary_of(message, texts), message.profile, texts)
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
        case StepNoted():
            return keyboards.step_noted(texts, message.agreement_id)
        case OpenSteps():
            return keyboards.open_steps(texts, message)
        case MemoryList():
            return keyboards.memories(texts, message)
        case MemoryQuestion():
            return keyboards.leave_memory(texts)
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
    *before, last = split(paragraphs(bodies))
    resend = _resend(messages)
    # Of a reflection and a question, only the question is worth a duplicate.
    yield from (TextPart(html, resend=resend if resend is Resend.ONCE else Resend.NEVER) for html in before)
    yield TextPart(last, _keyboard(messages, texts), resend)


def _resend(messages: Sequence[Message]) -> Resend:
    """What becomes of messages that are sent together when nobody knows whether they came."""
    match messages[-1]:
        case Question() | SafetyQuestion() | Concern() | ConsentRequest() | Goodbye() | Notice(code=NoticeCode.ERASED):
            return Resend.UNTIL_KNOWN
        case CoachReply() | StepProposal() | StepAgreed() | StepQuestion():
            return Resend.ONCE
        case message:
            return Resend.UNTIL_KNOWN if _is_separate(message) else Resend.NEVER


def _body(message: Message, texts: Texts) -> Text:
    match message:
        case ConsentRequest():
            return paragraphs([consent_text(message, texts), Bold(texts.say("consent-question"))])
        case WelcomeBack():
            return Text(texts.say("welcome-back", planned=message.planned))
        case Feedback():
            chosen = [texts.say("feedback-chosen", choice=plain(message.chosen))] if message.chosen else []
            return paragraphs([*chosen, plain(message.text)])
        case CoachReply(insight_waits=True):
            return paragraphs([plain(message.text), Italic(texts.say("insight-waits"))])
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
            return paragraphs([Bold(texts.say("safety-question")), *numbers])
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
            return insights_of(message, texts)
        case ProfileValues():
            return values_of(message.profile, texts)
        case EvolutionView():
            return Text(describe_evolution(message, texts))
        case Reasons():
            return reasons_of(message, texts)
        case Found():
            return found_words(message, texts)
        case StepMessage():
            return paragraphs(plain(line) for line in step_words.lines(message, texts))
        case MemoryList() | MemoryQuestion():
            return paragraphs(plain(line) for line in memory_words.lines(message, texts))
        case Goodbye(reason="underage"):
            return paragraphs(minor_paragraphs(texts))
        case Goodbye():
            said = texts.say(f"goodbye-{key_of(message.reason)}")
            return paragraphs([said, *([care_line(message.care, texts)] if message.care else [])])
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
    return paragraphs([*support_paragraphs(support, texts), *_contacts(contact_lines(danger, texts), texts)])


def _contacts(lines: str, texts: Texts) -> list[Text | str]:
    # Without markup, so that Telegram makes the number or the address a link.
    return [Bold(texts.say("crisis-contacts")), lines]
