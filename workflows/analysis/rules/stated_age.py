"""The age that a person states as their own today: "I'm 13", «мне скоро 16», "I'm in 9th grade".

A clause counts only if it states the age and nothing else, apart from small words around it: "I'm 13" is an age, "I'm
13 years sober" and "he thinks I'm 13" are none. A text that tells of the past, of a dream or a story states no age at
all, because people tell these in the present tense as well. Missing an age is the lesser fault: a wrong one ends the
conversation of an adult.
"""

from __future__ import annotations

import re

OF_AGE = 18

_EN_NUMBERS = [
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_RU_NUMBERS = [
    "четыре",
    "пять",
    "шесть",
    "семь",
    "восемь",
    "девять",
    "десять",
    "одиннадцать",
    "двенадцать",
    "тринадцать",
    "четырнадцать",
    "пятнадцать",
    "шестнадцать",
    "семнадцать",
    "восемнадцать",
    "девятнадцать",
]
_NUMBERS = {word: 4 + place for words in (_EN_NUMBERS, _RU_NUMBERS) for place, word in enumerate(words)}
_ORDINALS = {
    word: 5 + place
    for words in (
        ["fifth", "sixth", "seventh", "eighth", "ninth", "tenth"],
        ["пятом", "шестом", "седьмом", "восьмом", "девятом", "десятом"],
        ["пятый", "шестой", "седьмой", "восьмой", "девятый", "десятый"],
        ["пятиклассни", "шестиклассни", "семиклассни", "восьмиклассни", "девятиклассни", "десятиклассни"],
    )
    for place, word in enumerate(words)
}
_BARE_FROM = 11
"""A number below it without "years old" may be a mark on a scale."""
_LONGEST = 90
"""Characters. A longer clause states more than an age."""
_GRADE_IS = 6
"""A pupil's grade and this is the age that few of the grade have passed."""

_OTHER_VOICE = re.compile(
    r"[«\"“„][^«»\"“”„]*[»\"”“]"
    r"|\b(?:said|says?|told|tells?|wrote|writes|asked|сказал[аи]?|говор(?:ит|ил[аи]?|ят)|написал[аи]?|пишет"
    r"|ответил[аи]?)"
    r"(?: \w+)?\s*[:,][^.!?\n]*"
)
_NOT_TODAY = re.compile(
    r"\b(?:dream\w*|remember\w*|memor(?:y|ies)|back then|back when|in those days|imagin\w*|pretend\w*|novel|story"
    r"|movie"
    r"|film|book|hero(?:ine)?|character|role[- ]?play\w*|flashback|lied|lie|joking|kidding|photo(?:graph)?|picture"
    r"|сон|сн[аеы]|снится|снилось|помн\w+|вспом\w+|воспомина\w+|тогда|в детстве|представ\w+|будто|словно|роман\w*"
    r"|фильм\w*"
    r"|книг\w*|геро\w+|персонаж\w*|совра\w+|вру|шучу|шутк\w+|фотографи\w+|фото)\b"
    r"|\b(?:i'm|i am|мне) \w+(?: years? old| лет)?,? (?:when|когда)\b"
)
_CLAUSE = re.compile(
    r"[.](?!\d)|[!?…,;:()\n]+|\s[-—–]+\s|\b(?:and|but|because|cause|cuz|so|although|though"
    r"|и|а|но|потому что|поэтому|так что|хотя|ведь|поскольку|так как)\b"
)

_HEADING = re.compile(r"\b(age|возраст) ?[:=—-]\s*")

_EN_AGE = rf"(?P<age>\d{{1,2}}|{'|'.join(_EN_NUMBERS)})"
_EN_YEARS = r"(?P<years>[ -]?(?:years?|yrs?)[ -]old| ?y/?o)"
_EN_ME = r"(?:i'm|im|i am)"
_EN_SMALL = (
    r"(?:hi|hello|hey|well|ok|okay|yes|yeah|no|honestly|actually|also|btw|by the way|to be honest|just so you know"
    r"|you know"
    r"|sorry|look|only|just|still|currently|now|already|right now|today|myself|too|tbh|lol|even|oh|i guess|i mean"
    r"|at the moment|you should know|by now|barely|literally|anyway|please)"
)
_EN_SOON = (
    r"(?:next (?:week|month|year|spring|summer|autumn|fall|winter)|tomorrow|soon"
    r"|this (?:week|month|year|spring|summer|autumn|fall|winter)|in (?:a|an|one|two|three|\d) (?:days?|weeks?"
    r"|months?)|(?:in|on|at) (?:\d+ )?(?:january|february|march"
    r"|april|may|june|july|august|september|october|november|december|christmas)(?: \d+)?)"
)
_RU_AGE = rf"(?P<age>\d{{1,2}}|{'|'.join(_RU_NUMBERS)})"
_RU_YEARS = r"(?P<years> (?:лет|год|года|годиков|годика))"
_RU_SMALL = (
    r"(?:привет|здравствуйте|ну|да|нет|вообще|вообще-то|кстати|честно|если честно|честно говоря|на самом деле"
    r"|просто|только"
    r"|всего|всего лишь|лишь|еще|пока|пока что|сейчас|уже|же|вот|тоже|мне|извините|простите|блин|типа|ровно|сегодня"
    r"|на данный"
    r" момент|между прочим|если что|полных|я скажу|скажу сразу|сразу скажу)"
)
_RU_SOON = (
    r"(?:скоро|завтра|послезавтра|вот-вот|в этом (?:году|месяце)|в следующем (?:году|месяце)"
    r"|на следующей неделе|на этой неделе|летом|осенью|зимой|весной|через (?:\w+ )?(?:день|дня|дней|неделю|недели"
    r"|недель|месяц|месяца|месяцев)"
    r"|(?:\d+ )?(?:январ|феврал|март|апрел|июн|июл|август|сентябр|октябр|ноябр|декабр)(?:я|а|е)|(?:в )?мае"
    r"|(?:\d+ )?мая"
    r"|в (?:январе|феврале|марте|апреле|июне|июле|августе|сентябре|октябре|ноябре|декабре))"
)


def _statement(small: str, core: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{small} )*{core}(?: {small})*")


_AGES = [
    _statement(_EN_SMALL, rf"{_EN_ME} (?:{_EN_SMALL} )*{_EN_AGE}{_EN_YEARS}?"),
    _statement(_EN_SMALL, rf"{_EN_ME} (?:{_EN_SMALL} )*an? {_EN_AGE}{_EN_YEARS}(?: \w+)?"),
    _statement(_EN_SMALL, rf"(?:my age is|age(?: is)?|i have(?: just)? turned|i just turned) {_EN_AGE}{_EN_YEARS}?"),
    _statement(_EN_SMALL, rf"i turned {_EN_AGE}{_EN_YEARS}? (?:yesterday|today|(?:last|this) (?:week|month))"),
    _statement(_RU_SMALL, rf"мне (?:{_RU_SMALL} )*{_RU_AGE}{_RU_YEARS}?"),
    _statement(_RU_SMALL, rf"{_RU_AGE}{_RU_YEARS} мне"),
    _statement(_RU_SMALL, rf"(?:мой возраст|возраст|мне (?:{_RU_SMALL} )*исполнилось) {_RU_AGE}{_RU_YEARS}?"),
    _statement(_RU_SMALL, rf"мне (?:вчера|сегодня|на днях|недавно) исполнилось {_RU_AGE}{_RU_YEARS}?"),
]
_AGES_SOON = [
    _statement(
        _EN_SMALL, rf"{_EN_ME} (?:{_EN_SMALL} )*(?:almost|nearly|about to be|about to turn) {_EN_AGE}{_EN_YEARS}?"
    ),
    _statement(
        _EN_SMALL,
        rf"(?:i turn|i'll be|i will be|i'll turn|i'm turning|i am turning|im turning|i'm going to be)"
        rf" {_EN_AGE}{_EN_YEARS}? {_EN_SOON}",
    ),
    _statement(_EN_SMALL, rf"{_EN_SOON} i(?:'ll be|'ll turn| turn|'m turning) {_EN_AGE}{_EN_YEARS}?"),
    _statement(_EN_SMALL, rf"{_EN_ME} (?:{_EN_SMALL} )*(?:not (?:yet )?|under ){_EN_AGE}{_EN_YEARS}?(?: yet)?"),
    _statement(_RU_SMALL, rf"мне (?:{_RU_SMALL} )*(?:почти|скоро|вот-вот) (?:будет )?{_RU_AGE}{_RU_YEARS}?"),
    _statement(_RU_SMALL, rf"(?:мне )?{_RU_SOON} (?:мне )?(?:будет|исполнится|исполняется) {_RU_AGE}{_RU_YEARS}?"),
    _statement(_RU_SMALL, rf"мне (?:будет|исполнится|исполняется) {_RU_AGE}{_RU_YEARS}? {_RU_SOON}"),
    _statement(_RU_SMALL, rf"мне (?:{_RU_SMALL} )*нет {_RU_AGE}(?:-?ти)?{_RU_YEARS}?"),
]
_GRADES = [
    _statement(
        _EN_SMALL,
        rf"{_EN_ME} (?:{_EN_SMALL} )*(?:a student )?(?:in )?(?:the )?"
        r"(?P<age>\d{1,2}(?:st|nd|rd|th)|fifth|sixth|seventh|eighth|ninth|tenth)[ -]grade(?: at school)?",
    ),
    _statement(_EN_SMALL, rf"{_EN_ME} (?:{_EN_SMALL} )*in grade (?P<age>\d{{1,2}})"),
    _statement(
        _EN_SMALL,
        rf"{_EN_ME} (?:{_EN_SMALL} )*an? "
        r"(?P<age>\d{1,2}(?:st|nd|rd|th)|fifth|sixth|seventh|eighth|ninth|tenth)[ -]grader",
    ),
    _statement(
        _RU_SMALL,
        rf"(?:я )?(?:{_RU_SMALL} )*(?:учусь в|перешла в|перешел в|хожу в|иду в|в) "
        r"(?P<age>\d{1,2}|пятом|шестом|седьмом|восьмом|девятом|десятом|пятый|шестой|седьмой|восьмой|девятый|десятый)"
        r"(?:-?(?:м|ом|й|ый))?(?: «?[абвг]»?)? класс[е]?",
    ),
    _statement(
        _RU_SMALL, r"я (?P<age>пятиклассни|шестиклассни|семиклассни|восьмиклассни|девятиклассни|десятиклассни)(?:к|ца)"
    ),
]
_MINORS = [
    _statement(
        _EN_SMALL,
        rf"{_EN_ME} (?:{_EN_SMALL} )*(?:a minor|underage|under ?age|not (?:yet )?(?:eighteen|an adult)(?: yet)?)",
    ),
    _statement(
        _RU_SMALL,
        rf"(?:я|мне) (?:{_RU_SMALL} )*(?:несовершеннолетн(?:яя|ий)|нет (?:18|восемнадцати)(?:-?ти)?(?: лет)?)",
    ),
]


def stated_age(text: str) -> int | None:
    """Returns the age in years that the writer states as their own; the highest, if they state several."""
    plain = _HEADING.sub(r"\1 ", text.casefold().replace("ё", "е").replace("’", "'"))
    if _NOT_TODAY.search(plain):
        return None
    clauses = (" ".join(clause.split()) for clause in _CLAUSE.split(_OTHER_VOICE.sub(" ", plain)))
    stated = (_age_in(clause) for clause in clauses if len(clause) <= _LONGEST)
    return max((age for age in stated if age is not None), default=None)


def _age_in(clause: str) -> int | None:
    if any(pattern.fullmatch(clause) for pattern in _MINORS):
        return OF_AGE - 1
    if found := _first(_AGES, clause):
        return _known(found, _number(found["age"]))
    if found := _first(_AGES_SOON, clause):
        age = _known(found, _number(found["age"]))
        return age and age - 1
    if (found := _first(_GRADES, clause)) and 1 <= (grade := _number(found["age"])) <= OF_AGE - _GRADE_IS - 2:
        return grade + _GRADE_IS
    return None


def _first(patterns: list[re.Pattern[str]], clause: str) -> re.Match[str] | None:
    return next((found for pattern in patterns if (found := pattern.fullmatch(clause))), None)


def _known(found: re.Match[str], age: int) -> int | None:
    return age if age >= (4 if found["years"] else _BARE_FROM) else None


def _number(word: str) -> int:
    digits = re.match(r"\d+", word)
    return int(digits[0]) if digits else _NUMBERS.get(word) or _ORDINALS[word]
