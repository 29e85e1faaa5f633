"""What the description says: something, in words of its own, once."""

import re
import xml.etree.ElementTree
from collections import defaultdict
from pathlib import Path

import pytest

from generator import builder, shapes

ROOT = Path(__file__).parents[2]
#: the field's own description of its API, from its package for developers
FIELD = Path("/usr/share/libvirt/api")
RUN = 9
#: calls that fail only when what they are called on is no object, which its class says
OF_THE_OBJECT = ("field", "ref", "free")
#: calls that tell of errors and raise none, or have nothing to fail
NEVER = {"virConnCopyLastError", "virConnGetLastError", "virCopyLastError", "virGetLastError", "virGetLastErrorCode",
         "virGetLastErrorDomain", "virGetLastErrorMessage", "virSaveLastError", "virInitialize"}
#: words that say nothing about a thing
EMPTY = set("a an the of to in for by on with and or is it its this that be s".split())


@pytest.fixture(scope="module")
def api():
    return builder.load(str(ROOT / "api.xml"))


def words(text):
    return re.findall(r"[a-z0-9_]+", text.lower())


def parts(name):
    """Those of a name, with and without a plural: virDomainGetInfo -> domain, get, info."""
    found = set()
    for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name.replace("_", " ")):
        found |= {word.lower(), word.lower() + "s", word.lower().rstrip("s")}
    return found


def definitions(api):
    """(what it is, its name, its prose)"""
    for module in api.modules:
        for kind in ("constants", "macros", "aliases", "variables", "enums", "objects", "structs", "callbacks", "functions"):
            for item in getattr(module, kind):
                if not getattr(item, "builtin", False):
                    yield item.name, item.name, item.doc
        for enum in module.enums:
            for value in enum.values:
                yield value.name, value.name, value.doc
        for struct in module.structs:
            for member in struct.members:
                yield f"{struct.name}.{member.name}", member.name, member.doc
        for paramset in module.paramsets:
            for param in paramset.params:
                yield param.macro, param.name, param.doc
        for item in (*module.functions, *module.callbacks):
            for arg in () if getattr(item, "internal", False) else item.args:
                if not arg.reserved:
                    yield f"{item.name}({arg.name})", arg.name, arg.doc
        for function in module.functions:
            if function.returns.type != "void" and not function.internal:
                yield f"{function.name}()", "returns", function.returns.doc


def texts(api):
    """All prose: that of definitions, of errors, and of examples' surroundings."""
    for place, _, doc in definitions(api):
        yield place, doc
    for function in api.functions.values():
        for error in function.errors:
            yield f"{function.name}: {error.code}", error.doc


def runs(text, length=RUN):
    found = words(text)
    return {tuple(found[at:at + length]) for at in range(len(found) - length + 1)}


def without_prose(found):
    return [place for place, _, doc in found if not words(doc)]


def only_the_name(found):
    return [place for place, name, doc in found if words(doc) and set(words(doc)) - EMPTY <= parts(name) | parts(place.split("(")[0])]


def told_twice(found):
    places = defaultdict(list)
    for place, doc in found:
        if doc:
            places[" ".join(words(doc))].append(place)
    return {doc: twice for doc, twice in places.items() if len(twice) > 1}


def shared(found, theirs):
    return {place: [" ".join(run) for run in runs(doc) & theirs] for place, doc in found if runs(doc) & theirs}


def field_runs():
    files = list(FIELD.glob("libvirt*-api.xml"))
    assert files, "libvirt-dev is not installed"
    found = set()
    for file in files:
        for element in xml.etree.ElementTree.parse(file).iter():
            for text in (element.text, element.get("info")):
                found |= runs(text or "")
    assert len(found) > 10000
    return found


def test_every_definition_says_something(api):
    assert without_prose(definitions(api)) == []


def test_no_definition_only_repeats_its_name(api):
    assert only_the_name(definitions(api)) == []


def test_nothing_is_told_twice(api):
    assert told_twice(texts(api)) == {}


def test_every_call_that_can_fail_says_how(api):
    """Giving up a reference fails for what is no object, and so does asking one for what it holds."""
    silent = [function.name for function in api.functions.values()
              if not function.internal and function.name not in NEVER and not function.errors and shapes.failure(api, function.returns) and function.impl not in OF_THE_OBJECT]
    assert silent == []


def test_no_error_is_named_without_its_cause(api):
    assert [f"{function.name}: {error.code}" for function in api.functions.values() for error in function.errors if not words(error.doc)] == []


def test_the_words_are_our_own(api):
    assert shared(texts(api), field_runs()) == {}


def test_what_is_refused():
    """The checks themselves can fail."""
    assert without_prose([("virA", "virA", " .")]) == ["virA"]
    assert only_the_name([("virDomainGetInfo", "virDomainGetInfo", "Gets the info of a domain"), ("b", "b", "more")]) == ["virDomainGetInfo"]
    assert only_the_name([("virA(maxNames)", "maxNames", "the max names")]) == ["virA(maxNames)"]
    assert told_twice([("a", "One thing."), ("b", "one thing"), ("c", "another")]) == {"one thing": ["a", "b"]}
    theirs = runs("one two three four five six seven eight nine ten")
    assert shared([("a", "so: two three four five six, seven eight nine ten")], theirs) != {}
    assert shared([("a", "two three four five six seven eight nine"), ("b", "ten nine eight")], theirs) == {}
