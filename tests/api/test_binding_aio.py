"""corral.aio: awaitable calls, cancelling, events, several loops in one process."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
import threading
from typing import Any, Awaitable, Callable

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
        one.cancel()
        with pytest.raises(asyncio.CancelledError):
            await one
        assert not two.done()
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(two, 0.1)
        assert await conn.getLibVersion() > 0
        await conn.close()

    asyncio.run(main())


async def first(events: Any, provoke: Callable[[], Awaitable[Any]]) -> corral.aio.Event:
    """The first one, of what is provoked until somebody listens."""
    waiting = asyncio.ensure_future(events.__anext__())
    while not waiting.done():
        await provoke()
        await asyncio.wait({waiting}, timeout=0.01)
    return waiting.result()


async def next_of(events: Any, thing: Any) -> corral.aio.Event:
    while (event := await events.__anext__()).object != thing:
        pass
    return event


def test_events_are_an_iterator() -> None:
    async def main() -> None:
        async with await corral.aio.open("test:///default") as conn:
            events = conn.events(corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE)
            other = await conn.createXML(GUEST.format(name="other"))

            async def provoke() -> None:
                await other.suspend()
                await other.resume()

            assert (await first(events, provoke)).object == other
            domain = await conn.createXML(GUEST.format(name="aio"))
            event = await next_of(events, domain)
            assert event.kind is corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE
            assert event.details[0] == corral.VIR_DOMAIN_EVENT_STARTED
            await domain.destroy()
            event = await next_of(events, domain)
            assert event.details[0] == corral.VIR_DOMAIN_EVENT_STOPPED
            await events.aclose()
            await other.destroy()

    asyncio.run(main())


def test_events_of_all_kinds_and_wrong_ones() -> None:
    async def main() -> None:
        async with await corral.aio.open("test:///default") as conn:
            events = conn.events()
            network = await conn.networkLookupByName("default")

            async def provoke() -> None:
                await network.destroy()
                await network.create()

            event = await first(events, provoke)
            assert event.kind is corral.VIR_NETWORK_EVENT_ID_LIFECYCLE and event.object == network
            await events.aclose()
            with pytest.raises(TypeError):
                await conn.events(12345).__anext__()

    asyncio.run(main())


def test_two_loops_in_two_threads() -> None:
    heard: list[str] = []

    async def main(name: str) -> None:
        async with await corral.aio.open("test:///default") as conn:
            events = conn.events(corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE)
            domain = await conn.createXML(GUEST.format(name=name))

            async def provoke() -> None:
                await domain.suspend()
                await domain.resume()

            await first(events, provoke)
            await domain.suspend()
            await next_of(events, domain)
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
            domain = await conn.lookupByName("test")
            while not waiting.done():
                await domain.suspend()
                await domain.resume()
                await asyncio.wait({waiting}, timeout=0.01)
            event = waiting.result()
            print(event.kind == corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE, event.object == domain)
            await events.aclose()
            await conn.close()
        for _ in range(2):
            asyncio.run(main())
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, env=ENVIRONMENT)
    assert (done.stdout, done.stderr) == ("True True\n" * 2, "")
