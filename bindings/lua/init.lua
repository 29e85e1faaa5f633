-- What of the module is Lua: callbacks run here, so that they may yield and raise.
local corral, next_call, invokers = ...

local function run(callback, ...)
    if not callback then
        return 0
    end
    callback(...)
    return 1
end

-- Runs the callbacks that wait, for programs with an event loop of their own; says how many. Those that
-- come in meanwhile wait for the next time, and so do the others when one raises.
function corral.dispatch()
    local ran = 0
    for _ = 1, corral.pending() do
        ran = ran + run(next_call())
    end
    return ran
end

-- One turn of the default event loop; callbacks that wait already are run without waiting for more.
local iterate = corral.virEventRunDefaultImpl

function corral.virEventRunDefaultImpl(...)
    if select("#", ...) == 0 and corral.dispatch() > 0 then
        return
    end
    iterate(...)
    corral.dispatch()
end

-- What an event loop of the script is given to call: invoker(watch, fd, events, opaque), as in C.
local function invoker(invoke)
    return function(...)
        local arguments = table.pack(...)
        local opaque = arguments[arguments.n]
        return invoke(opaque, table.unpack(arguments, 1, arguments.n - 1))
    end
end

for name, value in pairs(corral) do
    local type = name:match("^bind_invoke_(%w+)$")
    if type then
        invokers[type] = invoker(value)
        corral[name] = nil
    end
end
corral.bind_free_native = nil

-- C tells these two apart by the function's address, which is no use here: they are the newer pair with
-- the number kept beside the function. What is not usable goes to C, which says why.
local virConnect, numbers = corral.virConnect, setmetatable({}, { __mode = "k" })

local function when_usable(original, most, replacement)
    return function(...)
        local _, callback = ...
        if select("#", ...) > most or type(callback) ~= "function" then
            return original(...)
        end
        return replacement(...)
    end
end

virConnect.domainEventRegister = when_usable(virConnect.domainEventRegister, 3, function(self, callback, opaque)
    local lifecycle = corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE
    local number = virConnect.domainEventRegisterAny(self, nil, lifecycle, callback, opaque)
    numbers[self] = numbers[self] or {}
    numbers[self][callback] = number
end)

virConnect.domainEventDeregister = when_usable(virConnect.domainEventDeregister, 2, function(self, callback)
    local mine = numbers[self] or {}
    virConnect.domainEventDeregisterAny(self, mine[callback] or -1)
    mine[callback] = nil
end)
