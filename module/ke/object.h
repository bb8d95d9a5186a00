/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes and threads: what their files share. */
#ifndef NTPOOL_KE_OBJECT_H
#define NTPOOL_KE_OBJECT_H

#include <linux/refcount.h>
#include <linux/workqueue.h>

#include <ntpool/process.h>

#include "ke/internal.h"

/* Beyond those of dispatcher.h. */
#define ProcessObject 3

/**
 * struct object - what can be referenced
 * @header: what it is, and whether it is signaled
 * @refs: references
 * @release: called when there are none left
 * @self: its own address, which tells it from what only begins alike: a task_struct,
 *	  which is the name of a thread that is none of ours, begins with flags
 */
struct object {
	DISPATCHER_HEADER header;
	refcount_t refs;
	void (*release)(struct object *object);
	const struct object *self;
};

static inline void object_init(struct object *object, ULONG type,
			       void (*release)(struct object *object))
{
	object->header.Type = type;
	object->release = release;
	object->self = object;
	refcount_set(&object->refs, 1);
}

/**
 * struct _EPROCESS - a process: a thread group with the address space that it had when it
 *		      was first asked about, for a program that it executes later is another
 * @object: first
 * @node: in a table by @tgid, under its lock and RCU, which has a reference of its own
 * @tgid: it; NULL for the system process
 * @mm: the address space; NULL for the system process, and for one that had exited
 * @free: frees it, when readers of the table do not look at it any more
 */
struct _EPROCESS {
	struct object object;
	struct hlist_node node;
	struct pid *tgid;
	struct mm_struct *mm;
	struct rcu_work free;
};

/* object.c */
struct object *object_of(PVOID address);
HANDLE handle_open(struct object *object);
void handle_exit(void);

/* process.c */
void process_exit(void);

/* attach.c */
PEPROCESS attach_current(void);
void attach_init(void);
void attach_exit(void);

/* thread.c */
bool thread_is_object(PETHREAD thread);
struct task_struct *thread_task(PETHREAD thread);
void thread_module_goes(const struct module *module);

#endif /* NTPOOL_KE_OBJECT_H */
