"""What a search finds with the offline embedder is no less than what docs/profile.md says, but for a few queries."""

from __future__ import annotations

import pytest

from activities.ai.offline.embedding import UniversalSentenceEmbedder
from activities.ai.sentence_encoder import SentenceEncoder
from schema.vocabulary import Locale
from tests.recall.recall import BESIDES, SAID, Recall, corpus, recall

EN, RU = Locale.EN, Locale.RU


@pytest.fixture(scope="module")
async def offline() -> Recall:
    return await recall(UniversalSentenceEmbedder(SentenceEncoder()))


@pytest.mark.parametrize(
    ("among", "least"),
    [
        ("380 texts", {(EN, EN): 0.38, (EN, RU): 0.25, (RU, EN): 0.33, (RU, RU): 0.20}),
        ("40 texts", {(EN, EN): 0.80, (EN, RU): 0.63, (RU, EN): 0.67, (RU, RU): 0.59}),
        (
            "within long answers, each sentence embedded, too",
            {(EN, EN): 0.25, (EN, RU): 0.20, (RU, EN): 0.23, (RU, RU): 0.13},
        ),
    ],
)
def test_a_query_in_other_words_finds_its_text(
    offline: Recall, among: str, least: dict[tuple[Locale, Locale], float]
) -> None:
    assert {pair: share for pair, share in offline[among].items() if share < least[pair]} == {}


def test_a_sentence_of_a_long_answer_is_found_more_often_when_it_is_embedded_alone(offline: Recall) -> None:
    whole, alone = (offline[f"within long answers, {how}"] for how in ("embedded whole", "each sentence embedded, too"))
    assert all(alone[pair] > whole[pair] for pair in whole)


@pytest.mark.parametrize("locale", Locale)
def test_each_text_and_each_query_stands_there_once(locale: Locale) -> None:
    texts = corpus(locale)
    queries = [each[f"{locale}_query"] for each in SAID]
    assert len(set(texts)) == len(texts)
    assert len(set(queries)) == len(SAID) == 60
    assert len(BESIDES[locale]) == 90
