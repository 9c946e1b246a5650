"""What the offline coach hears in a message: its theme, a wish, a number, and what was told without being asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import groupby
from operator import attrgetter

from activities.ai.offline.coach_bank import Kind, Theme
from activities.ai.offline.coach_hearing import ANSWERS, Wish, ear
from activities.ai.offline.coach_signs import Sign, signs
from activities.ai.offline.mood import Mood
from activities.ai.offline.passage import Passage, Word, first_person_verb
from activities.ai.offline.reflection import Heard, heard
from schema.vocabulary import Locale, Objection
from workflows.analysis.rules.guard import Guard
from workflows.analysis.rules.text_features import language_of

# Words: of a message in which a wish may stand anywhere, of one that may hold a number as a word, of a whole thought.
_SHORT, _NUMBER_ALONE, _THOUGHT = 14, 5, 4
_LEAVE_TAKING, _STEP_WORDS, _FEW_MORE, _TAG = 20, 3, 3, 2
_LONGEST_QUOTED, _LONGEST_STEP = 80, 120
"""Letters."""
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_LEADING_ASSENT = re.compile(r"^(?:yes|yeah|yep|ok|okay|да|ага|ладно|хорошо|ок)\b[\s,!.]*", re.IGNORECASE)
_OF_TEN = re.compile(r"(?:из|out of|of|/) ?(?:10|ten|десяти)\b")
_DIGITS = re.compile(r"(?<![\d.,:])(10|\d)(?![\d:%])")
_DID = re.compile(r"[аеиоуыя]л(?:а|ась|ся)?$")
_GOES = ("крою", "ойду", "айду", "ейду", "сяду", "поеду", "заеду", "займусь")
_OF_THE_TALK = frozenset({"that", "this", "it", "you", "for", "это", "ты", "вы", "вам", "тебе", "за", "что"})
_NO_VERB_AFTER = frozenset({"не", "на", "в", "за", "к", "по", "про", "через", "под"})
_WE = ("ем", "им")
"""What several do is told rather than planned."""
_FEWEST_FOREIGN = 3
_GLADLY, _HEAVY = 0.5, -0.72
"""The mood from which on something is called good, or hard."""
_NAMED = frozenset({Theme.WORRY, Theme.REST, Theme.DOUBT, Theme.ANGER})
"""Themes that are feelings: who names one is asked about that."""
_TELLING = frozenset({Sign.DREADS, Sign.REGRETS, Sign.HIDES, Sign.SLIGHTED, Sign.PARTED})
"""Signs that tell more than the name of a feeling does."""
_YES = frozenset("👍👌✅🤝🙌")
_REPORTS = frozenset(
    {"what", "that", "than", "said", "says", "говорит", "how", "if", "что", "чего", "как", "если", "сказала", "сказал"}
)
"""Before a wish, they tell of one and don't wish."""
_SAYABLE = re.compile(r"[A-Za-zА-Яа-яЁё' ,-]+")
_VOWELS = {Locale.RU: "аеиоуыэюя", Locale.EN: "aeiouy"}
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
_RUN_OF_KEYS, _RUN_OF_CONSONANTS, _UNVOICED = 4, 6, 4


_WHOLE_MESSAGES = ANSWERS | {Wish.GREETING, Wish.COMPLAINT}
"""What is looked for in all of a message: where nothing else is said, or wherever it stands."""
_SENTENCES = frozenset(
    {
        *(Wish.TALK, Wish.SPARED, Wish.LEAVE, Wish.JUDGED, Wish.ABILITIES, Wish.IDENTITY),
        *(Wish.PRIVACY, Wish.KEEPING, Wish.ERASURE, Wish.PRESENCE, Wish.REQUEST),
    }
)
"""What is looked for in each sentence."""
_SENTENCES_OF_SHORT = frozenset({Wish.LISTEN, Wish.SHORTER, Wish.FAREWELL})
"""What is also looked for in each sentence of a short message."""


