"""Our headers and the field's declare the same: by what the description says, and by what stands in both."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from generator import builder
from generator.emit import compat, testabi
from generator.text import version_key

SOURCE = Path(os.environ.get("CORRAL_SOURCE", Path(__file__).parents[2]))
BUILD = Path(os.environ.get("CORRAL_BUILD", SOURCE / "build"))
#: the compilers are nobody's of ours: a sanitizer's runtime has no business in them
os.environ.pop("LD_PRELOAD", None)
COMPILER = ("cc", "-std=gnu11", "-Wall", "-Wextra", "-Werror")
API = builder.load(str(SOURCE / "api.xml"))
FILES = testabi.emit(API)
#: what only the field's headers need
INNER = {"VIR_EXPORT_VAR", "VIR_DEPRECATED"}


def flags(package, **more):
    run = subprocess.run(["pkg-config", "--cflags", package], capture_output=True, text=True, check=True, env=os.environ | more)
    return run.stdout.split()


FIELD = ["-DFIELD_HEADERS", *flags("libvirt")]
OURS = flags("libvirt", PKG_CONFIG_PATH=str(BUILD / "compat" / "lib" / "pkgconfig"))


def compiled(text, options):
    """What the compiler complains about."""
    run = subprocess.run([*COMPILER, *options, "-fsyntax-only", "-xc", "-"], input=text, capture_output=True, text=True, check=False)
    return "" if run.returncode == 0 else run.stderr


def preprocessed(options, *more):
    text = "#define VIR_ENUM_SENTINELS\n" + "".join(f"#include <libvirt/{name}>\n" for name in compat.headers(API))
    run = subprocess.run(["cc", "-E", "-P", *more, *options, "-xc", "-"], input=text, capture_output=True, text=True, check=True)
    return run.stdout


@pytest.mark.parametrize("name", FILES)
def test_the_fields_headers_declare_what_is_described(name):
    assert compiled(FILES[name], FIELD) == ""


@pytest.mark.parametrize("name", FILES)
def test_our_headers_declare_what_is_described(name):
    assert compiled(FILES[name], OURS) == ""


@pytest.mark.parametrize("wrong, right", [
    ("VIR_DOMAIN_RUNNING == 1", "VIR_DOMAIN_RUNNING == 2"),
    ('(VIR_DOMAIN_BLKIO_WEIGHT, "weight")', '(VIR_DOMAIN_BLKIO_WEIGHT, "wait")'),
    ("    unsigned long maxMem;", "    unsigned int maxMem;"),
    ("__typeof__(virDomainGetInfo), int (virDomainPtr, virDomainInfoPtr)", "__typeof__(virDomainGetInfo), int (virDomainPtr, void *)"),
    ("virConnectDomainEventCallback, int (*)", "virConnectDomainEventCallback, void (*)"),
])
def test_what_differs_is_refused(wrong, right):
    text = FILES["abi/domain.c"]
    assert wrong in text
    for options in (FIELD, OURS):
        assert "static assertion failed" in compiled(text.replace(wrong, right), options)


# ---- and the other way round: nothing is declared that is not described


def squeezed(text):
    """Without what makes no other type: `const` behind a parameter's last star, words for the compiler's warnings."""
    return re.sub(r"\s+", "", re.sub(r"__attribute__ *\(\(__deprecated__\)\)|(?<=\*) *const(?= *[,)])", "", text))


def body(text):
    """The text within the braces that open at the beginning."""
    depth = 0
    for place, letter in enumerate(text):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth == 0:
            return text[1:place]
    raise AssertionError("a brace is not closed")


def structs(text):
    """struct -> its members, as they stand there"""
    return {found[1]: squeezed(body(text[found.end() - 1:])).replace("longlongint", "longlong")
            for found in re.finditer(r"struct\s+_(vir\w+)\s*\{", text)}


def enums(text):
    """enum -> its members in the order of their names"""
    found = re.findall(r"typedef\s+enum\s*\{(.*?)\}\s*(vir\w+)\s*;", re.sub(r"^#.*$", "", text, flags=re.M), re.S)
    return {name: set(re.findall(r"(?:^|,)\s*(\w+)", members)) for members, name in found}


def typedefs(text):
    return set(re.findall(r"typedef[^;{]*?\(\s*\*\s*(vir\w+)\s*\)", text)) | set(re.findall(r"typedef\s[^;(){]*?\b(vir\w+)\s*;", text))


def macros(options):
    found = {}
    for line in preprocessed(options, "-dM").splitlines():
        made = re.match(r"#define (\w+(?:\([^)]*\))?) ?(.*)", line)
        if re.match(r"(VIR|LIBVIR|_vir|vir)\w*", made[1]) and not re.fullmatch(r"LIBVIRT\w*_H", made[1]):
            found[squeezed(made[1])] = squeezed(made[2])
    return {name: text for name, text in found.items() if name not in INNER}


def prototypes(options, folder):
    """function -> its type, by the compiler's own account"""
    source, account = folder / "all.c", folder / "all.X"
    source.write_text("".join(f"#include <libvirt/{name}>\n" for name in compat.headers(API)))
    subprocess.run(["cc", *options, "-fsyntax-only", "-aux-info", str(account), str(source)], check=True)
    return dict((name, squeezed(line)) for line, name in re.findall(r"\*/ extern (.*?\b(vir\w+) \(.*);", account.read_text()))


def later():
    """Names that came after what the field's headers are of."""
    found = set()
    for module in API.modules:
        items = [*module.functions, *module.callbacks, *module.enums, *module.constants, *module.structs]
        items += [value for enum in module.enums for value in enum.values]
        found.update(item.name for item in items if item.since and version_key(item.since) > version_key(API.compatible))
        found.update(param.macro for item in module.paramsets for param in item.params if version_key(param.since) > version_key(API.compatible))
    for enum in API.enums.values():
        if enum.name in found and enum.last:
            found.add(enum.last)
    return found


def without_later(mapping):
    return {name: text for name, text in mapping.items() if name not in later()}


def test_both_declare_the_same_functions(tmp_path):
    theirs, ours = prototypes(FIELD, tmp_path), prototypes(OURS, tmp_path)
    assert len(theirs) > 500
    assert without_later(ours) == theirs


def test_both_have_the_same_structs():
    theirs, ours = structs(preprocessed(FIELD)), structs(preprocessed(OURS))
    assert len(theirs) > 25
    assert without_later(ours) == theirs


def test_both_have_the_same_enums():
    theirs, ours = enums(preprocessed(FIELD)), enums(preprocessed(OURS))
    assert len(theirs) > 150
    assert {name: values - later() for name, values in without_later(ours).items()} == theirs


def test_both_have_the_same_types():
    theirs, ours = typedefs(preprocessed(FIELD)), typedefs(preprocessed(OURS))
    assert len(theirs) > 140
    assert ours - later() == theirs


def test_both_have_the_same_macros():
    theirs, ours = macros(FIELD), macros(OURS)
    assert len(theirs) > 200
    assert without_later(ours) == theirs
