#include "core/conf/store.h"

#include <corral/corral.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/object/error.h"

#define LAST ".last"
#define SIZE_MAX_TEXT (16 * 1024 * 1024)

static int fail(const char *what, const char *folder, const char *name)
{
    error_set_system(VIR_FROM_CONF, errno, "cannot %s '%s/%s'", what, folder, name);
    return -1;
}

static int open_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        error_set_system(VIR_FROM_CONF, errno, "cannot open the folder '%s'", folder);
    return fd;
}

static int write_all(int fd, const char *text)
{
    size_t left = strlen(text);

    while (left) {
        ssize_t n = write(fd, text, left);

        if (n < 0 && errno != EINTR)
            return -1;
        text += MAX(n, 0);
        left -= MAX(n, 0);
    }
    return fsync(fd);
}

static int write_beside(int at, const char *name, const char *text, int mode)
{
    int fd = openat(at, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    int status, errnum;

    if (fd < 0)
        return -1;
    status = write_all(fd, text);
    errnum = errno;
    if (close(fd) < 0 && status == 0)
        return -1;
    errno = errnum;
    return status;
}

/* A second name for what is there now. Keeping it is a favour: the new one is not refused for it.
 */
static void keep_last(int at, const char *name)
{
    g_autofree char *last = g_build_filename(LAST, name, NULL);
    g_autofree char *beside = g_strconcat(last, ".new", NULL);

    mkdirat(at, LAST, 0700);
    unlinkat(at, beside, 0);
    if (linkat(at, name, at, beside, 0) == 0)
        renameat(at, beside, at, last);
}

int store_write(const char *folder, const char *name, const char *text, int mode)
{
    g_autofree char *beside = g_strconcat(name, ".new", NULL);
    int at = open_folder(folder), status;

    if (at < 0)
        return -1;
    status = write_beside(at, beside, text, mode);
    if (status == 0) {
        keep_last(at, name);
        status = renameat(at, beside, at, name);
    }
    if (status == 0)
        status = fsync(at);
    if (status < 0) {
        fail("write", folder, name);
        unlinkat(at, beside, 0);
    }
    close(at);
    return status;
}

int store_remove(const char *folder, const char *name)
{
    int at = open_folder(folder), status;

    if (at < 0)
        return -1;
    status = unlinkat(at, name, 0) < 0 && errno != ENOENT ? -1 : fsync(at);
    if (status < 0)
        fail("remove", folder, name);
    close(at);
    return status;
}

int store_link(const char *folder, const char *link, const char *target)
{
    g_autofree char *beside = g_strconcat(link, ".new", NULL);
    int at, status;

    if (!target)
        return store_remove(folder, link);
    at = open_folder(folder);
    if (at < 0)
        return -1;
    unlinkat(at, beside, 0);
    status = symlinkat(target, at, beside);
    if (status == 0)
        status = renameat(at, beside, at, link);
    if (status == 0)
        status = fsync(at);
    if (status < 0)
        fail("link", folder, link);
    close(at);
    return status;
}

static char *read_file(const char *path)
{
    g_autoptr(GError) problem = NULL;
    char *text = NULL;
    GStatBuf info;

    if (g_stat(path, &info) == 0 && info.st_size > SIZE_MAX_TEXT)
        log_error("%s is too large", path);
    else if (!g_file_get_contents(path, &text, NULL, &problem))
        log_error("%s", problem->message);
    return text;
}

static void visit(const char *folder, const char *file, const char *suffix, store_each_fn each,
                  void *opaque)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);
    g_autofree char *name = g_strndup(file, strlen(file) - strlen(suffix));
    g_autofree char *text = read_file(path);

    if (text && each(name, text, opaque) < 0)
        log_error("%s: %s", path, virGetLastErrorMessage());
    error_reset();
}

static int compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void store_each(const char *folder, const char *suffix, store_each_fn each, void *opaque)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    const char *file;

    while (dir && (file = g_dir_read_name(dir)))
        if (g_str_has_suffix(file, suffix))
            g_ptr_array_add(files, g_strdup(file));
    /* the same order every time */
    g_ptr_array_sort(files, compare);
    for (guint i = 0; i < files->len; i++)
        visit(folder, files->pdata[i], suffix, each, opaque);
}
