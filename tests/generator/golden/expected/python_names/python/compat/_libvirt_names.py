"""What only the field's own names need; generated."""

#: library -> names of its own constants
CONSTANTS: dict[str, tuple[str, ...]] = {
}

#: function that hands on an event -> class of what the event is about
DISPATCHERS: dict[str, str] = {
}

#: class -> class of what it belongs to
PARENTS: dict[str, str] = {
    'virConnect': '',
    'virFarm': 'virConnect',
}
