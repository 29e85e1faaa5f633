-- Values on their way into C and back: integers, floats, truth values, strings, tables.
local corral = require "corral"

local function refused(pattern, ...)
    local ok, err = pcall(...)
    assert.is_false(ok)
    assert.equal(corral.Error, getmetatable(err))
    assert.equal(corral.VIR_ERR_INVALID_ARG, err.code)
    assert.truthy(err.message:find(pattern, 1, true), err.message)
    return err
end

describe("values", function()
    local conn, dom

    before_each(function()
        conn = corral.open("test:///default")
        dom = conn:lookupByName("test")
    end)
    after_each(function()
        dom:free()
        conn:close()
    end)

    it("are integers where C has integers", function()
        assert.equal("integer", math.type(conn:getVersion()))
        assert.equal("integer", math.type(dom:ID()))
        for index, value in ipairs(dom:info()) do
            assert.equal("integer", math.type(value), "info()[" .. index .. "]")
        end
        assert.equal("integer", math.type(corral.VIR_DOMAIN_RUNNING))
    end)

    it("are negative for the id of a guest that is off", function()
        dom:destroy()
        local off <close> = conn:lookupByName("test")
        assert.equal(-1, off:ID())
    end)

    it("are lists that start at 1", function()
        local info = dom:info()
        assert.is_nil(info[0])
        assert.equal(5, #info)
        assert.equal(corral.VIR_DOMAIN_RUNNING, info[1])
        local found = false
        for _, domain in ipairs(conn:listAllDomains()) do
            found = found or domain:name() == "test"
        end
        assert.is_true(found)
    end)

    it("are booleans where the description says a truth value", function()
        assert.is_true(dom:isActive() == true)
        assert.is_true(conn:isAlive() == true)
        assert.equal("boolean", type(conn:isEncrypted()))
    end)

    it("may be floats that have an integer value", function()
        assert.equal("test", conn:lookupByID(1.0):name())
        refused("an integer from -2147483648 to 2147483647 is accepted, not 1.5", conn.lookupByID, conn, 1.5)
        refused("accepted, not inf", conn.lookupByID, conn, math.huge)
        refused("accepted, not ", conn.lookupByID, conn, 0 / 0)
        refused("accepted, not 1e+300", conn.lookupByID, conn, 1e300)
    end)

    it("are refused when they are numbers in a string", function()
        refused('not the string "1"', conn.lookupByID, conn, "1")
        refused("not true", conn.lookupByID, conn, true)
        refused("not nil", conn.lookupByID, conn, nil)
        refused("a string", conn.lookupByName, conn, 12)
    end)

    it("keep to the bounds of C's type", function()
        refused("from -2147483648 to 2147483647 is accepted, not 2147483648", conn.lookupByID, conn, 1 << 31)
        refused("not 9223372036854775807", conn.lookupByID, conn, math.maxinteger)
        refused("from 0 to 4294967295 is accepted, not -1", conn.listAllDomains, conn, -1)
        refused("not 4294967296", conn.listAllDomains, conn, 1 << 32)
        local stream = conn:newStream()
        refused("from 0 to ", stream.recv, stream, -1)
    end)

    it("name the function and the argument", function()
        local err = refused("virConnect.lookupByID(): argument 'id':", conn.lookupByID, conn, {})
        assert.equal("VIR_ERR_INVALID_ARG", err.name)
        refused("virConnect.lookupByID() takes 1 argument, not 0", conn.lookupByID, conn)
        refused("virConnect.lookupByID() takes 1 argument, not 2", conn.lookupByID, conn, 1, 2)
        refused("virConnect.listAllDomains() takes 0 to 1 arguments, not 2", conn.listAllDomains, conn, 0, nil)
        refused("without its object", conn.getVersion)
        refused("open() takes at most 3 arguments, not 4", corral.open, "test:///default", 1, true, 2)
        refused("open(): argument 'reconnect'", corral.open, "test:///default", 1, 2)
        refused("openAuth() takes at most 4 arguments, not 5", corral.openAuth, "test:///default", nil, 0, 1, true)
    end)

    it("may be negative where C has 64 bits without a sign", function()
        -- whatever the driver makes of so much memory, the argument itself is not refused
        for _, number in ipairs { -1, math.mininteger, math.maxinteger, 0x1p63 } do
            local ok, err = pcall(dom.setMaxMemory, dom, number)
            assert.is_true(ok or not err.message:find("argument 'memory'", 1, true), not ok and err.message)
        end
        refused("argument 'memory'", dom.setMaxMemory, dom, 0x1p64)
        refused("argument 'memory'", dom.setMaxMemory, dom, -0x1p63 * 2)
        refused("argument 'memory'", dom.setMaxMemory, dom, 0.5)
    end)

    it("are strings of bytes without a zero", function()
        refused("without a zero byte", conn.lookupByName, conn, "te\0st")
        local ok, err = pcall(conn.lookupByName, conn, "\xff\xfe")
        assert.is_false(ok)
        assert.equal(corral.VIR_ERR_NO_DOMAIN, err.code)
        refused("argument 'name'", conn.lookupByName, conn, nil)
    end)

    it("are UUIDs as 16 bytes", function()
        local uuid = dom:UUID()
        assert.equal(16, #uuid)
        assert.equal("test", conn:lookupByUUID(uuid):name())
        refused("argument 'uuid'", conn.lookupByUUID, conn, "short")
        refused("argument 'uuid'", conn.lookupByUUID, conn, {})
        assert.equal(dom, conn:lookupByUUIDString(dom:UUIDString()))
    end)

    it("are dictionaries as tables with string keys", function()
        refused("argument 'params", dom.setSchedulerParameters, dom, { 1, 2 })
        refused("argument 'params", dom.setSchedulerParameters, dom, { [true] = 1 })
        refused("argument 'params", dom.setSchedulerParameters, dom, { weight = {} , x = { {} } })
        refused("argument 'params", dom.setSchedulerParameters, dom, "weight")
        refused("argument 'params", dom.setSchedulerParameters, dom, { weight = "5" })
        refused("argument 'params", dom.setSchedulerParameters, dom, { ["a\0b"] = 5 })
    end)

    it("are cpumaps as lists of booleans", function()
        refused("argument 'cpumap'", dom.pinVcpu, dom, 0, "x")
        refused("argument 'cpumap'", dom.pinVcpu, dom, 0, { "x" })
        refused("argument 'cpumap'", dom.pinVcpu, dom, 0, { [true] = true })
    end)

    it("say which item of a list is wrong, counted from 1", function()
        refused("item 2", conn.baselineCPU, conn, { "<cpu/>", 5 })
        refused("item 1", dom.pinVcpu, dom, 0, { {} })
    end)

    it("may be tables of any depth and size, within reason", function()
        local cycle = {}
        cycle[1] = cycle
        refused("argument 'xmlCPUs", conn.baselineCPU, conn, cycle)
        local many = {}
        for number = 1, 10000 do
            many[number] = "<cpu/>"
        end
        assert.is_false((pcall(conn.baselineCPU, conn, many)))
    end)

    it("run no metamethods of tables", function()
        local touched = false
        local function touch()
            touched = true
        end
        local sly = setmetatable({ "x" }, { __index = touch, __len = touch, __pairs = touch, __tostring = touch, __name = "sly" })
        pcall(dom.pinVcpu, dom, 0, sly)
        pcall(conn.lookupByID, conn, sly)
        assert.is_false(touched)
    end)
end)
