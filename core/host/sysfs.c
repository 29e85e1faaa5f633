#include "core/host/sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const char *sysfs_root = "";

static char *path_of(const char *format, va_list args)
{
    g_autofree char *path = g_strdup_vprintf(format, args);

    return g_strconcat(sysfs_root, path, NULL);
}

#define PATH_OF(path, format)                                                                      \
    g_autofree char *path = NULL;                                                                  \
    do {                                                                                           \
        va_list args;                                                                              \
        va_start(args, format);                                                                    \
        path = path_of(format, args);                                                              \
        va_end(args);                                                                              \
    } while (0)

static char *read_text(const char *path)
{
    char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return NULL;
    return g_strchomp(text);
}

char *sysfs_text(const char *format, ...)
{
    PATH_OF(path, format);
    return read_text(path);
}

gint64 sysfs_number(gint64 otherwise, const char *format, ...)
{
    g_autofree char *text = NULL;
    gint64 number;

    PATH_OF(path, format);
    text = read_text(path);
    if (text && g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &number, NULL))
        return number;
    return otherwise;
}

int sysfs_write(const char *text, const char *format, ...)
{
    ssize_t written;
    int fd, errnum;

    PATH_OF(path, format);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    written = write(fd, text, strlen(text));
    errnum = errno;
    close(fd);
    errno = errnum;
    return written < 0 ? -1 : 0;
}

bool sysfs_has(const char *format, ...)
{
    PATH_OF(path, format);
    return access(path, F_OK) == 0;
}

static void add_range(GArray *numbers, const char *range)
{
    char *end;
    guint64 first = g_ascii_strtoull(range, &end, 10), last = first;

    if (end == range)
        return;
    if (*end == '-')
        last = g_ascii_strtoull(end + 1, NULL, 10);
    for (guint64 i = first; i <= MIN(last, SYSFS_CPUS_MAX); i++) {
        unsigned number = i;

        g_array_append_val(numbers, number);
    }
}

static int compare(gconstpointer a, gconstpointer b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

    return x < y ? -1 : x > y;
}

GArray *sysfs_list(const char *text)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(unsigned));
    g_auto(GStrv) ranges = g_strsplit(text ? text : "", ",", -1);

    for (char **range = ranges; *range; range++)
        add_range(numbers, *range);
    return numbers;
}

char *sysfs_list_text(const unsigned *numbers, size_t n)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0, next; i < n; i = next) {
        for (next = i + 1; next < n && numbers[next] == numbers[next - 1] + 1; next++)
            ;
        g_string_append_printf(text, "%s%u", i ? "," : "", numbers[i]);
        if (next > i + 1)
            g_string_append_printf(text, "-%u", numbers[next - 1]);
    }
    return g_string_free(text, FALSE);
}

GArray *sysfs_numbered(const char *folder, const char *prefix)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(unsigned));
    g_autofree char *path = g_strconcat(sysfs_root, folder, NULL);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        guint64 wide;
        unsigned number;

        if (!g_str_has_prefix(name, prefix) ||
            !g_ascii_string_to_unsigned(name + strlen(prefix), 10, 0, SYSFS_CPUS_MAX, &wide, NULL))
            continue;
        number = wide;
        g_array_append_val(numbers, number);
    }
    g_array_sort(numbers, compare);
    return numbers;
}
