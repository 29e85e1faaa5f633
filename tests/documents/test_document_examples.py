"""The example on top of each kind's reference page: it is allowed, read, and prints the same again."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import documents
from test_documents import ROOT, VALIDATED, grammars, roundtrip

__all__ = ["grammars"]

EXAMPLES = {document.name: document.example.text for document in
            documents.read(sorted((ROOT / "api" / "documents").glob("*.xml"))).documents.values() if document.example}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_the_example_is_read_and_printed(kind: str, grammars: Path) -> None:
    done = roundtrip(kind, EXAMPLES[kind], VALIDATED, grammars)
    assert (done.returncode, done.stderr) == (0, "")
    again = roundtrip(kind, done.stdout, VALIDATED, grammars)
    assert (again.returncode, again.stderr, again.stdout) == (0, "", done.stdout)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_an_example_with_a_typo_is_refused(kind: str, grammars: Path) -> None:
    text = EXAMPLES[kind]
    last = text.rindex("</")
    assert roundtrip(kind, text[:last] + "<toaster/>" + text[last:], VALIDATED, grammars).returncode == 1
