"""The stores of vectors: the embedded one and a server's client keep the same promises.

The client talks to `qdrant-client`'s mode in memory, and to a real server, too, where QDRANT_URL names one.
"""

from __future__ import annotations

import asyncio
import math
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4, uuid5

import pytest
from qdrant_client import AsyncQdrantClient

from activities.qdrant import edge_store as edge
from activities.qdrant.client_store import ClientStore, client_store
from activities.qdrant.edge_store import EdgeStore, StoreInUse, edge_store
from activities.qdrant.vector_store import DIMENSIONS, Point, VectorStore, Wanted
from schema.errors import CollectionMissing, VectorsAway
from schema.vocabulary import Domain, Locale

MONDAY = datetime(2026, 11, 2, 9, 30, 0, 1, tzinfo=UTC)
EVERYBODY = Wanted()
WORDS, PROFILES = "test_words", "test_profiles"


def direction(*weights: float) -> list[float]:
    """A vector of length 1 that points along the first dimensions."""
    length = math.hypot(*weights)
    return [weight / length for weight in weights] + [0.0] * (DIMENSIONS - len(weights))


def point(user_ref: str, vector: list[float], at: datetime = MONDAY, **found_by: Locale | Domain) -> Point:
    """A new point."""
    return Point(uuid4(), vector, user_ref, at, **found_by)  # type: ignore[arg-type]


@pytest.fixture(
    params=[
        "embedded",
        "in memory",
        pytest.param(
            "server", marks=pytest.mark.skipif("QDRANT_URL" not in os.environ, reason="QDRANT_URL names no server")
        ),
    ]
)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[VectorStore]:
    """A store with one empty collection."""
    if request.param == "embedded":
        async with edge_store(tmp_path / "vectors") as embedded:
            await embedded.create(WORDS)
            yield embedded
    elif request.param == "in memory":
        client = AsyncQdrantClient(":memory:")
        in_memory = ClientStore(client)
        await in_memory.create(WORDS)
        yield in_memory
        await client.close()
    else:
        async with client_store(os.environ["QDRANT_URL"], os.environ.get("QDRANT_API_KEY")) as server:
            for collection in (WORDS, PROFILES):
                await server.drop(collection)
            await server.create(WORDS)
            yield server
            for collection in (WORDS, PROFILES):
                await server.drop(collection)


async def found(store: VectorStore, wanted: Wanted, name: str = WORDS) -> set[UUID]:
    """The points that a search finds."""
    return {match.point_id for match in await store.search(name, direction(1), limit=100, wanted=wanted)}


async def test_the_nearest_come_first_with_their_cosine(store: VectorStore) -> None:
    near, middle, far = point("anna", direction(3, 1)), point("boris", direction(1, 1)), point("anna", direction(-1, 1))
    await store.upsert(WORDS, [far, near, middle])
    matches = await store.search(WORDS, direction(1), limit=2, wanted=EVERYBODY)
    assert [(match.point_id, match.user_ref) for match in matches] == [
        (near.point_id, "anna"),
        (middle.point_id, "boris"),
    ]
    assert [match.score for match in matches] == pytest.approx([3 / math.sqrt(10), 1 / math.sqrt(2)], abs=1e-4)


async def test_a_search_looks_only_among_what_is_wanted(store: VectorStore) -> None:
    russian = point("anna", direction(1, 2), language=Locale.RU, domain=Domain.WORK)
    english = point("anna", direction(1, 3), MONDAY + timedelta(days=1), language=Locale.EN, domain=Domain.WORK)
    another = point("boris", direction(1, 4), MONDAY + timedelta(days=2), language=Locale.RU, domain=Domain.HEALTH)
    bare = point("boris", direction(1, 5), MONDAY + timedelta(days=3))
    await store.upsert(WORDS, [russian, english, another, bare])

    async def finds(wanted: Wanted, *points: Point) -> None:
        assert await found(store, wanted) == {each.point_id for each in points}, wanted

    await finds(Wanted(), russian, english, another, bare)
    await finds(Wanted("anna"), russian, english)
    await finds(Wanted("nobody"))
    await finds(Wanted(but_of="anna"), another, bare)
    await finds(Wanted(language=Locale.RU), russian, another)
    await finds(Wanted(domain=Domain.WORK, language=Locale.EN), english)
    await finds(Wanted("boris", domain=Domain.HEALTH), another)
    await finds(Wanted(since=MONDAY), russian, english, another, bare)
    await finds(Wanted(since=MONDAY + timedelta(microseconds=1)), english, another, bare)
    await finds(Wanted(until=MONDAY))
    await finds(Wanted(until=MONDAY + timedelta(microseconds=1)), russian)
    await finds(Wanted("anna", since=MONDAY + timedelta(hours=1), until=MONDAY + timedelta(days=2)), english)


