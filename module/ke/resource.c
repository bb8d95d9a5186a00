// SPDX-License-Identifier: GPL-2.0-only
/*
 * Executive resources ("Introduction to ERESOURCE routines", Windows driver
 * documentation): a lock for one or for many, which a thread that has it may acquire again.
 *
 * Who waits is handed the resource by whoever releases it: all that want to share it, when
 * it was somebody's for himself, else the first who wants it for himself.
 *
 * Acquiring one at DISPATCH or above is bug check 0xB8 or 0xA and the exception
 * STATUS_UNSUCCESSFUL, whether or not it would have to wait: see wait_is_allowed().
 */
#include <linux/completion.h>
#include <linux/export.h>
#include <linux/list.h>
#include <linux/slab.h>

#include <ntpool/resource.h>

#include "core/core.h"
#include "ke/internal.h"

/**
 * struct sharer - a thread that shares a resource
 * @node: in the resource's list
 * @thread: which
 * @count: how many times
 */
struct sharer {
	struct list_head node;
	ERESOURCE_THREAD thread;
	ULONG count;
};

/**
 * struct resource_waiter - a thread that waits for one
 * @node: in the resource's list
 * @thread: which
 * @sharer: what it is entered with, NULL if it wants the resource for itself
 * @granted: it has it
 */
struct resource_waiter {
	struct list_head node;
	ERESOURCE_THREAD thread;
	struct sharer *sharer;
	struct completion granted;
};

/* What new sharers do while somebody waits to have a resource for himself. */
enum behind {
	BEHIND_UNLESS_SHARING, /* they wait, if they do not share it already */
	BEHIND_ALWAYS,
	BEHIND_NEVER,
};

/**
 * ExInitializeResourceLite() - make a resource, which nobody has
 * @Resource: it, nonpaged
 *
 * Context: IRQL <= DISPATCH.
 * Return: STATUS_SUCCESS.
 */
