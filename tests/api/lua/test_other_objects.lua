-- The twin of test_other_objects.py.
local corral = require "corral"

local OWNER = "<owner><name>test</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid></owner>"
local UUID = "1f0e4ba8-8f3b-4e0e-a3bc-2ef6b5c3b7a9"

describe("objects from beginning to end", function()
    local conn

    before_each(function() conn = corral.open("test:///default") end)
    after_each(function() conn:close() end)

    it("filters and their bindings", function()
        local made = conn:nwfilterDefineXML(("<filter name='mine' chain='root'><uuid>%s</uuid></filter>"):format(UUID))
        assert.equal(made, conn:nwfilterLookupByName("mine"))
        assert.equal(made, conn:nwfilterLookupByUUIDString(UUID))
        assert.truthy(made:XMLDesc():find(UUID, 1, true))
        local binding = conn:nwfilterBindingCreateXML(([[<filterbinding>%s<portdev name='vnet0'/>
            <mac address='52:54:00:00:00:01'/><filterref filter='mine'/></filterbinding>]]):format(OWNER))
        assert.equal(binding, conn:nwfilterBindingLookupByPortDev("vnet0"))
        assert.truthy(binding:XMLDesc():find("filter='mine'", 1, true))
        binding:delete()
        made:undefine()
        assert.is_false(pcall(conn.nwfilterLookupByName, conn, "mine"))
    end)

    it("ports of a network", function()
        local net = conn:networkLookupByName("default")
        local port = net:portCreateXML(("<networkport><uuid>%s</uuid>%s<mac address='52:54:00:7b:35:93'/></networkport>"):format(UUID, OWNER))
        assert.equal(port, net:portLookupByUUIDString(UUID))
        port:setParameters { [corral.VIR_NETWORK_PORT_BANDWIDTH_IN_AVERAGE] = 100 }
        assert.equal(100, port:parameters()[corral.VIR_NETWORK_PORT_BANDWIDTH_IN_AVERAGE])
        port:delete()
        assert.is_false(pcall(net.portLookupByUUIDString, net, UUID))
    end)

    it("checkpoints and their children", function()
        local dom = conn:lookupByName("test")
        local first = dom:checkpointCreateXML("<domaincheckpoint><name>first</name></domaincheckpoint>")
        local second = dom:checkpointCreateXML("<domaincheckpoint><name>second</name></domaincheckpoint>")
        assert.equal(first, dom:checkpointLookupByName("first"))
        assert.equal("second", first:listAllChildren()[1]:getName())
        assert.equal("first", second:getParent():getName())
        second:delete()
        first:delete()
        assert.same({}, dom:listAllCheckpoints())
    end)

    it("secrets and their values", function()
        local made = conn:secretDefineXML(("<secret><uuid>%s</uuid><usage type='ceph'><name>store</name></usage></secret>"):format(UUID))
        made:setValue("\0key\xff")
        assert.equal("\0key\xff", made:value())
        assert.equal(made, conn:secretLookupByUsage(corral.VIR_SECRET_USAGE_TYPE_CEPH, "store"))
        made:undefine()
    end)

    it("interfaces of the host", function()
        local made = conn:interfaceDefineXML("<interface type='ethernet' name='eth9'><mac address='52:54:00:00:00:09'/></interface>")
        assert.equal("eth9", conn:interfaceLookupByMACString("52:54:00:00:00:09"):name())
        made:create()
        assert.truthy(made:isActive())
        conn:changeBegin()
        made:destroy()
        made:undefine()
        conn:changeRollback()
        assert.equal("eth9", conn:interfaceLookupByName("eth9"):name())
    end)
end)
