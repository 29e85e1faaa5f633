/* Where answers come from when a daemon asks who one is: a file of the user's, then the user. */
#pragma once

#include "core/drivers/remote/address.h"
#include "core/object/connect.h"
#include "core/rpc/sasl.h"

/* Fills in what can be found out; -1 with an error when nobody could be asked for the rest. */
int credentials_answer(const struct remote_address *address, virConnectAuthPtr auth,
                       struct sasl_question *questions, int n);
