/* What QEMU tells of itself, and what applications are told of guests. */
#pragma once

#include "core/drivers/qemu/guest.h"

/* In the loop's thread, with the lock held. */
void guest_event(struct qemu_host *host, struct qemu_guest *guest, const char *name, json_t *data,
                 gint64 seconds, gint64 micros);

/* With the lock held; nothing is made when nobody would get it. */
void guest_push_lifecycle(struct qemu_host *host, const struct qemu_guest *guest, int event,
                          int detail);
/* Of the callbacks with a number (`id`: virDomainEventID), with a text, with nothing. */
void guest_push_number(struct qemu_host *host, const struct qemu_guest *guest, int id, int number);
void guest_push_text(struct qemu_host *host, const struct qemu_guest *guest, int id,
                     const char *text);
void guest_push_metadata(struct qemu_host *host, const struct qemu_guest *guest, int type,
                         const char *uri);

/* The start has come to its end: the guest's processors run for the first time, if that is news. */
void guest_booted(struct qemu_host *host, struct qemu_guest *guest);
/* Running, or standing still, for that reason; with the event when that is news. */
void guest_resumed(struct qemu_host *host, struct qemu_guest *guest, int reason, int detail);
void guest_paused(struct qemu_host *host, struct qemu_guest *guest, int reason, int detail);
