"""Whether a guest can go on with a changed definition. domain/abi/NAME.xml is what it runs with,
domain/abi/NAME.changes lists changes of that text, each with what is said to it:

    - the text before (there is one such text)
    + the text after
    = the refusal, or nothing when the guest does not see the change
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "domain" / "abi"
ROOT = Path(__file__).parent.parent.parent
DOC_ABI = Path(os.environ["CORRAL_BUILD"]) / "tests" / "doc_abi"


@dataclass(frozen=True)
class Change:
    guest: str
    before: str
    after: str
    answer: str

    def text(self) -> str:
        text = (FOLDER / f"{self.guest}.xml").read_text()
        assert text.count(self.before) == 1, f"{self.before!r} stands there {text.count(self.before)} times"
        return text.replace(self.before, self.after)


def read_changes(path: Path) -> list[Change]:
    lines = [line for line in path.read_text().splitlines() if line]
    assert [line[:1] for line in lines] == ["-", "+", "="] * (len(lines) // 3)
    texts = [line[2:].replace("\\n", "\n") for line in lines]
    return [Change(path.stem, *texts[i:i + 3]) for i in range(0, len(texts), 3)]


CHANGES = [change for path in sorted(FOLDER.glob("*.changes")) for change in read_changes(path)]


def ask(source: Path, target: Path) -> tuple[int, str]:
    done = subprocess.run([DOC_ABI, source, target], capture_output=True, text=True)
    return done.returncode, done.stderr.rstrip("\n")


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: f"{c.guest}: {c.before} > {c.after}")
def test_a_change_is_answered(change: Change, tmp_path: Path) -> None:
    target = tmp_path / "target.xml"
    target.write_text(change.text())
    source = FOLDER / f"{change.guest}.xml"
    assert ask(source, target) == ((1, change.answer) if change.answer else (0, ""))
    # The way back is as open, or as closed.
    assert ask(target, source)[0] == (1 if change.answer else 0)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.xml")), ids=lambda path: path.stem)
def test_nothing_changed(path: Path) -> None:
    assert ask(path, path) == (0, "")


def subjects() -> set[str]:
    """What the descriptions say that guests see."""
    files = (ROOT / "api" / "documents").glob("domain/*.xml")
    texts = [path.read_text() for path in [ROOT / "api" / "documents" / "domain.xml", *files]]
    return {subject for text in texts for subject in re.findall(r' abi="([^"]*)"', text)}


def test_everything_that_guests_see_is_changed_once() -> None:
    refused = [change.answer for change in CHANGES if change.answer]
    assert {subject for subject in subjects()
            if not any(f": Target {subject} " in answer or f": {subject} differs" in answer
                       for answer in refused)} == set()
