"""The codec server decrypts for who says who they are and why, and for nobody else; each look is written down first."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import aiohttp
import asyncpg
import pytest
from temporalio.api.common.v1 import Payload
from temporalio.converter import WorkflowSerializationContext
from yarl import URL

from gateway.codec.app import LARGEST, LARGEST_FORM, LONGEST_TOKEN, MOST
from gateway.codec.operators import LocalOperators
from gateway.serving import serving
from schema.account.looks import LONGEST_REASON
from schema.keys.key_id import KeyId
from schema.operator_error import OperatorError
from tests.codec.door import SECRET, UI, WHY, Door, encrypted, kept, sealed_by, server
from tests.keys import encryption, encryption_in, fresh
from tests.metrics import Scrape, scrape
from workers.database_roles import Role

__all__ = ["scrape"]


async def test_an_operator_who_says_why_reads_and_is_written_down(door: Door, pool: asyncpg.Pool, anna: str) -> None:
    public = Payload(metadata={"encoding": b"json/plain"}, data=b'"Asked question 2"')
    first, second, third = await door.looks(await encrypted(anna), public, await encrypted(anna, "And of plums."))
    assert json.loads(first.data) == SECRET
    assert second == public
    assert json.loads(third.data) == "And of plums."
    (look,) = await kept(pool, anna)
    assert (look["operator"], look["reason"], look["payloads"]) == ("olga", WHY, 2)


async def test_who_looks_at_nothing_encrypted_is_not_written_down(door: Door, pool: asyncpg.Pool) -> None:
    before = await pool.fetchval("SELECT count(*) FROM audit_system.looks")
    await door.looks(Payload(metadata={"encoding": b"json/plain"}, data=b"1"))
    assert await pool.fetchval("SELECT count(*) FROM audit_system.looks") == before


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"X_Reason": WHY}, 401),
        ({"Authorization": "Bearer nonsense", "X_Reason": WHY}, 401),
        ({"Authorization": "Bearer TOKEN"}, 403),
        ({"Authorization": "Bearer TOKEN", "X_Reason": "   "}, 403),
        ({"Authorization": "Bearer TOKEN", "X_Reason": "\u200b \u200b"}, 403),
        ({"Authorization": "TOKEN", "X_Reason": WHY}, 401),
        ({"Authorization": "Basic TOKEN", "X_Reason": WHY}, 401),
        ({"Authorization": "Bearer TOKEN", "X_Reason": WHY, "Origin": "https://evil.example.org"}, 403),
        ({"Authorization": "Bearer TOKEN", "X_Reason": "x" * (LONGEST_REASON + 1)}, 403),
    ],
)
async def test_nobody_reads_who_says_not_who_they_are_and_why(
    door: Door, pool: asyncpg.Pool, anna: str, headers: dict[str, str], status: int
) -> None:
    told = {name: value.replace("TOKEN", door.token) for name, value in headers.items()}
    answer = await door.asks(await encrypted(anna), **told)
    assert answer.status == status
    assert "quinceberry" not in await answer.text()
    assert await kept(pool, anna) == []


async def test_a_token_that_is_not_valid_is_counted_and_a_missing_one_is_none(
    door: Door, anna: str, scrape: Scrape
) -> None:
    for token in ("", "no token at all", "neither is this"):
        answer = await door.asks(await encrypted(anna), Authorization=f"Bearer {token}", X_Reason=WHY)
        assert answer.status == 401
    assert re.search(r'selfology_logins_refused_total\{door="codec",.*\} 2\n', await asyncio.to_thread(scrape))


async def test_what_nobody_can_read_says_so_and_keeps_the_rest_readable(
    door: Door, pool: asyncpg.Pool, anna: str
) -> None:
    boris = uuid4().hex[:16]
    gone, damaged = await encrypted(boris), await encrypted(anna)
    nameless = Payload(metadata={"encoding": b"binary/encrypted"}, data=b"nonsense")
    damaged.data = damaged.data[:-1] + bytes([damaged.data[-1] ^ 1])
    await encryption().keys.destroy(KeyId(boris, 1))
    told = [json.loads(p.data) for p in await door.looks(gone, damaged, nameless, await encrypted(anna))]
    assert told[0] == f"[unreadable: it is damaged, or key {boris}.1 is destroyed]"
    assert told[1] == f"[unreadable: it is damaged, or key {anna}.1 is destroyed]"
    assert told[2] == "[unreadable: it is damaged, or key without a name is destroyed]"
    assert told[3] == SECRET
    # Of whom nothing was read, nothing is written down: who is erased stays so.
    assert await kept(pool, boris) == []
    assert [look["payloads"] for look in await kept(pool, anna)] == [1]


async def test_a_reason_is_told_in_any_script(door: Door, pool: asyncpg.Pool, anna: str) -> None:
    await door.looks(await encrypted(anna), why="Жалоба: «нет итога»")
    assert (await door.asks(await encrypted(anna), Authorization=f"bearer {door.token}", X_Reason=WHY)).status == 200
    assert {look["reason"] for look in await kept(pool, anna)} == {"Жалоба: «нет итога»", WHY}


async def test_what_is_nobody_s_is_a_look_at_nobody(door: Door, pool: asyncpg.Pool) -> None:
    context = WorkflowSerializationContext("default", "erase-" + uuid4().hex[:16])
    clear = Payload(metadata={"encoding": b"json/plain"}, data=b'"of the system"')
    (payload,) = await sealed_by(encryption()).with_context(context).encode([clear])
    why = f"An erasure hangs {uuid4().hex}"
    assert await door.looks(payload, why=why) == [clear]
    (look,) = await pool.fetch("SELECT look_id FROM audit_system.looks WHERE reason = $1", why)
    assert not await pool.fetch("SELECT FROM audit_system.people_looked_at WHERE look_id = $1", look["look_id"])


async def test_without_the_log_nobody_reads(anna: str, database_url: str) -> None:
    operators = LocalOperators()
    # A role that may not write the log stands for every way in which it can be away.
    async with asyncpg.create_pool(Role.OPERATOR.at(database_url), min_size=1) as pool:
        app = server(pool, operators).application()
        async with serving(app, "127.0.0.1", 0, setting="PORT") as port, aiohttp.ClientSession() as session:
            door = Door(session, URL(f"http://127.0.0.1:{port}"), operators.token_of("olga"))
            answer = await door.asks(await encrypted(anna), Authorization=f"Bearer {door.token}", X_Reason=WHY)
            assert answer.status == 503
            assert "quinceberry" not in await answer.text()


async def test_without_the_keys_nobody_reads(codec_pool: asyncpg.Pool, anna: str, tmp_path: Path) -> None:
    keys, operators = encryption_in(tmp_path), LocalOperators()
    payload = await encrypted(anna, keys=keys)
    away = fresh(keys)
    app = server(codec_pool, operators, away).application()
    (tmp_path / "keys.db").unlink()
    async with serving(app, "127.0.0.1", 0, setting="PORT") as port, aiohttp.ClientSession() as session:
        door = Door(session, URL(f"http://127.0.0.1:{port}"), operators.token_of("olga"))
        assert (await door.asks(payload, Authorization=f"Bearer {door.token}", X_Reason=WHY)).status == 503


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"[" * 100_000, b'{"payloads": 1}', b"\xff\xfe"])
async def test_what_is_no_payload_is_refused(door: Door, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {door.token}", "X-Reason": WHY}
    answer = await door.session.post(door.url / "decode", data=body, headers=headers)
    assert answer.status == 400
    assert await answer.json() == {"detail": "These are no payloads."}


async def test_what_is_too_large_or_too_slow_is_refused(codec_pool: asyncpg.Pool) -> None:
    operators = LocalOperators()
    app = server(codec_pool, operators, within=0.2).application()
    async with serving(app, "127.0.0.1", 0, setting="PORT") as port, aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{port}/decode"
        headers = {"Authorization": f"Bearer {operators.token_of('olga')}", "X-Reason": WHY}

        async def slowly() -> AsyncIterator[bytes]:
            yield b"{"
            await asyncio.sleep(60)

        assert (await session.post(url, data=slowly(), headers=headers)).status == 408
    app = server(codec_pool, operators).application()
    async with serving(app, "127.0.0.1", 0, setting="PORT") as port, aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{port}/decode"
        assert (await session.post(url, data=b" " * (LARGEST + 1), headers=headers)).status == 413
        assert (await session.post(url, data=b'{"payloads":[' + b"{}," * 3 * MOST, headers=headers)).status == 413
        form = aiohttp.FormData({"reason": WHY})
        form.add_field("file", b"x" * (LARGEST_FORM + 1), filename="large")
        assert (await session.post(f"http://127.0.0.1:{port}/look", data=form)).status == 413


async def test_only_the_web_ui_s_pages_may_ask(door: Door) -> None:
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,authorization-extras,content-type,x-namespace",
    }
    ours = await door.session.options(door.url / "decode", headers={"Origin": UI, **asked})
    assert ours.headers["Access-Control-Allow-Origin"] == UI
    assert ours.headers["Access-Control-Allow-Credentials"] == "true"
    theirs = await door.session.options(door.url / "decode", headers={"Origin": "https://evil.example.org", **asked})
    assert theirs.status == 400
    assert "Access-Control-Allow-Origin" not in theirs.headers


async def test_it_encodes_nothing_and_describes_itself_to_nobody(door: Door) -> None:
    for path in ("encode", "download", "docs", "openapi.json"):
        assert (await door.session.post(door.url / path)).status == 404
    assert "Server" not in (await door.session.get(door.url)).headers


async def test_a_browser_keeps_token_and_reason_until_the_operator_is_done(
    door: Door, pool: asyncpg.Pool, anna: str
) -> None:
    async with aiohttp.ClientSession() as session:
        browser = Door(session, door.url, door.token)
        form = {"reason": "Жалоба: «нет итога»", "token": door.token}
        assert (await session.post(door.url / "look", data={**form, "token": "wrong"})).status == 401
        assert (await session.post(door.url / "look", data={**form, "reason": " "})).status == 403
        assert (await session.post(door.url / "look", data={**form, "reason": "\u200b"})).status == 403
        assert (await session.post(door.url / "look", data={**form, "token": "x" * (LONGEST_TOKEN + 1)})).status == 403
        answer = await session.post(door.url / "look", data=form, allow_redirects=False)
        set_cookies = answer.headers.getall("Set-Cookie")
        assert len(set_cookies) == 2
        assert all("HttpOnly" in each and "SameSite=strict" in each and "Secure" in each for each in set_cookies)
        # The test's own server speaks no TLS, so its cookies are carried by hand.
        carried = "; ".join(each.partition(";")[0] for each in set_cookies)
        session.headers["Cookie"] = carried
        page = await (await session.get(door.url)).text()
        assert "«нет итога»" in page
        # Another token, of a server that was started again, is still taken.
        assert 'name="token"' in page
        answer = await browser.asks(await encrypted(anna))
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        (look,) = await kept(pool, anna)
        assert look["reason"] == "Жалоба: «нет итога»"
        left = await session.post(door.url / "leave", allow_redirects=False)
        assert all("Max-Age=0" in each for each in left.headers.getall("Set-Cookie"))


async def test_the_page_runs_no_script_but_its_own_and_stands_in_no_frame(door: Door) -> None:
    policy = (await door.session.get(door.url)).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; base-uri 'none'; frame-ancestors 'none'; script-src 'sha256-")
    foreign = await door.session.post(
        door.url / "look", data={"reason": "x"}, headers={"Sec-Fetch-Site": "cross-site"}, allow_redirects=False
    )
    assert foreign.status == 403
    quoted = {"Cookie": "codec_reason=%3Cscript%3Ealert(1)%3C/script%3E"}
    assert "<script>alert" not in await (await door.session.get(door.url, headers=quoted)).text()


async def test_an_address_that_cannot_be_listened_on_is_said(codec_pool: asyncpg.Pool, door: Door) -> None:
    app = server(codec_pool, LocalOperators()).application()
    assert door.url.port is not None
    for host, reason in (("127.0.0.1", "Address already in use"), ("nowhere.invalid", "there is no such address")):
        with pytest.raises(OperatorError, match=f"{host}:.* can't be listened on: {reason}. Set X_PORT"):
            async with serving(app, host, door.url.port, setting="X_PORT"):
                pass
