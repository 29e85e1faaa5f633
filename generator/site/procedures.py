"""The table of the wire: every procedure, and what is known of it."""

from __future__ import annotations

import html
import os
from pathlib import Path
from typing import Callable, NamedTuple

from .. import model, wire
from ..emit import dispatch

HEAD = ("number", "procedure", "call", "messages", "served", "on read-only connections", "permission asked for", "called by the tests")
#: a folder with what daemons of the tests were called for, as tests/support/called.py writes it
RECORD = "CORRAL_CALLED_FOLDER"


class Row(NamedTuple):
    program: str
    number: int
    name: str
    call: str
    encoded: str
    served: str
    read_only: str
    permission: str
    #: (calls, those answered by an error); None where nothing was recorded
    tested: tuple[int, int] | None


def rows(api: model.Api, record: dict[str, tuple[int, int]]) -> list[Row]:
    """One for each that a client may call."""
    wired = wire.build(api)
    hand = dispatch.by_hand()
    return [_row(item, hand, record) for item in wired.procedures if not item.event]


def _row(item: wire.Procedure, hand: set[str], record: dict[str, tuple[int, int]]) -> Row:
    messages = [words for words, message in (("arguments", item.args), ("answer", item.ret)) if message]
    served = "by hand" if item.name in hand else "generated" if item.function else "no"
    return Row(
        program=item.program,
        number=item.number,
        name=item.name,
        call=item.function.name if item.function else "",
        encoded=" and ".join(messages) or "empty",
        served=served,
        read_only="refused" if item.write else "allowed",
        permission=", ".join(_permissions(item)) or "none",
        tested=record.get(item.name),
    )


def _permissions(item: wire.Procedure) -> list[str]:
    out = []
    for acl in item.acl:
        out += [f"{word} if {acl.condition}" if acl.condition else word for word in acl.need if word != "none"]
        out += [f"{word} of each" for word in acl.filter]
    return out


def read(folder: str) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for path in sorted(Path(folder).glob("*")) if folder else ():
        for line in path.read_text(encoding="utf-8").splitlines():
            name, calls, refused = line.split()
            before = found.get(name, (0, 0))
            found[name] = (before[0] + int(calls), before[1] + int(refused))
    return found


def page(api: model.Api, link: Callable[[str], str]) -> str:
    record = read(os.environ.get(RECORD, ""))
    table = rows(api, record)
    out = "<h1>Procedures of the wire</h1>\n" + _summary(table, bool(record))
    for program in api.wire.programs:
        body = "".join(_html(row, link) for row in table if row.program == program.name)
        head = "".join(f"<th>{text}</th>" for text in HEAD)
        out += f'<h2 id="{program.name}">Program {program.name}, {program.number}</h2>\n<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>\n'
    return out


def _summary(table: list[Row], recorded: bool) -> str:
    tested = sum(row.tested is not None for row in table)
    said = f"{tested} of them were called through a daemon by the tests that ran last" if recorded else "no tests have run since the build"
    return (
        f"<p>{len(table)} procedures can be called, {sum(row.served != 'no' for row in table)} are served; {said}. Tests call every one "
        "as somebody without rights, and those that change something on the socket for reading: what the columns say is refused.</p>\n"
    )


def _html(row: Row, link: Callable[[str], str]) -> str:
    tested = "" if row.tested is None else f"{row.tested[0]} times, {row.tested[1]} refused"
    cells = [str(row.number), f"<code>{row.name}</code>", link(row.call) if row.call else "", row.encoded, row.served, row.read_only,
             html.escape(row.permission), tested]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"
