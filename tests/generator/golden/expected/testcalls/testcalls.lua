return {
calls = {
  { c = "virFarmLookupByUUID", owner = "virConnect", name = "farmLookupByUUID", releases = false, parameters = { { name = "uuid", kind = "uuid", type = "uuid", element = "uuid", nullable = false, optional = false } } },
  { c = "virFarmLookupByUUIDString", owner = "virConnect", name = "farmLookupByUUIDString", releases = false, parameters = { { name = "uuidstr", kind = "string", type = "uuid-string", element = "string", nullable = false, optional = false } } },
  { c = "virFarmGetName", owner = "virFarm", name = "name", releases = false, parameters = {  } },
  { c = "virFarmGetInfo", owner = "virFarm", name = "info", releases = false, parameters = {  } },
  { c = "virFarmGetTuning", owner = "virFarm", name = "tuning", releases = false, parameters = { { name = "flags", kind = "uint", type = "virFarmFlags", element = "uint", nullable = false, optional = true } } },
  { c = "virFarmListAll", owner = "virConnect", name = "listAllFarms", releases = false, parameters = { { name = "flags", kind = "uint", type = "virFarmFlags", element = "uint", nullable = false, optional = true } } },
  { c = "virFarmClose", owner = "virFarm", name = "close", releases = false, parameters = { { name = "days", kind = "uint", type = "uint", element = "uint", nullable = false, optional = false } } },
},
constants = {
  VIR_ERR_OK = 0,
  VIR_ERR_NO_FARM = 1,
  VIR_FROM_NONE = 0,
  VIR_FROM_FARM = 1,
  VIR_FARM_FENCED = 1,
  VIR_FARM_OPEN = 2,
  VIR_UUID_BUFLEN = 16,
  VIR_ERR_NUMBER_LAST = 2,
},
}
