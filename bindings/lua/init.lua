-- What of the module is Lua: callbacks run here, so that they may yield and raise.
local corral, native, invokers = ...

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
        ran = ran + run(native.next_call())
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

-- Opening takes a deadline behind its other arguments, in seconds: for itself, and for the calls made later.
local longest = 0x7fffffff / 1000

local function check_timeout(name, timeout)
    if type(timeout) ~= "number" or not (timeout > 0 and timeout <= longest) then
        native.refuse(name, "timeout", timeout, ("seconds, more than 0 and up to %.3f,"):format(longest))
    end
end

local function with_timeout(name, place)
    local open = corral[name]
    corral[name] = function(...)
        local timeout = select(place, ...)
        if select("#", ...) > place then
            native.refuse(name, nil, select("#", ...), ("at most %d arguments"):format(place))
        elseif timeout == nil then
            return open(table.unpack({ ... }, 1, math.min(select("#", ...), place - 1)))
        end
        check_timeout(name, timeout)
        local milliseconds = math.max(1, math.floor(timeout * 1000 + 0.5))
        local before = native.thread_timeout(milliseconds)
        local result = table.pack(pcall(open, table.unpack({ ... }, 1, place - 1)))
        native.thread_timeout(before)
        if not result[1] then
            error(result[2], 0)
        end
        result[2]:setCallTimeout(milliseconds)
        return result[2]
    end
end

with_timeout("open", 2)
with_timeout("openReadOnly", 2)
with_timeout("openAuth", 4)
with_timeout("openReconnecting", 4)

-- Behind the deadline, whether the connection outlives its daemon.
local function with_reconnect(name, flags)
    local open = corral[name]
    corral[name] = function(...)
        local uri, timeout, reconnect = ...
        if select("#", ...) > 3 then
            native.refuse(name, nil, select("#", ...), "at most 3 arguments")
        elseif reconnect ~= nil and type(reconnect) ~= "boolean" then
            native.refuse(name, "reconnect", reconnect, "true or false")
        elseif not reconnect then
            return open(table.unpack({ ... }, 1, math.min(select("#", ...), 2)))
        elseif uri ~= nil and type(uri) ~= "string" then
            native.refuse(name, "name", uri, "a string or nil")
        elseif timeout ~= nil then
            check_timeout(name, timeout)
        end
        return corral.openReconnecting(uri, nil, flags, timeout)
    end
end

with_reconnect("open", 0)
with_reconnect("openReadOnly", corral.VIR_CONNECT_RO)

-- Documents as tables: three functions for each kind that there is.
local kinds, parse, build = corral._documents_kinds, corral._documents_parse, corral._documents_build
local diff = corral._documents_diff
corral._documents_kinds, corral._documents_parse, corral._documents_build = nil, nil, nil
corral._documents_diff = nil
corral.documents = { INACTIVE = 1, MIGRATABLE = 4 }
for _, kind in ipairs(kinds()) do
    corral.documents[kind] = {
        -- with validate, the grammar refuses what reading would ignore
        parse = function(xml, flags, validate)
            return parse(kind, xml, flags, validate)
        end,
        build = function(document, flags, validate)
            return build(kind, document, flags, validate)
        end,
        -- { path, old value, new value } of everything that differs; nil where one has none
        diff = function(old, new)
            return diff(kind, old, new)
        end,
    }
end

-- What an object belongs to, where the description has no call of its own for it.
for name in pairs(corral) do
    local class = corral[name]
    if type(class) == "table" and class.free then
        class.connect = class.connect or native.connect
        class.domain = class.domain or class.getDomain
    end
end
