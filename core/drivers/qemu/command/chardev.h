/* Back ends of character devices. */
#pragma once

#include "core/drivers/qemu/command/props.h"

/* One member of a back end: its name on the command line, its path in `chardev-add`. */
struct chardev_item {
    const char *option, *path;
    json_t *value;
};

struct chardev_backend {
    const char *type;
    char *id;
    GArray *items; /* of struct chardev_item */
};

int chardev_backend_of(struct chardev_backend *backend, const char *alias, unsigned type,
                       const struct domain_chardev *chardev, const struct launch *launch);
void chardev_backend_clear(struct chardev_backend *backend);
char *chardev_option(const struct chardev_backend *backend);
json_t *chardev_json(const struct chardev_backend *backend);

/* -chardev of a device; its name is "char" and the device's. */
int add_chardev(struct builder *build, const char *alias, unsigned type,
                const struct domain_chardev *chardev);
/* -chardev of a socket to connect to. */
void add_socket_chardev(struct builder *build, const char *id, const char *path,
                        const struct domain_reconnect *reconnect, bool server);
