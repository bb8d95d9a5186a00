// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locking pages: of a process, of paged pool, of other system memory; and
 * releasing them.
 *
 * A process's pages are pinned, not its addresses: unmapping, remapping, fork, the
 * truncation of the file behind them and the end of the process leave them as they
 * are.  They count against RLIMIT_MEMLOCK as mlock()ed ones do (CAP_IPC_LOCK is
 * exempt).
 */
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/vmalloc.h>

#include <ntpool/process.h>

#include "core/core.h"
#include "io/mdl.h"
#include "paging/paging.h"

/* A limit of the process, not of the system: as NT's MmProbeAndLockPages() raises it. */
static NTSTATUS charge(struct mm_struct *mm, unsigned long pages)
{
	int err;

	if (mmap_write_lock_killable(mm))
		return STATUS_THREAD_IS_TERMINATING;
	err = __account_locked_vm(mm, pages, true, current,
				  capable(CAP_IPC_LOCK));
	mmap_write_unlock(mm);
	return err ? STATUS_WORKING_SET_QUOTA : STATUS_SUCCESS;
}

static NTSTATUS status_of(int err)
{
	switch (err) {
	case 0:
		return STATUS_SUCCESS;
	case -ENOMEM:
		return STATUS_INSUFFICIENT_RESOURCES;
	case -EINTR:
	case -ERESTARTSYS:
		return STATUS_THREAD_IS_TERMINATING;
	case -EIO:
	case -EHWPOISON:
		return STATUS_IN_PAGE_ERROR;
	default:
		return STATUS_ACCESS_VIOLATION;
	}
}

/*
 * Pins as many of the pages as can be pinned, and says why not all.  FOLL_LONGTERM: the
 * driver chooses how long, and nobody knows whether that is too long to keep a page
 * in movable memory, or a file's page from its write-back.
 */
static int pin(struct mdl_hold *hold, unsigned long start, bool write,
	       unsigned long *done)
{
	unsigned int gup = FOLL_LONGTERM | (write ? FOLL_WRITE : 0);

	*done = 0;
	while (*done < hold->count) {
		int n = pin_user_pages_fast(start + (*done << PAGE_SHIFT),
					    min_t(unsigned long,
						  hold->count - *done, INT_MAX),
					    gup, hold->pages + *done);

		if (n <= 0)
			return n ?: -EFAULT;
		*done += n;
	}
	return 0;
}

static int pin_all(struct mdl_hold *hold, unsigned long start, bool write)
{
	unsigned long done;
	int err = pin(hold, start, write, &done);

	if (err)
		unpin_user_pages(hold->pages, done);
	return err;
}

/*
 * Up to 6.1 a page pinned for reading only can be one that the process shares with
 * others and will get its own of at the next write.  So it is pinned for writing
 * where the process may write it.
 */
static int pin_for(struct mdl_hold *hold, unsigned long start, bool write)
{
	int err;

	if (!write && kcompat_pin_write_first()) {
		err = pin_all(hold, start, true);
		if (err != -EFAULT)
			return err;
	}
	return pin_all(hold, start, write);
}

#define BRING_IN_TRIES 3

static bool bring_in(const struct mdl_hold *hold, unsigned long start, bool write)
{
	char __user *at = (char __user *)start;
	size_t size = hold->count << PAGE_SHIFT;

	return !(write ? fault_in_safe_writeable(at, size) :
			 fault_in_readable(at, size));
}

/*
 * In 6.1 pinning for long does not let go of the address space's lock, so that memory
 * which another thread has to bring (userfaultfd) is a fault to it.  So what cannot be
 * pinned is touched, and tried again: it may have gone in between.
 */
static int bring_in_and_pin(struct mdl_hold *hold, unsigned long start,
			    bool write)
{
	int err = pin_for(hold, start, write);
	int tries;

	for (tries = 0; err == -EFAULT && tries < BRING_IN_TRIES; tries++) {
		if (!bring_in(hold, start, write))
			break;
		err = pin_for(hold, start, write);
	}
	return err == -EFAULT && fatal_signal_pending(current) ? -EINTR : err;
}

/* A system thread that is attached to a process is not that process. */
static pid_t process_of(struct mm_struct *mm)
{
	pid_t tgid = current->tgid;
#ifdef CONFIG_MEMCG
	struct task_struct *owner;

	if (!(current->flags & PF_KTHREAD))
		return tgid;
	rcu_read_lock();
	owner = rcu_dereference(mm->owner);
	if (owner)
		tgid = owner->tgid;
	rcu_read_unlock();
#endif
	return tgid;
}

