"""The C names behind the methods, and what hands on events; generated."""

#: library -> C name -> (class, method, what stands for a failure)
CALLS: dict[str, dict[str, tuple[str, str, int | None]]] = {
    '': {
        'virFarmLookupByUUID': ('virConnect', 'farmLookupByUUID', None),
        'virFarmLookupByUUIDString': ('virConnect', 'farmLookupByUUIDString', None),
        'virFarmGetName': ('virFarm', 'name', None),
        'virFarmGetInfo': ('virFarm', 'info', None),
        'virFarmGetTuning': ('virFarm', 'tuning', None),
        'virFarmListAll': ('virConnect', 'listAllFarms', None),
        'virFarmClose': ('virFarm', 'close', -1),
    },
}

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
