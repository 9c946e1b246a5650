"""What counts as a command: with a slash, or in plain words when they are the whole message."""

from __future__ import annotations

import pytest

from gateway.presentation.commands import Asked, _plain_words, asked
from gateway.telegram.inbound.commands import COMMANDS
from gateway.terminal.inbound.input_parser import AnswerText, Command, meaning
from gateway.terminal.inbound.manners import Manner
from gateway.terminal.inbound.persona import load_persona
from schema.onboarding.bank import load_bank
from schema.vocabulary import Locale
from workflows.safety.rules.crisis import detect

PHRASES = [
    (phrase, command)
    for command, languages in _plain_words().phrases.items()
    for phrases in languages.values()
    for phrase in phrases
]

MEANT = {
    "skip": """
        skip | Skip. | SKIP! | skip please | Please skip this | ok, skip | Skip this one, thanks
        Can you skip this? | I don't want to answer this | I don’t want to answer this.
        i dont want to answer this, sorry | I'd rather not say... | Next question please | Next!
        Another question, please? | pass | Pass. | "skip" | I do not want to answer this question | skip 🙏
        Skip. Next question please. | I'd like to skip this question | I don't want to talk about it | Hmm, next one
        пропусти | Пропусти, пожалуйста. | ПРОПУСТИ | Ну пропустите этот вопрос | пропустим
        не хочу отвечать на это | Я не хочу на это отвечать. | Не хочу отвечать на этот вопрос, извините | дальше
        Давай дальше | пас | Пас. | Следующий вопрос, пожалуйста! | другой вопрос | Можно другой вопрос?
        давайте следующий | скип | Пропусти. Дальше. | Не хочу об этом говорить
    """,
    "pause": """
        pause | Pause, please | Let's take a break | lets pause | pause the conversation | пауза | Пауза.
        Сделаем перерыв | давай передохнём | Давайте сделаем паузу, пожалуйста
    """,
    "resume": "resume | Let's continue | continue | продолжим | Давай продолжим! | Продолжаем",
    "stop": """
        stop | STOP | Stop! | stop, please | Please stop | Let's stop here | No more questions
        stop asking me questions | Enough for today | That's enough for today, thank you | Can we stop?
        stop. enough for today | стоп | Стоп! | хватит | Хватит. | Хватит, пожалуйста | Хватит на сегодня
        на сегодня хватит | Стоп. Хватит. | Давайте закончим | Давай закончим на этом, спасибо
        больше никаких вопросов
    """,
    "profile": """
        my portrait | My portrait please | Show me my portrait | show my profile | мой портрет | Мой портрет!
        Покажи мой портрет | Покажите портрет, пожалуйста | мой профиль
    """,
    "insights": "show me my insights | мои инсайты",
    "evolution": "How have I changed? | how am I changing | Как я изменился? | Хорошо, а как я меняюсь",
    "why": "Why do you think so? | Почему вы так думаете? | почему вы так решили",
    "export": "download my data | Export my data, please | пришлите мои данные | Хочу забрать свои данные",
    "delete": """
        delete my data | Delete my data! | Please delete all my data | erase my data | forget me | Forget me.
        Delete my account | I want you to delete my data | Could you delete my answers? | удали мои данные
        Удалите мои данные, пожалуйста! | Удали всё обо мне | Сотри всё обо мне | Забудь меня | забудьте меня
        хочу удалить свои данные | Сотрите мои ответы | Можете удалить мои данные?
    """,
    "help": """
        help | Help! | help please | What can you do? | what can i do here | How does this work? | Who are you?
        помощь | Помощь! | что ты умеешь? | Что вы умеете | Как это работает? | помогите | Ты бот?
    """,
    "start": "start | Let's begin | начнём | Давайте начнём!",
    "new": "New topic, please | Let's change the topic | another topic | Новая тема | давай сменим тему",
    "language": "Speak English please | switch to Russian | Давайте по-русски | говорите по-английски, пожалуйста",
}

