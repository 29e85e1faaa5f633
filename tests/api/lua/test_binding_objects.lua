-- Objects: methods, equality, closing, freeing, collection.
local corral = require "corral"

local function gone(pattern, ...)
    local ok, err = pcall(...)
    assert.is_false(ok)
    assert.equal(corral.Error, getmetatable(err))
    assert.truthy(err.message:find(pattern, 1, true), err.message)
end

describe("objects", function()
    local conn

    before_each(function() conn = corral.open("test:///default") end)
    after_each(function() pcall(conn.close, conn) end)

    it("are equal when they stand for the same thing", function()
        local one, other = conn:lookupByName("test"), conn:lookupByID(1)
        assert.is_true(one == other)
        assert.is_false(rawequal(one, other))
        assert.is_false(one == conn:networkLookupByName("default"))
        assert.is_true(one:connect() == conn)
    end)

    it("are equal through two connections to one place", function()
        local second <close> = corral.open("test:///default")
        assert.is_true(second:lookupByName("test") == conn:lookupByName("test"))
    end)

    it("are not equal when freed", function()
        local one, other = conn:lookupByName("test"), conn:lookupByName("test")
        other:free()
        assert.is_false(one == other)
        assert.is_true(other == other)
    end)

    it("introduce themselves", function()
        local dom = conn:lookupByName("test")
        assert.truthy(tostring(dom):find("virDomain", 1, true))
        assert.truthy(tostring(dom):find("name='test'", 1, true))
        assert.truthy(tostring(dom):find(dom:UUIDString(), 1, true))
        assert.truthy(tostring(conn):find(conn:getURI(), 1, true))
        dom:free()
        assert.equal("virDomain (freed)", tostring(dom))
        conn:close()
        assert.equal("virConnect (closed)", tostring(conn))
    end)

    it("say clearly that they have been freed or closed", function()
        local dom = conn:lookupByName("test")
        dom:free()
        gone("virDomain.name(): argument 'self': this virDomain has been freed", dom.name, dom)
        dom:free()
        conn:close()
        gone("this virConnect has been closed", conn.getVersion, conn)
        gone("this virConnect has been closed", conn.close, conn)
    end)

    it("outlive their connection's variable, and say how many references are left", function()
        local dom = conn:lookupByName("test")
        assert.equal(1, conn:close())
        assert.equal("test", dom:name())
        dom:free()
        local other = corral.open("test:///default")
        assert.equal(0, other:close())
    end)

    it("are given back at the end of a block", function()
        local kept, kept_conn
        do
            local c <close> = corral.open("test:///default")
            local dom <close> = c:lookupByName("test")
            kept, kept_conn = dom, c
            assert.equal("test", dom:name())
        end
        gone("freed", kept.name, kept)
        gone("closed", kept_conn.getVersion, kept_conn)
    end)

    it("are given back at the end of a block that raises", function()
        local kept
        local ok, err = pcall(function()
            local dom <close> = conn:lookupByName("test")
            kept = dom
            error("stop")
        end)
        assert.is_false(ok)
        assert.truthy(err:find("stop", 1, true))
        gone("freed", kept.name, kept)
    end)

    it("give back their references when they are collected", function()
        for _ = 1, 200 do
            conn:lookupByName("test")
        end
        collectgarbage()
        collectgarbage()
        assert.equal(0, conn:close())
    end)

    it("know their connection, and what they are part of", function()
        for _, object in ipairs { conn:newStream(), conn:networkLookupByName("default"), conn:lookupByName("test") } do
            assert.is_true(object:connect() == conn)
        end
        local stream = conn:newStream()
        stream:free()
        gone("freed", stream.connect, stream)
        gone("takes 0 arguments, not 1", stream.connect, conn:newStream(), 1)
        assert.is_function(corral.virDomainSnapshot.domain)
    end)

    it("refuse an object of another class", function()
        local net = conn:networkLookupByName("default")
        gone("a virDomain is accepted, not a virNetwork", corral.virDomain.name, net)
        gone("a virDomain is accepted, not a FILE*", corral.virDomain.name, io.stdout)
        gone("accepted, not a table", corral.virDomain.name, {})
        gone("accepted", getmetatable(net).__gc, io.stdout)
        gone("accepted", getmetatable(net).__tostring, {})
        assert.is_false(getmetatable(net).__eq(net, io.stdout))
    end)

    it("let scripts add methods to classes", function()
        function corral.virDomain:shout()
            return self:name():upper()
        end
        assert.equal("TEST", conn:lookupByName("test"):shout())
        corral.virDomain.shout = nil
        assert.has_error(function() conn:lookupByName("test"):shout() end)
    end)

    it("leave nothing behind among the globals", function()
        assert.is_nil(rawget(_G, "corral"))
        assert.is_nil(rawget(_G, "swig_type"))
        assert.is_nil(rawget(_G, "swig_equals"))
    end)
end)

