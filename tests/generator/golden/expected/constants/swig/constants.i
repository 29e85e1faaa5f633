/* The constants of the description. */
%constant long VIR_ERR_OK = 0;
%constant long VIR_ERR_NO_FARM = 1;
%constant long VIR_FROM_NONE = 0;
%constant long VIR_FROM_FARM = 1;
%constant long VIR_FARM_FENCED = 1;
%constant long VIR_FARM_OPEN = 2;
%constant long VIR_UUID_BUFLEN = 16;
%constant long VIR_ERR_NUMBER_LAST = 2;
%constant char *VIR_FARM_TUNING_HAY = "hay";
%constant char *VIR_FARM_TUNING_STALL = "stall.%u";
