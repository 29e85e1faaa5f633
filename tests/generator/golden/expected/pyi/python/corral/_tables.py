"""Constants and errors of the API; generated."""

#: enum -> (whether its values are flags, name -> number)
ENUMS: dict[str, tuple[bool, dict[str, int]]] = {
    'virErrorNumber': (False, {
        'VIR_ERR_OK': 0,
        'VIR_ERR_NO_FARM': 1,
    }),
    'virErrorDomain': (False, {
        'VIR_FROM_NONE': 0,
        'VIR_FROM_FARM': 1,
    }),
    'virFarmFlags': (True, {
        'VIR_FARM_FENCED': 1,
        'VIR_FARM_OPEN': 2,
    }),
}

STRINGS: dict[str, str] = {
    'VIR_FARM_TUNING_HAY': 'hay',
    'VIR_FARM_TUNING_STALL': 'stall.%u',
}

NUMBERS: dict[str, int] = {
    'VIR_UUID_BUFLEN': 16,
    'VIR_ERR_NUMBER_LAST': 2,
}

ERRORS: dict[int, tuple[str, str]] = {
    1: ('NoFarmError', 'there is no such farm'),
}

#: how an event's id is registered: object -> (method, ids)
EVENTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
}
