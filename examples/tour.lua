-- A tour: objects, a guest's life, events, a volume's contents, an error. tour.py prints the same.

local corral = require "corral"

local here = arg[0]:match("^(.*)/[^/]*$") or "."
local EVENTS = {
    [0] = "defined", [1] = "undefined", [2] = "started", [3] = "suspended", [4] = "resumed", [5] = "stopped",
    [6] = "shut down",
}

local function read(name)
    local stream <close> = assert(io.open(here .. "/" .. name))
    return stream:read("a")
end

local function lines(text)
    local all = {}
    for line in text:gmatch("[^\n]+") do
        all[#all + 1] = line
    end
    return all
end

local function show_list(kind, objects)
    local names = {}
    for i, object in ipairs(objects) do
        names[i] = object:name()
    end
    print(kind .. ": " .. table.concat(names, ", "))
end

local function show_lists(conn)
    print("connected to " .. conn:getURI())
    show_list("guests", conn:listAllDomains())
    show_list("networks", conn:listAllNetworks())
    show_list("pools", conn:listAllStoragePools())
end

local function on_lifecycle(conn, dom, event, detail, opaque)
    print("  event: " .. dom:name() .. " " .. EVENTS[event])
end

local function guest(conn)
    local watch = conn:domainEventRegisterAny(nil, corral.VIR_DOMAIN_EVENT_ID_LIFECYCLE, on_lifecycle, nil)
    local dom = conn:defineXML(read("guest.xml"))
    for _, step in ipairs { "create", "suspend", "resume", "destroy" } do
        dom[step](dom)
        -- events wait for the loop: one turn delivers what has happened
        corral.virEventRunDefaultImpl()
    end
    local state, max_memory, _, vcpus = table.unpack(dom:info())
    print(("%s: state %d, %d KiB, %d vcpus"):format(dom:name(), state, max_memory, vcpus))
    dom:undefine()
    corral.virEventRunDefaultImpl()
    conn:domainEventDeregisterAny(watch)
end

local function volume(conn)
    local pool = conn:storagePoolLookupByName("default-pool")
    local vol = pool:createXML(read("volume.xml"))
    local stream = conn:newStream()
    vol:upload(stream, 0, 11)
    stream:send("hello world")
    stream:finish()
    stream = conn:newStream()
    vol:download(stream, 6, 5)
    print(("volume %s holds %s"):format(vol:name(), stream:recv(64)))
    stream:finish()
    vol:delete()
end

local function documents(conn)
    for _, xml in ipairs { conn:storagePoolLookupByName("default-pool"):XMLDesc(), conn:networkLookupByName("default"):XMLDesc() } do
        local all = lines(xml)
        print(("%s … %d lines"):format(all[1], #all))
    end
end

local function failure(conn)
    local ok, problem = pcall(conn.lookupByName, conn, "nobody")
    assert(not ok)
    print(("error %d %s"):format(problem.code, problem))
end

corral.virEventRegisterDefaultImpl()
local conn <close> = corral.open("test:///default")
show_lists(conn)
guest(conn)
volume(conn)
documents(conn)
failure(conn)
