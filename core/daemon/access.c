#include "core/daemon/access.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "core/object/error.h"
#include "core/rpc/procedure.h"

#define PERMISSIONS_MAX 256

enum who { WHO_ANYONE, WHO_USER, WHO_GROUP, WHO_X509, WHO_SASL };

struct rule {
    enum who who;
    char *name;          /* NULL: anyone */
    GPatternSpec *match; /* x509 and sasl */
    gboolean all;        /* every permission, and every object */
    guint64 may[4];
    GPtrArray *objects; /* GPatternSpec; NULL: all */
};

struct access_rules {
    gint refs;
    gboolean given; /* FALSE: there are none, which is not the same as an empty list */
    int polkit;     /* seconds; 0: it is not asked */
    char *group;
    GPtrArray *rules;
};

/* --- permissions, numbered ----------------------------------------------------------------------
 */

/* Objects and permissions have one place in wire_names each, so their offsets identify them. */
static struct {
    guint8 *of_acl; /* index by that of wire_acls */
    const struct wire_acl *known[PERMISSIONS_MAX];
    int n;
} numbers;

static int number_of(const struct wire_acl *acl)
{
    for (int i = 0; i < numbers.n; i++)
        if (numbers.known[i]->object == acl->object &&
            numbers.known[i]->permission == acl->permission)
            return i;
    g_assert(numbers.n < PERMISSIONS_MAX);
    numbers.known[numbers.n] = acl;
    return numbers.n++;
}

static void number_permissions(void)
{
    guint n = 0;

    for (size_t i = 0; i < wire_n_programs; i++)
        for (guint32 j = 1; j <= wire_programs[i].procedures; j++) {
            const struct wire_procedure *it = &wire_programs[i].procedure[j];

            n = MAX(n, (guint)it->acl + it->acls);
        }
    numbers.of_acl = g_new0(guint8, n + 1);
    for (guint i = 0; i < n; i++)
        numbers.of_acl[i] = number_of(&wire_acls[i]);
}

static void need_numbers(void)
{
    static gsize done;

    if (g_once_init_enter(&done)) {
        number_permissions();
        g_once_init_leave(&done, 1);
    }
}

static gboolean has_bit(const guint64 *bits, int number)
{
    return bits[number / 64] >> (number % 64) & 1;
}

static void add_bit(guint64 *bits, int number)
{
    bits[number / 64] |= G_GUINT64_CONSTANT(1) << (number % 64);
}

/* What anybody may who is let in to look: reading and looking for things, whatever the object. */
static gboolean is_looking(const char *permission)
{
    return !strcmp(permission, "getattr") || !strcmp(permission, "read") ||
           g_str_has_prefix(permission, "search_");
}

static gboolean word_matches(const char *word, const char *name)
{
    return !strcmp(word, "*") || !strcmp(word, name);
}

/* FALSE when the word stands for nothing there is. */
static gboolean add_permissions(guint64 *bits, const char *word)
{
    g_auto(GStrv) parts = g_strsplit(word, ":", 2);
    gboolean looking = !strcmp(word, "read-only"), found = FALSE;

    need_numbers();
    if (!looking && (!parts[0] || !parts[1]))
        return FALSE;
    for (int i = 0; i < numbers.n; i++) {
        const char *object = wire_names + numbers.known[i]->object;
        const char *permission = wire_names + numbers.known[i]->permission;

        if (looking ? !is_looking(permission)
                    : !word_matches(parts[0], object) || !word_matches(parts[1], permission))
            continue;
        add_bit(bits, i);
        found = TRUE;
    }
    return found;
}

/* --- rules ---------------------------------------------------------------------------------------
 */

static void rule_free(void *data)
{
    struct rule *rule = data;

    g_free(rule->name);
    g_clear_pointer(&rule->match, g_pattern_spec_free);
    g_clear_pointer(&rule->objects, g_ptr_array_unref);
    g_free(rule);
}

