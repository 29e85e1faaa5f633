/* The calls of the description; included by each language's lang.i. */
%nodefaultctor;

%header %{
#include "shim.h"
#include "bindings/shim_support.h"
static swig_type_info **const bind_types[] = {
    [BIND_virConnect] = &SWIGTYPE_p_virConnect,
    [BIND_virFarm] = &SWIGTYPE_p_virFarm,
};
%}

BIND_CLASS(virConnect)
BIND_CLASS(virFarm)
typedef struct { } virConnect;
typedef struct { } virFarm;

%extend virConnect {
    ~virConnect() { bind_release($self); }
    bind_value farmLookupByUUID(bind_tree *uuid) { return bind_virFarmLookupByUUID($self, uuid); }
    bind_value farmLookupByUUIDString(bind_text uuidstr) { return bind_virFarmLookupByUUIDString($self, uuidstr); }
    bind_value listAllFarms(unsigned int flags = 0) { return bind_virFarmListAll($self, flags); }
#ifdef SWIGPYTHON
    bind_value _identity() { return bind_take_string(bind_identity($self)); }
    bind_value _describe() { return bind_take_string(bind_describe($self)); }
#endif
}

%extend virFarm {
    ~virFarm() { bind_release($self); }
    bind_value name() { return bind_virFarmGetName($self); }
    bind_value info() { return bind_virFarmGetInfo($self); }
    bind_value tuning(unsigned int flags = 0) { return bind_virFarmGetTuning($self, flags); }
    bind_value close(unsigned int days) { return bind_virFarmClose($self, days); }
    bind_value connect() { return bind_share_object(BIND_virConnect, bind_connection($self)); }
#ifdef SWIGPYTHON
    bind_value _identity() { return bind_take_string(bind_identity($self)); }
    bind_value _describe() { return bind_take_string(bind_describe($self)); }
#endif
}

bind_value bind_free_native(struct native_callback *callback);
