/* Commands as JSON: whether they are any, and what they are called. */
#pragma once

/* The text of a member of an object, as it stands there; NULL, and no error, when `text` is not one
 * whole object or has no such member. */
char *json_member(const char *text, const char *name);
/* The same for a member that is a string, without its quotes. Escapes other than \" \\ and \/ stay
 * as they are. */
char *json_string_member(const char *text, const char *name);
/* -1 with VIR_ERR_INTERNAL_ERROR when `text` is not one whole object. */
int json_require_object(const char *text);
/* With quotes, and escapes where they are wanted. */
char *json_quote(const char *text);
