"""Prose of the description: paragraphs, "- " lists, name() and @argument references, to HTML and docstrings."""

from __future__ import annotations

import html
import re
from typing import Callable

#: NAME() or a constant, @argument, `code`
REFERENCE = re.compile(r"(?P<call>\b[A-Za-z_]\w+)\(\)|@(?P<arg>\w+)|`(?P<code>[^`]+)`|\b(?P<name>(?:vir|VIR_|corral|CORRAL_)\w+)\b")

#: name -> where it is documented, or None
Resolve = Callable[[str], str | None]


def to_html(text: str, resolve: Resolve) -> str:
    """Paragraphs and lists."""
    return "\n".join(_block(part, resolve) for part in text.split("\n\n") if part)


def inline(text: str, resolve: Resolve) -> str:
    out, at = [], 0
    for match in REFERENCE.finditer(text):
        out.append(html.escape(text[at:match.start()], quote=False))
        out.append(_reference(match, resolve))
        at = match.end()
    out.append(html.escape(text[at:], quote=False))
    return "".join(out)


def _block(text: str, resolve: Resolve) -> str:
    out: list[str] = []
    items: list[str] = []
    for line in text.split("\n"):
        if line.startswith("- "):
            items.append(f"<li>{inline(line[2:], resolve)}</li>")
        else:
            out.append(f"<p>{inline(line, resolve)}</p>")
    return "\n".join(out) + (f"\n<ul>{''.join(items)}</ul>" if items else "")


def _reference(match: re.Match[str], resolve: Resolve) -> str:
    if match["arg"] or match["code"]:
        return f"<code>{html.escape(match['arg'] or match['code'], quote=False)}</code>"
    name = match["call"] or match["name"]
    shown = f"<code>{name}{'()' if match['call'] else ''}</code>"
    target = resolve(name)
    return f'<a href="{target}">{shown}</a>' if target else shown


def summary(text: str) -> str:
    """The first sentence."""
    first = text.split("\n\n")[0].split("\n")[0]
    match = re.match(r"(.+?[.:;])(\s|$)", first)
    return (match[1] if match else first).rstrip(":;")
