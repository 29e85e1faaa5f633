/* Lists of guests that are longer than an answer may be, in pieces: what our client and our daemon
 * have agreed on, within the field's message for statistics. Daemons that know nothing of it refuse
 * the flag. */
#pragma once

/* Of the flags of virConnectGetAllDomainStats: one piece, of guests in the order of their UUIDs.
 * `doms` is empty, or the guest behind which to go on; an answer without guests is the end. */
#define PAGE_FLAG (1u << 28)
/* Of its groups of figures, as the only one: just the guests, chosen as virConnectListAllDomains
 * does it. */
#define PAGE_GUESTS (1u << 31)
/* The flags that choose guests, in either call. */
#define PAGE_CHOICE 0xffu

/* What a piece holds: most guests; and with figures, of which a guest has some dozens. */
#define PAGE_MOST_GUESTS 8192
#define PAGE_MOST_RECORDS 512
