// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device queues ("Managing device queues", Windows driver documentation).  A queue is
 * busy or not; the first entry makes it busy and is not put in, and taking from an empty
 * one makes it idle.
 */
#include <linux/export.h>

#include <ntpool/devqueue.h>

#include "ke/internal.h"

#define DEVICE_QUEUE_OBJECT 20 /* NT's number for it */

static PKDEVICE_QUEUE_ENTRY entry_of(PLIST_ENTRY link)
{
	return CONTAINING_RECORD(link, KDEVICE_QUEUE_ENTRY, DeviceListEntry);
}

/**
 * KeInitializeDeviceQueue() - make a queue, not busy
 * @DeviceQueue: it, nonpaged
 *
 * Context: any; @DeviceQueue is touched at the caller's IRQL.
 */
VOID KeInitializeDeviceQueue(PKDEVICE_QUEUE DeviceQueue)
{
	DeviceQueue->Type = DEVICE_QUEUE_OBJECT;
	DeviceQueue->Size = sizeof(*DeviceQueue);
	InitializeListHead(&DeviceQueue->DeviceListHead);
	KeInitializeSpinLock(&DeviceQueue->Lock);
	DeviceQueue->Busy = FALSE;
}
EXPORT_SYMBOL_GPL(KeInitializeDeviceQueue);

/* Behind those whose key is not larger.  Whether it was busy. */
static BOOLEAN insert_before(PKDEVICE_QUEUE queue, PKDEVICE_QUEUE_ENTRY entry,
			     ULONG key, bool by_key)
{
	PLIST_ENTRY at = &queue->DeviceListHead;
	unsigned long flags;

	spin_lock_irqsave(&queue->Lock, flags);
	entry->Inserted = queue->Busy;
	entry->SortKey = key;
	queue->Busy = TRUE;
	if (by_key)
		while (at->Blink != &queue->DeviceListHead && entry_of(at->Blink)->SortKey > key)
			at = at->Blink;
	if (entry->Inserted)
		InsertTailList(at, &entry->DeviceListEntry);
	spin_unlock_irqrestore(&queue->Lock, flags);
	return entry->Inserted;
}

/**
 * KeInsertDeviceQueue() - put an entry at the end of a queue
 * @DeviceQueue: the queue
 * @DeviceQueueEntry: the entry
 *
 * Context: IRQL DISPATCH.
 * Return: TRUE if it is in; FALSE if the queue was idle: it is busy now, and whoever
 * called takes care of the entry.
 */
BOOLEAN KeInsertDeviceQueue(PKDEVICE_QUEUE DeviceQueue,
			    PKDEVICE_QUEUE_ENTRY DeviceQueueEntry)
{
	return insert_before(DeviceQueue, DeviceQueueEntry, 0, false);
}
EXPORT_SYMBOL_GPL(KeInsertDeviceQueue);

/**
 * KeInsertByKeyDeviceQueue() - put an entry behind those with a key not larger
 * @DeviceQueue: the queue
 * @DeviceQueueEntry: the entry
 * @SortKey: its key
 *
 * Context: IRQL DISPATCH.
 * Return: as KeInsertDeviceQueue().
 */
BOOLEAN KeInsertByKeyDeviceQueue(PKDEVICE_QUEUE DeviceQueue,
				 PKDEVICE_QUEUE_ENTRY DeviceQueueEntry,
				 ULONG SortKey)
{
	return insert_before(DeviceQueue, DeviceQueueEntry, SortKey, true);
}
EXPORT_SYMBOL_GPL(KeInsertByKeyDeviceQueue);

static PKDEVICE_QUEUE_ENTRY remove_from(PKDEVICE_QUEUE queue, ULONG key)
{
	PLIST_ENTRY head = &queue->DeviceListHead, at;
	unsigned long flags;

	spin_lock_irqsave(&queue->Lock, flags);
	at = head->Flink;
	while (at != head && entry_of(at)->SortKey < key)
		at = at->Flink;
	if (at == head)
		at = head->Flink;
	if (at == head) {
		queue->Busy = FALSE;
	} else {
		RemoveEntryList(at);
		entry_of(at)->Inserted = FALSE;
	}
	spin_unlock_irqrestore(&queue->Lock, flags);
	return at == head ? NULL : entry_of(at);
}

/**
 * KeRemoveDeviceQueue() - take the first entry out
 * @DeviceQueue: the queue, busy
 *
 * Context: IRQL DISPATCH.
 * Return: the entry; NULL if there is none: the queue is idle now.
 */
PKDEVICE_QUEUE_ENTRY KeRemoveDeviceQueue(PKDEVICE_QUEUE DeviceQueue)
{
	return remove_from(DeviceQueue, 0);
}
EXPORT_SYMBOL_GPL(KeRemoveDeviceQueue);

/**
 * KeRemoveByKeyDeviceQueue() - take the first entry out whose key is not smaller
 * @DeviceQueue: the queue, busy
 * @SortKey: the key; if all are smaller it is the first entry
 *
 * Context: IRQL DISPATCH.
 * Return: as KeRemoveDeviceQueue().
 */
PKDEVICE_QUEUE_ENTRY KeRemoveByKeyDeviceQueue(PKDEVICE_QUEUE DeviceQueue,
					      ULONG SortKey)
{
	return remove_from(DeviceQueue, SortKey);
}
EXPORT_SYMBOL_GPL(KeRemoveByKeyDeviceQueue);

/**
 * KeRemoveEntryDeviceQueue() - take a certain entry out, if it is in
 * @DeviceQueue: the queue
 * @DeviceQueueEntry: the entry
 *
 * Context: IRQL <= DISPATCH.
 * Return: whether it was in.
 */
BOOLEAN KeRemoveEntryDeviceQueue(PKDEVICE_QUEUE DeviceQueue,
				 PKDEVICE_QUEUE_ENTRY DeviceQueueEntry)
{
	unsigned long flags;
	BOOLEAN was_in;

	spin_lock_irqsave(&DeviceQueue->Lock, flags);
	was_in = DeviceQueueEntry->Inserted;
	if (was_in) {
		RemoveEntryList(&DeviceQueueEntry->DeviceListEntry);
		DeviceQueueEntry->Inserted = FALSE;
	}
	spin_unlock_irqrestore(&DeviceQueue->Lock, flags);
	return was_in;
}
EXPORT_SYMBOL_GPL(KeRemoveEntryDeviceQueue);
