#include "core/drivers/qemu/save_image.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/drivers/qemu/error.h"

#define MAGIC "CorralQemuImage1"
#define PAGE 4096
#define XML_MAX (1024 * 1024)

/* Numbers in the host's order: images do not travel between such. */
struct header {
    char magic[16];
    guint32 room; /* for the definition, with a closing NUL; the memory is behind it */
    guint32 running;
};

void save_image_clear(struct save_image *image)
{
    g_clear_pointer(&image->xml, g_free);
}

static int fail(const char *what, const char *path)
{
    error_set_system(VIR_FROM_QEMU, errno, "cannot %s the image '%s'", what, path);
    return -1;
}

static char *beside(const char *path)
{
    return g_strconcat(path, ".new", NULL);
}

/* The room is what is left of whole pages: a longer definition may take its place later. */
static guint32 room_for(const char *xml)
{
    gsize needed = sizeof(struct header) + strlen(xml) + 1 + PAGE;

    return (needed + PAGE - 1) / PAGE * PAGE - sizeof(struct header);
}

static int write_start(int fd, const struct save_image *image, guint32 room)
{
    struct header header = {.magic = MAGIC, .room = room, .running = image->running};
    g_autofree char *text = g_malloc0(room);

    memcpy(text, image->xml, strlen(image->xml));
    if (pwrite(fd, &header, sizeof(header), 0) != sizeof(header) ||
        pwrite(fd, text, room, sizeof(header)) != (ssize_t)room)
        return -1;
    return lseek(fd, sizeof(header) + room, SEEK_SET) < 0 ? -1 : 0;
}

int save_image_create(const char *path, const struct save_image *image)
{
    g_autofree char *file = beside(path);
    int fd = open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd >= 0 && write_start(fd, image, room_for(image->xml)) == 0)
        return fd;
    fail("write", path);
    if (fd >= 0)
        save_image_discard(path, fd);
    return -1;
}

static int sync_folder(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), status;

    if (fd < 0)
        return -1;
    status = fsync(fd);
    close(fd);
    return status;
}

int save_image_commit(const char *path, int fd)
{
    g_autofree char *file = beside(path);
    int status = fsync(fd);

    if (close(fd) < 0 || status < 0 || g_rename(file, path) < 0 || sync_folder(path) < 0) {
        fail("write", path);
        g_unlink(file);
        return -1;
    }
    return 0;
}

void save_image_discard(const char *path, int fd)
{
    g_autofree char *file = beside(path);

    close(fd);
    g_unlink(file);
}

static int refuse(const char *path)
{
    qemu_error(OPERATION_FAILED, "'%s' is not an image of a guest's memory", path);
    return -1;
}

static int read_start(int fd, const char *path, struct header *header, char **ret_xml)
{
    g_autofree char *text = NULL;

    if (read(fd, header, sizeof(*header)) != sizeof(*header) ||
        memcmp(header->magic, MAGIC, sizeof(header->magic)) != 0 || header->room > XML_MAX)
        return refuse(path);
    text = g_malloc(header->room + 1);
    if (read(fd, text, header->room) != (ssize_t)header->room)
        return refuse(path);
    text[header->room] = '\0';
    *ret_xml = g_steal_pointer(&text);
    return 0;
}

static int open_as(const char *path, int flags, struct header *header, char **ret_xml)
{
    int fd = open(path, flags | O_CLOEXEC);

    if (fd < 0)
        return fail("open", path);
    if (read_start(fd, path, header, ret_xml) == 0)
        return fd;
    close(fd);
    return -1;
}

int save_image_open(const char *path, struct save_image *ret)
{
    struct header header;
    int fd = open_as(path, O_RDONLY, &header, &ret->xml);

    if (fd >= 0)
        ret->running = header.running;
    return fd;
}

int save_image_change(const char *path, const struct save_image *image)
{
    g_autofree char *old = NULL;
    struct header header;
    int fd = open_as(path, O_RDWR, &header, &old), status = -1;

    if (fd < 0)
        return -1;
    if (strlen(image->xml) >= header.room)
        qemu_error(OPERATION_FAILED, "the new definition is too long for the image '%s': %u bytes",
                   path, header.room - 1);
    else if (write_start(fd, image, header.room) < 0 || fsync(fd) < 0)
        fail("write", path);
    else
        status = 0;
    close(fd);
    return status;
}