class Message:
    """One message of the person as the coach sees it."""

    def __init__(self, text: str, locale: Locale, *, crisis: bool) -> None:
        self.text = text
        self.heard: Heard = heard(text, locale, crisis=crisis)
        self._locale = self.heard.passage.locale
        self._ear = ear(self._locale)
        words = self.words = self.heard.passage.words
        self._plain = _joined(words)
        self.sentences = [_joined(its) for _, its in groupby(words, attrgetter("sentence"))]
        if self._asks_something(self.heard.phrase) or self._greets_in(self.heard.phrase):
            self.heard = self.heard.unquoted()
        self.themes: Counter[Theme] = Counter(
            hit.meaning
            for hit in self._ear.themes.find(words)
            if hit.end - hit.start > 1 or words[hit.start].plain not in self._ear.lookalikes
        )
        self.wish = self._wish()
        self.told = frozenset(kind for kind, pattern in self._ear.told.items() if pattern.search(self._plain))

    def _wish(self) -> Wish | None:
        words = self.words
        if not words and _YES & set(self.text):
            return Wish.AGREES
        within = words if len(words) <= _SHORT else [word for word in words if word.sentence == words[-1].sentence]
        last = _joined(within)
        if self._ear.reported.search(last):
            return None
        each = {last, *(_joined(words) for _, words in groupby(within, attrgetter("sentence")))}
        for wish, pattern in self._ear.wishes.items():
            if wish in _SENTENCES:
                where = set(self.sentences)
            elif wish in _SENTENCES_OF_SHORT:
                where = each
            else:
                where = {self._plain if wish in _WHOLE_MESSAGES else last}
            if any(map(pattern.search, where)):
                return wish
        return Wish.THANKS if self._thanks() else None

    def _asks_something(self, phrase: str | None) -> bool:
        """Whether these words stand in a sentence that is addressed to the coach: it is granted, never said back."""
        words = _joined(Passage.of(phrase, self._locale).words) if phrase else None
        return words is not None and any(
            words in sentence and self._ear.addressed.search(sentence) for sentence in self.sentences
        )

    def _greets_in(self, phrase: str | None) -> bool:
        words = _joined(Passage.of(phrase, self._locale).words) if phrase else ""
        return self._ear.wishes[Wish.GREETING].search(words) is not None

    def _thanks(self) -> bool:
        """Whether it ends in thanks, or begins with them and tells of nothing."""
        if not self.words or len(self.words) > _LEAVE_TAKING or "?" in self.text:
            return False
        thanks = self._ear.wishes[Wish.THANKS]
        first, last = ([word for word in self.words if word.sentence == self.words[at].sentence] for at in (0, -1))
        opening = [word for word in self.words if word.clause == 0]
        rest = self.words[len(opening) :]
        # "Thanks, that was good" is about the talk.
        few = len(rest) <= _FEW_MORE or rest[0].plain in _OF_THE_TALK
        if few and opening and thanks.search(_joined(opening)):
            return True
        return bool(thanks.search(_joined(last)) or (not self.themes and thanks.search(_joined(first))))

    @property
    def is_wish(self) -> bool:
        """Whether it wishes for something, not something away, and nothing of the coach."""
        first = self._ear.told[Kind.WISH].search(self._plain)
        before = self._plain[: first.start()].split()[-1:] if first else []
        return first is not None and self.wish is None and not self._wishes_away and _REPORTS.isdisjoint(before)

    @property
    def reports(self) -> bool:
        """Whether it tells what others say."""
        return self._ear.reports.search(self._plain) is not None

    @cached_property
    def sign(self) -> Sign | None:
        """A feeling that it tells without its name."""
        book = signs(self._locale)
        if self.heard.circumstances.irony or self.wish is not None:
            return None
        sign = book.heard(self._plain) if self.words else book.shown(self.text)
        return sign if sign in _TELLING or _NAMED.isdisjoint(self.themes) else None

    @property
    def is_trouble_by_sign(self) -> bool:
        """Whether it tells of trouble without its name."""
        return self.sign is not None and self.sign is not Sign.DELIGHT

    @property
    def is_glad(self) -> bool:
        """Whether it tells of something that the person is glad of."""
        state = self.heard.circumstances
        if self.is_trouble_by_sign or self.reports or state.irony or state.absence or state.mourning:
            return False
        told = Kind.GLAD in self.told or self.heard.sentiment >= _GLADLY
        shown = self.sign is Sign.DELIGHT and self.heard.sentiment > _HEAVY
        return shown or (told and self.heard.mood is not Mood.DARK)

    @property
    def is_light(self) -> bool:
        """Whether what it tells does not weigh much: "a bit scared"."""
        few = not self.heard.lexicon.diminishers.isdisjoint(word.plain for word in self.words)
        return (
            self.is_glad
            or self.heard.mood is Mood.BRIGHT
            or (few and self.heard.sentiment > _HEAVY and not self.is_trouble_by_sign)
        )

    @property
    def weighs(self) -> bool:
        """Whether it is dark, or wishes something away."""
        dark = self.heard.mood is Mood.DARK and not self.is_glad
        return dark or self._wishes_away or self.is_trouble_by_sign

    @property
    def _wishes_away(self) -> bool:
        return self._ear.unwished.search(self._plain) is not None

    # Steps

    def speaks_of_step(self, how: str) -> bool:
        """Whether it speaks of a step in one of the ways of `StepWords`."""
        return self._ear.steps[how].search(self._plain) is not None

    @cached_property
    def named_step(self) -> str | None:
        """Something that the person could do, in the sentence that names it; None if none does."""
        for sentence in _SENTENCE_END.split(self.text):
            words = _joined(Passage.of(sentence, self._locale).words)
            banned = any(self.heard.lexicon.unquotable.fullmatch(word) for word in words.split())
            banned = banned or self._ear.steps["unlike"].search(words) is not None
            named = self._ear.steps["names"].match(words) or self._plans(words)
            if named and not banned and not sentence.rstrip().endswith("?"):
                step = sentence.strip(" .!…\n")
                return step if len(step) <= _LONGEST_STEP else None
        return None

    def _plans(self, words: str) -> bool:
        """Whether a Russian sentence says with the verb alone what the person does tomorrow: «завтра открою файл»."""
        if self._locale is not Locale.RU or not self._ear.steps["ahead"].search(words):
            return False
        said = words.split()
        return any(
            (first_person_verb(word) or word.endswith(_GOES))
            and not word.endswith(_WE)
            and _NO_VERB_AFTER.isdisjoint(said[max(0, at - 1) : at])
            for at, word in enumerate(said)
        )

    def takes(self, offered: bool) -> str | None:
        """The step that it agrees to, in its own words; None if it agrees to none.

        Args:
            offered: whether the message before thought of a step: then "yes, on Sunday at six" settles it.
        """
        assents = self._ear.steps["assents"]
        settled = self.speaks_of_step("binds") or (offered and Kind.FIRM in self.told)
        if "?" in self.text or not assents.match(self._plain) or not settled:
            return None
        rest: list[str] = []
        for sentence in _SENTENCE_END.split(self.text):
            words = _joined(word for word in self.heard.passage.of(sentence, self._locale).words)
            while found := assents.match(words):
                words = words[found.end() :].strip()
            if not self._ear.steps["binds"].fullmatch(words) and len(words.split()) >= _STEP_WORDS:
                rest.append(_LEADING_ASSENT.sub("", sentence).strip(" .!…"))
        step = max(rest, key=len, default="")
        return step if step and len(step) <= _LONGEST_STEP else None

    @property
    def asks(self) -> bool:
        """Whether it is a question. "I'm tired, you know?" is none."""
        if not self.text.rstrip(" )!.").endswith("?") or not self.words:
            return False
        last = [word for word in self.words if word.clause == self.words[-1].clause]
        return len(last) > _TAG or len(last) == len(self.words)

    @property
    def number(self) -> int | None:
        """The first number from 0 to 10 in it."""
        found = _DIGITS.search(_OF_TEN.sub("", self.text.lower()))
        if found:
            return int(found[1])
        if len(self.words) > _NUMBER_ALONE:
            return None
        return next((self._ear.numbers[word.plain] for word in self.words if word.plain in self._ear.numbers), None)

    @property
    def greets(self) -> bool:
        """Whether it begins with a greeting."""
        first = [word for word in self.words if word.clause == 0]
        return self._ear.wishes[Wish.GREETING].search(_joined(first)) is not None

    @property
    def is_number(self) -> bool:
        """Whether a number is all that it says."""
        return self.number is not None and len(self.words) <= _NUMBER_ALONE

    @property
    def is_garbled(self) -> bool:
        """Whether most of its words are no words of any language."""
        odd = sum(_is_odd(word.plain, self._locale) for word in self.words)
        return odd * 2 > len(self.words)

    @property
    def is_foreign(self) -> bool:
        """Whether it is in another language than those that are understood."""
        if len(self.words) < _FEWEST_FOREIGN or self.wish or self.themes:
            return False
        return Objection.LANGUAGE in Guard("", self._locale, "").objections(self.text)

    @property
    def says_little(self) -> bool:
        """Whether there is a whole thought, and nothing of it can be taken up."""
        known = self.themes or self.heard.phrase or self.sign
        return len(self.words) >= _THOUGHT and not known

    @property
    def is_own(self) -> bool:
        """Whether the person tells it of themselves."""
        words = [word.plain for word in self.words]
        if not self.heard.lexicon.first_person.isdisjoint(words):
            return True
        # Russian leaves out the "I": «купила велосипед», «учу испанский».
        did = bool(words) and _DID.search(words[0]) is not None
        return self._locale is Locale.RU and (did or any(map(first_person_verb, words)))

    @property
    def sentence_to_keep(self) -> str | None:
        """A whole sentence of it that may be said back: the quote, if it is one; None if it is none."""
        phrase = self.heard.phrase
        whole = (sentence.strip(" .!…\n") for sentence in _SENTENCE_END.split(self.text))
        return phrase if phrase and phrase in whole else None

    @property
    def wished(self) -> str | None:
        """Words of it with the wish in them, that may be said back."""
        words = self.own_words
        wish = words and self._ear.told[Kind.WISH].search(_joined(Passage.of(words, self._locale).words))
        return words if wish else None

    @property
    def own_words(self) -> str | None:
        """Words of it that may be said back: those that may be quoted, or all of a short one."""
        if self.heard.phrase and " " in self.heard.phrase:
            return self.heard.phrase
        whole = self.text.strip().rstrip(".! ")
        banned = any(self.heard.lexicon.unquotable.fullmatch(word.plain) for word in self.words)
        short = 1 < len(self.words) <= _SHORT and len(whole) <= _LONGEST_QUOTED
        banned = banned or any(map(self._ear.addressed.search, self.sentences))
        return whole if short and not banned and not self.wish and _SAYABLE.fullmatch(whole) else None


