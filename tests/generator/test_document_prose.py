"""What the descriptions of documents say: of each thing that can be written something, in words of its own, once."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from generator import documents
from generator.documents import Any, Attribute, Element, Include, Text, When
from test_prose import field_runs, only_the_name, shared, without_prose, words

ROOT = Path(__file__).parents[2]
DESCRIPTIONS = sorted((ROOT / "api" / "documents").glob("*.xml"))
#: pieces of other kinds, which have no page of examples
SHARED = {"common"}
#: kinds whose descriptions are not told in full yet; a kind that is complete may not stand here
NOT_DONE: set[str] = set()


@pytest.fixture(scope="module")
def read():
    return documents.read(DESCRIPTIONS)


def items(content, place):
    """(where it stands, its name, its prose) of all that may be written."""
    for item in content:
        if isinstance(item, When):
            yield from items(item.content, place)
        elif isinstance(item, Any):
            yield f"{place}/*", "", item.prose
            yield from items(item.elements, place)
        elif isinstance(item, (Attribute, Text, Element)):
            name = "" if isinstance(item, Text) else item.name
            here = f"{place}/{'@' if isinstance(item, Attribute) else ''}{name or 'text()'}"
            yield here, name, item.prose
            if item.value and item.value.enum and item.value.enum.name is None:
                yield from words_of(item.value.enum, here)
            if isinstance(item, Element):
                yield from items(item.content, here)
        else:
            assert isinstance(item, Include)


def words_of(enum, place):
    for word in enum.words:
        yield f"{place}='{word.name}'", word.name, word.prose


def told(document):
    """All prose of a description below its introduction."""
    for enum in document.enums.values():
        yield from words_of(enum, f"{document.name}:{enum.name}")
    for struct in document.structs.values():
        yield f"{document.name}:{struct.name}", struct.name, struct.prose
        yield from items(struct.content, f"{document.name}:{struct.name}")
    for space in document.namespaces:
        yield from items(space.content, f"{document.name}:{space.prefix}")
    if document.root:
        yield from items((document.root,), f"{document.name}:")


def of_all(read):
    return [found for document in read.documents.values() for found in told(document)]


def sentences(prose):
    return [part for part in re.split(r"(?<=[.;])\s+", prose) if words(part)]


def told_twice(found):
    places = defaultdict(list)
    for place, prose in found:
        for sentence in sentences(prose):
            places[" ".join(words(sentence))].append(place)
    return {sentence: twice for sentence, twice in places.items() if len(twice) > 1}


def test_each_thing_that_can_be_written_is_told(read):
    missing = {document.name: without_prose(told(document)) for document in read.documents.values()}
    assert {kind: places for kind, places in missing.items() if places and kind not in NOT_DONE} == {}
    assert sum(len(list(told(document))) for document in read.documents.values()) > 2500


def test_what_is_done_is_not_listed_as_open(read):
    assert {kind for kind in NOT_DONE if not without_prose(told(read.documents[kind]))} == set()


def test_nothing_only_repeats_its_name(read):
    assert only_the_name((name, name, prose) for place, name, prose in of_all(read)) == []


def test_nothing_is_told_twice(read):
    found = [(place, prose) for place, _, prose in of_all(read)]
    found += [(document.name, document.prose) for document in read.documents.values()]
    assert told_twice(found) == {}


def test_the_words_are_our_own(read):
    found = [(place, prose) for place, _, prose in of_all(read)]
    found += [(document.name, document.prose) for document in read.documents.values()]
    assert shared(found, field_runs()) == {}


def test_prose_is_sentences(read):
    """A capital letter or a digit or a sign at the beginning, a full stop at the end."""
    wrong = [place for place, _, prose in of_all(read) if prose and (not prose.endswith((".", ")", ":")) or "  " in prose)]
    assert wrong == []


def test_every_kind_has_an_introduction_and_an_example(read):
    kinds = [document for document in read.documents.values() if document.name not in SHARED]
    assert [document.name for document in kinds if len(words(document.prose)) < 15] == []
    assert [document.name for document in kinds if not document.example] == []


def test_what_is_refused():
    """The checks themselves can fail."""
    assert without_prose([("a/@b", "b", "")]) == ["a/@b"]
    assert only_the_name([("maxNames", "maxNames", "The max names.")]) == ["maxNames"]
    assert told_twice([("a", "One. Two."), ("b", "Three; one.")]) == {"one": ["a", "b"]}
