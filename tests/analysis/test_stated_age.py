"""An age that a person states as their own, and what only looks like one."""

from __future__ import annotations

import pytest

from schema.vocabulary import Locale
from workflows.analysis.rules.local_reading import read_locally
from workflows.analysis.rules.stated_age import stated_age

STATED = """
    13: I'm 13 | I'm 13. | im 13 | I am 13 years old | I'm only 13 | I’m thirteen | Hi, I'm 13 and I feel alone
    13: I'm 13yo
    13: I'm a 13-year-old girl | I'm a 13 year old | Because I'm 13, nobody listens | School is hard. I'm 13.
    13: I am thirteen years old
    13: i'm just 13 years old | my age is 13 | Age: 13 | I just turned 13 | I turned 13 last week | well, I'm 13
    13: I'm still 13
    13: I'm almost 14 | I turn 14 next month | I'll be 14 in June | I'm turning 14 soon | Next week I turn 14
    13: I'm 13, honestly
    13: I have just turned 13 | I'm about to turn 14 | I can't decide that, because I'm 13 | Sorry but I'm 13
    13: I'm only thirteen years old
    15: I'm in 9th grade | I'm in ninth grade | I'm a 9th grader | I'm in grade 9 | I'm still in the 9th grade
    16: I'm 16 and in love | I turn 17 tomorrow | I'm 16, so my parents decide
    17: I'm not 18 yet | I'm a minor | I'm underage | I'm 17 | I turn 18 next month | I'm under 18
    17: I'm seventeen years old
    10: I'm 10 years old | I'm a ten-year-old boy
    35: I'm 35 | I was 13. I'm 35 now.
    15: мне 15 | Мне 15 лет | мне 15 лет. | мне только 15 | Мне всего 15 лет | Мне пятнадцать | мне пятнадцать лет
    15: Привет, мне 15
    15: Мне 15, и я боюсь школы | Я не решаю, потому что мне 15 | Мне скоро 16 | мне почти 16 | Мне в мае будет 16
    15: мне будет 16 летом
    15: Мне исполнилось 15 | мне вчера исполнилось 15 | Мой возраст 15 лет | возраст: 15 | 15 лет мне
    15: Мне вот-вот 16 | мне ещё 15
    15: Через месяц мне исполнится 16 | Скоро мне будет шестнадцать | Честно говоря, мне 15 | Ну мне 15 лет
    15: мне 15 лет, учусь
    15: Я в 9 классе | учусь в 9 классе | Я учусь в девятом классе | хожу в 9 класс | Я девятиклассница
    15: я девятиклассник
    14: Я в 8 «б» классе | Учусь в восьмом классе | Я восьмиклассница
    13: Мне сейчас 13 лет | мне 13, если что | мне тринадцать, но я взрослая | Мне завтра будет 14
    17: Я несовершеннолетняя | Мне нет 18 | мне нет восемнадцати | мне ещё нет 18 лет | Мне 17 | мне скоро 18
    17: Я пока несовершеннолетний
    12: Мне 12, папа меня не слышит | Мне двенадцать лет
    40: мне 40 | Мне было 13, сейчас мне 40
"""

NOT_STATED = """
    my son is 13 | My daughter turned 13 last week | when I was 13 | When I was 13 my father left | I was 13
    I was only 13 then | 13 years sober | I'm 13 years sober | I'm 13 weeks pregnant | I'm 13 minutes late
    I'm 15 kilos heavier | I'm 12 steps in | I've been here 15 years | I've worked here for 13 years | 13 | 13 years
    since I was 15 | I feel 15 again | I feel like I'm 13 | It's as if I'm 13 | Inside I'm 13
    In my dream I'm 13 and I run | I remember: I'm 13, the kitchen is cold | He thinks I'm 16 | People say I look 16
    My son said: I'm 13 | "I'm 13", she wrote | I teach 9th grade | I'm a 9th grade teacher | I'm 10 out of 10
    I'm a 7 | I'm 8 on that scale | I'm 10 | I'm 15 percent sure | I'm 13th in line | I turned 16 in 1998
    I turned 13 and he left | My sister is in 9th grade | In 9th grade I was bullied | I'm number 13
    I'm in room 15 | Two kids, 13 and 15 | I'm 17 pages in | At 13 I'm told to be quiet | I'm a minor league player
    I'm 13 when my mother leaves | My inner child is 7 years old | I'm 13, when he comes in
    Мне 13, когда он входит | I have a 15-year-old | I'm mother of a 15-year-old | I'm married for 13 years
    We are 15 | You are 13 | I'm 5'11 | сыну 13 лет | Моей дочери 15 | ему 15 | Ей 13 лет | мне было 13
    Мне было 13 лет | мне 13 лет было, когда | Когда мне было 15 | Мне 15 лет снится один сон
    Мне 15 лет не звонила сестра | мне 15 лет назад сказали | мне 13 минут идти | Мне 12 лет врали
    Мне 17 тысяч не вернули | мне 15 сообщений пришло | Мне 10 баллов | мне 10 | Мне 5 | 15 лет | 15
    тринадцать лет трезвости | Мне как будто 13 | мне словно 15 лет | Внутри мне 13 | иногда мне 13 | В душе мне 15
    Во сне мне 13 лет и я бегу | Помню: мне 13, на кухне холодно | Сын сказал: мне 15 | «Мне 13 лет», написала она
    Я веду 9 класс | Я учитель в 9 классе | В 9 классе меня травили | Дочь учится в 9 классе | Брату скоро 16
    Мне дали 15 лет | Мне до пенсии 15 лет | С 15 лет курю | В 13 лет я ушла из дома | Мы вместе 15 лет
    Мне 15 лет было хорошо | мне нужно 15 минут | мне 13-й год не везёт | Я мама девятиклассницы
    Мне ещё 13 страниц читать | Ученикам по 15 лет | Мне говорят, что выгляжу на 16 | Замужем 13 лет
"""


def phrases(lines: str) -> list[str]:
    return [phrase.strip() for line in lines.strip().splitlines() for phrase in line.split("|")]


AGES = [
    (said, int(age))
    for line in STATED.strip().splitlines()
    for age, _, rest in [line.strip().partition(": ")]
    for said in phrases(rest)
]


def test_a_stated_age_is_heard() -> None:
    assert [(text, stated_age(text)) for text, _ in AGES] == AGES


def test_what_is_no_age_of_the_writer_s_today_is_none() -> None:
    assert [text for text in phrases(NOT_STATED) if stated_age(text) is not None] == []


def test_there_are_forty_of_each_in_each_language() -> None:
    for said in ([text for text, _ in AGES], phrases(NOT_STATED)):
        russian = [text for text in said if any("а" <= letter <= "я" for letter in text.casefold())]
        assert min(len(russian), len(said) - len(russian)) >= 40


@pytest.mark.parametrize(
    ("text", "minor"), [("I'm 13.", True), ("мне 17 лет", True), ("I'm 18", False), ("My son is 13", False)]
)
def test_local_rules_tell_a_minor(text: str, minor: bool) -> None:
    assert read_locally(text, Locale.EN).minor is minor
