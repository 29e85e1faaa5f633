"""Names of classes and modules; generated."""

#: what belongs to one driver only: module -> its functions
NAMESPACES: dict[str, tuple[str, ...]] = {
}

OBJECTS: tuple[str, ...] = (
    'virConnect',
    'virFarm',
)
