"""Every mistake that the generator detects has a fixture beside its message."""

import subprocess
from pathlib import Path

import pytest

from generator import builder, grammar, reader
from generator.reader import Mistake

HERE = Path(__file__).parent
GRAMMAR = HERE.parent.parent / "generator" / "api.rng"
UNREADABLE = ("include-missing", "not-well-formed")
BAD = sorted((HERE / "bad").glob("*.xml"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_description_is_refused_with_its_message(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    with pytest.raises(Mistake) as caught:
        builder.load(path.name)
    assert str(caught.value) == path.with_suffix(".err").read_text().rstrip("\n")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_reader_and_grammar_agree(path):
    """What the editors' grammar refuses is what grammar.py refuses, no more and no less."""
    try:
        grammar.validate(reader.read(str(path)), grammar.load())
        ours = True
    except Mistake as mistake:
        if path.stem in UNREADABLE:
            return  # not a matter of grammar: there is nothing to validate
        ours = False
    theirs = subprocess.run(["xmllint", "--noout", "--relaxng", str(GRAMMAR), str(path)], capture_output=True)
    assert ours == (theirs.returncode == 0), theirs.stderr.decode()


def test_description_itself_is_accepted():
    api = builder.load("api.xml")
    assert len(api.functions) > 500


def test_every_file_of_the_description_fits_the_grammar():
    root = HERE.parent.parent
    files = [root / "api.xml", *(path for path in root.glob("api/**/*.xml") if not {"documents", "cpu"} & set(path.parts))]
    result = subprocess.run(["xmllint", "--noout", "--relaxng", str(GRAMMAR), *map(str, files)], capture_output=True)
    assert result.returncode == 0, result.stderr.decode()
