/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the suites about MDLs share: user memory.  Tests run in kernel threads; these
 * attach to the address space of the program that loads the module.
 */
#ifndef NTPOOL_KUNIT_MDL_H
#define NTPOOL_KUNIT_MDL_H

#include <linux/fs.h>
#include <linux/mman.h>
#include <linux/mm.h>

#include "tests.h"
#include "io/mdl.h"
#include "pool/verifier.h"

#include <ntpool/ntddk.h>

#define USER_PAGES 8
#define USER_SIZE  (USER_PAGES * PAGE_SIZE)

int user_space_find(struct kunit_suite *suite);
void user_space_leave(struct kunit_suite *suite);
int user_space_attach(struct kunit *test);
void user_space_detach(struct kunit *test);

unsigned long user_map(struct file *file, unsigned long length, int prot,
		       int flags);
bool user_fill(unsigned long address, u8 value, unsigned long length);
bool user_has(unsigned long address, u8 value, unsigned long length);
struct page *user_page(unsigned long address);

NTSTATUS try_lock(PMDL mdl, KPROCESSOR_MODE mode, LOCK_OPERATION op);
PMDL locked_mdl(struct kunit *test, unsigned long address, ULONG length);
void unlock_and_free(PMDL mdl);
void set_verifier(struct kunit *test, u32 flags);

/* How often a page that the test has a reference to is pinned. */
static inline int pins_of(struct page *page)
{
	return page_ref_count(page) / GUP_PIN_COUNTING_BIAS;
}

static inline PMDL user_mdl(unsigned long address, ULONG length)
{
	return IoAllocateMdl((PVOID)address, length, FALSE, FALSE, NULL);
}

#endif /* NTPOOL_KUNIT_MDL_H */