static int wrong_rule(const char *text, const char *why, const char *what)
{
    error_set(VIR_FROM_CONF, VIR_ERR_CONF_SYNTAX, "access_rules: \"%s\": '%s' %s", text, what, why);
    return -1;
}

static int parse_who(struct rule *rule, const char *text, const char *who)
{
    static const char *const kinds[] = {"anyone", "user ", "group ", "x509 ", "sasl "};

    if (!strcmp(who, "anyone"))
        return 0;
    for (int i = WHO_USER; i <= WHO_SASL; i++) {
        if (!g_str_has_prefix(who, kinds[i]))
            continue;
        rule->who = i;
        rule->name = g_strstrip(g_strdup(who + strlen(kinds[i])));
        if (i >= WHO_X509)
            rule->match = g_pattern_spec_new(rule->name);
        if (*rule->name)
            return 0;
    }
    return wrong_rule(text, "is nobody: user NAME, group NAME, x509 NAME, sasl NAME or anyone",
                      who);
}

static int parse_permissions(struct rule *rule, const char *text, const char *list)
{
    g_auto(GStrv) words = g_strsplit(list, ",", -1);

    if (!words[0])
        return wrong_rule(text, "is no permission", list);
    for (char **word = words; *word; word++) {
        g_strstrip(*word);
        if (!strcmp(*word, "*")) {
            memset(rule->may, 0xff, sizeof(rule->may));
            rule->all = !rule->objects;
        } else if (!add_permissions(rule->may, *word)) {
            return wrong_rule(text,
                              "is no permission: OBJECT:NAME, OBJECT:*, *:NAME, * or "
                              "read-only is accepted",
                              *word);
        }
    }
    return 0;
}

static int parse_objects(struct rule *rule, const char *text, const char *list)
{
    g_auto(GStrv) words = g_strsplit(list, ",", -1);

    rule->objects = g_ptr_array_new_with_free_func((GDestroyNotify)g_pattern_spec_free);
    for (char **word = words; *word; word++) {
        g_strstrip(*word);
        if (!**word)
            return wrong_rule(text, "is no name", *word);
        g_ptr_array_add(rule->objects, g_pattern_spec_new(*word));
    }
    if (!rule->objects->len)
        return wrong_rule(text, "is no name", list);
    return 0;
}

/* "WHO: PERMISSIONS on NAMES"; names in certificates may have a colon, but hardly ": ". */
static struct rule *parse_rule(const char *text)
{
    struct rule *rule = g_new0(struct rule, 1);
    const char *colon = g_strrstr(text, ": "), *on;
    g_autofree char *who = NULL, *list = NULL;

    if (!colon) {
        wrong_rule(text, "is expected between who it is and what is allowed", ": ");
        rule_free(rule);
        return NULL;
    }
    who = g_strstrip(g_strndup(text, colon - text));
    on = strstr(colon, " on ");
    list = on ? g_strndup(colon + 2, on - colon - 2) : g_strdup(colon + 2);
    if (parse_who(rule, text, who) == 0 && (!on || parse_objects(rule, text, on + 4) == 0) &&
        parse_permissions(rule, text, list) == 0)
        return rule;
    rule_free(rule);
    return NULL;
}

struct access_rules *access_rules_new(char **rules, const char *group)
{
    struct access_rules *made = g_new0(struct access_rules, 1);

    need_numbers();
    made->refs = 1;
    made->given = rules != NULL;
    made->group = g_strdup(group);
    made->rules = g_ptr_array_new_with_free_func(rule_free);
    for (char **text = rules; text && *text; text++) {
        struct rule *rule = parse_rule(*text);

        if (!rule) {
            access_rules_unref(made);
            return NULL;
        }
        g_ptr_array_add(made->rules, rule);
    }
    return made;
}

struct access_rules *access_rules_ref(struct access_rules *rules)
{
    g_atomic_int_inc(&rules->refs);
    return rules;
}

void access_rules_unref(struct access_rules *rules)
{
    if (!rules || !g_atomic_int_dec_and_test(&rules->refs))
        return;
    g_ptr_array_unref(rules->rules);
    g_free(rules->group);
    g_free(rules);
}

