-- What the tests of the binding share: the calls of the description, objects to call them on, hostile values.
local corral = require "corral"

local support = {}

local description = dofile(os.getenv("CORRAL_BUILD") .. "/generated/testcalls.lua")
support.calls = description.calls
support.constants = description.constants

-- Calls that would change what the other tests of this process stand on.
support.apart = { virEventRegisterImpl = true, virNodeSuspendForDuration = true }

-- Earlier calls may have taken away what a world begins with.
local function either(conn, lookup, name, create, xml)
    local ok, object = pcall(conn[lookup], conn, name)
    return ok and object or conn[create](conn, xml)
end

local function pool_of(conn)
    local pool = either(conn, "storagePoolLookupByName", "default-pool", "storagePoolCreateXML",
        "<pool type='dir'><name>default-pool</name><target><path>/default-pool</path></target></pool>")
    if not pool:isActive() then
        pool:create()
    end
    return pool
end

local function domain_of(conn)
    return either(conn, "lookupByName", "test", "createXML",
        "<domain type='test'><name>test</name><memory>8192</memory><os><type>hvm</type></os></domain>")
end

local function network_of(conn)
    return either(conn, "networkLookupByName", "default", "networkCreateXML", "<network><name>default</name></network>")
end

local made = 0
local makers = {
    virConnect = function(conn) return conn end,
    virStream = function(conn) return conn:newStream() end,
    virDomain = domain_of,
    virNetwork = network_of,
    virStoragePool = pool_of,
    virStorageVol = function(conn)
        local pool = pool_of(conn)
        local ok, volume = pcall(pool.storageVolLookupByName, pool, "walked")
        if ok then
            return volume
        end
        return pool:createXML("<volume><name>walked</name><capacity>4096</capacity></volume>")
    end,
    virInterface = function(conn) return conn:interfaceLookupByName("eth1") end,
    virNodeDevice = function(conn) return conn:listAllDevices()[1] end,
    virSecret = function(conn) return conn:secretDefineXML("<secret><usage type='volume'><volume>/x</volume></usage></secret>") end,
    virNWFilter = function(conn) return conn:listAllNWFilters()[1] end,
    virNWFilterBinding = function(conn) return conn:listAllNWFilterBindings()[1] end,
    virDomainSnapshot = function(conn)
        -- a name of its own: without one it is called after the second in which it is made
        made = made + 1
        return domain_of(conn):snapshotCreateXML(("<domainsnapshot><name>s%d</name></domainsnapshot>"):format(made))
    end,
    virDomainCheckpoint = function(conn) return domain_of(conn):listAllCheckpoints()[1] end,
    virNetworkPort = function(conn) return network_of(conn):listAllPorts()[1] end,
}

support.classes = makers

-- An object of a class, or nil when the test driver has none of it.
function support.make(class, conn)
    local ok, object = pcall(makers[class], conn)
    return ok and object or nil
end

-- What a call takes that is usable, by the kind of its parameter.
function support.proper(parameter, conn)
    local kind = parameter.kind
    if kind == "object" then
        return support.make(parameter.type, conn)
    elseif kind == "string" then
        return "/nonexistent/corral"
    elseif kind == "closure" then
        return function() return -1 end
    elseif kind == "opaque" then
        return nil
    elseif kind == "bool" then
        return true
    elseif kind == "seconds" then
        return 60
    elseif kind == "double" then
        return 0.5
    elseif kind == "bytes" then
        return "bytes"
    elseif kind == "uuid" then
        return ("u"):rep(16)
    elseif kind == "cpumap" then
        return { true, false }
    elseif kind == "record" then
        return { "text", 1 }
    elseif kind == "prompt" then
        return { { corral.VIR_CRED_AUTHNAME }, function() return -1 end, nil }
    elseif kind == "list" or kind == "dict" or kind == "mapping" then
        return {}
    elseif kind == "preset" then
        return { seconds = 1, nseconds = 2 }
    end
    return 0
end

-- They, and whether there is an object for each that takes one.
function support.arguments(call, conn)
    local arguments, complete = { n = #call.parameters }, true
    for number, parameter in ipairs(call.parameters) do
        arguments[number] = support.proper(parameter, conn)
        complete = complete and (parameter.kind ~= "object" or arguments[number] ~= nil)
    end
    return arguments, complete
end

function support.find(call)
    local place = call.owner == "" and corral or corral[call.owner]
    return place and place[call.name]
end

-- The object that the call is made on; false when the test driver has none.
function support.receiver(call, conn)
    if call.owner == "" then
        return nil, true
    end
    local object = support.make(call.owner, conn)
    return object, object ~= nil
end

function support.invoke(call, receiver, arguments)
    if call.owner == "" then
        return pcall(support.find(call), table.unpack(arguments, 1, arguments.n))
    end
    return pcall(support.find(call), receiver, table.unpack(arguments, 1, arguments.n))
end

function support.is_error(value)
    return type(value) == "table" and getmetatable(value) == corral.Error and math.type(value.code) == "integer"
        and type(value.message) == "string" and value.message ~= "" and tostring(value) == value.message
end

-- { name, value } for every kind of thing that a script may pass by mistake.
function support.hostile(conn)
    local long, deep, freed, closed = {}, {}, conn:newStream(), corral.open("test:///default")
    for number = 1, 10000 do
        long[number] = number
    end
    deep[1] = deep
    freed:free()
    closed:close()
    return {
        { "nil", nil }, { "false", false }, { "-1", -1 }, { "2^31", 1 << 31 }, { "2^32", 1 << 32 },
        { "2^53+1", (1 << 53) + 1 }, { "2^63-1", math.maxinteger }, { "-2^63", math.mininteger },
        { "2^63", 0x1p63 }, { "2^64-1 rounded", 0x1p64 }, { "1.5", 1.5 }, { "inf", math.huge }, { "nan", 0 / 0 },
        { "empty string", "" }, { "no UTF-8", "\xff\xfe" }, { "zero byte", "a\0b" }, { "digits", "12" },
        { "long string", ("x"):rep(70000) }, { "empty table", {} }, { "long list", long }, { "table in itself", deep },
        { "list of tables", { {}, {} } }, { "list and keys", { 1, x = 2 } }, { "list with a hole", { 1, nil, 3 } },
        { "dict", { x = 1, y = "z", z = 1.5 } }, { "boolean keys", { [true] = false } }, { "list of strings", { "a", "b\0c" } },
        { "function", function() end }, { "thread", coroutine.create(print) }, { "file", io.stdout }, { "stream", conn:newStream() },
        { "list of streams", { conn:newStream() } }, { "freed stream", freed }, { "closed connection", closed },
        { "list of freed", { freed } }, { "error", corral.Error },
    }
end

return support
