/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stress of the request engine: a supervisor, and workers that it starts, disturbs
 * and kills.
 */
#ifndef SOAK_H
#define SOAK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <linux/ntpool.h>

#include "driver/order.h"

#define STATUS_SUCCESS		      0x00000000u
#define STATUS_PENDING		      0x00000103u
#define STATUS_BUFFER_OVERFLOW	      0x80000005u
#define STATUS_UNSUCCESSFUL	      0xc0000001u
#define STATUS_CANCELLED	      0xc0000120u
#define STATUS_INSUFFICIENT_RESOURCES 0xc000009au

#define MAX_THREADS 3
#define HANG_NS	    120000000000ull

/**
 * struct soak - what all processes share
 * @goal: how many requests there are to be
 * @sent: how many there are; each has its number, which is its pattern as well
 * @stop: no more
 * @bad: what was found wrong
 * @verified: requests whose data was compared
 * @cancels: cancel routines that were called for a worker
 * @forks: processes forked by workers
 * @remaps: buffers remapped or unmapped under way
 * @orphans: requests left under way by closing a session, or by an exit
 * @interrupted: waits in place that a signal ended
 */
struct soak {
	uint32_t goal;
	atomic_uint sent;
	atomic_uint stop;
	atomic_uint bad;
	atomic_uint verified;
	atomic_uint cancels;
	atomic_uint forks;
	atomic_uint remaps;
	atomic_uint orphans;
	atomic_uint interrupted;
};

extern struct soak *soak;

/* Tells of a fault, with the process that found it. */
__attribute__((format(printf, 1, 2))) void bad(const char *format, ...);

/* The same numbers for the same seed. */
uint32_t pick(uint64_t *state, uint32_t below);
uint64_t seed_of(uint64_t seed, uint64_t index);

/* Raw ioctls; 0 or the errno. */
int call(int fd, unsigned long command, void *arg);
int open_session(void);
uint64_t open_test_device(int fd);
uint64_t open_lower_device(int fd);
uint32_t control(int fd, uint64_t device, uint32_t code, void *in,
		 uint32_t in_length, void *out, uint32_t out_length);

/* slot.c: one request and its buffer */

struct slot {
	unsigned char *map; /* pages, the last one for the status block */
	unsigned char *out;
	uint32_t room;
	uint32_t major;
	uint32_t method;
	struct test_order order;
	uint64_t request; /* handle where it is under way */
	bool direct;
	bool sync;
	bool cancelled;
	bool remapped;
	bool gone; /* unmapped */
};

struct soaker {
	uint64_t random;
	int fd;
	int event;
	uint64_t device;
	uint64_t lower;
	uint32_t told; /* at least so often has @event been signalled */
	uint32_t maybe_told;
	struct slot slots[8];
};

void slot_start(struct soaker *me, struct slot *slot);
void slot_collect(struct soaker *me, struct slot *slot);
void slot_remap(struct soaker *me, struct slot *slot);
void slot_cancel(struct soaker *me, struct slot *slot);
void slot_renew(struct slot *slot);
void slot_scribble(struct slot *slot);

/* worker.c: a process; does not return */
void worker_run(uint64_t seed) __attribute__((noreturn));

#endif /* SOAK_H */
