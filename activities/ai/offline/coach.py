"""The offline coach: replies with lists of words and a bank of questions alone, the same way every time.

It says back the person's own words and asks one open question, as Motivational Interviewing does. It gives no advice,
and where it understands nothing, it says so.
"""

from __future__ import annotations

from activities.ai.coach import Show, show_nothing
from activities.ai.offline.coach_bank import Kind, bank
from activities.ai.offline.coach_choice import DAY
from activities.ai.offline.coach_hearing import ANSWERS, Wish, ear
from activities.ai.offline.coach_lines import SAYS_BACK, Lines
from activities.ai.offline.coach_memory import day, further
from activities.ai.offline.coach_mirror import Mirror
from activities.ai.offline.coach_plan import EXPLORING, Talk
from activities.ai.offline.lexicon import lexicon
from activities.ai.offline.mood import Mood
from activities.ai.offline.reflection import PLACE
from activities.ai.offline.style_wishes import wishes_in
from schema.analysis.readings import OFFLINE_ANALYST
from schema.coaching.context import Memory, Reply, ReplyContext, Step, Style
from schema.coaching.marks import ReplyMark
from schema.coaching.wishes import StyleWish
from schema.vocabulary import Locale

_UNSURE_ENOUGH = 3
# Words: of a message that is given room, of one that holds a lot; and replies with a question before one without.
_BRINGS_BACK_EVERY, _CLEAR_FOR = 6, 4
_LONG, _VERY_LONG, _ROOM_EVERY = 25, 70, 3
_TELLS = 8
_SILENT_ENDS = frozenset({Kind.FAREWELL, Kind.ENDING, Kind.ENOUGH, Kind.THANKS})
_ANSWERED_ALONE = frozenset(
    {
        Wish.FAREWELL,
        Wish.ENOUGH,
        Wish.THANKS,
        Wish.ADVICE,
        Wish.MISUNDERSTOOD,
        Wish.ATTACHED,
        Wish.COMPLAINT,
        Wish.JUDGED,
    }
)
"""Their lines ask for themselves, or nothing is to be asked."""
_COMPANIONABLE = frozenset({Kind.CARE, Kind.TELL, Kind.GRIEF, Kind.HAPPENS, Kind.RECURS, Kind.MATTERS, Kind.WEIGHS})
"""Questions after which a reply asks none, where somebody wants company."""
_ANSWERED_PLAINLY = frozenset({Wish.PRIVACY, Wish.KEEPING, Wish.ERASURE})
"""Answered before anything else, whatever goes on; then the word is with the person."""
_GRANTED_ALONE = frozenset(
    {
        *(Wish.LISTEN, Wish.TALK, Wish.SPARED, Wish.LEAVE, Wish.SHORTER),
        *(Wish.PRESENCE, Wish.REQUEST, Wish.INSULTED, Wish.PRAISED, Wish.RELIEVED, *_ANSWERED_PLAINLY),
    }
)
"""The word is with the person."""
_STANDS_ALONE = frozenset(
    {
        Kind.GLAD,
        Kind.FIRM,
        Kind.NOTICE,
        Kind.CONFIRM,
        Kind.TRIED_BEFORE,
        Kind.SCALED,
        Kind.SCALED_LOW,
        Kind.SCALED_HIGH,
    }
)
"""Lines that say back what they ask about, or need no saying back."""
_EASED = frozenset({Kind.OPENING, Kind.NEWS, Kind.WISHED, Kind.TAKE, Kind.PEOPLE, Kind.THEN_BETTER, *EXPLORING})
"""Questions after which an easier one is asked of who knows no answer."""
_MAY_BE_ASKED = frozenset(
    {Kind.STEP, Kind.SMALLER, Kind.SCALE, Kind.EASIER_SCALE, Kind.HIGHER, Kind.FIRM, Kind.CONFIRM}
)
"""A question may be the answer to these: "Maybe call her?"."""
_AGREED_ON = {Kind.NOTICE: Kind.CONFIRM, Kind.FIRM: Kind.NOTICE, Kind.CONFIRM: Kind.COMPANY}
"""What comes after a yes to a line about a step."""
_NAMING_STEP = frozenset({Kind.STEP, Kind.SMALLER, Kind.FIRM, Kind.NOTICE})
_YES = frozenset({"yes", "yeah", "yep", "sure", "please", "да", "ага", "давай", "давайте", "есть", "хочу", "конечно"})
_WENT = {"worked": Kind.WORKED, "failed": Kind.FAILED, "not_tried": Kind.NOT_TRIED, "changed": Kind.CHANGED}
_ABOUT_THE_COACH = frozenset({Wish.IDENTITY, Wish.ABILITIES, Wish.WELLBEING, Wish.GREETING})
_ASKS_BACK = 12
"""Words of a question that waits for an answer: what is longer tells something."""


