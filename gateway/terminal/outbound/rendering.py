"""Draws messages for a terminal."""

from __future__ import annotations

import unicodedata

from rich import box
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from gateway.presentation import insight_words, layer_words, memory_words, reason_words, step_words
from gateway.presentation.consent import consent_text
from gateway.presentation.crisis import (
    care_line,
    contact_lines,
    country_name,
    first_contact_lines,
    support_paragraphs,
)
from gateway.presentation.dates import day
from gateway.presentation.minor import minor_paragraphs
from gateway.presentation.texts.texts import Texts, key_of
from gateway.presentation.time_zones import city
from gateway.terminal.choices import (
    AboutValue,
    AnswerChoice,
    Choice,
    Country,
    LeaveMemory,
    MemoryChoice,
    NotMe,
    NotTrue,
    Numbered,
    OtherCountry,
    PageChoice,
    StepChoice,
    ZoneChoice,
)
from gateway.terminal.outbound.evolution_rendering import evolution
from gateway.terminal.outbound.profile_rendering import portrait
from schema.coaching.deliveries import (
    CoachReply,
    MemoryList,
    MemoryQuestion,
    StepMessage,
    WishKept,
)
from schema.deliveries import (
    Concern,
    ConsentRequest,
    CrisisSupport,
    DataExport,
    EvolutionView,
    FatigueOffer,
    Feedback,
    Found,
    Goodbye,
    HeardWords,
    Insights,
    Message,
    Notice,
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
from schema.profile.layers import Reason

_PROGRESS_WIDTH = 24


def plain(text: str) -> str:
    """Removes the control characters that could move a terminal's cursor or change its colours."""
    return "".join(c for c in text if c == "\n" or not unicodedata.category(c).startswith("Cc"))


def draw(message: Message, texts: Texts) -> RenderableType:
    """Draws a message in the person's language."""
    match message:
        case ConsentRequest():
            body = f"{consent_text(message, texts)}\n\n{texts.say('consent-question')}"
            return _panel(Text(body), title="Selfology", style="cyan")
        case WelcomeBack():
            return Text(texts.say("welcome-back", planned=message.planned))
        case Feedback():
            return _feedback(message, texts)
        case CoachReply():
            return _coach_reply(message, texts)
        case HeardWords():
            return Text(f"{texts.say('heard-words')}\n{plain(message.text)}", style="dim")
        case Question():
            return _question(message, texts)
        case FatigueOffer():
            return Text(texts.say(f"fatigue-offer-{message.suggest}"), style="yellow")
        case CrisisSupport():
            return _support(message, texts)
        case Concern():
            return Text(texts.say("terminal-concern", help=texts.say("choice-help")))
        case SafetyQuestion():
            asked = Text(texts.say("safety-question"), style="bold")
            numbers = _contacts(first_contact_lines(message.care, texts), texts) if message.care else []
            return _panel(Group(asked, *([Text(), *numbers] if numbers else [])), style="bright_white")
        case WishKept():
            return Text(texts.say(message.text), style="dim")
        case Paused():
            return _panel(Text(texts.say(f"paused-{message.reason}")), style="blue")
        case Nudge():
            if message.care:
                return Text(care_line(message.care, texts), style="bright_white")
            return Text(texts.say("nudge-consent" if message.before_consent else "nudge"), style="blue")
        case Notice():
            return Text(texts.say(f"notice-{key_of(message.code)}"), style="dim")
        case Summary():
            return _summary(message, texts)
        case ProfileCard():
            return _panel(portrait(message.profile, texts), title=texts.say("profile-title"), style="magenta")
        case ProfileValues():
            known = layer_words.values(message.profile)
            return Text(texts.say("why-which" if known else "why-nothing"), style="bold")
        case EvolutionView():
            return _panel(evolution(message, texts), title=texts.say("evolution-title"), style="magenta")
        case Reasons():
            return _panel(_reasons(message, texts), style="magenta")
        case Found():
            return _panel(_found(message, texts), style="magenta")
        case Insights():
            return _panel(_insights(message, texts), style="magenta")
        case StepMessage():
            return Padding(Text(plain("\n\n".join(step_words.lines(message, texts))), style="green"), (0, 0, 0, 2))
        case MemoryList() | MemoryQuestion():
            return Padding(Text(plain("\n\n".join(memory_words.lines(message, texts))), style="green"), (0, 0, 0, 2))
        case DataExport():
            return Text(texts.say("export-elsewhere"))
        case Goodbye(reason="underage"):
            return _panel(Text("\n\n".join(minor_paragraphs(texts))), style="bright_white")
        case Goodbye():
            said = [texts.say(f"goodbye-{key_of(message.reason)}")]
            said += [care_line(message.care, texts)] if message.care else []
            return _panel(Text("\n\n".join(said)), style="blue")


def draw_choices(choices: tuple[Numbered, ...], texts: Texts, width: int) -> Text:
    """Draws the choices, numbered from 1: short answers, countries and values on a line each, others in rows."""
    drawn, room = Text(), 0
    for number, choice in enumerate(choices, start=1):
        key, words, alone = f" {number} ", _choice_words(choice, texts), isinstance(choice, _ALONE)
        wide = cell_len(f"{key} {words}   ")
        if drawn and not drawn.plain.endswith("\n") and (alone or wide > room):
            drawn.append("\n")
        room = (room if drawn and not drawn.plain.endswith("\n") else width) - wide
        drawn.append(key, style="bold reverse").append(f" {words}").append("\n" if alone else "   ")
    may_write = any(isinstance(choice, AnswerChoice) for choice in choices)
    return drawn.append(texts.say("terminal-choose-or-write" if may_write else "terminal-choose"), style="dim")


_ALONE = AnswerChoice | Country | AboutValue
"""Choices whose words are long or many."""


def _choice_words(choice: Numbered, texts: Texts) -> str:
    match choice:
        case AnswerChoice():
            return plain(choice.text)
        case Country():
            return country_name(choice.code, texts)
        case OtherCountry():
            return texts.say("terminal-other-country")
        case AboutValue():
            return layer_words.name(choice.value, texts)
        case NotMe():
            return texts.say("choice-not-me")
        case NotTrue():
            return choice.words
        case StepChoice():
            return step_words.choice(choice.act, choice.number, texts)
        case MemoryChoice():
            return texts.say(f"choice-memory-{choice.act}", number=choice.number)
        case PageChoice():
            return texts.say(f"choice-memory-{choice.turn}")
        case LeaveMemory():
            return texts.say("choice-memory-leave")
        case ZoneChoice():
            return city(choice.zone, texts.locale)
        case Choice():
            return texts.say(f"choice-{choice}")


def _panel(body: RenderableType, *, style: str, title: str | None = None) -> Panel:
    heading = Text(title, style="bold") if title else None
    return Panel(body, box=box.ROUNDED, border_style=style, title=heading, title_align="left", padding=(0, 1))


def _feedback(feedback: Feedback, texts: Texts) -> RenderableType:
    chosen = [Text(texts.say("feedback-chosen", choice=plain(feedback.chosen)), style="dim")] if feedback.chosen else []
    said = Text(plain(feedback.text), style="italic green")
    mark = [Text(texts.say("feedback-offline"), style="dim")] if feedback.offline else []
    return Padding(Group(*chosen, said, *mark), (0, 0, 0, 2), expand=False)


def _coach_reply(reply: CoachReply, texts: Texts) -> RenderableType:
    mark = [Text(f"\n{texts.say('coach-offline')}", style="dim")] if reply.offline and reply.first else []
    # By words, since a number may answer a question of the coach.
    ways = [Text(texts.say("terminal-reply-marks"), style="dim")] if reply.marks and reply.first else []
    waits = [Text(f"\n{texts.say('insight-waits')}", style="dim")] if reply.insight_waits else []
    said = Text(plain(reply.text), style="green")
    return Padding(Group(said, *waits, *mark, *ways), (0, 0, 0, 2), expand=False)


def _question(question: Question, texts: Texts) -> RenderableType:
    frame = texts.say("question-frame", number=question.number, planned=question.planned)
    title = f"{frame} · {texts.say(f'domain-{key_of(question.domain)}')}"
    done = min(_PROGRESS_WIDTH, round(_PROGRESS_WIDTH * (question.number - 1) / question.planned))
    progress = Text("━" * done, style="cyan").append("┄" * (_PROGRESS_WIDTH - done), style="dim")
    way_out = [Text(texts.say("terminal-not-today"), style="dim")] if question.recalls else []
    return _panel(Group(progress, Text(plain(question.text), style="bold"), *way_out), title=title, style="cyan")


def _support(support: CrisisSupport, texts: Texts) -> RenderableType:
    danger = support.known
    said = [Text(f"{paragraph}\n") for paragraph in support_paragraphs(support, texts)]
    return _panel(Group(*said, *_contacts(contact_lines(danger, texts), texts)), style="bright_white")


def _contacts(lines: str, texts: Texts) -> list[Text]:
    return [Text(texts.say("crisis-contacts"), style="bold"), Text(lines)]


def _reasons(reasons: Reasons, texts: Texts) -> RenderableType:
    title = Text(texts.say("reasons-title", value=layer_words.name(reasons.value, texts)), style="bold")
    # An older release kept no words with what it read, which may be denied all the same.
    said = [_said(reason, texts) for reason in reasons.reasons] or [Text(f"\n{texts.say('reasons-none')}")]
    more = [Text(), Text(texts.say("reasons-more", more=reasons.more))] if reasons.more else []
    hint = Text(f"\n{texts.say('terminal-not-me')}", style="dim")
    return Group(title, *said, *more, hint)


def _found(found: Found, texts: Texts) -> RenderableType:
    if not found.available:
        return Text(texts.say("find-away"))
    query = reason_words.short(plain(found.query), reason_words.LONGEST_QUERY)
    if not found.words:
        return Text(texts.say("find-nothing", query=query))
    title = Text(texts.say("find-title", query=query), style="bold")
    return Group(title, *(_said(each, texts) for each in found.words))


def _said(reason: Reason, texts: Texts) -> Text:
    quote = reason_words.short(plain(reason.quote), reason_words.LONGEST_QUOTE)
    question = reason_words.short(plain(reason.question), reason_words.LONGEST_QUESTION)
    below = texts.say("reasons-said", day=day(reason.said_at, texts), question=question)
    return Text(f"\n› {quote}", style="italic").append(f"\n  {below}", style="not italic dim")


def _insights(insights: Insights, texts: Texts) -> RenderableType:
    profile = insights.profile
    lines: list[RenderableType] = []
    if insights.connections:
        lines += [Text(texts.say("insights-across"), style="bold")]
    for number, insight in enumerate(insights.connections, start=1):
        lines.append(Text(plain(insight_words.heading(insight, number, texts))))
        for quote in insight.quotes:
            said = Text(f"› {plain(quote.words)}", style="italic")
            lines.append(said.append(f"\n  {insight_words.source(quote, texts)}", style="not italic dim"))
        lines.append(Text())
    for heading, items in (("profile-insights", profile.insights), ("profile-patterns", profile.patterns)):
        if items:
            lines += [Text(texts.say(heading), style="bold"), *(Text(f"• {plain(item)}") for item in items), Text()]
    if not lines:
        return Text(texts.say("insights-empty"))
    draft = [Text(f"{texts.say('profile-offline')}\n", style="dim")] if profile.offline else []
    return Group(*draft, *lines, Text(texts.say("profile-sketch"), style="dim"))


def _summary(summary: Summary, texts: Texts) -> Panel:
    body: list[RenderableType] = [Text(f"{texts.say('summary-thanks', answers=summary.answers)}\n")]
    if summary.analyses_pending:
        body.append(Text(f"{texts.say('summary-pending')}\n"))
    if not (summary.profile.empty and summary.analyses_pending):
        body.append(portrait(summary.profile, texts, answers_told=summary.answers))
    body.append(Text(f"\n{texts.say('coach-invitation')}"))
    if summary.care:
        body.append(Text(f"\n{care_line(summary.care, texts)}"))
    return _panel(Group(*body), title=texts.say("summary-title"), style="magenta")
