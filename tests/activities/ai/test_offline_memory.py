"""What the offline rules remember of a message: words of the person, and rather nothing than something wrong."""

from __future__ import annotations

from datetime import date

import pytest

from activities.ai.offline.forgetting import Forgetting, forgetting_asked
from activities.ai.offline.memory import OfflineExtractor
from activities.ai.offline.memory_reading import told_in
from schema.coaching.memory import KnownMemory, ToldMessage
from schema.vocabulary import Locale

DAY = date(2026, 3, 1)
EN, RU = Locale.EN, Locale.RU


@pytest.mark.parametrize(
    ("said", "locale", "kind", "slot"),
    [
        ("My sister Anna lives in Berlin.", EN, "fact", "sister.home"),
        ("I moved to Paris in May.", EN, "fact", "me.home"),
        ("I am a nurse in a children's hospital.", EN, "fact", "me.work"),
        ("My brother's name is Tom.", EN, "person", "brother.person"),
        ("I was diagnosed with ADHD last year.", EN, "fact", "me.health"),
        ("I want to learn to swim this year.", EN, "goal", "me.goal"),
        ("I don't like coffee anymore.", EN, "preference", "me.taste:coffe"),
        ("Please don't ask me about my father.", EN, "boundary", "me.boundary"),
        ("Моя сестра Аня живет в Берлине.", RU, "fact", "сестра.home"),
        ("Мне 34.", RU, "fact", "me.age"),
        ("Вчера я уволилась с работы.", RU, "fact", "me.work"),
        ("Брата зовут Том.", RU, "person", "брат.person"),
        ("У меня аллергия на орехи.", RU, "fact", "me.health"),
        ("Хочу научиться плавать в этом году.", RU, "goal", "me.goal"),
        ("Не хочу говорить о разводе.", RU, "boundary", "me.boundary"),
    ],
)
def test_what_is_plainly_said_is_remembered_in_these_words(said: str, locale: Locale, kind: str, slot: str) -> None:
    (found,) = told_in(said, locale)
    assert (found.kind, found.text) == (kind, said.rstrip("."))
    assert slot in found.slots


@pytest.mark.parametrize(
    ("said", "locale"),
    [
        ("I don't live in Berlin.", EN),
        ("If I lived in Berlin, I'd be happier.", EN),
        ("Maybe I live in Berlin next year.", EN),
        ("My friend says I work as a slave.", EN),
        ("Do I live in Berlin?", EN),
        ("I dreamt that my sister lives in Rome.", EN),
        ("In the movie I live in Berlin.", EN),
        ("“I live in Berlin”, I read out.", EN),
        ("I want to sleep.", EN),
        ("I'm a mess today.", EN),
        ("Я не живу в Берлине.", RU),
        ("Если бы я жил в Берлине, было бы лучше.", RU),
        ("Подруга говорит, что я живу в Берлине зря.", RU),
        ("Разве я живу в Берлине?", RU),
        ("Мне приснилось, что сестра живет в Риме.", RU),
        ("Может, перееду в Рим.", RU),
        ("Хочу спать.", RU),
        ("Живу в постоянном стрессе.", RU),
    ],
)
def test_what_is_not_said_of_the_persons_life_is_not_remembered(said: str, locale: Locale) -> None:
    assert told_in(said, locale) == ()


async def changed(known: str, said: str, locale: Locale) -> list[tuple[str, str]]:
    memories = [
        KnownMemory(memory_id=str(at), kind=found.kind, text=found.text, told_on=DAY, just_told=True)
        for at, found in enumerate(told_in(known, locale))
    ]
    told = ToldMessage(locale=locale, text=said, said_on=DAY, known=memories)
    return [(change.action, change.text) for change in await OfflineExtractor().changes(told)]


@pytest.mark.parametrize(
    ("known", "said", "locale"),
    [
        ("I live in Berlin.", "I moved to Lyon in May.", EN),
        ("I work as a chef.", "I quit my job.", EN),
        ("I love coffee.", "I don't like coffee anymore.", EN),
        ("We got married.", "We broke up.", EN),
        ("My boss Viktor is strict.", "My new boss Olga is kind.", EN),
        ("My sister Anna is a nurse.", "No, actually she's called Anya.", EN),
        ("Я живу в Берлине.", "Я переехала в Париж.", RU),
        ("Работаю поваром.", "Я уволилась.", RU),
        ("Люблю кофе.", "Больше не люблю кофе.", RU),
        ("Моя сестра Аня врач.", "Нет, на самом деле ее зовут Анна.", RU),
    ],
)
async def test_what_has_changed_supersedes_what_was(known: str, said: str, locale: Locale) -> None:
    ((action, text),) = await changed(known, said, locale)
    assert action == "supersede"
    assert text.endswith(said.rstrip("."))


async def test_what_is_said_again_is_confirmed_and_what_is_else_is_added() -> None:
    assert await changed("I live in Berlin.", "I live in Berlin.", EN) == [("confirm", "")]
    assert await changed("I live in Berlin.", "My sister lives in Lyon.", EN) == [("add", "My sister lives in Lyon")]
    assert await changed("Don't ask me about my father.", "You can ask about my father again.", EN) == [("forget", "")]


@pytest.mark.parametrize(
    ("said", "locale", "last", "topics"),
    [
        ("Forget this.", EN, True, set()),
        ("Please forget what I said about my sister.", EN, False, {"sister"}),
        ("Забудь это.", RU, True, set()),
        ("Забудь, что я говорила про сестру.", RU, False, {"сестра"}),
    ],
)
def test_a_wish_to_forget_is_heard(said: str, locale: Locale, last: bool, topics: set[str]) -> None:
    assert forgetting_asked(said, locale) == Forgetting(last, frozenset(topics))


@pytest.mark.parametrize("said", ["I can't forget him.", "Forget it.", "I forgot my keys.", "Can you forget things?"])
def test_a_figure_of_speech_is_no_wish_to_forget(said: str) -> None:
    assert forgetting_asked(said, EN) is None
