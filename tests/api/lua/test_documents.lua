-- Documents as tables: what parse() gives, what build() takes, what both refuse.
local corral = require "corral"
local documents = corral.documents

local source, build = os.getenv("CORRAL_SOURCE"), os.getenv("CORRAL_BUILD")

local function output_of(command)
    local pipe <close> = assert(io.popen(command))
    return pipe:read("a")
end

local function content_of(path)
    local file <close> = assert(io.open(path))
    return file:read("a")
end

local function refused(message, module, document, flags)
    local ok, err = pcall(module.build, document, flags)
    assert.is_false(ok)
    assert.equal(corral.Error, getmetatable(err))
    assert.equal(corral.VIR_ERR_INVALID_ARG, err.code)
    assert.truthy(err.message:find(message, 1, true), err.message)
end

local function guest(more)
    local document = { type = "test", name = "made", memory = { text = 65536 }, os = { type = { text = "hvm" } } }
    for key, value in pairs(more or {}) do
        document[key] = value
    end
    return document
end

local secret = [[
<secret ephemeral='no' private='yes'>
  <uuid>55806c7d-8e93-456f-829b-607d8c198367</uuid>
  <description>a key &amp; more</description>
  <usage type='ceph'>
    <name>client.admin</name>
  </usage>
</secret>
]]

describe("documents", function()
    it("are of every kind that there are documents of", function()
        local kinds = 0
        for kind in output_of("ls " .. source .. "/tests/documents"):gmatch("%S+") do
            if not kind:find("%.") and not kind:find("^__") then
                assert.is_function(documents[kind].parse, kind)
                assert.is_function(documents[kind].build, kind)
                assert.is_function(documents[kind].diff, kind)
                kinds = kinds + 1
            end
        end
        for name in pairs(documents) do
            kinds = kinds - (name:find("^%l") and 1 or 0)
        end
        assert.equal(0, kinds)
    end)

    it("differ by path and values", function()
        local old = { name = "n", dns = { txts = { { name = "a", value = "1" } } } }
        local new = { name = "n", domain = { name = "d" }, dns = { txts = { { name = "b", value = "1" }, { name = "c", value = "2" } } } }
        assert.same({
            { "dns.txts[1].name", "a", "b" }, { "dns.txts[2]", nil, { name = "c", value = "2" }, n = 3 },
            { "domain", nil, { name = "d" }, n = 3 }, -- n counts where a value is missing
        }, documents.network.diff(old, new))
        assert.same({}, documents.network.diff(new, new))
    end)

    for path in output_of("ls " .. source .. "/tests/documents/*/*.out.xml"):gmatch("%S+") do
        local kind, name = path:match("([^/]+)/([^/]+)$")
        it(kind .. "/" .. name .. " is built as it is printed", function()
            local printed = output_of(("%s/tests/doc_roundtrip -f 3 %s < %s"):format(build, kind, path))
            local parsed = documents[kind].parse(content_of(path), documents.INACTIVE)
            assert.equal(printed, documents[kind].build(parsed, documents.INACTIVE))
        end)
    end

    it("have the types of the description", function()
        assert.same({
            ephemeral = false, private = true, uuid = "55806c7d-8e93-456f-829b-607d8c198367",
            description = "a key & more", usage = { type = "ceph", name = "client.admin" },
        }, documents.secret.parse(secret))
        assert.equal(secret, documents.secret.build(documents.secret.parse(secret)))
        local parsed = documents.domain.parse(documents.domain.build(guest()))
        assert.equal("integer", math.type(parsed.memory.text))
    end)

    it("keep unsigned numbers above the largest integer", function()
        local text = documents.domain.build(guest { memory = { text = 65536 }, on_poweroff = "destroy",
            devices = { disks = { { source = { file = "/a" }, target = { dev = "vda", bus = "virtio" },
                iotune = { total_bytes_sec = 5 } } } } })
        local parsed = documents.domain.parse(text)
        assert.equal(5, parsed.devices.disks[1].iotune.total_bytes_sec)
        assert.equal(text, documents.domain.build(parsed))
    end)

    it("may have lists without anything in them", function()
        assert.is_string(documents.domain.build(guest { devices = { disks = {} } }))
    end)

    it("are refused with the path of what is unknown", function()
        refused("documents.domain.build(): argument 'document': devices.disks[2].target: 'dve' is unknown here: accepted are dev, bus",
            documents.domain, guest { devices = { disks = { {}, { target = { dve = "vda" } } } } })
        refused("a dictionary with one key is accepted: filterref, rule", documents.nwfilter,
            { name = "f", entries = { { toaster = {} } } })
    end)

    it("are refused with the path of what is of another type", function()
        refused("name: a string is accepted, not an integer", documents.domain, guest { name = 3 })
        refused("memory.text: an integer is accepted, not a string", documents.domain, guest { memory = { text = "1" } })
        refused("features.acpi: a boolean is accepted, not an integer", documents.domain, guest { features = { acpi = 1 } })
        refused("devices: a dictionary is accepted, not a string", documents.domain, guest { devices = "x" })
        refused("argument 'document': a dictionary is accepted, not", documents.domain, nil)
        refused("argument 'flags'", documents.domain, guest(), 1 << 30)
    end)

    it("are refused by the library for what it does not take", function()
        local ok, err = pcall(documents.domain.build,
            guest { devices = { disks = { { target = { dev = "vda", bus = "zz" } } } } })
        assert.is_false(ok)
        assert.equal(corral.VIR_ERR_XML_ERROR, err.code)
        assert.truthy(err.message:find("devices/disk/target/@bus", 1, true), err.message)
        ok, err = pcall(documents.secret.parse, "<domain/>")
        assert.is_false(ok)
        assert.equal(corral.VIR_ERR_XML_ERROR, err.code)
        ok, err = pcall(documents.secret.parse, 3)
        assert.truthy(not ok and err.message:find("argument 'xml': a string is accepted", 1, true))
        ok, err = pcall(documents.secret.parse, "<secret/>\0")
        assert.truthy(not ok and err.message:find("without zero bytes", 1, true))
    end)

    it("are checked against the grammar on request", function()
        local odd = secret:gsub("<uuid>", "<toaster/><uuid>")
        assert.same(documents.secret.parse(secret, 0, true), documents.secret.parse(odd))
        local ok, err = pcall(documents.secret.parse, odd, nil, true)
        assert.is_false(ok)
        assert.equal(corral.VIR_ERR_XML_INVALID_SCHEMA, err.code)
        assert.truthy(err.message:find("toaster", 1, true), err.message)
        assert.equal(secret, documents.secret.build(documents.secret.parse(secret), 0, true))
        ok, err = pcall(documents.secret.build, {}, 0, "yes")
        assert.is_false(ok)
        assert.truthy(err.message:find("'validate': a truth value is accepted", 1, true), err.message)
    end)

    it("are annotated for editors", function()
        local path = build .. "/generated/conf/documents.lua"
        local text = content_of(path)
        assert.is_table(load(text, "@" .. path)())
        for kind in pairs(documents) do
            assert.truthy(text:find("\n---@field " .. kind .. " ", 1, true), kind)
        end
        local known = { string = true, integer = true, boolean = true, fun = true }
        for class in text:gmatch("\n%-%-%-@class ([%w_.]+)") do
            assert.is_nil(known[class], class)
            known[class] = true
        end
        for types in text:gmatch("\n%-%-%-@field [%w_]+%? ([^\n]*)") do
            for name in types:gsub('"[^"]*"', ""):gmatch("[%a][%w_.]*") do
                assert(known[name], name)
            end
        end
    end)
end)