# The messages of a conversation are read again with each later one.
@lru_cache(maxsize=256)
def message(text: str, locale: Locale, *, crisis: bool = False) -> Message:
    """One message as the coach sees it. `locale` is its language if the text itself shows none."""
    return Message(text, locale, crisis=crisis)


def spoken(texts: Sequence[str], locale: Locale) -> Locale:
    """The language in which a person writes by now: that of their latest text that shows one."""
    for text in texts:
        locale = language_of(text, locale)
    return locale


def _joined(words: Iterable[Word]) -> str:
    return " ".join(word.plain for word in words)


def _is_odd(word: str, locale: Locale) -> bool:
    letters = [letter for letter in word if letter.isalpha()]
    if len(letters) < _UNVOICED:
        return False
    if any(row[at : at + _RUN_OF_KEYS] in word for row in _ROWS for at in range(len(row) - _RUN_OF_KEYS + 1)):
        # "Property" and "вапоризатор" hold a row of keys by chance.
        return len(letters) <= _RUN_OF_KEYS * 2
    russian = any("а" <= letter <= "я" for letter in word)
    vowels = _VOWELS[Locale.RU if russian else Locale.EN]
    run = longest = 0
    for letter in letters:
        run = 0 if letter in vowels else run + 1
        longest = max(longest, run)
    return (
        longest == len(letters)
        or longest >= _RUN_OF_CONSONANTS
        or max(Counter(letters).values()) * 2 > len(letters) + 2
    )
