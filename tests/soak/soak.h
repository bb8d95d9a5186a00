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
#define STATUS_ACCESS_VIOLATION	      0xc0000005u
#define STATUS_CANCELLED	      0xc0000120u
#define STATUS_INSUFFICIENT_RESOURCES 0xc000009au

#define MAX_THREADS 3
#define HANG_NS	    120000000000ull
#define IO_BITS	    (NTPOOL_VERIFIER_IO | NTPOOL_VERIFIER_FORCE_PENDING)

/**
 * struct soak - what all processes share
 * @goal: how many requests there are to be
 * @verifier: NTPOOL_VERIFIER_*
 * @sent: how many there are; each has its number, which is its pattern as well
 * @stop: no more
 * @bad: what was found wrong
 * @verified: requests whose data was compared
 * @cancels: cancel routines that were called for a worker
 * @forks: processes forked by workers
 * @remaps: buffers remapped or unmapped under way
 * @orphans: requests left under way by closing a session, or by an exit
 * @interrupted: waits in place that a signal ended
 * @read: completions that were read of
 * @signalled: completions told by an eventfd while somebody waited for that
 */
struct soak {
	uint32_t goal;
	uint32_t verifier;
	atomic_uint sent;
	atomic_uint stop;
	atomic_uint bad;
	atomic_uint verified;
	atomic_uint cancels;
	atomic_uint forks;
	atomic_uint remaps;
	atomic_uint orphans;
	atomic_uint interrupted;
	atomic_uint read;
	atomic_uint signalled;
};

extern struct soak *soak;

/* device.c */

/* Tells of a fault, with the process that found it. */
__attribute__((format(printf, 1, 2))) void bad(const char *format, ...);

/* The same numbers for the same seed. */
uint32_t pick(uint64_t *state, uint32_t below);
uint64_t seed_of(uint64_t seed, uint64_t index);

void pause_ms(unsigned int milliseconds);

/* Raw ioctls; 0 or the errno. */
int call(int fd, unsigned long command, void *arg);
int open_session(void);
uint64_t open_test_device(int fd);
uint64_t open_lower_device(int fd);
uint32_t control(int fd, uint64_t device, uint32_t code, void *in,
		 uint32_t in_length, void *out, uint32_t out_length);

/* left.c: what there is, to be compared with what there was */

/**
 * struct counts - what there is
 * @stats: as the module counts
 * @acquired: pages pinned so far, as the kernel counts
 * @released: and given back
 */
struct counts {
	struct ntpool_stats stats;
	long acquired;
	long released;
};

struct counts count_all(int fd);
/* More than before. */
long pinned_since(const struct counts *before, const struct counts *now);
bool at_rest(const struct counts *before, const struct counts *now);
/* What a killed process leaves is cleaned up a little after its end has been told. */
struct counts settle(int fd, const struct counts *before);
/* To compare with: nothing is under way, and the first of all requests has been. */
struct counts calm(int fd);
/* Of this process. */
long locked_kilobytes(void);

/* One request and its buffer. */
#define PAGE   4096u
#define PAGES  4u
#define ROOM   ((PAGES - 1) * PAGE) /* of a buffer */
#define POISON 0xa5		    /* each byte before a request */
#define UNTOLD 0x77777777u	    /* each word of the status block */

struct slot {
	unsigned char *map; /* pages, the last one for the status block */
	unsigned char *out;
	uint32_t room;
	uint32_t major;
	uint32_t method;
	struct test_order order;
	uint64_t request; /* handle where it is under way */
	bool direct;	  /* the driver writes the buffer itself */
	bool sync;
	bool cancelled;
	bool remapped;
	bool gone;	      /* unmapped */
	bool read;	      /* its end has been read of */
	uint32_t read_status; /* which was this */
};

/* How a thread learns of a request's end. */
enum way { BY_WAIT,
	   BY_READ,
	   BY_EVENTFD,
	   WAYS };

#define SLOTS 8

struct soaker {
	uint64_t random;
	enum way way;
	int fd;
	int event;
	uint64_t device;
	uint64_t lower;
	uint32_t told; /* at least so often has @event been signalled */
	uint32_t maybe_told;
	uint64_t signalled; /* of that, read by now */
	struct slot slots[SLOTS];
};

static inline struct ntpool_status_block *block_of(const struct slot *slot)
{
	return (struct ntpool_status_block *)(slot->map + ROOM);
}

/* slot.c */
void slot_start(struct soaker *me, struct slot *slot);
void slot_start_like(struct soaker *me, struct slot *slot, uint32_t method,
		     uint32_t when);
void slot_remap(struct soaker *me, struct slot *slot);
void slot_cancel(struct soaker *me, struct slot *slot);
void slot_renew(struct slot *slot);
void slot_scribble(struct slot *slot);

/* collect.c */
void slot_collect(struct soaker *me, struct slot *slot);

/* check.c: it is over, and what it did is there to be seen */
void slot_check(struct soaker *me, struct slot *slot, uint32_t status,
		uint64_t information);
/* The first byte of its memory that is not as it must be; ROOM if all are. */
uint32_t slot_wrong_byte(const struct slot *slot, uint32_t status);
/* Neither sent nor told of: there was no memory. */
bool slot_was_refused(const struct slot *slot, const struct ntpool_device_io *io);
void slot_check_refused(const struct slot *slot,
			const struct ntpool_device_io *io);

/* worker.c: a process; does not return */
void worker_run(uint64_t seed) __attribute__((noreturn));

/* judge.c: TAP */
void prove_checks(int fd);
__attribute__((format(printf, 2, 3))) void result(bool good, const char *format,
						  ...);
/* Prints the plan; how many have failed. */
int results_end(void);

#endif /* SOAK_H */