ANSWERS = """
    nothing | Nothing. | I don't know | I dont know | enough | Enough. | Enough! | no | No. | yes | maybe | not sure
    well | ok | okay, so | please | sorry | thanks | hi | now | stop drinking | I want to stop | I'd like to stop
    I can't stop | stop it | I stopped | Skip breakfast | I skip lunch | I'd skip it if I could | pass the exam
    next year | next to my mother | the next question is why | another question is what I want | a break
    I need a break | take a break | break | I want to take a break from work | I want to end it
    I want to end it all | end it | end it all | the end | I'm done | I am finished | finish it | I can't go on
    I want to disappear | forget it | Forget everything | forget about me | everyone forgets me | delete me
    delete everything | erase it all | help others | I help people | I need help | my portrait of Dorian Gray
    my profile picture | portrait | privacy | who knows | who am I | English | in English | begin
    continue as before, I suppose | I don't want to answer to anybody | I don't want to
    I don't want to talk to him | pause before I speak | I would rather not | rather not | cancel culture
    cancelled | go on | I want to stop here forever | Stop. I was eight. | skip? maybe. no.
    help me understand my father | what can I do | I'm back home | ничего | Ничего. | не знаю | Не знаю… | нет
    Нет. | да | может быть | хорошо | ладно | спасибо | пожалуйста | простите | довольно | Довольно. | достаточно
    всё | Всё. | Хватит ли сил | хватит терпеть | хватит ему врать | мне хватит | хочу, чтобы всё закончилось
    хочу всё закончить | закончить всё | пора заканчивать | всё, конец | конец | больше не могу | не хочу больше
    не хочу | не хочу жить | не хочу отвечать за других | дальше некуда | дальше будет видно | а дальше пустота
    пропускаю ужин | пропустить работу | пропустила бы этот день | следующий год | другой город | передохнуть
    перерыв на кофе | отдохнуть | пауза между словами | стоп-кран | остановиться | остановись | не могу остановиться
    начать | начать сначала | продолжать жить | помощь родителям | помогаю маме | мне нужна помощь
    I have changed | how I changed my mind | why | why me | почему | почему я | я изменилась | find me
    помогите моему брату понять меня | удали | удалить всё | стереть память | забыть | забудь | меня забыли
    забудь обо мне | мой портрет висит у мамы | портрет | никто | кто я | кто я такая | по-русски | вернулась
    я вернулась | я вернулась домой | конфиденциальность | меню ресторана | не буду | не хочу говорить с ним
    не хочу об этом думать | Let's talk about something else | давай о другом | a new job | отпусти | прощай | прощайте
"""


def listed(lines: str) -> list[str]:
    return [phrase.strip() for line in lines.strip().splitlines() for phrase in line.split("|") if phrase.strip()]


SAID = [(phrase, command) for command, lines in MEANT.items() for phrase in listed(lines)]


def test_plain_words_for_a_command_are_one() -> None:
    read = [(phrase, found.name if (found := asked(phrase)) else None) for phrase, _ in SAID]
    assert read == SAID


def test_what_may_be_an_answer_stays_one() -> None:
    for answer in listed(ANSWERS):
        assert asked(answer) is None, answer
        assert meaning(answer, ()) == AnswerText(answer)


def test_the_lists_are_long_enough_in_each_language() -> None:
    for phrases in ([phrase for phrase, _ in SAID], listed(ANSWERS)):
        russian = [phrase for phrase in phrases if any("а" <= letter <= "я" for letter in phrase.casefold())]
        assert min(len(russian), len(phrases) - len(russian)) >= 60


def test_no_phrase_of_the_file_is_a_cry_for_help() -> None:
    for phrase, command in PHRASES:
        for said in (phrase, f"{phrase}!", f"please {phrase}", f"{phrase}, пожалуйста"):
            assert asked(said) == Asked(*command.split()), said
            assert detect(said) is None, said


def test_both_channels_know_every_command_that_plain_words_stand_for() -> None:
    named = {command.split()[0] for command in _plain_words().phrases}
    assert named <= set(COMMANDS)
    assert named - {"language", "steps"} <= set(Command)


def test_no_button_s_label_and_no_line_of_an_invented_person_is_taken_for_a_command() -> None:
    said = [line for locale in Locale for manner in Manner for line in load_persona(locale, manner).everything]
    said += [question.text(locale) for question in load_bank() for locale in Locale]
    assert [text for text in said if asked(text)] == []


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [
        ("/help", "help", ""),
        ("/help.", "help", ""),
        ("/delete?", "delete", ""),
        ("/delete ?!", "delete", "?!"),
        ("/Skip", "skip", ""),
        ("/help@selfology_bot", "help", ""),
        ("/help@selfology_bot.", "help", ""),
        (" /cancel ", "stop", ""),
        ("/language en", "language", "en"),
        ("/language  EN\n", "language", "EN"),
        ("/help\nme", "help", "me"),
        ("/dance now", "dance", "now"),
        ("/стоп", "стоп", ""),
    ],
)
def test_a_slash_makes_a_command_whatever_stands_around_it(text: str, name: str, argument: str) -> None:
    assert asked(text) == Asked(name, argument)


@pytest.mark.parametrize("text", ["/", "/ that is how I feel", "/home/anna", "and/or", "1/2", "5 / 7", "//", "/-", ""])
def test_a_slash_alone_makes_none(text: str) -> None:
    assert asked(text) is None