/**
 * mdl_pin_user() - lock pages of the running process
 * @hold: of as many pages
 * @start: address of the first
 * @write: they are to be written
 *
 * Context: may sleep, as long as user memory takes; killable.
 * Return: STATUS_SUCCESS; _ACCESS_VIOLATION, _WORKING_SET_QUOTA,
 * _INSUFFICIENT_RESOURCES, _IN_PAGE_ERROR, _THREAD_IS_TERMINATING, and nothing is
 * locked.
 */
NTSTATUS mdl_pin_user(struct mdl_hold *hold, unsigned long start, bool write)
{
	struct mm_struct *mm = current->mm;
	PEPROCESS process;
	NTSTATUS status;

	if (!mm)
		return STATUS_ACCESS_VIOLATION;
	process = IoGetCurrentProcess();
	if (!process)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = charge(mm, hold->count);
	if (status != STATUS_SUCCESS)
		return status;
	status = status_of(bring_in_and_pin(hold, start, write));
	if (status != STATUS_SUCCESS) {
		account_locked_vm(mm, hold->count, false);
		return status;
	}
	mmgrab(mm);
	hold->mm = mm;
	hold->tgid = process_of(mm);
	hold->process = process;
	ObReferenceObject(process);
	hold->write = write;
	return STATUS_SUCCESS;
}

/**
 * mdl_pin_arena() - lock pages of paged pool
 * @hold: of as many pages
 * @start: address of the first
 *
 * They stay pages of their own even if the block is freed, which is the driver's
 * mistake.
 *
 * Context: may sleep.
 * Return: STATUS_SUCCESS, or as of mdl_pin_user().
 */
NTSTATUS mdl_pin_arena(struct mdl_hold *hold, unsigned long start)
{
	NTSTATUS status = status_of(
		paging_pin_pages(start, hold->count, hold->pages));

	if (status != STATUS_SUCCESS)
		return status;
	hold->start = start;
	hold->write = true;
	return STATUS_SUCCESS;
}

/**
 * mdl_system_page() - the page of a system address
 * @address: the address, not pageable
 * @write: it must be writable
 *
 * Context: IRQL <= DISPATCH.
 * Return: the page; NULL if there is none, or not for this.
 */
struct page *mdl_system_page(unsigned long address, bool write)
{
	unsigned int level;
	pte_t *ptep = lookup_address(address, &level);

	/* Of larger pages the entry has these two bits at the same places. */
	if (!ptep || !pte_present(*ptep) || (write && !pte_write(*ptep)))
		return NULL;
	if (is_vmalloc_addr((void *)address) ||
	    (address >= MODULES_VADDR && address < MODULES_END))
		return vmalloc_to_page((void *)address);
	return virt_addr_valid((void *)address) ? virt_to_page((void *)address) :
						  NULL;
}

/**
 * mdl_find_system() - find the pages of nonpaged system memory
 * @hold: of as many pages
 * @start: address of the first
 * @write: they are to be written
 *
 * Nothing keeps them but that they are nonpaged and somebody's.
 *
 * Context: IRQL <= DISPATCH.
 * Return: STATUS_SUCCESS, or _ACCESS_VIOLATION.
 */
NTSTATUS mdl_find_system(struct mdl_hold *hold, unsigned long start, bool write)
{
	unsigned long i;

	for (i = 0; i < hold->count; i++) {
		hold->pages[i] = mdl_system_page(start + (i << PAGE_SHIFT), write);
		if (!hold->pages[i])
			return STATUS_ACCESS_VIOLATION;
	}
	hold->write = write;
	return STATUS_SUCCESS;
}

static void release_user(struct mdl_hold *hold)
{
	unpin_user_pages_dirty_lock(hold->pages, hold->count, hold->write);
	account_locked_vm(hold->mm, hold->count, false);
	mmdrop(hold->mm);
	ObDereferenceObject(hold->process);
}

/**
 * mdl_release_pages() - undo what was done to a hold's pages
 * @hold: without users
 *
 * Context: may sleep.
 */
void mdl_release_pages(struct mdl_hold *hold)
{
	unsigned long i;

	switch (hold->source) {
	case MDL_OF_USER:
		release_user(hold);
		break;
	case MDL_OF_ARENA:
		paging_unpin_pages(hold->start, hold->count, hold->pages);
		break;
	case MDL_OF_ITS_OWN:
		for (i = 0; i < hold->count; i++)
			__free_page(hold->pages[i]);
		break;
	case MDL_OF_SYSTEM:
	case MDL_OF_PARENT:
		break;
	}
}
