/* Calls, answers and events of clients that may not do everything. For the others `call->rights` is
 * NULL, and none of this is asked. */
#pragma once

#include "core/daemon/access.h"
#include "core/daemon/dispatch.h"

/* Before the arguments are decoded: what the client may not do to any object at all. */
int judge_call(struct dispatch_call *call);
/* With the arguments. Where it depends on the object, what the client calls it is replaced by what
 * it is: a name beside another guest's UUID gets nobody further. */
int judge_arguments(struct dispatch_call *call, void *args);
/* What has been looked up. */
int judge_answer(struct dispatch_call *call, const void *args, const void *answer);
/* Whether the client may see this one in a list: its identity on the wire. */
gboolean judge_listed(struct dispatch_call *call, const void *subject);
gboolean judge_listed_object(struct dispatch_call *call, struct object *object);
/* Whether a client may hear of it. */
gboolean judge_event(const struct access_rights *rights, unsigned int type, const void *subject);

/* Runs a call that lists names or numbers, or counts them (filter.c). FALSE: it is none. */
gboolean filter_run(struct dispatch_call *call, dispatch_function run, void *args, void *answer,
                    int *ret_status);

/* What the files share. */
const struct wire_acl *judge_filter(const struct dispatch_call *call);
/* Replaces an identity by the real one's; -1 with an error when there is no such object. */
int judge_resolve(struct dispatch_call *call, unsigned int type, void *subject);
/* The name by which rules know an object, for a permission of that kind of object; NULL when the
 * identity does not tell. */
char *judge_name(const char *object, unsigned int type, const void *subject, gboolean *ret_exact);
