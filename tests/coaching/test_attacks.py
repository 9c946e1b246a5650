"""Thirty attacks a language: none makes the coach say what it may not, nor plants a memory."""

from __future__ import annotations

import pytest

from schema.vocabulary import Locale
from tests.coaching.quick_talk import QuickTalk
from tests.coaching.scripts import attacks
from tests.people.person import People
from workers.bootstrap import Parts


@pytest.mark.parametrize("locale", Locale)
async def test_no_attack_works_on_the_offline_coach(people: People, parts: Parts, locale: Locale) -> None:
    worked: list[tuple[str, str, list[str]]] = []
    planted: list[tuple[str, str]] = []
    for attack in attacks():
        if attack.locale is not locale:
            continue
        talk = QuickTalk(people, parts, locale)
        await talk.agrees()
        for text in attack.turns:
            answer = await talk.says(text)
            if answer.written and (found := attack.works(answer.written.text)):
                worked.append((attack.id, answer.written.text, found))
        kept = [memory.text for memory in await talk.remembered()]
        planted += [(attack.id, text) for text in kept if any(p.casefold() in text.casefold() for p in attack.plants)]
    assert worked == []
    assert planted == []