void access_rules_ask_polkit(struct access_rules *rules, int timeout)
{
    rules->polkit = timeout;
}

gboolean access_rules_want_polkit(const struct access_rules *rules)
{
    return rules->polkit > 0;
}

gboolean access_rules_name_users(const struct access_rules *rules)
{
    gboolean named = rules->group && !rules->given;

    for (guint i = 0; !named && i < rules->rules->len; i++) {
        const struct rule *rule = rules->rules->pdata[i];

        named = rule->who == WHO_USER || rule->who == WHO_GROUP;
    }
    return named;
}

/* --- who it is -----------------------------------------------------------------------------------
 */

void access_identity_clear(struct access_identity *identity)
{
    g_free(identity->user);
    g_free(identity->group);
    g_free(identity->x509);
    g_free(identity->sasl);
    g_free(identity->selinux);
    g_clear_pointer(&identity->groups, g_array_unref);
    memset(identity, 0, sizeof(*identity));
}

static void fill_groups(struct access_identity *identity)
{
    int n = 64;

    identity->groups = g_array_sized_new(FALSE, TRUE, sizeof(gid_t), n);
    g_array_set_size(identity->groups, n);
    if (getgrouplist(identity->user, identity->gid, &g_array_index(identity->groups, gid_t, 0),
                     &n) < 0) {
        g_array_set_size(identity->groups, n);
        getgrouplist(identity->user, identity->gid, &g_array_index(identity->groups, gid_t, 0), &n);
    }
    g_array_set_size(identity->groups, MAX(n, 0));
}

/* In the server's thread only, or with names that nobody looks at meanwhile. */
void access_identity_fill(struct access_identity *identity)
{
    char buffer[4096];
    struct passwd user, *found_user = NULL;
    struct group group, *found_group = NULL;

    if (!identity->local)
        return;
    if (!identity->user && !getpwuid_r(identity->uid, &user, buffer, sizeof(buffer), &found_user) &&
        found_user)
        identity->user = g_strdup(user.pw_name);
    if (!identity->group &&
        !getgrgid_r(identity->gid, &group, buffer, sizeof(buffer), &found_group) && found_group)
        identity->group = g_strdup(group.gr_name);
    if (identity->user && !identity->groups)
        fill_groups(identity);
}

char *access_identity_text(const struct access_identity *identity)
{
    if (identity->sasl)
        return g_strdup_printf("sasl %s", identity->sasl);
    if (identity->x509)
        return g_strdup_printf("x509 %s", identity->x509);
    if (identity->user)
        return g_strdup_printf("user %s", identity->user);
    return identity->local ? g_strdup_printf("user %u", identity->uid) : g_strdup("nobody known");
}

static gboolean is_number(const char *text, guint32 number)
{
    guint64 value;

    return g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &value, NULL) && value == number;
}

static gboolean in_group(const struct access_identity *identity, const char *name)
{
    char buffer[16384];
    struct group group, *found = NULL;

    if (!identity->local)
        return FALSE;
    if (is_number(name, identity->gid) || !g_strcmp0(name, identity->group))
        return TRUE;
    if (!identity->groups || getgrnam_r(name, &group, buffer, sizeof(buffer), &found) || !found)
        return FALSE;
    for (guint i = 0; i < identity->groups->len; i++)
        if (g_array_index(identity->groups, gid_t, i) == group.gr_gid)
            return TRUE;
    return FALSE;
}

static gboolean is_meant(const struct rule *rule, const struct access_identity *identity)
{
    switch (rule->who) {
    case WHO_USER:
        return identity->local &&
               (!g_strcmp0(rule->name, identity->user) || is_number(rule->name, identity->uid));
    case WHO_GROUP:
        return in_group(identity, rule->name);
    case WHO_X509:
        return identity->x509 && g_pattern_spec_match_string(rule->match, identity->x509);
    case WHO_SASL:
        return identity->sasl && g_pattern_spec_match_string(rule->match, identity->sasl);
    default:
        return TRUE;
    }
}