async def test_a_point_with_the_id_of_another_replaces_it(store: VectorStore) -> None:
    old = point("anna", direction(1), language=Locale.RU)
    new = Point(old.point_id, direction(0, 1), "anna", MONDAY + timedelta(days=1))
    await store.upsert(WORDS, [old])
    await store.upsert(WORDS, [new])
    await store.upsert(WORDS, [])
    [match] = await store.search(WORDS, direction(0, 1), limit=5, wanted=Wanted(since=new.at))
    assert match.score == pytest.approx(1)
    assert not await found(store, Wanted(language=Locale.RU))
    assert await store.collections() == {WORDS: 1}


async def test_a_persons_points_are_listed_and_deleted_one_by_one(store: VectorStore) -> None:
    # More than a page.
    annas = [point("anna", direction(1, n)) for n in range(1_203)]
    boris = point("boris", direction(1))
    await store.upsert(WORDS, [*annas, boris])
    assert await store.ids_of(WORDS, "anna") == {each.point_id for each in annas}
    await store.delete(WORDS, [annas[0].point_id, uuid4()])
    await store.delete(WORDS, [])
    assert await store.ids_of(WORDS, "anna") == {each.point_id for each in annas[1:]}
    assert await store.ids_of(WORDS, "boris") == {boris.point_id}
    assert await store.ids_of(WORDS, "nobody") == set()


def with_parts(user_ref: str, parts: int, whole: Point | None = None) -> list[Point]:
    """A text and so many parts of it, each in a direction of its own."""
    whole = whole or point(user_ref, direction(1))
    along = (direction(*[0.0] * n, 1) for n in range(1, parts + 1))
    return [
        whole,
        *(Point(uuid5(whole.point_id, str(n)), v, user_ref, MONDAY, of=whole.point_id) for n, v in enumerate(along)),
    ]


async def test_a_text_is_found_by_its_parts_and_counted_listed_and_deleted_as_one(store: VectorStore) -> None:
    (first, *firsts), (second, *seconds) = with_parts("anna", 3), with_parts("anna", 2)
    boris = with_parts("boris", 2)
    await store.upsert(WORDS, [first, *firsts, second, *seconds])
    await store.upsert(WORDS, boris)
    assert await store.collections() == {WORDS: 3}
    assert await store.ids_of(WORDS, "anna") == {first.point_id, second.point_id}
    # Only the first has a third part.
    [match] = await store.search(WORDS, firsts[2].vector, limit=1, wanted=Wanted("anna"))
    assert (match.point_id, match.of) == (firsts[2].point_id, first.point_id)
    assert match.score == pytest.approx(1, abs=1e-4)
    [match] = await store.search(WORDS, first.vector, limit=1, wanted=Wanted("boris"))
    assert match.point_id == match.of == boris[0].point_id
    await store.delete(WORDS, [first.point_id])
    assert await found(store, Wanted("anna")) == {each.point_id for each in (second, *seconds)}
    assert await found(store, Wanted("boris")) == {each.point_id for each in boris}
    assert await store.collections() == {WORDS: 2}


@pytest.mark.parametrize("parts", [0, 1, 4])
async def test_a_text_that_is_stored_anew_keeps_no_part_of_before(store: VectorStore, parts: int) -> None:
    before, another = with_parts("anna", 3), with_parts("anna", 3)
    await store.upsert(WORDS, [*before, *another])
    after = with_parts("anna", parts, before[0])
    for _ in range(2):
        await store.upsert(WORDS, after)
        assert await found(store, EVERYBODY) == {each.point_id for each in (*after, *another)}


