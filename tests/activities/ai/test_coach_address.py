"""The offline coach says «ты» to who wishes for it, in every line, and «вы» to everybody else."""

from __future__ import annotations

import re

import pytest

from activities.ai.offline.coach import OfflineCoach
from activities.ai.offline.coach_address import familiar
from activities.ai.offline.coach_bank import Kind, bank
from schema.coaching.context import ReplyContext, Turn
from schema.coaching.wishes import StyleWish
from schema.vocabulary import Locale
from tests.people.coached.talks import Script, scripts

_FORMAL = re.compile(
    r"\b(?:вы|вас|вам|ваш\w*|(?<!между )вами|здравствуйте|\w+(?:[еёи]те|йте|ьте|[еёи]тесь|йтесь|ьтесь))\b",
    re.IGNORECASE,
)
_NOUNS = {"плите"}


def formal_words(text: str) -> set[str]:
    return set(_FORMAL.findall(text.lower())) - _NOUNS


@pytest.mark.parametrize(
    ("formal", "informal"),
    [
        ("Как вы поймёте, что это было не зря?", "Как ты поймёшь, что это было не зря?"),
        (
            "Вы пишете «{phrase}». Что в вас при этом происходит?",
            "Ты пишешь «{phrase}». Что в тебе при этом происходит?",
        ),
        ("Что вы при этом говорите себе?", "Что ты при этом говоришь себе?"),
        ("Говорите так, как хочется вам.", "Говори так, как хочется тебе."),
        ("Здравствуйте. Торопиться некуда.", "Привет. Торопиться некуда."),
        ("Чего между вами больше всего не хватает?", "Чего между вами больше всего не хватает?"),
        ("Читаю дальше.", "Читаю дальше."),
        ("С чем вы сегодня пришли?", None),
        ("На что вы готовы, если готовы?", None),
        ("Каково дома, когда вы оба молчите?", None),
    ],
)
def test_a_line_is_said_with_the_other_you_unless_it_would_show_the_persons_sex(
    formal: str, informal: str | None
) -> None:
    assert familiar(formal) == informal


def test_no_line_says_both_and_every_kind_has_lines_left() -> None:
    lines = bank(Locale.RU, informal=True)
    for line in lines:
        assert not formal_words(line.text), line.text
    for kind in Kind:
        assert sum(line.name.split(".")[1] == kind for line in lines) >= 3 or kind is Kind.TRIED_BEFORE, kind


@pytest.mark.parametrize("script", [s for s in scripts() if s.locale is Locale.RU], ids=lambda script: script.name)
async def test_a_whole_talk_keeps_to_it(script: Script) -> None:
    turns = list[Turn]()
    for text in script.says:
        turns.append(Turn(speaker="person", text=text))
        context = ReplyContext(locale=Locale.RU, turns=turns, wished=[StyleWish.INFORMAL])
        reply = await OfflineCoach().write(context)
        assert not formal_words(re.sub("«.*?»", "", reply.text)), reply.text
        turns.append(Turn(speaker="coach", text=reply.text, moves=reply.moves))
