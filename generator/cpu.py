"""The tables of processors, api/cpu/*.xml: from XML to checked records."""

from __future__ import annotations

from dataclasses import dataclass

from . import grammar, reader
from .reader import Element, Mistake

REGISTERS = ("eax", "ebx", "ecx", "edx")


@dataclass(frozen=True)
class Maker:
    name: str
    reads: str  # the twelve letters of leaf 0
    number: int


@dataclass(frozen=True)
class Feature:
    name: str
    leaf: int
    subleaf: int
    register: str  # one of REGISTERS, "msr", or "" for one without a bit
    bit: int
    qemu: tuple[str, ...]
    linux: tuple[str, ...]
    migratable: bool


@dataclass(frozen=True)
class Signature:
    family: int
    model: int
    steppings: tuple[int, int]


@dataclass(frozen=True)
class Model:
    name: str
    maker: str
    stands_for: tuple[str, ...]
    signatures: tuple[Signature, ...]
    versions: tuple[tuple[int, int], ...]  # value and mask
    features: frozenset[str]
    had: frozenset[str]


@dataclass(frozen=True)
class Family:
    name: str
    arches: tuple[str, ...]
    makers: tuple[Maker, ...]
    features: tuple[Feature, ...]
    models: tuple[Model, ...]


def read(paths: list[str]) -> list[Family]:
    """The families that the files describe, in the order of the files."""
    rules = grammar.load("cpu.rng")
    families: list[Family] = []
    for path in paths:
        root = reader.read(path)
        if root.tag != "processors":
            raise Mistake(root.where, f"<{root.tag}> found, <processors> expected")
        grammar.validate(root, rules)
        family = _Reader(root).family()
        if any(other.name == family.name for other in families):
            raise Mistake(root.where, f"family '{family.name}' is described twice")
        families.append(family)
    return families


class _Reader:
    def __init__(self, root: Element) -> None:
        self.root = root
        self.makers: dict[str, Maker] = {}
        self.features: dict[str, Feature] = {}
        self.models: dict[str, Model] = {}
        self.bits: dict[tuple[str, int, int, int], str] = {}

    def family(self) -> Family:
        for element in self.root.children:
            getattr(self, f"_{element.tag}")(element)
        attributes = self.root.attributes
        return Family(attributes["family"], tuple(attributes["arch"].split()), tuple(self.makers.values()),
                      tuple(self.features.values()), tuple(self.models.values()))

    def _once(self, element: Element, known: dict) -> str:
        name = element.attributes["name"]
        if name in known:
            raise Mistake(element.where, f"{element.tag} '{name}' is described twice")
        return name

    def _maker(self, element: Element) -> None:
        name = self._once(element, self.makers)
        reads = element.attributes.get("reads", "")
        if reads and len(reads) != 12:
            raise Mistake(element.where, f"reads='{reads}' of maker '{name}' has {len(reads)} letters: 12 are read from a processor")
        self.makers[name] = Maker(name, reads, _number(element, "number"))

    def _register(self, element: Element) -> None:
        attributes = element.attributes
        if ("msr" in attributes) == ("leaf" in attributes) or ("of" in attributes) != ("leaf" in attributes):
            raise Mistake(element.where, "<register> needs either 'leaf' and 'of', or 'msr'")
        if "msr" in attributes and "subleaf" in attributes:
            raise Mistake(element.where, "<register> of an 'msr' has no 'subleaf'")
        for child in element.children:
            self._bit(element, child)

    def _bit(self, register: Element, element: Element) -> None:
        of = register.attributes.get("of", "msr")
        leaf, subleaf, bit = _number(register, "leaf") or _number(register, "msr"), _number(register, "subleaf"), _number(element, "bit")
        width = 64 if of == "msr" else 32
        if "bit" not in element.attributes or bit >= width:
            raise Mistake(element.where, f"feature '{element.attributes['name']}' needs a 'bit' of 0 to {width - 1}")
        place = (of, leaf, subleaf, bit)
        if place in self.bits:
            raise Mistake(element.where, f"bit {bit} is feature '{self.bits[place]}' already")
        self.bits[place] = element.attributes["name"]
        self._feature(element, leaf, subleaf, of)

    def _feature(self, element: Element, leaf: int = 0, subleaf: int = 0, register: str = "") -> None:
        name = self._once(element, self.features)
        if not register and "bit" in element.attributes:
            raise Mistake(element.where, f"feature '{name}' with a 'bit' belongs into a <register>")
        words = {key: tuple(element.attributes.get(key, "").split()) for key in ("qemu", "linux")}
        self.features[name] = Feature(name, leaf, subleaf, register, _number(element, "bit"), **words,
                                      migratable="migratable" not in element.attributes)

    def _model(self, element: Element) -> None:
        name = self._once(element, self.models)
        maker, like = element.attributes.get("maker", ""), element.attributes.get("like")
        if maker and maker not in self.makers:
            raise Mistake(element.where, f"model '{name}' has the unknown maker '{maker}': known are {', '.join(self.makers)}")
        if like is not None and like not in self.models:
            raise Mistake(element.where, f"model '{name}' is like '{like}', which is not described above it")
        features = set(self.models[like].features if like is not None else ())
        for part in element.find_all("has"):
            features |= self._named(part, name, features, False)
        for part in element.find_all("lacks"):
            features -= self._named(part, name, features, True)
        had = frozenset().union(*(self._named(part, name, features, False) for part in element.find_all("had")))
        stands_for = element.attributes.get("stands-for")
        self.models[name] = Model(
            name, maker, ("host", "guest") if stands_for is None else (stands_for,) if stands_for != "nothing" else (),
            tuple(signature for child in element.find_all("signature") for signature in _signatures(child)),
            tuple(_version(child) for child in element.find_all("version")), frozenset(features), had)

    def _named(self, part: Element, model: str, features: set[str], there: bool) -> set[str]:
        """The features of a list; each must be among FEATURES already, or must not."""
        for word in part.text.split():
            if word not in self.features:
                raise Mistake(part.where, f"model '{model}' names the unknown feature '{word}'")
            if (word in features) != there:
                state = "lacks" if there else "has"
                raise Mistake(part.where, f"model '{model}' {state} '{word}' without <{part.tag}>")
        return set(part.text.split())


def _number(element: Element, name: str) -> int:
    return int(element.attributes.get(name, "0"), 0)


def _signatures(element: Element) -> list[Signature]:
    """One for each model number of the element."""
    first, _, last = element.attributes.get("stepping", "0-15").partition("-")
    steppings = (int(first), int(last or first))
    if steppings[0] > steppings[1] or steppings[1] > 15:
        raise Mistake(element.where, f"stepping='{element.attributes['stepping']}': a range within 0-15 is accepted")
    return [Signature(_number(element, "family"), int(model), steppings) for model in element.attributes["model"].split()]


def _version(element: Element) -> tuple[int, int]:
    value, mask = _number(element, "is"), int(element.attributes.get("under", "0xffffffff"), 0)
    if value & ~mask:
        raise Mistake(element.where, f"version {value:#x} has bits outside of its mask {mask:#x}")
    return value, mask