/* --- what it may ---------------------------------------------------------------------------------
 */

static gboolean is_owner(const struct access_identity *identity)
{
    return identity->local && (identity->uid == 0 || identity->uid == geteuid());
}

/* Without rules, those whom somebody has let in. */
static gboolean is_let_in(const struct access_rules *rules, const struct access_identity *identity)
{
    if (rules->given || rules->polkit)
        return FALSE;
    return identity->x509 || identity->sasl || (rules->group && in_group(identity, rules->group));
}

static void add_rule(struct access_rights *rights, struct rule *rule)
{
    guint64 *bits = rule->objects ? rights->named : rights->any;

    rights->all |= rule->all;
    for (int i = 0; i < 4; i++)
        bits[i] |= rule->may[i];
    if (rule->objects)
        g_ptr_array_add(rights->rules, rule);
}

/* A process is what polkit knows; others have the rules alone. */
static void add_polkit(struct access_rights *rights, const struct access_rules *rules,
                       const struct access_identity *identity)
{
    if (!rules->polkit || !identity->local || !identity->pid_time || is_owner(identity))
        return;
    rights->polkit = rules->polkit;
    rights->uid = identity->uid;
    rights->pid = identity->pid;
    rights->pid_time = identity->pid_time;
}

struct access_rights *access_rights_for(struct access_rules *rules,
                                        const struct access_identity *identity,
                                        gboolean read_only_socket)
{
    struct access_rights *rights = g_new0(struct access_rights, 1);

    rights->refs = 1;
    rights->rules = g_ptr_array_new();
    rights->from = access_rules_ref(rules);
    add_polkit(rights, rules, identity);
    if (read_only_socket && !rights->polkit)
        add_permissions(rights->any, "read-only");
    else if (!read_only_socket)
        rights->all = is_owner(identity) || is_let_in(rules, identity);
    for (guint i = 0; !rights->all && i < rules->rules->len; i++)
        if (is_meant(rules->rules->pdata[i], identity))
            add_rule(rights, rules->rules->pdata[i]);
    return rights;
}

struct access_rights *access_rights_ref(struct access_rights *rights)
{
    g_atomic_int_inc(&rights->refs);
    return rights;
}

void access_rights_unref(struct access_rights *rights)
{
    if (!rights || !g_atomic_int_dec_and_test(&rights->refs))
        return;
    g_ptr_array_unref(rights->rules);
    access_rules_unref(rights->from);
    g_free(rights);
}

enum access_answer access_ask(const struct access_rights *rights, const struct wire_acl *acl)
{
    int number = numbers.of_acl[acl - wire_acls];

    if (rights->all || has_bit(rights->any, number))
        return ACCESS_YES;
    return rights->polkit || has_bit(rights->named, number) ? ACCESS_BY_NAME : ACCESS_NO;
}

static gboolean rule_allows(const struct rule *rule, int number, const char *name)
{
    if (!has_bit(rule->may, number))
        return FALSE;
    for (guint i = 0; i < rule->objects->len; i++)
        if (g_pattern_spec_match_string(rule->objects->pdata[i], name))
            return TRUE;
    return FALSE;
}

gboolean access_ask_name(const struct access_rights *rights, const struct wire_acl *acl,
                         const char *name)
{
    enum access_answer answer = access_ask(rights, acl);

    if (answer != ACCESS_BY_NAME || !name)
        return answer == ACCESS_YES;
    for (guint i = 0; i < rights->rules->len; i++)
        if (rule_allows(rights->rules->pdata[i], numbers.of_acl[acl - wire_acls], name))
            return TRUE;
    return FALSE;
}

const struct wire_acl *access_permission(const char *object, const char *permission)
{
    need_numbers();
    for (int i = 0; i < numbers.n; i++)
        if (!strcmp(wire_names + numbers.known[i]->object, object) &&
            !strcmp(wire_names + numbers.known[i]->permission, permission))
            return numbers.known[i];
    return NULL;
}
