"""What local rules read in an answer at once: its language, how much was shared, whether the person wants to stop.

Pure and quick (two milliseconds for the longest answer), so that it runs on every text before anything else does.
"""

from __future__ import annotations

import re
import unicodedata

from schema.analysis.first_person import first_person
from schema.base_model import Model, UnitInterval
from schema.vocabulary import Locale
from workflows.analysis.rules.stop_request import wants_to_stop

_WORD = re.compile(r"\w+(?:['-]\w+)*")
_CYRILLIC = re.compile(r"[а-яё]")
_LATIN_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")

# Words that a text in English can hardly do without; short ones that other languages share are left out.
_ENGLISH_WORDS = """
    the and that this those these with from for but not have has had was were are been being will would could should can
    can't don't didn't doesn't isn't wasn't won't i'm i've i'd i'll it's that's there's you're we're they're he's she's
    i my myself mine you your we our they their them she her him his what when where which who why how because about
    into over after before just only very really maybe always never sometimes everything nothing something anything
    someone people there then than some any all more most much many too also still now today yes know think feel feeling
    felt love like want need enough tired stop done let's help work life time day family friends friend home happy sad
    good bad fine okay lonely alone angry afraid scared calm freedom money health music books nature peace fear hope
    """
_ENGLISH = frozenset(_ENGLISH_WORDS.split())

_FIRST_PERSON = frozenset[str]().union(*map(first_person, Locale))
_FEELING = re.compile(
    r"\b(?:чувств|люб(?:лю|ил|овь|ви)|бою?сь|боял|боится|страх|страшн|тревож|тревог|пережива|волну[юе]|груст|печал|тоск|скуча"
    r"|рад(?!и)|счаст|злюсь|злост|злил|злит|обид|обиж|стыд|вин[аыуе]\b|винова|одино|больно|боль\b|плач|плак|слез|нежн|благодар"
    r"|горж|надежд|надеюсь|мечта|ненави|завид|ревн|уста[лю]|спокойн|вдохнов|нрав|жал[ьке]|хочу|хочется|мучает|ценю|важно"
    r"|feel|felt\b|love|afraid|scared|fear|anxi|worr|nervous|sad|griev|miss(?:ed)?\b|lonel|alone\b|happ(?:y|i)|joy|glad"
    r"|angry|anger|resent|hurt|asham|shame|guilt|cried|cry|tears|tender|grateful|gratitude|proud|hope|dream|hate|envy"
    r"|jealous|tired\b|calm|peace|inspir|enjoy|regret|want\b|wish|need\b|matters)"
)
_CONCRETE = re.compile(
    r"\b(?:\d+|мам|матер|мать\b|пап[ауые]|отец|отц|брат|сестр|муж(?!ск)|жен[аыуе]|женой|сын|доч|бабуш|дедуш"
    r"|друг(?:а|у|ом)?\b|друзь|подруг|ребен|дет(?:и|ей|ям|ств)|вчера|сегодня|утр[оа]|вечер|ноч"
    r"|школ|универ|институт|коллег|начальн|например|потому что|однажды|помню|лет назад|год[ау]?\b"
    r"|месяц|недел|дом[аеу]?\b|квартир|собак|кошк|кот\b"
    r"|mom|mum|mother|dad|father|brother|sister|husband|wife|son\b|daughter|grand(?:ma|pa|mother|father)|friend|partner"
    r"|kid|child|yesterday|today|last (?:year|week|month|night|summer)|morning|evening|school|college|university"
    r"|colleague|boss\b|for example|because|once\b|remember|years? ago|when i was|months?\b|weeks?\b|house|home"
    r"|dog\b|cat\b)"
)


class Reading(Model):
    """One text, read by local rules."""

    language: Locale
    words: int
    sharing: UnitInterval
    """How much of themselves the person shared: 0 nothing, towards 1 long, personal, felt and concrete."""
    tired: bool
    """The person says that they are tired of this conversation or want to stop now."""


def read(text: str, default: Locale) -> Reading:
    """Reads any text; never raises. `default` is the language of texts that show none."""
    plain = normalised(text)
    words = _WORD.findall(plain)
    return Reading(
        language=language_of(text, default),
        words=len(words),
        sharing=_sharing(plain, words),
        tired=wants_to_stop(plain),
    )


def normalised(text: str) -> str:
    """Lower case, one form of every letter, straight apostrophes, «е» for «ё»: what the rules are written in."""
    return unicodedata.normalize("NFC", text).lower().replace("’", "'").replace("ё", "е")


def language_of(text: str, default: Locale) -> Locale:
    """The language a text is in: by its script, then by its words; `default` when neither tells."""
    plain = normalised(text)
    cyrillic = len(_CYRILLIC.findall(plain))
    latin = _LATIN_WORD.findall(plain)
    # Russian texts are full of Latin names; English ones hardly ever hold Cyrillic.
    if cyrillic and cyrillic * 3 >= sum(map(len, latin)):
        return Locale.RU
    # Transliterated Russian and other Latin-script languages hold few of the words English can't do without.
    english = sum(word in _ENGLISH for word in latin)
    return Locale.EN if english and english * 6 >= len(latin) else default


def _sharing(plain: str, words: list[str]) -> float:
    """Length with diminishing returns, then first person, feelings and concreteness, each of them too."""
    # Repeating a word shares nothing more.
    length = _saturating(len(set(words)), 30)
    personal = _saturating(sum(word in _FIRST_PERSON for word in words), 3)
    felt = _saturating(len(set(_FEELING.findall(plain))), 2)
    concrete = _saturating(len(set(_CONCRETE.findall(plain))), 3)
    return round(0.45 * length + 0.2 * personal + 0.2 * felt + 0.15 * concrete, 3)


def _saturating(count: int, half: int) -> float:
    """0 for none, 0.5 for `half`, towards 1."""
    return count / (count + half)
