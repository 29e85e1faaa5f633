#include "core/drivers/test/save.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/xml.h"

static const char magic[] = "Corral test guest 1\n";
#define MAGIC_LENGTH (sizeof(magic) - 1)

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length) {
        ssize_t n = write(fd, bytes, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        bytes += n;
        length -= n;
    }
    return 0;
}

int save_write(const char *path, const char *xml, const char *what)
{
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);

    if (fd < 0) {
        error_set_system(VIR_FROM_TEST, errno, "%s to '%s': open failed", what, path);
        return -1;
    }
    if (write_all(fd, magic, MAGIC_LENGTH) < 0 || write_all(fd, xml, strlen(xml)) < 0 ||
        (fsync(fd) < 0 && errno != EINVAL)) {
        error_set_system(VIR_FROM_TEST, errno, "%s to '%s': write failed", what, path);
        close(fd);
        unlink(path);
        return -1;
    }
    close(fd);
    return 0;
}

/* Up to `max` bytes and a closing NUL; NULL with errno. */
static char *read_up_to(int fd, size_t max, size_t *ret_length)
{
    g_autoptr(GString) text = g_string_new(NULL);

    while (text->len < max) {
        char part[4096];
        ssize_t n = read(fd, part, MIN(sizeof(part), max - text->len));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return NULL;
        if (!n)
            break;
        g_string_append_len(text, part, n);
    }
    *ret_length = text->len;
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *save_read(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    g_autofree char *text = NULL;
    size_t length = 0;

    if (fd < 0) {
        error_set_system(VIR_FROM_TEST, errno, "cannot read domain image '%s'", path);
        return NULL;
    }
    text = read_up_to(fd, MAGIC_LENGTH + XML_SIZE_MAX + 1, &length);
    if (!text || length < MAGIC_LENGTH) {
        error_set_system(VIR_FROM_TEST, text ? 0 : errno, "incomplete save header in '%s'", path);
        close(fd);
        return NULL;
    }
    close(fd);
    if (memcmp(text, magic, MAGIC_LENGTH) != 0) {
        test_error(INTERNAL_ERROR,
                   "mismatched header magic in '%s': it is no saved guest of this driver", path);
        return NULL;
    }
    if (length > MAGIC_LENGTH + XML_SIZE_MAX || strlen(text) != length) {
        test_error(INTERNAL_ERROR, "the document in '%s' is too long, or has NUL bytes", path);
        return NULL;
    }
    return g_strdup(text + MAGIC_LENGTH);
}
