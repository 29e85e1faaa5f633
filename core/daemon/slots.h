/* The procedures that the daemon has by hand: dispatch_connect_open() is virConnectOpen()'s. The
 * others follow from the description (dispatch_calls.c). */
#pragma once

#define DAEMON_CALLS(CALL)                                                                         \
    CALL(auth_list)                                                                                \
    CALL(auth_polkit)                                                                              \
    CALL(auth_sasl_init)                                                                           \
    CALL(auth_sasl_start)                                                                          \
    CALL(auth_sasl_step)                                                                           \
    CALL(connect_close)                                                                            \
    CALL(connect_domain_event_deregister)                                                          \
    CALL(connect_domain_event_deregister_any)                                                      \
    CALL(connect_domain_event_deregister_any_legacy)                                               \
    CALL(connect_domain_event_register)                                                            \
    CALL(connect_domain_event_register_any)                                                        \
    CALL(connect_domain_event_register_any_legacy)                                                 \
    CALL(connect_domain_qemu_monitor_event_deregister)                                             \
    CALL(connect_domain_qemu_monitor_event_register)                                               \
    CALL(connect_get_all_domain_stats)                                                             \
    CALL(connect_network_event_deregister_any)                                                     \
    CALL(connect_network_event_register_any)                                                       \
    CALL(connect_node_device_event_deregister_any)                                                 \
    CALL(connect_node_device_event_register_any)                                                   \
    CALL(connect_open)                                                                             \
    CALL(connect_register_close_callback)                                                          \
    CALL(connect_secret_event_deregister_any)                                                      \
    CALL(connect_secret_event_register_any)                                                        \
    CALL(connect_set_identity)                                                                     \
    CALL(connect_storage_pool_event_deregister_any)                                                \
    CALL(connect_storage_pool_event_register_any)                                                  \
    CALL(connect_supports_feature)                                                                 \
    CALL(connect_unregister_close_callback)                                                        \
    CALL(domain_create_with_files)                                                                 \
    CALL(domain_create_xml_with_files)                                                             \
    CALL(domain_fd_associate)                                                                      \
    CALL(domain_get_cpu_stats)                                                                     \
    CALL(domain_lxc_open_namespace)                                                                \
    CALL(domain_migrate_finish)                                                                    \
    CALL(domain_migrate_finish2)                                                                   \
    CALL(domain_migrate_perform)                                                                   \
    CALL(domain_migrate_prepare)                                                                   \
    CALL(domain_migrate_prepare2)                                                                  \
    CALL(domain_migrate_prepare_tunnel)                                                            \
    CALL(domain_open_graphics)                                                                     \
    CALL(domain_open_graphics_fd)                                                                  \
    CALL(domain_qemu_monitor_command_with_files)
