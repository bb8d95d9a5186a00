/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the ioctl interface share.  They use raw ioctls: the
 * library is tested elsewhere, and must not be what makes a test pass.
 *
 * Every test gets the rig anew: two sessions, two blocks that are filled, a
 * buffer, and a request that is pending.
 */
#ifndef UAPI_H
#define UAPI_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <linux/ntpool.h>

#define PAGE	    4096ul
#define BLOCK_PAGES 4ul
#define BLOCK_SIZE  (BLOCK_PAGES * PAGE)
#define BUFFER_SIZE (4 * PAGE)
#define SEED	    0x5eedull
#define POISON	    0xa5
#define MILLISECOND 1000000ull
#define SECOND	    1000000000ull

#define TAG(a, b, c, d)                                             \
	((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | \
	 (uint32_t)(d) << 24)
#define TEST_TAG TAG('T', 'e', 's', 't')

struct rig {
	int fd;		/* the session under test */
	int other;	/* another one */
	uint64_t paged; /* blocks of fd, filled from SEED */
	uint64_t nonpaged;
	uint64_t foreign; /* a handle that only the other session has */
	uint64_t small;	  /* address of a small block of the other session */
	uint64_t high;	  /* the paged handle with a high bit set */
	uint64_t request; /* pending for a long time */
	uint64_t device;  /* the test driver's */
	uint64_t done;	  /* a request to it, to be collected */
	uint64_t buffer;  /* address of BUFFER_SIZE bytes, poisoned */

	/* In tests of refusals: handles of the other session's that are none of fd's. */
	uint64_t foreign_device;
	uint64_t foreign_done;
};

extern struct rig rig;

/* A member of each command's struct; enough room for any. */
union arg {
	struct ntpool_features features;
	struct ntpool_stats_get stats;
	struct ntpool_tags tags;
	struct ntpool_usage usage;
	struct ntpool_blocks blocks;
	struct ntpool_slots slots;
	struct ntpool_quota quota;
	struct ntpool_condition_open condition;
	struct ntpool_verifier verifier;
	struct ntpool_special special;
	struct ntpool_alloc alloc;
	struct ntpool_free free;
	struct ntpool_rw rw;
	struct ntpool_query query;
	struct ntpool_pages pages;
	struct ntpool_trim trim;
	struct ntpool_touch touch;
	struct ntpool_split split;
	struct ntpool_walk walk;
	struct ntpool_regions regions;
	struct ntpool_volunteer volunteer;
	struct ntpool_request request;
	struct ntpool_result result;
	struct ntpool_device_open device_open;
	struct ntpool_device_close device_close;
	struct ntpool_device_io device_io;
	struct ntpool_device_wait device_wait;
	struct ntpool_device_cancel device_cancel;
};

int rig_setup(void **state);
int rig_teardown(void **state);

int open_device(int flags);
unsigned char *buffer(void);
/* The filler of the rig's buffer is not what POISON is. */
#define FILLER 0xc3

/* A valid argument of @command; everything that is only an answer is poison. */
void valid_arg(unsigned long command, union arg *arg);

/* 0 or the errno. */
int call(int fd, unsigned long command, void *arg);

/* --- shorthands; each fails the test if the call is refused --------------- */

uint64_t alloc_block(int fd, uint64_t flags, uint64_t size);
void free_block(int fd, uint64_t handle);
void fill_block(int fd, uint64_t handle, uint64_t size, uint64_t seed);
void assert_filled(int fd, uint64_t handle, uint64_t size, uint64_t seed);
struct ntpool_stats stats_of(int fd);
struct ntpool_query query_block(int fd, uint64_t handle);
struct ntpool_trim trim_block(int fd, uint64_t handle, uint32_t flags);
struct ntpool_touch touch_byte(int fd, uint64_t handle, uint64_t offset,
			       uint32_t irql, uint32_t access, uint8_t value);
/* The next event of @fd, which is open without waiting; type 0: none. */
struct ntpool_event next_event(int fd);

/* --- one wrong field ------------------------------------------------------ */

struct change {
	size_t offset;
	size_t width;	      /* 0: no change */
	uint64_t value;	      /* of each byte, where it is wider than a number */
	const uint64_t *live; /* of the rig, instead of @value */
};

struct refusal {
	const char *sentence;
	unsigned long command;
	int error;
	struct change changes[4];
};

#define SIZE_OF(type, field) sizeof(((struct type *)NULL)->field)

/* clang-format off */
#define SET(type, field, value) \
	{ offsetof(struct type, field), SIZE_OF(type, field), value, NULL }
#define LIVE(type, field, member) \
	{ offsetof(struct type, field), SIZE_OF(type, field), 0, &rig.member }
#define REFUSAL(sentence, command, error, ...) \
	{ sentence, command, error, { __VA_ARGS__ } }
/* clang-format on */

/* The tests of a table: each asserts the errno, and that nothing has changed. */
int run_refusals(const char *group, const struct refusal *table, size_t count);

/* --- as somebody else ----------------------------------------------------- */

/*
 * Runs @play in a child process without any capability; @play returns 0, or
 * the line where it went wrong.  It gets a session opened by that process.
 */
void as_nobody(int (*play)(int fd));

#define WANT(condition)                  \
	do {                             \
		if (!(condition))        \
			return __LINE__; \
	} while (0)

#endif
