/* Calls, answers and events of clients that may not do everything. For the others `call->rights` is
 * NULL, and none of this is asked. */
#pragma once

#include "core/daemon/access.h"
#include "core/daemon/dispatch.h"
#include "core/daemon/polkit.h"

/* Before the arguments are decoded: what the client may not do to any object at all. */
int judge_call(struct dispatch_call *call);
/* With the arguments. Where it depends on the object, what the client calls it is replaced by what
 * it is: a name beside another guest's UUID gets nobody further. */
int judge_arguments(struct dispatch_call *call, void *args);
/* What has been looked up. */
int judge_answer(struct dispatch_call *call, const void *args, const void *answer);
/* What the client has asked to open, which is not its own yet: polkit is told what it is. */
int judge_opened(struct dispatch_call *call, virConnectPtr conn);
/* Whether the client may see this one in a list: its identity on the wire. */
gboolean judge_listed(struct dispatch_call *call, const void *subject);
gboolean judge_listed_object(struct dispatch_call *call, struct object *object);
/* Whether a client may hear of it, by the rules; and what permission that takes. */
const struct wire_acl *judge_event_permission(unsigned int type);
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
/* The wire type of a kind of object, WIRE_NONE for others. */
unsigned int judge_type(const char *object);

/* Polkit's part (judge_polkit.c). FALSE, with an error, where it does not allow it or is not to be
 * asked; waits for it, so not in the server's thread nor the event loop's. */
gboolean judge_polkit(const struct access_rights *rights, virConnectPtr conn,
                      const struct wire_acl *acl, unsigned int type, const void *subject);
/* The question itself, for those who must not wait: freed by judge_question_clear(). */
struct judge_question {
    struct polkit_question question;
    GPtrArray *details;
    char *action;
};
void judge_question_init(struct judge_question *question, const struct access_rights *rights,
                         virConnectPtr conn, const struct wire_acl *acl, unsigned int type,
                         const void *subject);
void judge_question_clear(struct judge_question *question);
