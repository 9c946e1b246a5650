"""Detects that a person wants to stop, as opposed to an answer about being tired.

«Устал от этих вопросов» is a wish to stop, «устал от работы» is an answer. So a clause counts only if it
states the wish and nothing else, apart from small words around it.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")
# Quoted words of others do not concern this conversation: «муж сказал: хватит».
_OTHER_VOICE = re.compile(
    r"[«\"“„][^«»\"“”„]*[»\"”“]"
    r"|\b(?:сказал[аи]?|говор(?:ит|ил[аи]?|ят|ю)|ответил[аи]?|крикнул[аи]?)(?: \w+)?\s*[:,][^.!?\n]*"
    r"|\b(?:said|says?|told|tells?|asked)(?: (?:me|him|her|us|them|myself))?\s*[:,][^.!?\n]*"
)
_CLAUSE = re.compile(r"[.!?…,;:()\n]+|\s[-—–]+\s|\s(?:а|но|поэтому|так что|but)\s")
_SHORT = 8
"""Words. In a longer text a bare «устала» tells the story."""

_RU_BEFORE = (
    "я|мне|меня|мы|ну|все|ой|ох|уф|нет|да|и|а|уже|пока|очень|сильно|так|просто|правда|честно|честно говоря|если честно"
    "|пожалуй|кажется|сегодня|сейчас|немного|чуть|что-то|чего-то|совсем|может|может быть|лучше|тогда|наверное|думаю"
    "|спасибо|извините|простите|прости|пожалуйста"
)
_RU_AFTER = (
    "уже|сейчас|пока|сегодня|здесь|тут|на этом|на сегодня|больше|дальше|все|спасибо|пожалуйста|немного|если честно|я|мы"
    "|меня|с меня|потом|позже|завтра|в другой раз|в следующий раз|очень|этот разговор|разговор|эту беседу|опрос"
)
_RU_YOUR = "(?:(?:всех |все )?(?:эти|этих|твои|твоих|ваши|ваших) )?"
_RU_TALK = (
    rf"(?:{_RU_YOUR}вопрос(?:ы|ов|ами)|отвечать(?: на {_RU_YOUR}вопросы)?|(?:этот|этого) (?:разговор|опрос|тест)а?"
    r"|(?:эта|этой) (?:бесед|анкет)[аы]|опроса?|писать (?:тебе|вам|сюда))"
)
_RU_END = (
    r"(?:за(?:кончить|кончим|канчивать|канчиваем|вершить|вершим|вершать)|останов(?:иться|имся)|прерв(?:аться|емся)"
    r"|(?:сделать |сделаем |взять |возьмем )?(?:паузу|перерыв|передышку)|передохн(?:уть|ем)|хватит)"
)
_RU_LATER = (
    r"(?:(?:продолжим|продолжить|договорим|поговорим|вернемся|вернуться) )?"
    r"(?:потом|позже|завтра|в (?:другой|следующий) раз)"
)
_RU_WANT = "(?:хочу|хочется|хотела? бы|надо|нужно|пора)"

_EN_BEFORE = (
    "i|i'm|i am|am|i feel|feeling|we|ok|okay|well|sorry|honestly|i think|i guess|and|just|really|now|oh|ugh|no|yes"
    "|thanks|please|actually|maybe|so|too|very|pretty|a bit|a little|getting|kind of|can we|could we|can i|may i|let's"
)
_EN_AFTER = (
    "now|today|tonight|already|for now|for today|for tonight|right now|please|thanks|thank you|sorry|actually|honestly"
    "|here|there|later|tomorrow|another day|another time|it|this|this conversation|the conversation|the session|anymore"
    "|any more|any longer|at that|too|from me|more"
)
_EN_TALK = (
    r"(?:(?:(?:all )?(?:of )?(?:these|your|the|this|so many) )?questions"
    r"|(?:answering|typing)(?: (?:all )?(?:these |your )?questions)?"
    r"|this (?:conversation|chat|survey|quiz|test|interview)|being asked(?: questions)?)"
)
_EN_END = r"(?:stop|finish|end|pause|wrap(?: it)? up|take a (?:break|pause)|call it a day|leave it)"


def _clause(before: str, statements: list[str], after: str) -> re.Pattern[str]:
    """Matches a clause that makes one of these statements and nothing else."""
    # Nobody uses more than six small words on a side. Without a bound, a hostile text would cost time.
    return re.compile(f"(?:(?:{before}) ){{0,6}}(?:{'|'.join(statements)})(?: (?:{after})){{0,6}}")


# Statements about this conversation: they count in a text of any length.
_STOP_HERE = (
    _clause(
        _RU_BEFORE,
        [
            rf"(?:давай(?:те)?|можно|можем|предлагаю)(?: (?:уже|лучше|тогда|пока|мы|на этом|на сегодня))* {_RU_END}",
            rf"(?:давай(?:те)?|можно|можем|предлагаю)(?: (?:уже|лучше|тогда|пока|мы))* {_RU_LATER}",
            rf"(?:устал|утомил|надоел|достал|замучил)\w*(?: (?:уже|очень|мне|меня|от))* {_RU_TALK}",
            rf"{_RU_TALK}(?: (?:уже|меня|мне|очень))* (?:надоел|утомил|достал|замучил)[аои]?",
            rf"(?:хватит|достаточно|довольно|больше не надо|сколько можно|слишком много)(?: уже)? {_RU_TALK}",
            r"(?:хватит|достаточно|довольно)(?: уже)? (?:спрашивать|на сегодня)",
            rf"не (?:хочу|могу|буду|хочется)(?: (?:больше|уже|дальше|сейчас))* (?:{_RU_TALK}|продолжать)",
            rf"больше не (?:хочу|могу|буду|хочется) (?:{_RU_TALK}|продолжать)",
            rf"{_RU_WANT}(?: мне)? {_RU_END} (?:на этом|на сегодня|этот разговор|разговор|беседу|опрос)",
            r"на сегодня (?:(?:уже|с меня|пока|мне) )*(?:хватит|достаточно|все)",
            r"на этом (?:пока )?(?:все|закончим|остановимся)",
        ],
        _RU_AFTER,
    ),
    _clause(
        _EN_BEFORE,
        [
            rf"(?:let's|let us|(?:can|could|shall) we|(?:can|could|may) i|i(?:'d| would) like to)"
            rf"(?: (?:please|just|maybe))* (?:{_EN_END}|continue (?:later|tomorrow|another (?:day|time)))",
            rf"(?:tired|sick|exhausted|worn out|bored|had enough)(?: (?:of|by|from|with))? {_EN_TALK}",
            rf"(?:enough|no more|too many|stop)(?: (?:of|with))? {_EN_TALK}",
            r"stop asking(?: me)?(?: (?:these )?questions)?",
            r"(?:that's |this is |that is )?enough for (?:today|now|tonight)",
            r"that's (?:all|it) (?:for (?:today|now|tonight)|from me)",
            r"(?:done|finished) (?:for (?:today|now)|here|answering|with (?:this|(?:these|the|your) questions))",
            r"(?:don't|do not|can't|cannot) (?:want to |feel like |wanna )?(?:answer|answering)"
            r"(?: (?:any|these|your|more))*(?: questions)?",
            r"(?:don't|do not|can't|cannot) (?:want to |feel like |wanna )?(?:continu(?:e|ing)|go on|keep going)",
            rf"(?:want|need|wanna)(?: to)? {_EN_END} (?:here|for (?:today|now)|(?:this|the)(?: conversation)?)",
        ],
        _EN_AFTER,
    ),
)

# These count in a short text only.
_TIRED = (
    _clause(
        _RU_BEFORE,
        [
            r"(?:под)?устал[аи]?|утомил(?:ась|ся|ись)|вымотал(?:ась|ся)|нет (?:больше )?сил|сил (?:больше )?нет",
            r"больше не (?:могу|хочу)|довольно|достаточно|стоп|надоело|потом|позже|мне пора|давай(?:те)? отдохнем",
            rf"(?:(?:{_RU_WANT}|нужен|нужна) )?(?:{_RU_END}|пауза|перерыв|отдых)",
            rf"{_RU_WANT} (?:спать|отдохнуть|идти|бежать)",
        ],
        _RU_AFTER,
    ),
    _clause(
        _EN_BEFORE,
        [
            r"tired|exhausted|worn out|drained|sleepy|done|(?:that's |had |i've had )?enough|no more|i'm out|later",
            rf"(?:(?:need|want)(?: to)? )?{_EN_END}",
            r"(?:need|want)(?: to)? (?:a break|a pause|some rest|rest|sleep|go)",
            r"(?:have to|gotta|got to|must|need to) go",
        ],
        _EN_AFTER,
    ),
)


def wants_to_stop(plain: str) -> bool:
    """Whether the writer of a text (lower-case, «е» for «ё») is tired of the conversation or wants to stop now."""
    patterns = _STOP_HERE + _TIRED if len(_WORD.findall(plain)) <= _SHORT else _STOP_HERE
    clauses = (" ".join(clause.split()) for clause in _CLAUSE.split(_OTHER_VOICE.sub(" ", plain)))
    return any(pattern.fullmatch(clause) for clause in clauses for pattern in patterns)
