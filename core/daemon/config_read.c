/* The form of the field's configuration files: KEY = VALUE, where a value is a number, a string in
 * double or single quotes, or a list of strings in brackets, over as many lines as it likes. */
#include <string.h>

#include "core/daemon/access.h"
#include "core/daemon/config_private.h"
#include "core/object/error.h"

#define FILE_MAX (1024 * 1024)

struct reader {
    const char *path;
    const char *at;
    int line;
    struct daemon_config *config;
    gboolean *seen; /* by key */
};

static int G_GNUC_PRINTF(2, 3) mistake(const struct reader *reader, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    error_set(VIR_FROM_CONF, VIR_ERR_CONF_SYNTAX, "%s:%d: %s", reader->path, reader->line, text);
    return -1;
}

static void skip_blanks(struct reader *reader)
{
    while (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\r')
        reader->at++;
    if (*reader->at == '#')
        reader->at += strcspn(reader->at, "\n");
}

static void skip_lines(struct reader *reader)
{
    skip_blanks(reader);
    while (*reader->at == '\n') {
        reader->at++;
        reader->line++;
        skip_blanks(reader);
    }
}

static char *read_string(struct reader *reader)
{
    char quote = *reader->at;
    const char *start = reader->at + 1, *end;

    if (quote != '"' && quote != '\'') {
        mistake(reader, "a string in quotes is expected");
        return NULL;
    }
    end = start + strcspn(start, quote == '"' ? "\"\n" : "'\n");
    if (*end != quote) {
        mistake(reader, "the string has no end");
        return NULL;
    }
    reader->at = end + 1;
    return g_strndup(start, end - start);
}

static char **read_list(struct reader *reader)
{
    g_autoptr(GStrvBuilder) items = g_strv_builder_new();

    reader->at++;
    skip_lines(reader);
    while (*reader->at != ']') {
        g_autofree char *item = read_string(reader);

        if (!item)
            return NULL;
        g_strv_builder_add(items, item);
        skip_lines(reader);
        if (*reader->at == ',') {
            reader->at++;
            skip_lines(reader);
        } else if (*reader->at != ']') {
            mistake(reader, "',' or ']' is expected behind \"%s\"", item);
            return NULL;
        }
    }
    reader->at++;
    return g_strv_builder_end(items);
}

static int read_number(struct reader *reader, const struct config_key *key, int *member)
{
    char *end;
    gint64 number = g_ascii_strtoll(reader->at, &end, 10);

    if (end == reader->at || strcspn(end, " \t\r\n#"))
        return mistake(reader, "%s: a number is expected", key->name);
    if (number < key->least || number > key->most)
        return mistake(reader, "%s: %" G_GINT64_FORMAT " is out of range: %d to %d is accepted",
                       key->name, number, key->least, key->most);
    *member = number;
    reader->at = end;
    return 0;
}

static int set_string(struct reader *reader, const struct config_key *key, char **member)
{
    g_autofree char *value = NULL, *where = NULL;

    if (*reader->at != '"' && *reader->at != '\'')
        return mistake(reader, "%s: a string in quotes is expected", key->name);
    value = read_string(reader);
    where = g_strdup_printf("%s:%d", reader->path, reader->line);
    if (!value || config_check_string(key, value, where) < 0)
        return -1;
    g_free(*member);
    *member = g_steal_pointer(&value);
    return 0;
}

static int set_list(struct reader *reader, const struct config_key *key, char ***member)
{
    if (*reader->at != '[')
        return mistake(reader, "%s: a list in brackets is expected", key->name);
    *member = read_list(reader);
    return *member ? 0 : -1;
}

static int read_value(struct reader *reader, const struct config_key *key)
{
    void *member = G_STRUCT_MEMBER_P(reader->config, key->offset);

    switch (key->type) {
    case CONFIG_STRING:
        return set_string(reader, key, member);
    case CONFIG_LIST:
        return set_list(reader, key, member);
    default:
        return read_number(reader, key, member);
    }
}

static const struct config_key *find_key(const char *name)
{
    for (size_t i = 0; i < config_n_keys; i++)
        if (!strcmp(config_keys[i].name, name))
            return &config_keys[i];
    return NULL;
}

static int read_entry(struct reader *reader)
{
    size_t length =
        strspn(reader->at, "abcdefghijklmnopqrstuvwxyz_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    g_autofree char *name = g_strndup(reader->at, length);
    const struct config_key *key = find_key(name);

    if (!length)
        return mistake(reader, "a key is expected");
    if (!key)
        return mistake(reader, "'%s' is no key: corrald --print-config lists them", name);
    if (reader->seen[key - config_keys])
        return mistake(reader, "%s is given twice", name);
    reader->seen[key - config_keys] = TRUE;
    reader->at += length;
    skip_blanks(reader);
    if (*reader->at != '=')
        return mistake(reader, "'=' is expected behind %s", name);
    reader->at++;
    skip_blanks(reader);
    if (read_value(reader, key) < 0)
        return -1;
    skip_blanks(reader);
    if (*reader->at && *reader->at != '\n')
        return mistake(reader, "%s: the value should end here: %.20s", name, reader->at);
    return 0;
}

static int check_drivers(struct reader *reader)
{
    for (char **name = reader->config->access_drivers; name && *name; name++)
        if (strcmp(*name, "polkit") != 0 && strcmp(*name, "none") != 0)
            return mistake(reader, "access_drivers: '%s' is none of: polkit none", *name);
    return 0;
}

/* What no single key shows. */
static int check_together(struct reader *reader)
{
    const struct daemon_config *config = reader->config;
    struct access_rules *rules;

    if (config->min_workers > config->max_workers)
        return mistake(reader, "min_workers (%d) is more than max_workers (%d)",
                       config->min_workers, config->max_workers);
    if (check_drivers(reader) < 0)
        return -1;
    rules = access_rules_new(config->access_rules, config->unix_sock_group);
    if (!rules) {
        error_prefix("%s", reader->path);
        return -1;
    }
    access_rules_unref(rules);
    return 0;
}

struct daemon_config *daemon_config_parse(const char *path, const char *text)
{
    g_autofree gboolean *seen = g_new0(gboolean, config_n_keys);
    struct reader reader = {path, text, 1, daemon_config_new(), seen};
    int status = 0;

    reader.config->path = g_strdup(path);
    skip_lines(&reader);
    while (status == 0 && *reader.at) {
        status = read_entry(&reader);
        skip_lines(&reader);
    }
    if (status == 0)
        status = check_together(&reader);
    if (status == 0)
        return reader.config;
    daemon_config_unref(reader.config);
    return NULL;
}

struct daemon_config *daemon_config_load(const char *path)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) problem = NULL;
    gsize size;

    if (!g_file_get_contents(path, &text, &size, &problem)) {
        error_set(VIR_FROM_CONF, VIR_ERR_OPEN_FAILED, "%s", problem->message);
        return NULL;
    }
    if (size > FILE_MAX || strlen(text) != size) {
        error_set(VIR_FROM_CONF, VIR_ERR_CONF_SYNTAX, "%s: not a text of at most %d bytes", path,
                  FILE_MAX);
        return NULL;
    }
    return daemon_config_parse(path, text);
}
