---@meta corral

---Objects are userdata with methods; `obj:free()` (`conn:close()`) gives one back early, as `<close>` does.
---Errors are raised as corral.Error. Lists start at 1, truth values are booleans, and an unsigned 64-bit
---number above 2^63-1 is the negative integer with the same bits. Floats with an integer value pass for
---integers; strings of digits do not. A list that has nil in it says how long it is in its field `n`.
---
---Functions given to events, timers and handles wait in C until virEventRunDefaultImpl() or dispatch() runs
---them in the coroutine that called it, so they may yield; the loop itself may turn in another thread. One
---that waits already when it is deregistered is still called. A handle whose loop turns in another thread
---is reported anew until the script has read from it, so better belongs to a loop that the script turns.
---Functions that must answer at once (handlers of stream data, credentials, errors, virEventRegisterImpl())
---run within the call that needs them and cannot yield; what they raise comes out of that call. The six of
---virEventRegisterImpl() can only be called in the thread that is running the script: from any other they
---fail. A coroutine that is never finished keeps its `<close>` variables open until coroutine.close().
---@class corral
---@field documents corral.documents
local corral = {}

---What failed calls raise, and calls with wrong arguments; tostring() gives the message.
---@class corral.Error
---@field code integer a VIR_ERR_ constant
---@field name string the name of that constant, such as "VIR_ERR_NO_DOMAIN"
---@field domain integer a VIR_FROM_ constant: the part of the library that failed
---@field level integer
---@field message string
---@field where string the line of the script that made the call: "script.lua:12: "
---@field str1? string
---@field str2? string
---@field str3? string
---@field int1? integer
---@field int2? integer
corral.Error = {}

---Runs the callbacks that wait, for programs that do not call virEventRunDefaultImpl(); returns how many.
---A callback may yield; what one raises comes out here, and the callbacks behind it wait for the next call.
---@return integer
function corral.dispatch() end

---How many callbacks wait for dispatch(), at most 65536.
---@return integer
function corral.pending() end

---How many callbacks found no room to wait, since the last time somebody asked.
---@return integer
function corral.lost() end

---@alias virErrorNumber integer

---all is well
corral.VIR_ERR_OK = 0
---there is no such farm
corral.VIR_ERR_NO_FARM = 1

---@alias virErrorDomain integer

corral.VIR_FROM_NONE = 0
corral.VIR_FROM_FARM = 1

---@alias virFarmFlags integer

---with a fence
corral.VIR_FARM_FENCED = 1
---without one
corral.VIR_FARM_OPEN = 2

---@class virFarmTuning
---@field ["hay"]? integer per day
---@field [string] integer|number|boolean|string

---@class virFarmInfo
---@field [1] integer animals how many there are
---@field [2] integer milk of today

---Bytes of a UUID.
corral.VIR_UUID_BUFLEN = 16
corral.VIR_ERR_NUMBER_LAST = 2
---per day
corral.VIR_FARM_TUNING_HAY = "hay"
---who lives there
corral.VIR_FARM_TUNING_STALL = "stall.%u"

---A connection.
---@class virConnect
local virConnect = {}
corral.virConnect = virConnect

---Finds a farm.
---
---virFarmLookupByUUID(), since 0.1.0
---@param uuid string 16 bytes
---@return virFarm the farm
function virConnect:farmLookupByUUID(uuid) end

---Finds a farm by text.
---
---virFarmLookupByUUIDString(), since 0.1.0
---@param uuidstr string 36 characters
---@return virFarm the farm
function virConnect:farmLookupByUUIDString(uuidstr) end

---Lists farms.
---
---virFarmListAll(), since 0.2.0
---@param flags? virFarmFlags which
---@return virFarm[]
function virConnect:listAllFarms(flags) end

---Gives the object back to the library; it is of no use afterwards. Freeing twice is no mistake.
function virConnect:free() end

---The connection that the object belongs to.
---@return virConnect
function virConnect:connect() end

---A farm.
---@class virFarm
local virFarm = {}
corral.virFarm = virFarm

---Names a farm.
---
---virFarmGetName(), since 0.1.0
---@return string its name
function virFarm:name() end

---Counts animals.
---
---virFarmGetInfo(), since 0.1.0
---@return virFarmInfo
function virFarm:info() end

---Tells how it is run.
---
---virFarmGetTuning(), since 0.2.0
---@param flags? virFarmFlags which
---@return virFarmTuning
function virFarm:tuning(flags) end

---Closes a farm.
---
---virFarmClose(), since 0.2.0
---@param days integer for how long
function virFarm:close(days) end

---Gives the object back to the library; it is of no use afterwards. Freeing twice is no mistake.
function virFarm:free() end

---The connection that the object belongs to.
---@return virConnect
function virFarm:connect() end

return corral
