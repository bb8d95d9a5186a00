/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files about MDLs share, and what the request engine calls.
 *
 * DOC: what an MDL holds
 *
 * The MDL is the driver's memory, and nothing in it is trusted but to describe a
 * buffer.  What must be given back one day - locked pages, a mapping - is in a
 * struct mdl_hold, found by the MDL's address in a table (mdl_hold.c).  So an MDL
 * that was freed, copied or overwritten harms nobody: what it held is still known,
 * and released at the latest when the driver that made it is unloaded.
 *
 *	MDL locked, or with pages of its own	a hold that has pages
 *	partial MDL				a hold that has none, but knows that one
 *	MDL of nonpaged pool			none
 *
 * Pages live as long as their hold has users: the MDL while it is locked, and each
 * mapping, also one made through a partial MDL.  Memory of the hold lives as long
 * as it has references: its users together have one, each partial one has one.
 *
 * mdl_table_lock guards the table, the list, the flags of MDLs that say locked or
 * mapped, and the fields that say so below.  It is taken with interrupts off, and
 * nothing is called under it.
 */
#ifndef NTPOOL_IO_MDL_H
#define NTPOOL_IO_MDL_H

#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mm_types.h>
#include <linux/module.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include <ntpool/mdl.h>

#define MDL_TAG NTPOOL_TAG('M', 'd', 'l', ' ')

/* "IoAllocateMdl": up to 4 GB less a page; "MmAllocatePagesForMdlEx" likewise. */
#define MDL_LENGTH_MAX (MAXULONG + 1ul - PAGE_SIZE)

/* What has been done to a hold's pages, and so has to be undone. */
enum mdl_source {
	MDL_OF_USER,	/* pinned in a process, counted against its limit */
	MDL_OF_ARENA,	/* pinned in paged pool */
	MDL_OF_SYSTEM,	/* nothing: they are nonpaged */
	MDL_OF_ITS_OWN, /* allocated for the MDL */
	MDL_OF_PARENT,	/* a partial MDL's: they are in @parent */
};

/* How a mapping was made, and so how it is unmade. */
enum mdl_mapping {
	MDL_MAP_DIRECT, /* the kernel's mapping of all memory */
	MDL_MAP_RAM,	/* vm_map_ram() */
	MDL_MAP_VMAP,	/* vmap(), which can be read-only */
	MDL_MAP_WINDOW, /* mdl_window.c, at DISPATCH */
};

/**
 * struct mdl_map - a mapping of an MDL's pages in system space
 * @later: link in the list of what is undone where sleeping is allowed
 * @base: first byte of the first page
 * @pages: how many
 * @kind: enum mdl_mapping
 * @user: the hold whose pages they are; a user of it
 */
struct mdl_map {
	struct llist_node later;
	void *base;
	unsigned long pages;
	enum mdl_mapping kind;
	struct mdl_hold *user;
};

/**
 * struct mdl_place - where an MDL's driver has mapped it into a process, until it unmaps it
 * @node: in its hold's list; mdl_table_lock
 * @address: of the first page
 */
struct mdl_place {
	struct list_head node;
	unsigned long address;
};

/**
 * struct mdl_hold - what one MDL holds
 * @hash: in the table, by @mdl; mdl_table_lock
 * @all: in the list of all holds; mdl_table_lock
 * @later: link in the list of what is undone where sleeping is allowed
 * @refs: of this memory
 * @users: of the pages
 * @mdl: the MDL, NULL once that is not known any more; mdl_table_lock
 * @map: its mapping, or NULL; mdl_table_lock
 * @places: in processes; mdl_table_lock
 * @parent: of a partial MDL: who has its pages; a reference
 * @first: of a partial MDL: its first page there
 * @source: enum mdl_source
 * @write: the pages may be written
 * @engine: locked by the request engine, which will unlock it
 * @told: bug check 0x76 or 0xCB has been recorded; mdl_table_lock
 * @caller: who called, and who called that, if it is known; 0 if it is not
 * @mm: whose pages, kept from reuse by mmgrab(); NULL if nobody's
 * @tgid: its process
 * @process: likewise, a reference: MDL.Process
 * @start: of the arena: address of the first page
 * @count: elements of @pages
 * @pages: the pages
 */
struct mdl_hold {
	struct hlist_node hash;
	struct list_head all;
	struct llist_node later;
	refcount_t refs;
	refcount_t users;
	PMDL mdl;
	struct mdl_map *map;
	struct list_head places;
	struct mdl_hold *parent;
	unsigned long first;
	enum mdl_source source;
	bool write;
	bool engine;
	bool told;
	unsigned long caller[2];
	struct mm_struct *mm;
	pid_t tgid;
	PEPROCESS process;
	unsigned long start;
	unsigned long count;
	struct page *pages[];
};

extern spinlock_t mdl_table_lock;
extern struct list_head mdl_holds; /* by mdl_hold.all; mdl_table_lock */

static inline unsigned long mdl_pages_of(const MDL *mdl)
{
	return ADDRESS_AND_SIZE_TO_SPAN_PAGES(MmGetMdlVirtualAddress(mdl),
					      mdl->ByteCount);
}

