/* Sockets in guests' folders, however long the folders' names are. */
#pragma once

/* Both: -1 with an error. */
int socket_listen(const char *folder, const char *name);
int socket_connect(const char *folder, const char *name);
