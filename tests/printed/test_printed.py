"""The last step of a run: every document that was printed in it passes the generated grammar, as
xmllint reads it; and no printed document passes any more with a typo in it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import documents

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PRINTED = Path(os.environ["CORRAL_BUILD"]) / "printed"
OURS = ROOT / "tests" / "documents"
KINDS = sorted(path.name for path in OURS.iterdir() if path.is_dir() and any(path.glob("*.out.xml")))
AT_ONCE = 200
FEWEST = 500

# What stands in these is anybody's, so the grammar has no say in it.
FOREIGN = re.compile(r"<(metadata|cookie)[ >].*?</\1>", re.DOTALL)
# A node's document holds others, which are read as documents of their own.
HELD = re.compile(r"<(domain|network|pool|device|interface)[ >].*?(</\1>|/>)", re.DOTALL)
NAME = re.compile(r"(?:(?<=<)|(?<= ))[A-Za-z][-\w:]*(?=[ />=])")


@pytest.fixture(scope="session")
def grammars(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("grammars")
    described = sorted(str(path) for path in (ROOT / "api" / "documents").glob("*.xml"))
    documents.run(["doc_rng"], folder, described)
    return folder


def refused(grammar: Path, files: list[Path]) -> dict[str, str]:
    """Those that do not pass, with what xmllint has to say about them all."""
    out: dict[str, str] = {}
    for start in range(0, len(files), AT_ONCE):
        some = [str(path) for path in files[start:start + AT_ONCE]]
        done = subprocess.run(["xmllint", "--noout", "--huge", "--relaxng", grammar, *some],
                              capture_output=True, text=True)
        verdicts = set(done.stderr.splitlines())
        out |= {path: done.stderr for path in some if f"{path} validates" not in verdicts}
    return out


def printed(kind: str) -> list[Path]:
    """What the tests before this one kept, and what their documents are expected to print."""
    return sorted((PRINTED / kind).glob("*.xml")) + sorted((OURS / kind).glob("*.out.xml"))


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_printed_passes_the_grammar(kind: str, grammars: Path) -> None:
    failing = refused(grammars / f"{kind}.rng", printed(kind))
    assert not failing, "\n".join([*failing, next(iter(failing.values()), "")][:40])


def test_the_tests_before_this_one_printed() -> None:
    count = sum(len(list((PRINTED / kind).glob("*.xml"))) for kind in KINDS)
    print(f"{count} documents were printed by the tests")
    assert count >= FEWEST


def with_typos(kind: str, text: str) -> Iterator[str]:
    """One for each name of an element or attribute, where it stands first."""
    foreign = [match.span() for match in (HELD if kind == "node" else FOREIGN).finditer(text)]
    seen: set[str] = set()
    for match in NAME.finditer(text):
        name, start = match.group(), match.start()
        if name in seen or ":" in name or any(a + 1 < start < b for a, b in foreign):
            continue
        if not inside_tag(text, start):
            continue
        seen.add(name)
        if text[start - 1] == "<":
            yield misspelt_element(text, start, name)
        else:
            yield f"{text[:start]}{name}x{text[match.end():]}"


def inside_tag(text: str, at: int) -> bool:
    return text.rfind("<", 0, at) > text.rfind(">", 0, at) and \
        text[text.rfind("<", 0, at):at].count("'") % 2 == 0


def misspelt_element(text: str, start: int, name: str) -> str:
    """The element that begins there, and its end."""
    head = re.compile(r"<(/?)" + re.escape(name) + r"(?=[ />])([^>]*?)(/?)>")
    depth = 0
    for match in head.finditer(text, start - 1):
        depth += -1 if match.group(1) else 0 if match.group(3) else 1
        if depth == 0:
            end = match.start() + (2 if match.group(1) else 1)
            if end == start:
                return f"{text[:start]}{name}x{text[start + len(name):]}"
            return (f"{text[:start]}{name}x{text[start + len(name):end]}"
                    f"{name}x{text[end + len(name):]}")
    raise AssertionError(f"<{name}> does not end")


@pytest.mark.parametrize("kind", KINDS)
def test_a_typo_does_not_pass_the_grammar(kind: str, grammars: Path, tmp_path: Path) -> None:
    files = []
    for path in sorted((OURS / kind).glob("*.out.xml")):
        for number, text in enumerate(with_typos(kind, path.read_text(encoding="utf-8"))):
            files.append(tmp_path / f"{path.name}-{number}")
            files[-1].write_text(text, encoding="utf-8")
    print(f"{len(files)} typos")
    assert files
    passing = {str(path) for path in files} - set(refused(grammars / f"{kind}.rng", files))
    assert not passing, "\n".join(Path(path).read_text()[:600] for path in sorted(passing)[:3])