async def test_who_is_forgotten_is_in_no_collection(store: VectorStore) -> None:
    await store.create(PROFILES)
    boris = point("boris", direction(1))
    for collection in (WORDS, PROFILES):
        await store.upsert(collection, [point("anna", direction(1)), point("anna", direction(2, 1)), boris])
    await store.forget("anna")
    await store.forget("anna")
    for collection in (WORDS, PROFILES):
        assert await store.ids_of(collection, "anna") == set()
        assert await found(store, EVERYBODY, collection) == {boris.point_id}


async def test_an_alias_is_switched_to_a_collection_that_was_built_beside(store: VectorStore) -> None:
    await store.create(PROFILES)
    old, new = point("anna", direction(1)), point("anna", direction(1))
    await store.upsert(WORDS, [old])
    await store.upsert(PROFILES, [new])
    await store.switch("test_alias", WORDS)
    assert await found(store, EVERYBODY, "test_alias") == {old.point_id}
    await store.switch("test_alias", PROFILES)
    assert await found(store, EVERYBODY, "test_alias") == {new.point_id}
    assert (await store.aliases())["test_alias"] == PROFILES
    await store.drop(PROFILES)
    assert "test_alias" not in await store.aliases()


async def test_creating_twice_keeps_and_dropping_twice_does_nothing(store: VectorStore) -> None:
    await store.upsert(WORDS, [point("anna", direction(1))])
    await store.create(WORDS)
    assert await store.collections() == {WORDS: 1}
    await store.drop(WORDS)
    await store.drop(WORDS)
    assert await store.collections() == {}
    await store.create(WORDS)
    assert await store.collections() == {WORDS: 0}


async def test_a_missing_collection_is_told_apart_from_a_store_that_is_away(store: VectorStore) -> None:
    for asked in (
        store.search("nothing", direction(1), limit=1, wanted=EVERYBODY),
        store.upsert("nothing", [point("anna", direction(1))]),
        store.ids_of("nothing", "anna"),
        store.delete("nothing", [uuid4()]),
        store.switch("test_alias", "nothing"),
    ):
        with pytest.raises(CollectionMissing, match="vectors rebuild"):
            await asked
    assert "test_alias" not in await store.aliases()


async def test_a_server_that_is_away_says_so_to_operators_alone() -> None:
    async with client_store("http://127.0.0.1:1", "the key") as store:
        for asked in (
            store.collections(),
            store.create(WORDS),
            store.switch("test_alias", WORDS),
            store.upsert(WORDS, [point("anna", direction(1))]),
            store.search(WORDS, direction(1), limit=1, wanted=EVERYBODY),
            store.forget("anna"),
        ):
            with pytest.raises(VectorsAway, match=r"^Qdrant can't be reached\. Start it, or correct QDRANT_URL\.$"):
                await asked


async def test_what_was_stored_is_there_when_the_store_is_opened_again(tmp_path: Path) -> None:
    kept = point("anna", direction(1), language=Locale.RU)
    async with edge_store(tmp_path) as store:
        await store.create(WORDS)
        await store.upsert(WORDS, [kept])
        await store.switch("words", WORDS)
    with pytest.raises(VectorsAway):
        await store.collections()
    async with edge_store(tmp_path) as store:
        assert await found(store, Wanted("anna", language=Locale.RU), "words") == {kept.point_id}


WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid5, UUID
from activities.qdrant.edge_store import edge_store
from activities.qdrant.vector_store import Point

async def write():
    async with edge_store(Path(sys.argv[1])) as store:
        await store.create("test_words")
        await store.switch("words", "test_words")
        for n in range(1_000_000):
            point_id = uuid5(UUID(int=0), str(n))
            await store.upsert("test_words", [Point(point_id, [1.0] + [0.0] * 511, "anna", datetime.now(UTC))])
            print(n, flush=True)

