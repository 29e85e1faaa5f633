"""corral.aio: awaitable calls, cancelling, events, several loops in one process."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
import threading
import time

import corral
import corral.aio
import pytest
from conftest import ENVIRONMENT, GUEST

SLOW = """<node xmlns:corral='https://corral.dev/xmlns/test/1.0'>
<corral:call name='virConnectGetHostname' delay='60000'/></node>"""


@pytest.fixture(autouse=True, scope="module")
def loop_thread():
    """The tests' process has registered the default loop, so it is the program that runs it."""
    stop = threading.Event()
    timer = corral.virEventAddTimeout(10, lambda *args: None, None)

    def run() -> None:
        while not stop.is_set():
            corral.virEventRunDefaultImpl()

    thread = threading.Thread(target=run)
    thread.start()
    yield
    stop.set()
    thread.join()
    corral.virEventRemoveTimeout(timer)


def test_calls_are_awaitable() -> None:
    async def main() -> None:
        async with await corral.aio.open("test:///default") as conn:
            domains = await conn.listAllDomains()
            assert isinstance(domains[0], corral.aio.AsyncObject)
            names = await asyncio.gather(*(domain.name() for domain in domains))
            assert "test" in names
            one = await conn.lookupByName("test")
            assert one in domains and (await one.info())[0] == 1
            with pytest.raises(corral.NoDomainError):
                await conn.lookupByName("nobody")
            assert "async" in repr(one) and one.sync.name() == "test"

    asyncio.run(main())


def test_cancelling_ends_one_call_and_no_other(tmp_path) -> None:
    (tmp_path / "slow.xml").write_text(SLOW)

    async def main() -> None:
        conn = await corral.aio.open(f"test://{tmp_path}/slow.xml")
        one, two = asyncio.ensure_future(conn.getHostname()), asyncio.ensure_future(conn.getHostname())
        await asyncio.sleep(0.1)
        began = time.monotonic()
        one.cancel()
        with pytest.raises(asyncio.CancelledError):
            await one
        assert time.monotonic() - began < 5
        assert not two.done()
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(two, 0.1)
        assert await conn.getLibVersion() > 0
        await conn.close()

    asyncio.run(main())


def test_events_are_an_iterator() -> None:
    async def main() -> None:
        async with await corral.aio.open("test:///default") as conn:
            events = conn.events(corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE)
            waiting = asyncio.ensure_future(events.__anext__())
            await asyncio.sleep(0.1)
            domain = await conn.createXML(GUEST.format(name="aio"))
            event = await waiting
            assert event.kind is corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE and event.object == domain
            assert event.details[0] == corral.VIR_DOMAIN_EVENT_STARTED
            await domain.destroy()
            event = await events.__anext__()
            assert event.details[0] == corral.VIR_DOMAIN_EVENT_STOPPED
            await events.aclose()

    asyncio.run(main())


def test_events_of_all_kinds_and_wrong_ones() -> None:
    async def main() -> None:
        async with await corral.aio.open("test:///default") as conn:
            events = conn.events()
            waiting = asyncio.ensure_future(events.__anext__())
            await asyncio.sleep(0.2)
            network = await conn.networkLookupByName("default")
            await network.destroy()
            event = await waiting
            assert event.kind is corral.VIR_NETWORK_EVENT_ID_LIFECYCLE and event.object == network
            await network.create()
            await events.aclose()
            with pytest.raises(TypeError):
                await conn.events(12345).__anext__()

    asyncio.run(main())


def test_two_loops_in_two_threads() -> None:
    heard: list[str] = []

    async def main(name: str) -> None:
        async with await corral.aio.open("test:///default") as conn:
            events = conn.events(corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE)
            waiting = asyncio.ensure_future(events.__anext__())
            await asyncio.sleep(0.1)
            domain = await conn.createXML(GUEST.format(name=name))
            async with asyncio.timeout(60):
                while await (await waiting).object.name() != name:
                    waiting = asyncio.ensure_future(events.__anext__())
            heard.append(name)
            await domain.destroy()
            await events.aclose()

    threads = [threading.Thread(target=lambda name=name: asyncio.run(main(name))) for name in ("left", "right")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == ["left", "right"]


def test_without_a_registered_loop() -> None:
    code = """
        import asyncio, corral, corral.aio
        async def main():
            conn = await corral.aio.open("test:///default")
            events = conn.events(corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE)
            waiting = asyncio.ensure_future(events.__anext__())
            await asyncio.sleep(0.1)
            domain = await conn.lookupByName("test")
            await domain.suspend()
            event = await waiting
            print(event.kind == corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE, event.details)
            await domain.resume()
            await events.aclose()
            await conn.close()
        for _ in range(2):
            asyncio.run(main())
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, env=ENVIRONMENT)
    assert (done.stdout, done.stderr) == ("True (3, 0)\n" * 2, "")
