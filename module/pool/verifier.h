/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The verifier and special pool as the layers above see them: what NT's Driver
 * Verifier does to a driver's allocations, done to those that settings choose.
 */
#ifndef NTPOOL_POOL_VERIFIER_H
#define NTPOOL_POOL_VERIFIER_H

#include <linux/jump_label.h>
#include <linux/module.h>
#include <linux/ntpool.h>

#define VERIFIER_TAGS	 8
#define VERIFIER_CERTAIN 10000 /* chances in this many: NT's unit */

/**
 * struct verifier_settings - what is verified, and whose
 * @flags: NTPOOL_VERIFIER_*
 * @tags: patterns with * and ?, of which a tag must match one; the first 0 ends
 *	  them; none means all
 * @size_min: smallest size
 * @size_max: largest size, 0 for any
 * @probability: chances in VERIFIER_CERTAIN that an allocation fails (4)
 * @grace: seconds after the machine's start in which none does (4)
 * @process: name of the process that allocates; "" for any
 * @driver: name of the module that allocates; "" for any
 */
struct verifier_settings {
	u32 flags;
	u32 tags[VERIFIER_TAGS];
	u64 size_min;
	u64 size_max;
	u32 probability;
	u32 grace;
	char process[16];
	char driver[MODULE_NAME_LEN];
};

/**
 * struct verifier_stats - what the verifier has seen and done since it was set
 * @attempted: allocations chosen
 * @succeeded: of these, done
 * @special: of those, in special pool
 * @failed_deliberately: of @attempted, refused by simulation
 * @forced: calls of a driver that became pending by force
 * @raises: of the IRQL to DISPATCH, while they were watched
 * @trimmed: pages taken out at these
 * @tracked: blocks tracked now
 * @tracked_bytes: bytes they were asked with
 * @tracked_peak: highest value of @tracked
 * @leaked: blocks that were left behind, while tracked
 */
struct verifier_stats {
	u64 attempted;
	u64 succeeded;
	u64 special;
	u64 failed_deliberately;
	u64 forced;
	u64 raises;
	u64 trimmed;
	u64 tracked;
	u64 tracked_bytes;
	u64 tracked_peak;
	u64 leaked;
};

/**
 * struct special_stats - how special pool is used, now and so far
 * @pages: of address space, guard pages included
 * @live_pages: pages with memory
 * @retired_pages: pages of freed blocks that are kept unmapped
 * @allocs: blocks allocated
 * @fallbacks: allocations that wanted special pool and found no room or memory
 */
struct special_stats {
	u64 pages;
	u64 live_pages;
	u64 retired_pages;
	u64 allocs;
	u64 fallbacks;
};

/* NTPOOL_VERIFIER_IO is set: for all drivers, whatever else is chosen. */
DECLARE_STATIC_KEY_FALSE(verifier_io_on);

/* NTPOOL_VERIFIER_FORCE_PENDING is set. */
DECLARE_STATIC_KEY_FALSE(verifier_pending_on);
extern uint verifier_pending;
bool verifier_forces_pending(const struct module *driver);
void verifier_note_forced(void);

int verifier_set(const struct verifier_settings *settings);
void verifier_get(struct verifier_settings *settings);
u32 verifier_flags(void);
void verifier_get_stats(struct verifier_stats *stats);
void special_get_stats(struct special_stats *stats);

/* Special pool's addresses, if there are any. */
bool special_range(unsigned long *first, unsigned long *last);

/* Bytes from a block's start to the end of its guard page; 0 if not special. */
u64 special_reach(unsigned long start);

/* Blocks that somebody leaves behind, told by tag and allocation stack. */
struct leak_sites;
struct leak_sites *leak_sites_begin(void);
void leak_sites_add(struct leak_sites *sites, const void *start);
void leak_sites_end(struct leak_sites *sites, const char *who);

#endif /* NTPOOL_POOL_VERIFIER_H */
