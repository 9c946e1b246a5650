"""What people ask of the coach's memory, and which of their words answer it: a false answer is worse than none."""

from __future__ import annotations

import pytest

from activities.ai.offline.forgetting import Forgetting, forgetting_asked
from activities.ai.offline.memory_questions import Wants, answer_in, names_in, overtakes, question_in
from schema.vocabulary import Locale

EN, RU = Locale.EN, Locale.RU


@pytest.mark.parametrize(
    ("asked", "locale", "wants"),
    [
        ("what's my aunt called", EN, Wants.NAME),
        ("how old is my nephew?", EN, Wants.AGE),
        ("which town is my school in?", EN, Wants.PLACE),
        ("When is my driving test?", EN, Wants.DATE),
        ("what did I ask you never to mention?", EN, Wants.BOUNDARY),
        ("which week did I lose my keys?", EN, Wants.TOLD),
        ("как зовут мою тётю", RU, Wants.NAME),
        ("сколько лет моему племяннику?", RU, Wants.AGE),
        ("какого числа у меня экзамен?", RU, Wants.DATE),
        ("о чём я просил не говорить?", RU, Wants.BOUNDARY),
        ("What did we try that didn't work?", EN, Wants.FAILED),
        ("remind me what problem I came with", EN, Wants.PROBLEM),
        ("какой шаг у нас не пошёл?", RU, Wants.FAILED),
        ("с какой проблемой я сюда пришёл?", RU, Wants.PROBLEM),
    ],
)
def test_a_question_about_what_was_told_is_one(asked: str, locale: Locale, wants: Wants) -> None:
    question = question_in(asked, locale)
    assert question is not None
    assert (question.wants, question.plain) == (wants, True)


@pytest.mark.parametrize(
    ("said", "locale"),
    [
        ("What should I do about my boss?", EN),
        ("Why do I always end up here?", EN),
        ("He laughed when I told him.", EN),
        ("How do I tell my mother?", EN),
        ("What I want is a quiet room.", EN),
        ("Что мне делать с начальником?", RU),
        ("Почему у меня всегда так?", RU),
        ("Я вам говорила, что устала.", RU),
        ("Как мне сказать об этом маме?", RU),
    ],
)
def test_other_questions_are_none(said: str, locale: Locale) -> None:
    assert question_in(said, locale) is None


@pytest.mark.parametrize(
    ("asked", "told", "answer", "locale"),
    [
        ("what's my aunt called?", "My aunt Petra bakes bread.", True, EN),
        ("what's my aunt called?", "My aunt bakes bread.", False, EN),
        ("what's my aunt called?", "Lucy has an aunt called Petra.", False, EN),
        ("what's my aunt called?", "Is my aunt Petra?", False, EN),
        ("When is my exam?", "The exam is on 9 July.", True, EN),
        ("When is my exam?", "The exam got moved. It's 11 July now.", True, EN),
        ("When is my exam?", "The exam scares me.", False, EN),
        ("what did I ask you never to mention?", "Please don't mention my brother to me.", True, EN),
        ("what did I ask you never to mention?", "Three hens in the kitchen. Don't ask.", False, EN),
        ("как зовут мою тётю?", "тётя приехала, привезла мёд", False, RU),
        ("как зовут мою собаку?", "собака есть. Тузик. рыжий", True, RU),
        ("как зовут мою собаку?", "У Романа собака Альма.", False, RU),
        ("Когда у меня экзамен?", "Экзамен перенесли. Теперь 11 июля.", True, RU),
        ("Когда у меня экзамен?", "Если экзамен 11 июля, успею.", False, RU),
        ("when's my deadline", "deadline is feb 3", True, EN),
        ("What is my pet called?", "Our parrot Kiki swears.", True, EN),
        ("What is my parrot called?", "Our dog Kiki barks.", False, EN),
        ("What is my dog called?", "The dog is Pushkin. He is asleep, of course", True, EN),
        ("What did I tell you about my boss and Berlin?", "My boss is on leave.", False, EN),
        ("what's my goal?", "My goal is one lap of the park.", True, EN),
        ("where do I live?", "first night in Porto and it rains", True, EN),
        ("What was my job?", "I was a baker in a prison kitchen for twelve years.", True, EN),
        ("как зовут моего брата?", "брат звонил, Илья Петрович, опять про дачу", True, RU),
        ("как называется моя команда?", "команда теперь «Синие грачи», проголосовали", True, RU),
        ("как называется моя команда?", "команда сказала «ура»", False, RU),
        ("Где я теперь работаю?", "Взяли в типографию, печатником.", True, RU),
        ("Где я теперь работаю?", "Взяли в кредит холодильник.", False, RU),
    ],
)
def test_only_words_that_hold_what_is_asked_for_answer(asked: str, told: str, answer: bool, locale: Locale) -> None:
    question = question_in(asked, locale)
    assert question is not None
    found = answer_in(question, told, locale)
    assert (found is not None) == answer
    assert found is None or found.text in told


def test_somebody_is_known_by_their_name_too() -> None:
    question = question_in("How old is my nephew?", EN)
    assert question is not None
    names = names_in(question, "My nephew Oskar is loud.", EN)
    assert answer_in(question, "Oskar is 7 now.", EN) is None
    by_name = answer_in(question, "Oskar is 7 now.", EN, names)
    by_kinship = answer_in(question, "My nephew is 6.", EN, names)
    assert by_name is not None
    assert by_kinship is not None
    # Neither fits better, so the later one counts.
    assert by_name.fits == by_kinship.fits


@pytest.mark.parametrize(
    ("said", "locale", "topics"),
    [
        ("btw that story i told you about the lawyer, delete it please", EN, {"lawyer"}),
        ("could you forget what I wrote about my landlord last week", EN, {"landlord"}),
        ("То, что я писала про квартиру, удалите, пожалуйста.", RU, {"квартир"}),
        ("то личное, что я писал. можешь стереть?", RU, set()),
    ],
)
def test_a_wish_to_forget_is_heard_in_the_course_of_a_message(said: str, locale: Locale, topics: set[str]) -> None:
    assert forgetting_asked(said, locale) == Forgetting(False, frozenset(topics))


@pytest.mark.parametrize("said", ["Don't forget what I told you about my exam.", "I never said that. Drop it."])
def test_other_words_are_no_wish_to_forget(said: str) -> None:
    assert forgetting_asked(said, EN) is None


@pytest.mark.parametrize(
    ("asked", "answer", "later", "ends", "locale"),
    [
        ("how many laps do I run?", "I run 10 laps of the park", "i said 10 laps earlier, it's 12 now", True, EN),
        ("what do I play now?", "I play the cello in a quartet", "no more cello. I sold it", True, EN),
        ("what do I play now?", "I play the cello in a quartet", "no more excuses, I practise", False, EN),
        ("what do I play now?", "I play the cello in a quartet", "no more cello, can you imagine?", False, EN),
        # Who asks for the beginning wants no later word.
        ("what did I play at first?", "I play the cello in a quartet", "no more cello. I sold it", False, EN),
        ("на чём я теперь играю?", "Играю на виолончели в квартете", "больше не на виолончели, взяла альт", True, RU),
        ("на чём я теперь играю?", "Играю на виолончели в квартете", "больше не сплю до полудня", False, RU),
    ],
)
def test_what_a_later_message_ends_is_no_answer_any_more(
    asked: str, answer: str, later: str, ends: bool, locale: Locale
) -> None:
    question = question_in(asked, locale)
    assert question is not None
    assert (overtakes(question, later, locale, answer) is not None) == ends
