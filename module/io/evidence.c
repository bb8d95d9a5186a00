// SPDX-License-Identifier: GPL-2.0-only
/*
 * Evidence is observed, never inferred.  In the interrupt the observer must
 * neither sleep nor disturb: user memory is read without taking faults, and
 * frames are looked up by the lockless half of get_user_pages(), which perf
 * uses from NMIs in the same way.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "io/evidence.h"

/*
 * Callable in the interrupt.  @task may be exiting and its number already
 * taken away: get_task_pid() copes.  Its name is read without task_lock(),
 * which interrupts may not take; a name in the middle of a change is still
 * a string.
 */
void io_party_identify(struct io_party *party, struct task_struct *task)
{
	party->tgid = get_task_pid(task, PIDTYPE_TGID);
	party->tid = get_task_pid(task, PIDTYPE_PID);
	strscpy_pad(party->comm, task->comm, sizeof(party->comm));
	if (is_idle_task(task))
		party->flags |= NTPOOL_PARTY_IDLE;
	else if (task->flags & PF_KTHREAD)
		party->flags |= NTPOOL_PARTY_KTHREAD;
}

void io_party_release(struct io_party *party)
{
	put_pid(party->tgid);
	put_pid(party->tid);
}

/**
 * io_interrupted_mm() - whose user space is in force on this CPU
 *
 * Context: any.
 * Return: the address space, NULL where no user program can be said to run.
 */
struct mm_struct *io_interrupted_mm(void)
{
	struct mm_struct *mm = current->mm;

	/* A kernel thread may have borrowed one: io_uring, our own system threads. */
	if (is_idle_task(current) || (current->flags & PF_KTHREAD))
		return NULL;
	/*
	 * A task that has given up its mm on the way to its end has none.  In
	 * the middle of exec() the new one stands here before the CPU has
	 * switched to it; having never run, it has not volunteered.
	 */
	return mm == current->active_mm ? mm : NULL;
}

/* Evidence stays in the page of the address: the next may be another's. */
static size_t evidence_bytes(unsigned long address)
{
	return min_t(size_t, NTPOOL_EVIDENCE_BYTES,
		     PAGE_SIZE - offset_in_page(address));
}

bool io_look(u8 *bytes, unsigned long address)
{
	return !copy_from_user(bytes, (const void __user *)address,
			       evidence_bytes(address));
}

bool io_look_nofault(u8 *bytes, unsigned long address)
{
	return !copy_from_user_nofault(bytes, (const void __user *)address,
				       evidence_bytes(address));
}

static unsigned long frame_of(struct page *page)
{
	unsigned long frame = page_to_pfn(page);

	put_page(page);
	return frame;
}

unsigned long io_frame(unsigned long address)
{
	struct page *page;

	might_sleep();
	if (get_user_pages_fast(address & PAGE_MASK, 1, 0, &page) != 1)
		return 0;
	return frame_of(page);
}

static unsigned long io_frame_nofault(unsigned long address)
{
	struct page *page;

	if (get_user_pages_fast_only(address & PAGE_MASK, 1, 0, &page) != 1)
		return 0;
	return frame_of(page);
}

void io_party_before(struct io_party *party, unsigned long address)
{
	if (!io_look_nofault(party->before, address))
		return;
	party->flags |= NTPOOL_PARTY_MAPPED;
	party->frame = io_frame_nofault(address);
}

/* Another CPU may have unmapped it since io_party_before(). */
void io_party_after(struct io_party *party, unsigned long address)
{
	if (!io_look_nofault(party->after, address))
		party->flags &= ~NTPOOL_PARTY_MAPPED;
}

void io_party_show(const struct io_party *party, struct ntpool_party *out)
{
	memset(out, 0, sizeof(*out));
	out->pid = pid_vnr(party->tgid);
	out->tid = pid_vnr(party->tid);
	out->flags = party->flags;
	memcpy(out->comm, party->comm, sizeof(out->comm));
	if (!(party->flags & NTPOOL_PARTY_MAPPED))
		return;
	out->frame = party->frame;
	memcpy(out->before, party->before, sizeof(out->before));
	memcpy(out->after, party->after, sizeof(out->after));
}

/**
 * io_evidence_interrupt() - the interrupt has come
 * @evidence: of its request
 *
 * Context: the interrupt.
 */
void io_evidence_interrupt(struct io_evidence *evidence)
{
	evidence->interrupt_cpu = raw_smp_processor_id();
	evidence->interrupt_irql = ntpool_irql();
	evidence->interrupt_ns = ktime_get_ns();
}

/**
 * io_evidence_deliver() - the data has been written, here and now
 * @evidence: of its request
 * @bytes: as many
 * @missing: and as many not, because the memory is gone
 *
 * Context: any.
 */
void io_evidence_deliver(struct io_evidence *evidence, size_t bytes,
			 size_t missing)
{
	evidence->outcome = missing ? NTPOOL_OUTCOME_FAULTED :
				      NTPOOL_OUTCOME_DELIVERED;
	evidence->delivered = bytes;
	if (!bytes)
		return;
	evidence->delivery_cpu = raw_smp_processor_id();
	evidence->delivery_irql = ntpool_irql();
	evidence->delivery_ns = ktime_get_ns();
	if (in_task())
		evidence->writer = get_task_pid(current, PIDTYPE_PID);
}

/**
 * io_evidence_free() - nobody asks any more
 * @evidence: it; NULL is let through
 *
 * Context: any.
 */
void io_evidence_free(struct io_evidence *evidence)
{
	if (!evidence)
		return;
	io_party_release(&evidence->interrupted);
	put_pid(evidence->writer);
	kfree(evidence);
}
