/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The executive that NT drivers are written against: objects to wait for, deferred
 * calls, timers, work items, interrupts, processes.  Its calls are NT's own and stand
 * in ntpool/dispatcher.h, dpc.h, work.h and so on; what stands here is for this module.
 */
#ifndef NTPOOL_KE_KE_H
#define NTPOOL_KE_KE_H

#include <linux/atomic.h>
#include <linux/types.h>

struct _EPROCESS;
struct mm_struct;
struct task_struct;

int ke_init(void);
void ke_exit(void);

/* check.c */
void check_memory_goes(const void *start, size_t size);

/* guard.c */
void guard_put_right(unsigned int preempt, bool irqs_off, u8 before);

/* attach.c */
extern atomic_t attachment_count;
unsigned int attach_depth_of_current(void);
void attach_leave(unsigned int depth);

/* How many attachments the running thread has; any context but NMI. */
static inline unsigned int attach_depth(void)
{
	return atomic_read(&attachment_count) ? attach_depth_of_current() : 0;
}

/* process.c */
struct _EPROCESS *process_of_requester(struct task_struct *task, struct mm_struct *mm);

/* work.c */

/**
 * struct work_observer - keeps the objects that queued IO_WORKITEMs are of
 * @hold: it is to stay; false if it is none that could be held.  IRQL <= DISPATCH
 * @let_go: the routine has returned; may sleep
 */
struct work_observer {
	bool (*hold)(void *object);
	void (*let_go)(void *object);
};

void work_observe(const struct work_observer *observer);

/* object.c */

/**
 * struct object_kind - objects of a layer above, which counts their references itself
 * @reference: one more; false if it is none of these.  IRQL <= DISPATCH
 * @dereference: one less; likewise
 */
struct object_kind {
	bool (*reference)(void *object);
	bool (*dereference)(void *object);
};

void objects_of_kind(const struct object_kind *kind);

#endif /* NTPOOL_KE_KE_H */
