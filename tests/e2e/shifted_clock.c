/* A wall clock that is off by SHIFT_S seconds, for a process and its children; LD_PRELOAD it.
   The monotonic clocks are true, and so is every pause. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long shift_s(void) {
    const char *told = getenv("SHIFT_S");
    return told ? atol(told) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *found) {
    static int (*there)(clockid_t, struct timespec *);
    if (!there) there = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int code = there(clock, found);
    if (!code && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) found->tv_sec += shift_s();
    return code;
}

int gettimeofday(struct timeval *found, void *zone) {
    (void)zone;
    struct timespec now;
    int code = clock_gettime(CLOCK_REALTIME, &now);
    if (!code && found) {
        found->tv_sec = now.tv_sec;
        found->tv_usec = now.tv_nsec / 1000;
    }
    return code;
}

time_t time(time_t *found) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (found) *found = now.tv_sec;
    return now.tv_sec;
}
