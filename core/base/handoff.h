/* Data that goes to another thread through GLib (a source's user data, say). GLib's own locks order
 * the two sides, but ThreadSanitizer cannot see those; these marks tell it. They cost nothing
 * elsewhere. */
#pragma once

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HANDOFF_MARKED 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define HANDOFF_MARKED 1
#endif

#ifdef HANDOFF_MARKED
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#endif

/* The giving side, last thing before GLib gets it. */
static inline void handoff_give(void *data)
{
#ifdef HANDOFF_MARKED
    __tsan_release(data);
#else
    (void)data;
#endif
}

/* The taking side, before the first look at what is in it. */
static inline void *handoff_take(void *data)
{
#ifdef HANDOFF_MARKED
    __tsan_acquire(data);
#endif
    return data;
}
