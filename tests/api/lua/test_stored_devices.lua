-- Mediated devices of the test driver's host, which can be defined, made, unmade and forgotten.
local corral = require "corral"

local CARD = [[<device><name>pci_0000_00_02_0</name><parent>computer</parent><capability type='pci'><domain>0</domain><bus>0</bus><slot>2</slot>
<function>0</function><product id='1'/><vendor id='2'/><capability type='mdev_types'><type id='small'><deviceAPI>vfio-pci</deviceAPI>
<availableInstances>1</availableInstances></type></capability></capability></device>]]
local SLICE = [[<device><parent>pci_0000_00_02_0</parent><capability type='mdev'><type id='small'/>
<uuid>783e6dbb-ea0e-411f-94e2-717eaad438bf</uuid></capability></device>]]
local NAME = "mdev_783e6dbb_ea0e_411f_94e2_717eaad438bf_0000_00_02_0"

local function refused(code, text, call, ...)
    local ok, err = pcall(call, ...)
    assert.is_false(ok)
    assert.equal(code, err.code, err.message)
    assert.truthy(err.message:find(text, 1, true), err.message)
end

describe("a stored device", function()
    local conn, path

    before_each(function()
        path = os.tmpname()
        local file = assert(io.open(path, "w"))
        file:write("<node>", CARD, "</node>")
        file:close()
        conn = corral.open("test://" .. path)
    end)
    after_each(function()
        conn:close()
        os.remove(path)
    end)

    it("comes and goes while its definition stays", function()
        local dev = conn:nodeDeviceDefineXML(SLICE)
        assert.equal(NAME, dev:name())
        assert.is_false(dev:isActive())
        assert.is_true(dev:isPersistent())
        assert.equal(0, #conn:listAllDevices(corral.VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV))
        dev:create()
        assert.is_true(dev:isActive())
        assert.equal(1, #conn:listAllDevices(corral.VIR_CONNECT_LIST_NODE_DEVICES_CAP_MDEV))
        refused(corral.VIR_ERR_OPERATION_INVALID, "is there already", dev.create, dev)
        dev:destroy()
        assert.is_false(dev:isActive())
        dev:undefine()
        refused(corral.VIR_ERR_NO_NODE_DEVICE, NAME, dev.isActive, dev)
    end)

    it("is made by itself if that is wanted", function()
        local dev = conn:nodeDeviceDefineXML(SLICE)
        assert.falsy(dev:autostart())
        dev:setAutostart(true)
        assert.truthy(dev:autostart())
    end)

    it("has no definition if it was only made", function()
        local dev = conn:nodeDeviceCreateXML(SLICE)
        assert.is_false(dev:isPersistent())
        refused(corral.VIR_ERR_OPERATION_INVALID, "no definition to remove", dev.undefine, dev)
        refused(corral.VIR_ERR_OPERATION_INVALID, "is there already", conn.nodeDeviceCreateXML, conn, SLICE)
        dev:destroy()
        refused(corral.VIR_ERR_NO_NODE_DEVICE, NAME, dev.isPersistent, dev)
    end)
end)
