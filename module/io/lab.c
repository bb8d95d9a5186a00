// SPDX-License-Identifier: GPL-2.0-only
/*
 * The naive write of the catalogue's driver: to a user's address, in whatever
 * address space is in force.  It is done for real, but only where that process has
 * volunteered the page; anybody else's memory is neither written nor looked at.
 */
#include <linux/export.h>
#include <linux/ntpool_lab.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "core/core.h"
#include "io/evidence.h"
#include "io/volunteer.h"
#include "pool/special.h"

static void lab_identify(struct ntpool_lab_evidence *evidence,
			 unsigned long address)
{
	*evidence = (struct ntpool_lab_evidence){
		.address = address,
		.cpu = raw_smp_processor_id(),
		.irql = ntpool_irql(),
		.pid = task_tgid_nr(current),
		.tid = task_pid_nr(current),
	};
	strscpy_pad(evidence->comm, current->comm, sizeof(evidence->comm));
	if (is_idle_task(current))
		evidence->flags |= NTPOOL_PARTY_IDLE;
	else if (current->flags & PF_KTHREAD)
		evidence->flags |= NTPOOL_PARTY_KTHREAD;
}

/* A driver's touch of a page that is not there: no fault can be served up here. */
static u32 lab_refuse(struct ntpool_lab_evidence *evidence, u32 outcome)
{
	evidence->outcome = outcome;
	evidence->status = NTPOOL_STATUS_ACCESS_VIOLATION;
	if (evidence->irql >= NTPOOL_IRQL_DISPATCH)
		evidence->bugcheck =
			ntpool_bugcheck(BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
					evidence->address, evidence->irql,
					NTPOOL_ACCESS_WRITE, _THIS_IP_);
	return evidence->status;
}

static u32 lab_refuse_stranger(struct ntpool_lab_evidence *evidence,
			       size_t length)
{
	pr_info_ratelimited("ntpool: a naive driver would have written %zu bytes at %#llx in pid %d (%s)\n",
			    length, evidence->address, current->tgid,
			    current->comm);
	evidence->outcome = NTPOOL_LAB_STRANGER;
	evidence->status = NTPOOL_STATUS_UNSUCCESSFUL;
	return evidence->status;
}

static u32 lab_write(struct ntpool_lab_evidence *evidence, const void *data,
		     size_t length)
{
	void __user *to = (void __user *)(unsigned long)evidence->address;

	evidence->flags |= NTPOOL_PARTY_VOLUNTEER;
	if (!io_look_nofault(evidence->before, evidence->address) ||
	    copy_to_user_nofault(to, data, length))
		return lab_refuse(evidence, NTPOOL_LAB_NOT_RESIDENT);
	evidence->outcome = NTPOOL_LAB_WRITTEN;
	evidence->flags |= NTPOOL_PARTY_MAPPED;
	io_look_nofault(evidence->after, evidence->address);
	return NTPOOL_STATUS_SUCCESS;
}

/**
 * ntpool_lab_write_user() - write to a user's address, whoever is running
 * @address: in user space, it is hoped; the write stays in its page
 * @data: what
 * @length: bytes
 * @evidence: filled with what was found and done
 *
 * No page is brought in.  Where there is none to be written, that is bug check 0xD1
 * at DISPATCH_LEVEL and above, as on NT, and an access violation below.
 *
 * Context: any.
 * Return: the NTSTATUS that an exception handler around the write would have got.
 */
u32 ntpool_lab_write_user(unsigned long address, const void *data, size_t length,
			  struct ntpool_lab_evidence *evidence)
{
	struct mm_struct *mm = io_interrupted_mm();
	u32 status;

	lab_identify(evidence, address);
	if (!mm)
		return lab_refuse(evidence, NTPOOL_LAB_NO_USER_SPACE);
	/*
	 * Who withdraws a range waits for those that are at work in it.  A DPC
	 * that might fault is a bug, says the kernel; ours fails.
	 */
	rcu_read_lock();
	pagefault_disable();
	if (length <= PAGE_SIZE - offset_in_page(address) &&
	    volunteer_covers(mm, address))
		status = lab_write(evidence, data, length);
	else
		status = lab_refuse_stranger(evidence, length);
	pagefault_enable();
	rcu_read_unlock();
	return status;
}
EXPORT_SYMBOL_GPL(ntpool_lab_write_user);

/**
 * ntpool_lab_in_special_pool() - is nobody harmed by a touch of this address?
 * @address: of a block, live or freed
 *
 * Context: any.
 * Return: whether it is one of special pool's.
 */
bool ntpool_lab_in_special_pool(const void *address)
{
	return special_contains((unsigned long)address);
}
EXPORT_SYMBOL_GPL(ntpool_lab_in_special_pool);
