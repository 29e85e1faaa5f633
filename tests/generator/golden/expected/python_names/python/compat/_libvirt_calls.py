"""The C names behind the methods; generated."""

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
