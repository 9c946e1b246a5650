"""The offline coach is asked about itself, or for what it can't do: it answers, and the word is the person's."""

from __future__ import annotations

from datetime import date

import pytest

from activities.ai.offline.coach import OfflineCoach
from activities.ai.offline.coach_bank import Kind, bank
from activities.ai.offline.coach_ear import message
from activities.ai.offline.coach_hearing import Wish
from schema.coaching.context import Memory, ReplyContext, Turn
from schema.vocabulary import Locale
from tests.people.coached.talks import talk

EN, RU = Locale.EN, Locale.RU
_TOLD = {
    EN: ["My team was merged with another one.", "Nobody asked us what we thought."],
    RU: ["Наш отдел слили с соседним.", "Никто не спросил, что мы об этом думаем."],
}
_ASKED = [
    (EN, "is this private btw?", Wish.PRIVACY),
    (EN, "Who reads what I write here?", Wish.PRIVACY),
    (EN, "How do I know you're not selling this to someone?", Wish.PRIVACY),
    (EN, "is it safe to tell you", Wish.PRIVACY),
    (EN, "hey. so is anyone reading this besides you?", Wish.PRIVACY),
    (EN, "And can I delete it?", Wish.ERASURE),
    (EN, "Do you store my messages?", Wish.KEEPING),
    (EN, "Do you remember what I tell you?", Wish.KEEPING),
    (EN, "Are you a person?", Wish.IDENTITY),
    (EN, "So are you ChatGPT then?", Wish.IDENTITY),
    (EN, "What can you do actually?", Wish.ABILITIES),
    (EN, "are you even there?", Wish.PRESENCE),
    (EN, "Tell me a joke", Wish.REQUEST),
    (EN, "You're kind of dumb aren't you", Wish.INSULTED),
    (EN, "you're not bad for a bot", Wish.PRAISED),
    (RU, "И кто это всё читает?", Wish.PRIVACY),
    (RU, "кто видит мою переписку?", Wish.PRIVACY),
    (RU, "а это конфиденциально?", Wish.PRIVACY),
    (RU, "вы никому не расскажете?", Wish.PRIVACY),
    (RU, "можно это потом удалить?", Wish.ERASURE),
    (RU, "вы это где-то храните?", Wish.KEEPING),
    (RU, "Ты вообще живой человек или бот?", Wish.IDENTITY),
    (RU, "А ты откуда всё это знаешь? Тебя люди учили?", Wish.IDENTITY),
    (RU, "что ты умеешь?", Wish.ABILITIES),
    (RU, "Ты меня вообще слышишь?", Wish.PRESENCE),
    (RU, "расскажи анекдот", Wish.REQUEST),
    (RU, "тупой бот", Wish.INSULTED),
    (RU, "ты норм кстати", Wish.PRAISED),
]


@pytest.mark.parametrize(("locale", "said", "wish"), _ASKED)
async def test_what_is_asked_of_the_coach_is_answered_and_the_word_left_to_the_person(
    locale: Locale, said: str, wish: Wish
) -> None:
    reply: Turn = (await talk([*_TOLD[locale], said], locale))[-1]
    assert reply.moves[0].split(".")[1] == wish
    assert "?" not in reply.text


@pytest.mark.parametrize("locale", Locale)
def test_who_reads_it_is_said_truthfully(locale: Locale) -> None:
    for line in bank(locale).lines(Kind.PRIVACY):
        # Who runs the service can read what is kept; where that stands, so that nobody has to trust a program.
        assert "/privacy" in line.text or "/delete" in line.text
        assert ("run" in line.text) if locale is EN else ("вед" in line.text)


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        (EN, "my boss reads what I write"),
        (EN, "I keep my phone private"),
        (EN, "nobody reads my messages"),
        (EN, "my sister told me a joke"),
        (EN, "he says I'm stupid"),
        (EN, "do you remember my sister's name?"),
        (RU, "мама читает мои сообщения"),
        (RU, "муж говорит, ты тупая"),
        (RU, "никто меня не слышит"),
        (RU, "ты помнишь, как зовут мою сестру?"),
    ],
)
def test_what_is_told_of_others_asks_nothing_of_the_coach(locale: Locale, said: str) -> None:
    assert message(said, locale).wish is None


@pytest.mark.parametrize(
    ("locale", "said"), [(EN, "Why does nobody ever ask?"), (RU, "И зачем им это?"), (RU, "Почему всегда так?")]
)
async def test_a_question_without_an_answer_is_said_to_have_none(locale: Locale, said: str) -> None:
    reply = (await talk([*_TOLD[locale], said], locale))[-1]
    assert reply.moves[0].split(".")[1] == Kind.ASKED


async def test_it_is_not_asked_back_of_who_mourns() -> None:
    reply = (await talk(["My mother died in March.", "Does it ever stop?"], EN))[-1]
    assert reply.moves[0].split(".")[1] == Kind.ASKED_GENTLY
    assert "?" not in reply.text


@pytest.mark.parametrize(
    ("locale", "known", "said"),
    [
        (
            EN,
            "I do the accounts of a bakery",
            "I left the bakery, I no longer work there. On Monday I start at the museum.",
        ),
        (RU, "SMM в сети пекарен", "я больше не в пекарнях. в понедельник выхожу в музей, вести соцсети"),
    ],
)
async def test_what_is_otherwise_now_is_taken_in_in_words_where_anything_was_known(
    locale: Locale, known: str, said: str
) -> None:
    async def kinds(memories: list[Memory]) -> set[str]:
        turns = [Turn(speaker="person", text=said, said_on=date(2026, 11, 28))]
        reply = await OfflineCoach().write(ReplyContext(locale=locale, turns=turns, memories=memories))
        return {move.split(".")[1] for move in reply.moves}

    assert Kind.OTHERWISE in await kinds([Memory(kind="fact", text=known, told_on=date(2026, 11, 1))])
    assert Kind.OTHERWISE not in await kinds([])
