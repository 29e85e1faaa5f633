/* The constants of the description, by their own names: C knows their values. */
%constant long VIR_ERR_OK = VIR_ERR_OK;
%constant long VIR_ERR_NO_FARM = VIR_ERR_NO_FARM;
%constant long VIR_FROM_NONE = VIR_FROM_NONE;
%constant long VIR_FROM_FARM = VIR_FROM_FARM;
%constant long VIR_FARM_FENCED = VIR_FARM_FENCED;
%constant long VIR_FARM_OPEN = VIR_FARM_OPEN;
%constant long VIR_UUID_BUFLEN = VIR_UUID_BUFLEN;
%constant char *VIR_FARM_TUNING_HAY = VIR_FARM_TUNING_HAY;
%constant char *VIR_FARM_TUNING_STALL = VIR_FARM_TUNING_STALL;
