"""More guests than an answer may list: our client gets them in pieces, others an error that says why."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any, Iterator

import pytest
from support import ERR_RPC, Client, Daemon, domain, uint

import corral

GUESTS, MOST = 20000, 16384
PAGE, ONLY_GUESTS = 1 << 28, 1 << 31


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("many") / "node.xml"
    guest = "<domain type='test'><name>guest-{0}</name><uuid>{1}</uuid><memory>65536</memory><os><type>hvm</type></os></domain>"
    path.write_text("<node>" + "".join(guest.format(i, uuid.uuid5(uuid.NAMESPACE_DNS, str(i))) for i in range(GUESTS)) + "</node>")
    return path


@pytest.fixture(scope="module")
def daemon(node: Path) -> Iterator[Daemon]:
    # its guests are there as long as somebody has opened it
    with Daemon() as it, Client(it.rw) as keeper:
        keeper.open(f"test://{node}")
        yield it


@pytest.fixture
def conn(daemon: Daemon, node: Path) -> Iterator[Any]:
    with corral.open(daemon.uri(path=str(node))) as it:
        yield it


def test_all_of_them_are_listed(conn: Any) -> None:
    names = {dom.name() for dom in conn.listAllDomains()}
    assert names == {f"guest-{i}" for i in range(GUESTS)}
    assert len(conn.listAllDomains(corral.VIR_CONNECT_LIST_DOMAINS_RUNNING)) == GUESTS
    assert conn.listAllDomains(corral.VIR_CONNECT_LIST_DOMAINS_SHUTOFF) == []


def test_statistics_of_all_of_them(conn: Any) -> None:
    for groups in (corral.VIR_DOMAIN_STATS_STATE, 0):
        found = {dom.name(): figures for dom, figures in conn.getAllDomainStats(groups)}
        assert len(found) == GUESTS
        assert found["guest-0"]["state.state"] == corral.VIR_DOMAIN_RUNNING
    assert conn.getAllDomainStats(corral.VIR_DOMAIN_STATS_STATE, corral.VIR_CONNECT_GET_ALL_DOMAINS_STATS_SHUTOFF) == []
    with pytest.raises(corral.libvirtError):
        conn.getAllDomainStats(1 << 27, corral.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS)


def test_a_reconnecting_connection_knows_them_all(daemon: Daemon, node: Path) -> None:
    corral.virEventRegisterDefaultImpl()
    with corral.open(daemon.uri(path=str(node)), reconnect=True) as conn:
        conn.deregisterGapCallback(conn.registerGapCallback(print, None))


def test_who_knows_no_pieces_is_told_the_limit(daemon: Daemon, node: Path) -> None:
    with Client(daemon.rw) as client:
        client.open(f"test://{node}")
        for name, payload in (("CONNECT_LIST_ALL_DOMAINS", uint(1) + uint(0)), ("CONNECT_GET_ALL_DOMAIN_STATS", uint(0) + uint(1) + uint(0))):
            answer = client.call(name, payload)
            assert answer.code == ERR_RPC
            assert str(GUESTS) in answer.message and str(MOST) in answer.message
        # and goes on
        assert client.call("CONNECT_NUM_OF_DOMAINS").payload == uint(GUESTS)


def test_pieces_begin_behind_one_guest(daemon: Daemon, node: Path) -> None:
    with Client(daemon.rw) as client:
        client.open(f"test://{node}")
        last = domain("guest-0", bytes(15) + b"\1")
        two = client.call("CONNECT_GET_ALL_DOMAIN_STATS", uint(2) + last + last + uint(1) + uint(PAGE))
        assert two.code == ERR_RPC and "behind one guest" in two.message
        # guests need not be there to go on behind them
        behind = client.call("CONNECT_GET_ALL_DOMAIN_STATS", uint(1) + domain("none", b"\xff" * 16) + uint(ONLY_GUESTS) + uint(PAGE))
        assert behind.payload == uint(0)
        first = client.call("CONNECT_GET_ALL_DOMAIN_STATS", uint(1) + last + uint(ONLY_GUESTS) + uint(PAGE))
        assert int.from_bytes(first.payload[:4], "big") == 8192


def test_pieces_hold_what_one_may_see(node: Path) -> None:
    rules = 'access_rules = ["user 65534: connect:*", "user 65534: domain:getattr on guest-19*"]'
    with Daemon(rules) as daemon, Client(daemon.rw) as client:
        client.open(f"test://{node}")
        assert client.act_as(uid=65534).status == 0
        seen = client.call("CONNECT_GET_ALL_DOMAIN_STATS", uint(0) + uint(ONLY_GUESTS) + uint(PAGE))
        assert seen.status == 0, seen
        assert int.from_bytes(seen.payload[:4], "big") == 1111
        figures = client.call("CONNECT_GET_ALL_DOMAIN_STATS", uint(0) + uint(1) + uint(PAGE))
        assert figures.payload == uint(0)
