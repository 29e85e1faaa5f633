-- A helper of busted: test URIs are opened through the daemon whose socket CORRAL_THROUGH names.
local corral = require "corral"

local socket = assert(THROUGH or os.getenv("CORRAL_THROUGH"), "CORRAL_THROUGH is the daemon's socket")

local function through(uri)
    if type(uri) ~= "string" or not uri:find("^test:") then
        return uri
    end
    return uri:gsub("^test:", "test+unix:") .. (uri:find("?", 1, true) and "&" or "?") .. "socket=" .. socket
end

for _, name in ipairs { "open", "openReadOnly", "openAuth", "openReconnecting" } do
    local plain = corral[name]
    corral[name] = function(uri, ...)
        if select("#", ...) == 0 then
            return plain(through(uri))
        end
        return plain(through(uri), ...)
    end
end