describe("opening", function()
    it("takes a deadline in seconds", function()
        local conn <close> = corral.open("test:///default", 2.5)
        assert.equal("test", conn:lookupByName("test"):name())
        local reader <close> = corral.openReadOnly("test:///default", 1)
        assert.is_true(reader:isAlive())
        local asked <close> = corral.openAuth("test:///default", nil, 0, 1)
        assert.is_true(asked:isAlive())
        local plain <close> = corral.open("test:///default", nil)
        assert.is_true(plain:isAlive())
    end)

    it("refuses deadlines that are none", function()
        for _, timeout in ipairs { 0, -1, 0 / 0, math.huge, "1", true, {} } do
            gone("open(): argument 'timeout'", corral.open, "test:///default", timeout)
        end
        gone("'/nosuch/x'", corral.open, "nonsense:///?socket=/nosuch/x", 5)
    end)

    it("asks for credentials with a function", function()
        local function ask() return -1 end
        local conn <close> = corral.openAuth("test:///default", { { corral.VIR_CRED_AUTHNAME }, ask, "opaque" })
        assert.is_true(conn:isAlive())
        for _, auth in ipairs { {}, { {} }, { {}, 5 }, { {}, "x" }, { 5, ask }, { { "x" }, ask }, "x", 5, ask } do
            gone("argument 'auth", corral.openAuth, "test:///default", auth)
        end
    end)
end)

describe("errors", function()
    it("are objects with all that C says", function()
        local conn <close> = corral.open("test:///default")
        local ok, err = pcall(conn.lookupByName, conn, "nobody")
        assert.is_false(ok)
        assert.equal(corral.VIR_ERR_NO_DOMAIN, err.code)
        assert.equal("VIR_ERR_NO_DOMAIN", err.name)
        assert.equal("integer", math.type(err.domain))
        assert.equal(corral.VIR_ERR_ERROR, err.level)
        assert.equal(err.message, tostring(err))
        assert.truthy(err.message:find("nobody", 1, true))
        assert.is_string(err.str1)
        assert.equal("integer", math.type(err.int1))
    end)

    it("tell the line of the call", function()
        local ok, err = pcall(function()
            local conn <close> = corral.open("test:///default")
            local dom = conn:lookupByName("nobody")
            return dom
        end)
        assert.is_false(ok)
        assert.truthy(err.where:find("test_binding_objects.lua:%d+: $"), err.where)
    end)

    it("keep their text while other objects are collected", function()
        local conn <close> = corral.open("test:///default")
        collectgarbage("incremental", 1000, 1000)
        for _ = 1, 300 do
            conn:lookupByName("test")
            local ok, err = pcall(conn.lookupByName, conn, "nobody")
            assert.is_false(ok)
            assert.equal(corral.VIR_ERR_NO_DOMAIN, err.code)
        end
        collectgarbage("incremental", 200, 100)
    end)

    it("are not printed", function()
        local pipe <close> = io.popen([[lua5.4 -e '
            local corral = require "corral"
            print(pcall(corral.open, "nonsense:///"))' 2>&1]])
        local text = pipe:read("a")
        assert.truthy(text:find("^false"), text)
        assert.equal(1, select(2, text:gsub("\n", "")), text)
    end)
end)
