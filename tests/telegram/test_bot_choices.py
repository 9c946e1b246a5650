"""A person of few words in Telegram: buttons with short answers, which become the answer, in both languages."""

from __future__ import annotations

import pytest

from schema.onboarding.bank import load_bank
from schema.vocabulary import Locale
from tests.people.telegram_user import TelegramUser, until, until_kept
from tests.telegram.bot_api import BotMessage
from tests.telegram.conftest import RunsBot

SHORT = {Locale.RU: ("Чай.", "Книги."), Locale.EN: ("Tea.", "Books.")}
LONG = {
    Locale.RU: "Каждый вечер мы с сестрой гуляем у реки.",
    Locale.EN: "Every evening I walk by the river with my sister.",
}


async def of_few_words(anna: TelegramUser) -> tuple[BotMessage, list[str]]:
    """Answers two questions in a word each; the third question and its choices."""
    await anna.begins()
    for number, answer in enumerate(SHORT[anna.locale], start=2):
        await anna.writes(answer)
        asked = await anna.is_asked(number)
    open_question = (await anna.progress()).open_question
    choices = next(q for q in load_bank() if q.id == open_question).choices_in(anna.locale)
    return asked, choices


async def chooses(anna: TelegramUser, choice: str, message: BotMessage) -> None:
    await anna.phone.taps(choice, message)
    await until(lambda: anna.phone.unanswered_taps == 0)


@pytest.mark.parametrize("locale", Locale)
async def test_a_tapped_choice_is_the_answer_and_the_reply_says_so(runs_bot: RunsBot, locale: Locale) -> None:
    async with runs_bot() as town:
        anna = town.somebody(locale)
        asked, choices = await of_few_words(anna)
        skip_or_rest = [anna.text("choice-skip"), anna.text("choice-pause")]
        not_quite = [anna.text("choice-not-quite")]
        assert asked.buttons == [*([choice] for choice in choices), skip_or_rest, not_quite]
        assert asked.text.endswith(anna.text("telegram-choose-or-write"))
        before = (asked.text, list(asked.entities))
        await chooses(anna, choices[1], asked)
        following = await anna.is_asked(4)
        assert following.text.startswith(anna.text("feedback-chosen", choice=choices[1]))
        assert (asked.text, asked.entities, asked.buttons) == (*before, [not_quite])
        await until_kept(anna, [*SHORT[locale], choices[1]])


async def test_who_writes_instead_is_heard_and_the_choices_are_over(runs_bot: RunsBot) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        asked, choices = await of_few_words(anna)
        await anna.writes(LONG[anna.locale])
        following = await anna.is_asked(4)
        assert anna.text("telegram-choose-or-write") not in following.text
        await chooses(anna, choices[0], asked)
        assert anna.phone.toasts[-1] == anna.text("notice-choice-came-late")
        assert anna.text("feedback-chosen", choice="") not in asked.text + following.text
        assert asked.buttons == [[anna.text("choice-not-quite")]]
        await until_kept(anna, [*SHORT[anna.locale], LONG[anna.locale]])


@pytest.mark.parametrize("locale", Locale)
async def test_a_choice_that_only_the_session_knows_to_be_late_is_not_shown_as_taken(
    runs_bot: RunsBot, locale: Locale
) -> None:
    async with runs_bot() as town:
        anna = town.somebody(locale)
        asked, choices = await of_few_words(anna)
        await anna.writes(LONG[locale])
        await anna.is_asked(4)
    # Another bot, which has not brought that question.
    async with runs_bot() as town:
        await chooses(anna, choices[0], asked)
        await anna.sees("notice-choice-came-late")
        assert anna.text("feedback-chosen", choice=choices[0]) not in "".join(m.text for m in anna.phone.screen)
        await until_kept(anna, [*SHORT[locale], LONG[locale]])


async def test_an_impatient_finger_gives_one_answer(runs_bot: RunsBot) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        asked, choices = await of_few_words(anna)
        for choice in (choices[2], choices[0], choices[2]):
            await anna.phone.taps(choice, asked)
        following = await anna.is_asked(4)
        await until(lambda: anna.phone.unanswered_taps == 0)
        assert following.text.startswith(anna.text("feedback-chosen", choice=choices[2]))
        assert await anna.is_left_in_peace()
        await until_kept(anna, [*SHORT[anna.locale], choices[2]])


async def test_another_language_brings_its_own_choices(runs_bot: RunsBot) -> None:
    async with runs_bot() as town:
        anna = town.somebody(Locale.EN)
        asked, english = await of_few_words(anna)
        await anna.writes("/language ru")
        anna.locale = Locale.RU
        again = await anna.is_asked(3)
        open_question = (await anna.progress()).open_question
        russian = next(q for q in load_bank() if q.id == open_question).choices_in(Locale.RU)
        assert [row[0] for row in again.buttons[: len(russian)]] == russian
        # Both copies ask the same.
        await chooses(anna, english[0], asked)
        await anna.is_asked(4)
        await until_kept(anna, [*SHORT[Locale.EN], english[0]])