asyncio.run(write())
"""


async def test_a_killed_owner_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
    try:
        assert owner.stdout is not None
        acknowledged = 0
        for line in owner.stdout:
            acknowledged = int(line)
            if acknowledged == 20:
                with pytest.raises(StoreInUse, match="Another process owns"):
                    await asyncio.to_thread(EdgeStore, tmp_path)
            if acknowledged == 300:
                owner.send_signal(signal.SIGKILL)
        assert owner.wait() == -signal.SIGKILL
    finally:
        owner.kill()
        owner.communicate()
    assert acknowledged >= 300
    async with edge_store(tmp_path) as store:
        written = await store.ids_of("words", "anna")
    assert {uuid5(UUID(int=0), str(n)) for n in range(acknowledged + 1)} <= written
    assert len(written) <= acknowledged + 2


async def test_a_damaged_collection_is_missing_and_made_anew_while_others_stay(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with edge_store(tmp_path) as store:
        for collection in (WORDS, PROFILES):
            await store.create(collection)
            await store.upsert(collection, [point("anna", direction(1))])
        await store.switch("words", WORDS)
    (tmp_path / WORDS / "edge_config.json").write_text("{")
    async with edge_store(tmp_path) as store:
        assert "are damaged" in caplog.text
        assert await store.collections() == {PROFILES: 1}
        with pytest.raises(CollectionMissing):
            await store.search("words", direction(1), limit=1, wanted=EVERYBODY)
        await store.create(WORDS)
        assert await store.collections() == {PROFILES: 1, WORDS: 0}


async def test_whoever_is_forgotten_leaves_no_damaged_files_behind(tmp_path: Path) -> None:
    async with edge_store(tmp_path) as store:
        await store.create(WORDS)
        await store.upsert(WORDS, [point("anna", direction(1))])
    (tmp_path / WORDS / "edge_config.json").write_text("{")
    async with edge_store(tmp_path) as store:
        await store.forget("anna")
    assert not (tmp_path / WORDS).exists()


@pytest.mark.parametrize("deleted_by", ["name", "id"])
async def test_what_is_deleted_leaves_no_byte_on_the_disk(tmp_path: Path, deleted_by: str) -> None:
    number = random.Random(7)
    others = [point("boris", direction(*(number.gauss(0, 1) for _ in range(DIMENSIONS)))) for _ in range(200)]
    annas = point("anna-of-this-test", direction(*(number.gauss(0, 1) for _ in range(DIMENSIONS))))
    along = direction(*(number.gauss(0, 1) for _ in range(DIMENSIONS)))
    part = Point(uuid4(), along, annas.user_ref, MONDAY, of=annas.point_id)
    traces = (b"anna-of-this-test", *(struct.pack("<16f", *each.vector[:16]) for each in (annas, part)))

    def traced() -> set[bytes]:
        files = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
        return {trace for trace in traces if any(trace in file for file in files)}

    async with edge_store(tmp_path) as store:
        await store.create(WORDS)
        await store.upsert(WORDS, [*others, annas, part])
        assert traced() == set(traces)
        if deleted_by == "name":
            await store.forget("anna-of-this-test")
        else:
            await store.delete(WORDS, [annas.point_id])
        assert traced() == set()
        assert await store.collections() == {WORDS: len(others)}


async def test_a_store_that_is_wiped_under_its_owner_is_empty_and_takes_new_points(tmp_path: Path) -> None:
    path = tmp_path / "vectors"
    async with edge_store(path) as store:
        await store.create(WORDS)
        await store.upsert(WORDS, [point("anna", direction(1))])
        shutil.rmtree(path)
        with pytest.raises(CollectionMissing):
            await store.upsert(WORDS, [point("anna", direction(1))])
        assert await store.collections() == {}
        await store.create(WORDS)
        kept = point("anna", direction(1))
        await store.upsert(WORDS, [kept])
        with pytest.raises(StoreInUse):
            await asyncio.to_thread(EdgeStore, path)
    async with edge_store(path) as store:
        assert await found(store, EVERYBODY) == {kept.point_id}


def quantised(collection: Path) -> list[Path]:
    """The engine's files of quantised vectors."""
    return list(collection.glob("segments/*/vector_storage/quantized.data"))


async def test_a_large_collection_is_quantised_and_still_finds_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge, "UNQUANTISED", 6_000)
    chance = random.Random(7)
    points = [point(f"person {n % 20}", direction(*(chance.gauss(0, 1) for _ in range(32)))) for n in range(6_000)]
    async with edge_store(tmp_path) as store:
        await store.create(WORDS)
        await store.upsert(WORDS, points)
        assert quantised(tmp_path / WORDS)
        for each in points[::500]:
            [match] = await store.search(WORDS, each.vector, limit=1, wanted=Wanted(each.user_ref))
            assert match.point_id == each.point_id
            assert match.score == pytest.approx(1, abs=1e-4)
