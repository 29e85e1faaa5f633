/* Who may do what: rules from the configuration, and what they come to for one client. Permissions
 * are those of the description, `domain:write` and the like; what no rule allows is refused.
 *
 * Where polkit is to be asked as well, what no rule allows depends on its answer (judge_polkit.c).
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

struct wire_acl;

/* Who a client is, as far as it is known. */
struct access_identity {
    gboolean local; /* a Unix socket's other end: uid and gid are true */
    uid_t uid;
    gid_t gid;
    pid_t pid;
    guint64 pid_time; /* when the process began; 0 where it is not known */
    char *user;
    char *group;
    GArray *groups; /* gid_t, all of them */
    char *x509;     /* the name in its certificate */
    char *sasl;
    char *selinux;
};

void access_identity_clear(struct access_identity *identity);
/* Looks up the names of a local user's numbers, and the groups. */
void access_identity_fill(struct access_identity *identity);
/* For logs: "user alice", "x509 CN=…". */
char *access_identity_text(const struct access_identity *identity);

struct access_rules;
/* NULL with an error for a rule that makes no sense. `rules` may be NULL: none are given, and
 * `group` is whom the read-write socket belongs to, or NULL. */
struct access_rules *access_rules_new(char **rules, const char *group);
struct access_rules *access_rules_ref(struct access_rules *rules);
void access_rules_unref(struct access_rules *rules);
/* Whether any of them is about users or groups, whose names have to be looked up then. */
gboolean access_rules_name_users(const struct access_rules *rules);

/* Polkit may allow to processes of this host what no rule does; it has so many seconds. Then nobody
 * is let in by the group or a login alone. */
void access_rules_ask_polkit(struct access_rules *rules, int timeout);
gboolean access_rules_want_polkit(const struct access_rules *rules);

/* What one client may do. */
struct access_rights {
    gint refs;
    gboolean all;     /* everything: nothing has to be looked at */
    guint64 any[4];   /* a bit for each permission, whatever the object */
    guint64 named[4]; /* for some objects, by their names */
    int polkit;       /* the seconds that polkit has where no rule allows it; 0: it is not asked */
    uid_t uid;        /* whom it is asked about */
    pid_t pid;
    guint64 pid_time;
    GPtrArray *rules; /* the ones that count for `named`; keep `from` */
    struct access_rules *from;
};

struct access_rights *access_rights_for(struct access_rules *rules,
                                        const struct access_identity *identity,
                                        gboolean read_only_socket);
struct access_rights *access_rights_ref(struct access_rights *rights);
void access_rights_unref(struct access_rights *rights);

enum access_answer {
    ACCESS_NO,
    ACCESS_YES,
    ACCESS_BY_NAME, /* it depends on which object, or on polkit */
};

/* Without a name yet. */
enum access_answer access_ask(const struct access_rights *rights, const struct wire_acl *acl);
/* With it; a NULL name is an object that has none, or is not there yet. */
gboolean access_ask_name(const struct access_rights *rights, const struct wire_acl *acl,
                         const char *name);
/* The permission of that name; NULL for one that there is not. */
const struct wire_acl *access_permission(const char *object, const char *permission);
