// SPDX-License-Identifier: GPL-2.0-only
/* User memory for the suites about MDLs: see mdl.h. */
#include <linux/kthread.h>
#include <linux/sched/mm.h>

#include "mdl.h"

static struct mm_struct *loader;

int user_space_find(struct kunit_suite *suite)
{
	loader = get_task_mm(current);
	return loader ? 0 : -EINVAL;
}

void user_space_leave(struct kunit_suite *suite)
{
	mmput(loader);
}

/* A thread that a failed test ends drops a user of the address space: this one. */
int user_space_attach(struct kunit *test)
{
	mmget(loader);
	kthread_use_mm(loader);
	return 0;
}

/* After a failed test this is called elsewhere. */
void user_space_detach(struct kunit *test)
{
	mdl_flush_later();
	if (!(current->flags & PF_KTHREAD))
		return;
	kthread_unuse_mm(loader);
	mmput(loader);
}

unsigned long user_map(struct file *file, unsigned long length, int prot,
		       int flags)
{
	return vm_mmap(file, 0, length, prot,
		       flags | (file ? 0 : MAP_ANONYMOUS), 0);
}

bool user_fill(unsigned long address, u8 value, unsigned long length)
{
	while (length--)
		if (put_user(value, (u8 __user *)address++))
			return false;
	return true;
}

bool user_has(unsigned long address, u8 value, unsigned long length)
{
	u8 found = ~value;

	while (length--)
		if (get_user(found, (u8 __user *)address++) || found != value)
			return false;
	return true;
}

/* With a reference, and no pin. */
struct page *user_page(unsigned long address)
{
	struct page *page;

	return get_user_pages_fast(address & PAGE_MASK, 1, FOLL_WRITE, &page) == 1 ?
		       page :
		       NULL;
}

NTSTATUS try_lock(PMDL mdl, KPROCESSOR_MODE mode, LOCK_OPERATION op)
{
	volatile NTSTATUS status = STATUS_SUCCESS;

	__try {
		MmProbeAndLockPages(mdl, mode, op);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	return status;
}

PMDL locked_mdl(struct kunit *test, unsigned long address, ULONG length)
{
	PMDL mdl = user_mdl(address, length);

	KUNIT_ASSERT_NOT_NULL(test, mdl);
	KUNIT_ASSERT_EQ(test, try_lock(mdl, KernelMode, IoWriteAccess),
			STATUS_SUCCESS);
	return mdl;
}

void unlock_and_free(PMDL mdl)
{
	MmUnlockPages(mdl);
	IoFreeMdl(mdl);
}

void set_verifier(struct kunit *test, u32 flags)
{
	struct verifier_settings settings;

	verifier_get(&settings);
	settings.flags = flags;
	KUNIT_ASSERT_EQ(test, verifier_set(&settings), 0);
}
