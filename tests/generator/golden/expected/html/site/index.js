window.SEARCH_INDEX = [
{
"n": "virTypedParameter",
"h": "common.html#virTypedParameter",
"k": "struct",
"s": "Structures",
"t": " "
},
{
"n": "virErrorNumber",
"h": "common.html#virErrorNumber",
"k": "enum",
"s": "Enumerations",
"t": " "
},
{
"n": "VIR_ERR_OK",
"h": "common.html#VIR_ERR_OK",
"k": "value",
"s": "all is well",
"t": "all is well"
},
{
"n": "VIR_ERR_NO_FARM",
"h": "common.html#VIR_ERR_NO_FARM",
"k": "value",
"s": "there is no such farm",
"t": "there is no such farm"
},
{
"n": "virErrorDomain",
"h": "common.html#virErrorDomain",
"k": "enum",
"s": "Enumerations",
"t": " "
},
{
"n": "VIR_FROM_NONE",
"h": "common.html#VIR_FROM_NONE",
"k": "value",
"s": "virErrorDomain",
"t": ""
},
{
"n": "VIR_FROM_FARM",
"h": "common.html#VIR_FROM_FARM",
"k": "value",
"s": "virErrorDomain",
"t": ""
},
{
"n": "VIR_UUID_BUFLEN",
"h": "common.html#VIR_UUID_BUFLEN",
"k": "constant",
"s": "Bytes of a UUID.",
"t": "Bytes of a UUID. "
},
{
"n": "virConnect",
"h": "farm.html#virConnect",
"k": "object",
"s": "A connection.",
"t": "A connection. "
},
{
"n": "virFarm",
"h": "farm.html#virFarm",
"k": "object",
"s": "A farm.",
"t": "A farm. "
},
{
"n": "virFarmLookupByUUID",
"h": "farm.html#virFarmLookupByUUID",
"k": "function",
"s": "Finds a farm.",
"t": "Finds a farm. virConnect.farmLookupByUUID the connection 16 bytes"
},
{
"n": "virFarmLookupByUUIDString",
"h": "farm.html#virFarmLookupByUUIDString",
"k": "function",
"s": "Finds a farm by text.",
"t": "Finds a farm by text. virConnect.farmLookupByUUIDString the connection 36 characters"
},
{
"n": "virFarmGetName",
"h": "farm.html#virFarmGetName",
"k": "function",
"s": "Names a farm.",
"t": "Names a farm. virFarm.name the farm"
},
{
"n": "virFarmFree",
"h": "farm.html#virFarmFree",
"k": "function",
"s": "Lets go of it.",
"t": "Lets go of it.  the farm"
},
{
"n": "virFarmGetInfo",
"h": "farm.html#virFarmGetInfo",
"k": "function",
"s": "Counts animals.",
"t": "Counts animals. virFarm.info the farm filled in"
},
{
"n": "virFarmGetTuning",
"h": "farm.html#virFarmGetTuning",
"k": "function",
"s": "Tells how it is run.",
"t": "Tells how it is run. virFarm.tuning the farm filled in room in @params, then how many there are which"
},
{
"n": "virFarmListAll",
"h": "farm.html#virFarmListAll",
"k": "function",
"s": "Lists farms.",
"t": "Lists farms. virConnect.listAllFarms the connection all of them which"
},
{
"n": "virFarmClose",
"h": "farm.html#virFarmClose",
"k": "function",
"s": "Closes a farm.",
"t": "Closes a farm. virFarm.close the farm for how long"
},
{
"n": "virFarmCallback",
"h": "farm.html#virFarmCallback",
"k": "callback",
"s": "Callbacks",
"t": "  the connection where it happened what was registered"
},
{
"n": "virFarmInfo",
"h": "farm.html#virFarmInfo",
"k": "struct",
"s": "Structures",
"t": " "
},
{
"n": "virFarmTuning",
"h": "farm.html#virFarmTuning",
"k": "paramset",
"s": "Typed parameters",
"t": " "
},
{
"n": "virFarmFlags",
"h": "farm.html#virFarmFlags",
"k": "enum",
"s": "Enumerations",
"t": " "
},
{
"n": "VIR_FARM_FENCED",
"h": "farm.html#VIR_FARM_FENCED",
"k": "value",
"s": "with a fence",
"t": "with a fence"
},
{
"n": "VIR_FARM_OPEN",
"h": "farm.html#VIR_FARM_OPEN",
"k": "value",
"s": "without one",
"t": "without one"
},
{
"n": "virFarmDefault",
"h": "farm.html#virFarmDefault",
"k": "variable",
"s": "A farm like any other.",
"t": "A farm like any other. "
}
];