/* mdl_check.c: first parameters of 0xC4 that concern MDLs. */
enum mdl_violation {
	MDL_DRIVER_LEFT_POOL = 0x62, /* [name of the driver, 0, allocations] */
	MDL_LOCK_IRQL = 0x70,	     /* [irql, mdl, mode] */
	MDL_MAP_IRQL = 0x76,	     /* [irql, mdl, mode] */
	MDL_USER_MAP_IRQL = 0x77,    /* [irql, mdl, mode] */
	MDL_UNLOCK_IRQL = 0x78,	     /* [irql, mdl, 0] */
	MDL_UNMAP_IRQL = 0x79,	     /* [irql, address, mdl] */
	MDL_USER_UNMAP_IRQL = 0x7A,  /* [irql, address, mdl] */
	MDL_UNLOCK_UNLOCKED = 0x7C,  /* [mdl, flags, 0] */
	MDL_UNLOCK_NONPAGED = 0x7D,  /* [mdl, flags, 0] */
	MDL_PAGES_IRQL = 0x7E,	     /* [irql, DISPATCH, 0] */
	MDL_BUILD_PAGED = 0x7F,	     /* [irql, mdl, flags] */
	MDL_MAP_BUGCHECK = 0x82,     /* [mdl, flags, 0] */
	MDL_LOCK_FLAGS = 0xB0,	     /* [mdl, flags, bad ones] */
	MDL_MAP_FLAGS = 0xB2,	     /* [mdl, flags, bad ones] */
	MDL_MAP_UNLOCKED = 0xB3,     /* [mdl, flags, missing ones] */
	MDL_UNLOCK_PARTIAL = 0xB4,   /* [mdl, flags, MDL_PARTIAL] */
	MDL_FREED_MAPPED = 0xB8,     /* [mdl, flags, 0] */
};

u64 mdl_violation(enum mdl_violation what, u64 p2, u64 p3, u64 p4);
u64 mdl_misuse(enum mdl_violation what, const MDL *mdl, u64 p4);
u64 mdl_bad_unlock(const MDL *mdl);
bool mdl_irql_refused(enum mdl_violation what, u64 p3, u64 p4);
bool mdl_irql_above(u8 most, enum mdl_violation what, u64 p3, u64 p4);

/* mdl_hold.c */
struct mdl_hold *mdl_hold_alloc(PMDL mdl, unsigned long pages,
				enum mdl_source source, unsigned long caller);
void mdl_hold_enter_locked(struct mdl_hold *hold);
struct mdl_hold *mdl_hold_find_locked(const MDL *mdl);
void mdl_hold_remove_locked(struct mdl_hold *hold);
void mdl_hold_disown_locked(struct mdl_hold *hold);
struct mdl_map *mdl_hold_take_map_locked(struct mdl_hold *hold);
void mdl_hold_put(struct mdl_hold *hold);
void mdl_hold_unuse(struct mdl_hold *hold);
void mdl_let_go(struct mdl_hold *hold, struct mdl_map *map);
void mdl_flush_later(void);
u64 mdl_locked_pages(const struct mm_struct *mm);

/* mdl_pin.c */
NTSTATUS mdl_pin_user(struct mdl_hold *hold, unsigned long start, bool write);
NTSTATUS mdl_pin_arena(struct mdl_hold *hold, unsigned long start);
struct page *mdl_system_page(unsigned long address, bool write);
NTSTATUS mdl_find_system(struct mdl_hold *hold, unsigned long start, bool write);
void mdl_release_pages(struct mdl_hold *hold);

/* mdl_map.c */
void mdl_unmap(struct mdl_map *map);

/* mdl_user.c */
unsigned long mdl_user_map(const MDL *mdl, struct mdl_hold *user,
			   unsigned long first, unsigned long at, bool write);
bool mdl_user_unmap(const MDL *mdl, unsigned long address);

/* mdl_window.c */
void mdl_window_make(void);
void *mdl_window_map(struct page *const *pages, unsigned long count);
void mdl_window_unmap(const void *base, unsigned long count);
void mdl_window_exit(void);

/* mdl_exit.c */
int mdl_init(void);
void mdl_exit(void);
void mdl_module_leaks(struct module *module);

/* --- for the request engine ----------------------------------------------- */

/*
 * MmProbeAndLockPages() with a status: STATUS_ACCESS_VIOLATION,
 * STATUS_WORKING_SET_QUOTA, STATUS_INSUFFICIENT_RESOURCES, STATUS_IN_PAGE_ERROR,
 * STATUS_THREAD_IS_TERMINATING.  On failure nothing is locked.  What is locked by
 * this call is never told of as left behind by a driver: MmUnlockPages() it.
 */
NTSTATUS mdl_lock_user(PMDL mdl, KPROCESSOR_MODE mode, LOCK_OPERATION op);

/*
 * A process is told of as having left pages locked when it has ended, and all of its
 * requests have.  Who ends the last one looks for such processes.
 */
void mdl_judge(void);
void mdl_thread_exits(struct task_struct *task);

#endif /* NTPOOL_IO_MDL_H */