class OfflineCoach:
    """Works without model and network, in milliseconds."""

    def __init__(self) -> None:
        # Loading the data takes a moment, so the worker does it at its start and not for the first person.
        for locale in Locale:
            lexicon(locale)
            ear(locale)

    async def write(self, context: ReplyContext, show: Show = show_nothing) -> Reply:
        """The reply to the last turn; it never fails, and is there at once."""
        return _Answer(context).reply()


def _style(context: ReplyContext) -> Style:
    """How to speak: by the profile, and by what the person wishes over that."""
    plain = StyleWish.NO_METAPHORS in context.wished
    return context.style.model_copy(update={"images": False}) if plain else context.style


class _Answer:
    """One reply as it is put together, line by line."""

    def __init__(self, context: ReplyContext) -> None:
        self._mark = context.mark
        self._talk = Talk(context)
        self._last = self._talk.last
        informal = StyleWish.INFORMAL in context.wished
        self._bank = bank(self._talk.locale, informal=informal)
        self._lines = Lines(self._talk, self._bank, _style(context))
        self._mirror = Mirror(self._talk, self._bank, self._lines, informal=informal)

    def reply(self) -> Reply:
        self._answer()
        if not self._lines.texts:
            self._lines.say_anything()
        said = " ".join(self._lines.texts)
        return Reply(text=said, coach=OFFLINE_ANALYST, moves=self._lines.moves, step=self._step())

    def _answer(self) -> None:
        talk, said = self._talk, self._last
        if self._mark is None and said.wish in _ANSWERED_PLAINLY and self._lines.say(Kind(said.wish)):
            return
        if self._mark is None and self._speaks_of_memory():
            return
        if self._mark in (ReplyMark.MISSED, ReplyMark.ENOUGH):
            self._lines.say(Kind.MISUNDERSTOOD if self._mark is ReplyMark.MISSED else Kind.ENOUGH)
        elif self._only_wishes():
            # The channel has confirmed it; the talk goes on where it was.
            if self._talk.wishes.is_quiet or not self._talk.moves:
                self._lines.say(Kind.LISTENING)
            else:
                self._lines.say(Kind.RETURN) if self._talk.question else self._lines.ask(Kind.OPENING)
        elif talk.may_step and self._speaks_of_steps():
            return
        elif said.is_garbled:
            self._lines.say(Kind.GARBLED) or self._lines.say(Kind.UNCLEAR)
        elif said.is_foreign:
            self._lines.reflect(self._bank.reflections.unread)
        elif said.wish and said.wish not in ANSWERS:
            self._grant(said.wish)
        elif self._asks_back() and self._lines.say(Kind.ASKED_GENTLY if self._is_soft else Kind.ASKED):
            return
        elif talk.wishes.is_quiet:
            self._listen()
        elif (not said.words and not said.wish) or (not said.heard.is_readable and not (said.is_number or said.wish)):
            # Emoji alone may show a feeling; a sign that shows none can't be read.
            self._lines.reflect([] if talk.is_delicate else self._mirror.guesses)
            if not self._lines.texts:
                self._lines.reflect(self._mirror.templates)
        elif talk.is_delicate or talk.wishes.is_talking:
            self._stay()
        elif said.wish is Wish.UNSURE:
            self._make_easier()
        elif said.wish is Wish.HESITATES:
            self._lines.say(Kind.LISTENING)
        elif said.wish in (Wish.AGREES, Wish.REFUSES):
            self._take_short_answer()
        else:
            self._go_on()

    @property
    def _is_soft(self) -> bool:
        """Whether no question is to be asked, or a gentle one at most."""
        return self._talk.is_delicate or self._talk.wishes.is_talking or self._talk.wishes.is_quiet

    def _asks_back(self) -> bool:
        """Whether the message is a question that nobody here can answer; not where it may be an answer itself."""
        said = self._last
        asks = said.asks and said.wish is None and said.number is None
        return asks and len(said.words) <= _ASKS_BACK and self._talk.question not in _MAY_BE_ASKED

    # What is remembered

    def _speaks_of_memory(self) -> bool:
        """Answers what is about the coach's own memory; False if nothing is."""
        memory = self._talk.memory
        if memory.forgot is not None:
            return self._lines.say(Kind.FORGOTTEN if memory.forgot else Kind.NOTHING_FORGOTTEN)
        if memory.asked:
            failed = memory.failed_steps
            self._recall(failed or memory.answer(), Kind.DID_NOT_WORK if failed else Kind.REMEMBERED)
            return True
        if memory.bounds and self._last.wish not in _GRANTED_ALONE and self._lines.say(Kind.BOUNDED):
            if not (self._talk.wishes.is_quiet or self._talk.is_delicate):
                self._lines.ask(Kind.OPENING)
            return True
        changed, delicate = memory.changed, self._talk.is_delicate
        said = changed is not None and self._lines.say(Kind.OTHERWISE, {PLACE: changed})
        said = said or (not delicate and memory.corrects and self._lines.say(Kind.CORRECTED))
        if said and not (self._talk.wishes.is_quiet or delicate):
            self._lines.ask(self._talk.next())
        return said

    def _speaks_of_steps(self) -> bool:
        """Answers what is about a step that was agreed on, or is agreed on now; False if nothing is."""
        talk = self._talk
        if told := talk.told_outcome:
            return not talk.wishes.is_quiet and self._lines.say(_WENT[told.went or "worked"])
        if talk.failed_before and talk.question is not Kind.TRIED_BEFORE:
            return self._lines.say(Kind.TRIED_BEFORE, {PLACE: talk.failed_before})
        if talk.taken:
            return self._lines.say(Kind.CONFIRM)
        if talk.tells_of_step("drops") and self._lines.say(Kind.DROPPED):
            if not talk.wishes.is_quiet:
                self._lines.ask(talk.next())
            return True
        return talk.tells_of_step("failed") and not talk.wishes.is_quiet and self._lines.say(Kind.FAILED)

    def _recall(self, found: list[Memory], kind: Kind) -> None:
        if not found:
            self._lines.say(Kind.UNTOLD)
            return
        locale = self._talk.locale
        if not self._lines.say(kind, {PLACE: found[0].text, DAY: day(found[0].told_on, locale)}):
            self._lines.texts.append(further(found[:1], locale))
        if found[1:]:
            self._lines.texts.append(further(found[1:], locale))

    def _brings_back(self) -> bool:
        """Whether something told in an earlier talk bears on this, and is said: seldom, and once."""
        lately = [name for names in self._talk.moves[-_BRINGS_BACK_EVERY:] for name in names]
        if any(f".{Kind.BROUGHT_BACK}." in name for name in lately) or self._talk.wishes.is_brief:
            return False
        found = self._talk.memory.bearing()
        if found is None:
            return False
        return self._lines.say(Kind.BROUGHT_BACK, {PLACE: found.text, DAY: day(found.told_on, self._talk.locale)})

    def _only_wishes(self) -> bool:
        """Whether the message only says how to be spoken to, and the coach has no line of its own for that."""
        said = self._last
        few = len(said.words) <= _LONG // 2 and not said.themes
        return said.wish is None and few and wishes_in(said.text, self._talk.locale).any

    def _step(self) -> Step | None:
        """The step that this reply confirms, in the person's words."""
        step = self._talk.step
        if not step.what or Kind.CONFIRM not in self._talk.kinds(self._lines.moves):
            return None
        return Step(what=step.what, why=step.why, when=step.when, notice=step.notice)

    # What the person wishes, or answers in a word

    def _grant(self, wish: Wish) -> None:
        self._lines.say(Kind.WELCOME if wish is Wish.THANKS and self._talk.is_delicate else Kind(wish))
        if self._talk.wishes.is_quiet or wish in _GRANTED_ALONE or (self._lines.texts and wish in _ANSWERED_ALONE):
            return
        if self._talk.is_delicate:
            self._ask_gently()
        elif wish in _ABOUT_THE_COACH:
            self._lines.say(Kind.RETURN) if self._talk.question else self._lines.ask(Kind.OPENING)
        else:
            self._lines.ask(self._talk.next())

    def _make_easier(self) -> None:
        """Not to know an answer is all right; the third time there is room instead of a question."""
        question = self._talk.question
        if self._talk.wishes.unsure_in_a_row >= _UNSURE_ENOUGH:
            self._lines.reflect(self._bank.reflections.unsure)
            self._lines.say(Kind.SPACE)
        elif question is Kind.SCALE:
            self._lines.ask(Kind.EASIER_SCALE)
        elif question in (Kind.STEP, Kind.SMALLER, Kind.FIRM):
            self._lines.ask(Kind.SMALLER)
        elif question is Kind.CLOSING:
            self._lines.say(Kind.ENDING)
        elif question is None or question in _EASED:
            self._lines.ask(Kind.EASIER)
        else:
            self._lines.reflect(self._bank.reflections.unsure)
            self._lines.ask(self._talk.next())

    def _take_short_answer(self) -> None:
        """A yes or a no: to the offer that closes, or to an open question, where it says little."""
        agrees = self._last.wish is Wish.AGREES
        # "All right" is no yes to an open question, nor to whether there is more.
        wants_more = agrees and any(word.plain in _YES for word in self._last.words)
        if _SILENT_ENDS & set(self._talk.latest):
            self._lines.say(Kind.LISTENING)
        elif agrees and self._talk.question in _AGREED_ON:
            self._lines.ask(_AGREED_ON[self._talk.question])
        elif Kind.CLOSING in self._talk.latest:
            self._lines.say(Kind.MORE if wants_more else Kind.ENDING)
        elif self._talk.question in _NAMING_STEP and not agrees:
            self._lines.ask(Kind.SMALLER)
        elif self._talk.question is Kind.SCALE:
            self._lines.ask(Kind.EASIER_SCALE)
        elif agrees and not wants_more and self._talk.question:
            self._lines.say(Kind.RETURN) or self._lines.say(Kind.LISTENING)
        elif agrees and Kind.SAY_MORE not in self._talk.latest and self._talk.question:
            self._lines.ask(Kind.SAY_MORE)
        elif agrees or not (self._lines.say(Kind.ANOTHER) and self._lines.say(Kind.RETURN)):
            self._lines.ask(self._talk.next())

    # Where no question is asked, or a gentle one

    def _listen(self) -> None:
        if self._takes_softly():
            return
        if self._last.says_little or len(self._last.words) <= _LONG // 4:
            self._lines.say(Kind.LISTENING)
        else:
            self._lines.reflect(self._mirror.templates)

    def _stay(self) -> None:
        """With who is in danger, in grief or wants to talk: every other time a gentle question, and nothing else."""
        if self._takes_softly():
            return
        said, kept = self._bank.reflections, self._last.sentence_to_keep
        if self._talk.grief.is_first:
            self._lines.reflect(said.loss)
        elif kept and self._talk.grief.is_there and not (self._talk.is_troubled or self._mirror.quoted_lately):
            self._lines.reflect([text.replace(PLACE, kept) for text in said.kept])
        elif self._talk.is_delicate:
            self._lines.reflect(self._mirror.templates)
        else:
            self._mirror.say()
        if not _COMPANIONABLE & set(self._talk.latest):
            self._ask_gently()

    def _takes_softly(self) -> bool:
        """Whether a step that somebody names who is not to be asked about it is taken up without a question."""
        return bool(self._last.named_step) and not self._talk.is_troubled and self._lines.say(Kind.SOFT_STEP)

    def _ask_gently(self) -> None:
        if not self._talk.is_delicate:
            self._lines.ask(self._talk.next())
        elif not (self._talk.grief.is_there and any(map(self._lines.say, (Kind.TELL, Kind.GRIEF)))):
            self._lines.say(Kind.CARE)

    # The way of a conversation

    def _go_on(self) -> None:
        declined = self._bank.reflections.declined
        if self._mirror.templates == declined:
            self._lines.reflect(declined)
            return
        kind = self._talk.next()
        if not self._talk.moves and self._last.greets:
            self._lines.say(Kind.GREETING)
            # Who says who they are has not said yet what it is about.
            said = self._last
            tells = said.weighs or said.is_glad or said.is_wish or len(said.words) >= _TELLS
            if tells and kind is not Kind.OPENING and kind not in SAYS_BACK:
                self._mirror.say()
            self._lines.ask(kind if tells else Kind.OPENING)
        elif self._mirror.jokes and kind not in EXPLORING:
            # A joke is met as one, and no number is asked of it.
            self._lines.reflect(self._mirror.templates)
        elif len(self._last.words) >= _VERY_LONG and Kind.LONG not in self._talk.latest and self._lines.say(Kind.LONG):
            return
        elif self._gives_room(kind):
            self._lines.reflect(self._mirror.templates)
            self._lines.say(Kind.SPACE)
        elif self._understands_nothing(kind) and self._lines.say(Kind.UNCLEAR):
            return
        elif kind in _STANDS_ALONE or (kind in SAYS_BACK and self._last.heard.mood is Mood.NEUTRAL):
            self._lines.ask(kind)
        elif (kind in EXPLORING and self._brings_back()) or (self._may_take_up(kind) and self._lines.say(Kind.TAKE)):
            return
        else:
            self._mirror.say()
            self._lines.ask(kind)

    def _gives_room(self, kind: Kind) -> bool:
        """Whether a long message is left without a question: after some that had one."""
        lately = self._talk.moves[-_ROOM_EVERY:]
        return (
            kind in EXPLORING
            and len(self._last.words) >= _LONG
            and len(lately) == _ROOM_EVERY
            and self._last.heard.mood in (Mood.DARK, Mood.MIXED)
            and not any(f".{Kind.SPACE}." in name for names in lately for name in names)
        )

    def _understands_nothing(self, kind: Kind) -> bool:
        """Whether a whole thought holds nothing that is known. It is not said twice running."""
        return (
            kind in (*EXPLORING, Kind.NEWS, Kind.OPENING)
            and self._last.says_little
            and not self._last.is_own
            and self._talk.theme is None
            and not any(said.heard.circumstances.irony or said.is_glad for said in self._talk.messages[-_ROOM_EVERY:])
            and not any(f".{Kind.UNCLEAR}." in name for names in self._talk.moves[-_CLEAR_FOR:] for name in names)
        )

    def _may_take_up(self, kind: Kind) -> bool:
        """Whether the question may be one about the person's own words: every third time."""
        heard = self._last.heard
        plain = heard.phrase and not (heard.circumstances.irony or heard.circumstances.strained or self._mirror.guesses)
        return bool(plain) and kind in (Kind.MATTERS, Kind.BETTER, Kind.TRIED) and self._mirror.quoted_lately
