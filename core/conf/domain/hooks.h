/* Hooks of the domain documents, one file each. */
#pragma once

#include "core/conf/doc/doc.h"

int domain_hook_device_address(void *part, const struct doc_call *call);
int domain_hook_zpci(void *part, const struct doc_call *call);
int domain_hook_source_label(void *part, const struct doc_call *call);
int domain_hook_ip(void *part, const struct doc_call *call);
int domain_hook_reservations(void *part, const struct doc_call *call);
int domain_hook_backing_chain(void *part, const struct doc_call *call);
int domain_hook_disk(void *part, const struct doc_call *call);
int domain_hook_usb_devices_read(void *part, const struct doc_call *call);
int domain_hook_controllers_read(void *part, const struct doc_call *call);
int domain_hook_controller(void *part, const struct doc_call *call);
int domain_hook_filesystem(void *part, const struct doc_call *call);
int domain_hook_interface(void *part, const struct doc_call *call);
int domain_hook_unix_source(void *part, const struct doc_call *call);
int domain_hook_usbdev(void *part, const struct doc_call *call);
int domain_hook_hostdev(void *part, const struct doc_call *call);
int domain_hook_listen(void *part, const struct doc_call *call);
int domain_hook_graphics(void *part, const struct doc_call *call);
int domain_hook_acceleration(void *part, const struct doc_call *call);
int domain_hook_audio(void *part, const struct doc_call *call);
int domain_hook_smartcard(void *part, const struct doc_call *call);
int domain_hook_chardev(void *part, const struct doc_call *call);
int domain_hook_redirdev(void *part, const struct doc_call *call);
int domain_hook_usb_host_address(void *part, const struct doc_call *call);
int domain_hook_validate(void *part, const struct doc_call *call);
size_t domain_insert_disk(const void *items, size_t n, const void *item);
size_t domain_insert_controller(const void *items, size_t n, const void *item);
int domain_hook_alias(void *part, const struct doc_call *call);
int domain_hook_names_read(void *part, const struct doc_call *call);
int domain_hook_post_parse(void *part, const struct doc_call *call);