NTSTATUS ExInitializeResourceLite(PERESOURCE Resource)
{
	memset(Resource, 0, sizeof(*Resource));
	spin_lock_init(&Resource->Lock);
	INIT_LIST_HEAD(&Resource->Waiters);
	INIT_LIST_HEAD(&Resource->Sharers);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(ExInitializeResourceLite);

/**
 * ExDeleteResourceLite() - a resource is not needed any more
 * @Resource: nobody waits for it
 *
 * Context: IRQL <= DISPATCH.
 * Return: STATUS_SUCCESS.
 */
NTSTATUS ExDeleteResourceLite(PERESOURCE Resource)
{
	struct sharer *sharer, *next;

	list_for_each_entry_safe(sharer, next, &Resource->Sharers, node)
		kfree(sharer);
	INIT_LIST_HEAD(&Resource->Sharers);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(ExDeleteResourceLite);

/**
 * ExReinitializeResourceLite() - make a resource as new
 * @Resource: nobody waits for it
 *
 * Context: IRQL <= DISPATCH.
 * Return: STATUS_SUCCESS.
 */
NTSTATUS ExReinitializeResourceLite(PERESOURCE Resource)
{
	ExDeleteResourceLite(Resource);
	return ExInitializeResourceLite(Resource);
}
EXPORT_SYMBOL_GPL(ExReinitializeResourceLite);

static struct sharer *make_sharer(ERESOURCE_THREAD thread)
{
	struct sharer *sharer = kmalloc(sizeof(*sharer), GFP_KERNEL | __GFP_NOFAIL);

	sharer->thread = thread;
	sharer->count = 1;
	return sharer;
}

static struct sharer *find_sharer_locked(PERESOURCE resource, ERESOURCE_THREAD thread)
{
	struct sharer *sharer;

	lockdep_assert_held(&resource->Lock);
	list_for_each_entry(sharer, &resource->Sharers, node)
		if (sharer->thread == thread)
			return sharer;
	return NULL;
}

static void grant_locked(PERESOURCE resource, struct resource_waiter *waiter)
{
	list_del(&waiter->node);
	if (waiter->sharer) {
		resource->NumberOfSharedWaiters--;
		list_add(&waiter->sharer->node, &resource->Sharers);
	} else {
		resource->NumberOfExclusiveWaiters--;
		resource->OwnerThread = waiter->thread;
		resource->Depth = 1;
	}
	complete(&waiter->granted);
}

static void grant_all_sharers_locked(PERESOURCE resource)
{
	struct resource_waiter *waiter, *next;

	list_for_each_entry_safe(waiter, next, &resource->Waiters, node)
		if (waiter->sharer)
			grant_locked(resource, waiter);
}

static void grant_first_owner_locked(PERESOURCE resource)
{
	struct resource_waiter *waiter;

	list_for_each_entry(waiter, &resource->Waiters, node) {
		if (waiter->sharer)
			continue;
		grant_locked(resource, waiter);
		return;
	}
}

/* @owned: somebody had it for himself. */
static void hand_over_locked(PERESOURCE resource, bool owned)
{
	lockdep_assert_held(&resource->Lock);
	if (owned && resource->NumberOfSharedWaiters)
		grant_all_sharers_locked(resource);
	else if (resource->NumberOfExclusiveWaiters)
		grant_first_owner_locked(resource);
	else
		grant_all_sharers_locked(resource);
}

/* Unlocks; the lock was taken with interrupts off. */
static bool wait_locked(PERESOURCE resource, struct resource_waiter *waiter,
			unsigned long flags)
	__releases(&resource->Lock)
{
	init_completion(&waiter->granted);
	list_add_tail(&waiter->node, &resource->Waiters);
	if (waiter->sharer)
		resource->NumberOfSharedWaiters++;
	else
		resource->NumberOfExclusiveWaiters++;
	spin_unlock_irqrestore(&resource->Lock, flags);
	wait_for_completion(&waiter->granted);
	return true;
}

static bool try_own_locked(PERESOURCE resource, ERESOURCE_THREAD thread)
{
	lockdep_assert_held(&resource->Lock);
	if (resource->OwnerThread == thread) {
		resource->Depth++;
		return true;
	}
	if (resource->OwnerThread || !list_empty(&resource->Sharers))
		return false;
	resource->OwnerThread = thread;
	resource->Depth = 1;
	return true;
}

/**
 * ExAcquireResourceExclusiveLite() - have a resource for oneself
 * @Resource: it; may be the caller's already, but not as one of those that share it
 * @Wait: FALSE: only if that is possible at once
 *
 * Context: IRQL <= APC.
 * Return: whether it is the caller's.
 */
BOOLEAN ExAcquireResourceExclusiveLite(PERESOURCE Resource, BOOLEAN Wait)
{
	struct resource_waiter waiter = { .thread = ExGetCurrentResourceThread() };
	unsigned long flags;
	bool mine;

	wait_must_be_allowed(Resource);
	spin_lock_irqsave(&Resource->Lock, flags);
	mine = try_own_locked(Resource, waiter.thread);
	if (!mine && Wait)
		return wait_locked(Resource, &waiter, flags);
	spin_unlock_irqrestore(&Resource->Lock, flags);
	return mine;
}
EXPORT_SYMBOL_GPL(ExAcquireResourceExclusiveLite);

static bool must_queue_locked(PERESOURCE resource, bool shares, enum behind behind)
{
	if (resource->OwnerThread)
		return true;
	if (!resource->NumberOfExclusiveWaiters)
		return false;
	return behind == BEHIND_ALWAYS || (behind == BEHIND_UNLESS_SHARING && !shares);
}

/* Sets @sharer to NULL if the resource has it now. */
static bool try_share_locked(PERESOURCE resource, ERESOURCE_THREAD thread,
			     struct sharer **sharer, enum behind behind)
{
	struct sharer *own = find_sharer_locked(resource, thread);

	if (resource->OwnerThread == thread) {
		resource->Depth++;
		return true;
	}
	if (must_queue_locked(resource, own, behind))
		return false;
	if (own) {
		own->count++;
		return true;
	}
	list_add(&(*sharer)->node, &resource->Sharers);
	*sharer = NULL;
	return true;
}

static bool share(PERESOURCE resource, bool wait, enum behind behind)
{
	struct resource_waiter waiter = { .thread = ExGetCurrentResourceThread() };
	unsigned long flags;
	bool mine;

	wait_must_be_allowed(resource);
	waiter.sharer = make_sharer(waiter.thread);
	spin_lock_irqsave(&resource->Lock, flags);
	mine = try_share_locked(resource, waiter.thread, &waiter.sharer, behind);
	if (!mine && wait)
		return wait_locked(resource, &waiter, flags);
	spin_unlock_irqrestore(&resource->Lock, flags);
	kfree(waiter.sharer);
	return mine;
}

/**
 * ExAcquireResourceSharedLite() - share a resource
 * @Resource: it; the caller may have it already, also for himself
 * @Wait: FALSE: only if that is possible at once
 *
 * Who does not have it waits behind those that want it for themselves.
 *
 * Context: IRQL <= APC.
 * Return: whether the caller has it.
 */
BOOLEAN ExAcquireResourceSharedLite(PERESOURCE Resource, BOOLEAN Wait)
{
	return share(Resource, Wait, BEHIND_UNLESS_SHARING);
}
EXPORT_SYMBOL_GPL(ExAcquireResourceSharedLite);

/**
 * ExAcquireSharedStarveExclusive() - the same, before those that want it for themselves
 * @Resource: as there
 * @Wait: as there
 *
 * Context: IRQL <= APC.
 * Return: whether the caller has it.
 */
BOOLEAN ExAcquireSharedStarveExclusive(PERESOURCE Resource, BOOLEAN Wait)
{
	return share(Resource, Wait, BEHIND_NEVER);
}
EXPORT_SYMBOL_GPL(ExAcquireSharedStarveExclusive);

/**
 * ExAcquireSharedWaitForExclusive() - the same, behind them even if it is shared already
 * @Resource: as there
 * @Wait: as there
 *
 * Context: IRQL <= APC.
 * Return: whether the caller has it.
 */
BOOLEAN ExAcquireSharedWaitForExclusive(PERESOURCE Resource, BOOLEAN Wait)
{
	return share(Resource, Wait, BEHIND_ALWAYS);
}
EXPORT_SYMBOL_GPL(ExAcquireSharedWaitForExclusive);

/* False if the thread does not have it.  @gone is set to what is to be freed. */
static bool release_locked(PERESOURCE resource, ERESOURCE_THREAD thread,
			   struct sharer **gone)
{
	struct sharer *sharer = find_sharer_locked(resource, thread);

	if (resource->OwnerThread == thread) {
		if (--resource->Depth)
			return true;
		resource->OwnerThread = 0;
		hand_over_locked(resource, true);
		return true;
	}
	if (!sharer)
		return false;
	if (--sharer->count)
		return true;
	list_del(&sharer->node);
	*gone = sharer;
	if (list_empty(&resource->Sharers))
		hand_over_locked(resource, false);
	return true;
}

/* 0xE3 [resource, thread, table of owners, 0]; that is in no one place here. */
static void not_owned(PERESOURCE resource, ERESOURCE_THREAD thread)
{
	ntpool_bugcheck(BUGCHECK_RESOURCE_NOT_OWNED, (unsigned long)resource, thread, 0,
			0);
}

/**
 * ExReleaseResourceForThreadLite() - give a resource up once, for a thread
 * @Resource: it
 * @ResourceThreadId: ExGetCurrentResourceThread() of the thread
 *
 * If the thread does not have it that is bug check 0xE3 [resource, thread].
 *
 * Context: IRQL <= DISPATCH.
 */
VOID ExReleaseResourceForThreadLite(PERESOURCE Resource,
				    ERESOURCE_THREAD ResourceThreadId)
{
	struct sharer *gone = NULL;
	unsigned long flags;
	bool owned;

	spin_lock_irqsave(&Resource->Lock, flags);
	owned = release_locked(Resource, ResourceThreadId, &gone);
	spin_unlock_irqrestore(&Resource->Lock, flags);
	kfree(gone);
	if (!owned)
		not_owned(Resource, ResourceThreadId);
}
EXPORT_SYMBOL_GPL(ExReleaseResourceForThreadLite);

/**
 * ExReleaseResourceLite() - give a resource up, once
 * @Resource: the caller's; else it is bug check 0xE3 [resource, thread]
 *
 * Context: IRQL <= DISPATCH.
 */
VOID ExReleaseResourceLite(PERESOURCE Resource)
{
	ExReleaseResourceForThreadLite(Resource, ExGetCurrentResourceThread());
}
EXPORT_SYMBOL_GPL(ExReleaseResourceLite);

/**
 * ExConvertExclusiveToSharedLite() - let others share what one has for oneself
 * @Resource: the caller's for himself; else it is bug check 0xE3 [resource, thread]
 *
 * Those that wait to share it have it when this returns.
 *
 * Context: IRQL <= APC.
 */
VOID ExConvertExclusiveToSharedLite(PERESOURCE Resource)
{
	ERESOURCE_THREAD thread = ExGetCurrentResourceThread();
	struct sharer *sharer;
	unsigned long flags;
	bool owned;

	wait_must_be_allowed(Resource); /* for memory */
	sharer = make_sharer(thread);
	spin_lock_irqsave(&Resource->Lock, flags);
	owned = Resource->OwnerThread == thread;
	if (owned) {
		sharer->count = Resource->Depth;
		list_add(&sharer->node, &Resource->Sharers);
		Resource->OwnerThread = 0;
		grant_all_sharers_locked(Resource);
	}
	spin_unlock_irqrestore(&Resource->Lock, flags);
	if (owned)
		return;
	kfree(sharer);
	not_owned(Resource, thread);
}
EXPORT_SYMBOL_GPL(ExConvertExclusiveToSharedLite);

/**
 * ExIsResourceAcquiredExclusiveLite() - does the caller have a resource for himself
 * @Resource: it
 *
 * Context: IRQL <= DISPATCH.
 */
BOOLEAN ExIsResourceAcquiredExclusiveLite(PERESOURCE Resource)
{
	return READ_ONCE(Resource->OwnerThread) == ExGetCurrentResourceThread();
}
EXPORT_SYMBOL_GPL(ExIsResourceAcquiredExclusiveLite);

/**
 * ExIsResourceAcquiredSharedLite() - does the caller have a resource, either way
 * @Resource: it
 *
 * Context: IRQL <= DISPATCH.
 * Return: how many times.
 */
ULONG ExIsResourceAcquiredSharedLite(PERESOURCE Resource)
{
	ERESOURCE_THREAD thread = ExGetCurrentResourceThread();
	struct sharer *sharer;
	unsigned long flags;
	ULONG times;

	spin_lock_irqsave(&Resource->Lock, flags);
	sharer = find_sharer_locked(Resource, thread);
	if (Resource->OwnerThread == thread)
		times = Resource->Depth;
	else
		times = sharer ? sharer->count : 0;
	spin_unlock_irqrestore(&Resource->Lock, flags);
	return times;
}
EXPORT_SYMBOL_GPL(ExIsResourceAcquiredSharedLite);

/**
 * ExGetExclusiveWaiterCount() - how many wait to have a resource for themselves
 * @Resource: it
 *
 * Context: IRQL <= DISPATCH.
 */
ULONG ExGetExclusiveWaiterCount(PERESOURCE Resource)
{
	return READ_ONCE(Resource->NumberOfExclusiveWaiters);
}
EXPORT_SYMBOL_GPL(ExGetExclusiveWaiterCount);

/**
 * ExGetSharedWaiterCount() - how many wait to share a resource
 * @Resource: it
 *
 * Context: IRQL <= DISPATCH.
 */
ULONG ExGetSharedWaiterCount(PERESOURCE Resource)
{
	return READ_ONCE(Resource->NumberOfSharedWaiters);
}
EXPORT_SYMBOL_GPL(ExGetSharedWaiterCount);
