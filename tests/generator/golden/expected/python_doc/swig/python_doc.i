%feature("docstring") virConnect::farmLookupByUUID "virConnect_farmLookupByUUID(self, uuid)
--

Finds a farm.

uuid: 16 bytes

Returns the farm";
%feature("docstring") virConnect::farmLookupByUUIDString "virConnect_farmLookupByUUIDString(self, uuidstr)
--

Finds a farm by text.

uuidstr: 36 characters

Returns the farm";
%feature("docstring") virFarm::name "virFarm_name(self)
--

Names a farm.

Returns its name";
%feature("docstring") virFarm::info "virFarm_info(self)
--

Counts animals.";
%feature("docstring") virFarm::tuning "virFarm_tuning(self, flags=0)
--

Tells how it is run.

flags: which";
%feature("docstring") virConnect::listAllFarms "virConnect_listAllFarms(self, flags=0)
--

Lists farms.

flags: which

Returns how many";
%feature("docstring") virFarm::close "virFarm_close(self, days)
--

Closes a farm.

days: for how long";
%feature("docstring") virFarm::connect "virFarm_connect(self)
--

The connection that it belongs to.";
