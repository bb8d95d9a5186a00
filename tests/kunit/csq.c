// SPDX-License-Identifier: GPL-2.0-only
/* io/csq.c: a packet in a cancel-safe queue has one owner, whoever takes it out. */
#include <linux/kthread.h>

#include <ntpool/csq.h>

#include "tests.h"

static struct queue {
	IO_CSQ csq;
	KSPIN_LOCK lock;
	LIST_ENTRY packets;
	atomic_t cancelled;
	DEVICE_OBJECT device;
} queue;

static VOID insert(PIO_CSQ csq, PIRP irp)
{
	InsertTailList(&queue.packets, &irp->Tail.Overlay.ListEntry);
}

static VOID remove(PIO_CSQ csq, PIRP irp)
{
	RemoveEntryList(&irp->Tail.Overlay.ListEntry);
}

/* @context: the major function that is wanted, or NULL for any. */
static PIRP peek(PIO_CSQ csq, PIRP irp, PVOID context)
{
	PLIST_ENTRY at = irp ? irp->Tail.Overlay.ListEntry.Flink :
			       queue.packets.Flink;

	for (; at != &queue.packets; at = at->Flink) {
		irp = CONTAINING_RECORD(at, IRP, Tail.Overlay.ListEntry);
		if (!context || context == irp->UserBuffer)
			return irp;
	}
	return NULL;
}

static VOID acquire(PIO_CSQ csq, PKIRQL irql)
{
	KeAcquireSpinLock(&queue.lock, irql);
}

static VOID release(PIO_CSQ csq, KIRQL irql)
{
	KeReleaseSpinLock(&queue.lock, irql);
}

static VOID complete_cancelled(PIO_CSQ csq, PIRP irp)
{
	atomic_inc(&queue.cancelled);
}

static int csq_test_init(struct kunit *test)
{
	KeInitializeSpinLock(&queue.lock);
	InitializeListHead(&queue.packets);
	atomic_set(&queue.cancelled, 0);
	return IoCsqInitialize(&queue.csq, insert, remove, peek, acquire,
			       release, complete_cancelled);
}

static IRP *packet(struct kunit *test, void *mark)
{
	IRP *irp = IoAllocateIrp(1, FALSE);

	KUNIT_ASSERT_NOT_NULL(test, irp);
	IoSetNextIrpStackLocation(irp);
	IoGetCurrentIrpStackLocation(irp)->DeviceObject = &queue.device;
	irp->UserBuffer = mark;
	return irp;
}

static void inserting_marks_pending_and_makes_it_cancelable(struct kunit *test)
{
	IRP *irp = packet(test, NULL);

	IoCsqInsertIrp(&queue.csq, irp, NULL);
	KUNIT_EXPECT_TRUE(test, IoGetCurrentIrpStackLocation(irp)->Control &
					SL_PENDING_RETURNED);
	KUNIT_EXPECT_TRUE(test, irp->CancelRoutine != NULL);
	KUNIT_EXPECT_PTR_EQ(test, IoCsqRemoveNextIrp(&queue.csq, NULL), irp);
	KUNIT_EXPECT_TRUE(test, irp->CancelRoutine == NULL);
	IoFreeIrp(irp);
}

static void packets_come_out_in_the_drivers_order(struct kunit *test)
{
	IRP *first = packet(test, (void *)1), *second = packet(test, (void *)2);

	IoCsqInsertIrp(&queue.csq, first, NULL);
	IoCsqInsertIrp(&queue.csq, second, NULL);
	KUNIT_EXPECT_PTR_EQ(test, IoCsqRemoveNextIrp(&queue.csq, (void *)2),
			    second);
	KUNIT_EXPECT_PTR_EQ(test, IoCsqRemoveNextIrp(&queue.csq, NULL), first);
	KUNIT_EXPECT_NULL(test, IoCsqRemoveNextIrp(&queue.csq, NULL));
	IoFreeIrp(first);
	IoFreeIrp(second);
}

static void a_context_names_its_packet_until_it_is_out(struct kunit *test)
{
	IRP *irp = packet(test, NULL);
	IO_CSQ_IRP_CONTEXT context;

	IoCsqInsertIrp(&queue.csq, irp, &context);
	KUNIT_EXPECT_PTR_EQ(test, IoCsqRemoveIrp(&queue.csq, &context), irp);
	KUNIT_EXPECT_NULL(test, IoCsqRemoveIrp(&queue.csq, &context));

	IoCsqInsertIrp(&queue.csq, irp, &context);
	KUNIT_EXPECT_PTR_EQ(test, IoCsqRemoveNextIrp(&queue.csq, NULL), irp);
	KUNIT_EXPECT_NULL(test, IoCsqRemoveIrp(&queue.csq, &context));
	IoFreeIrp(irp);
}

static void cancelling_takes_it_out_and_completes_it(struct kunit *test)
{
	IRP *irp = packet(test, NULL);
	IO_CSQ_IRP_CONTEXT context;

	IoCsqInsertIrp(&queue.csq, irp, &context);
	KUNIT_EXPECT_TRUE(test, IoCancelIrp(irp));
	KUNIT_EXPECT_EQ(test, atomic_read(&queue.cancelled), 1);
	KUNIT_EXPECT_TRUE(test, IsListEmpty(&queue.packets));
	KUNIT_EXPECT_NULL(test, IoCsqRemoveIrp(&queue.csq, &context));
	IoFreeIrp(irp);
}

static void one_cancelled_before_is_completed_at_once(struct kunit *test)
{
	IRP *irp = packet(test, NULL);

	IoCancelIrp(irp);
	IoCsqInsertIrp(&queue.csq, irp, NULL);
	KUNIT_EXPECT_EQ(test, atomic_read(&queue.cancelled), 1);
	KUNIT_EXPECT_TRUE(test, IsListEmpty(&queue.packets));
	IoFreeIrp(irp);
}

#define ROUNDS 20000

static int cancel_all(void *data)
{
	IRP **irps = data;
	unsigned int i;

	for (i = 0; i < ROUNDS; i++)
		IoCancelIrp(irps[i % 64]);
	return 0;
}

/* One thread cancels what another puts in and takes out: each time it has one owner. */
static void each_packet_has_one_owner_while_all_is_cancelled(struct kunit *test)
{
	struct task_struct *thread;
	unsigned int i, taken = 0;
	IRP *irps[64];

	for (i = 0; i < ARRAY_SIZE(irps); i++)
		irps[i] = packet(test, NULL);
	thread = kthread_create(cancel_all, irps, "csq");
	KUNIT_ASSERT_FALSE(test, IS_ERR(thread));
	get_task_struct(thread);
	wake_up_process(thread);
	for (i = 0; i < ROUNDS; i++) {
		IRP *irp = irps[i % 64];

		irp->Cancel = FALSE;
		IoCsqInsertIrp(&queue.csq, irp, NULL);
		if (IoCsqRemoveNextIrp(&queue.csq, NULL))
			taken++;
		/* The canceller may be on its way to complete it. */
		while (taken + atomic_read(&queue.cancelled) <= i)
			cpu_relax();
		KUNIT_ASSERT_EQ(test, taken + atomic_read(&queue.cancelled),
				i + 1);
	}
	kthread_stop(thread);
	put_task_struct(thread);
	for (i = 0; i < ARRAY_SIZE(irps); i++)
		IoFreeIrp(irps[i]);
}

static NTSTATUS insert_few(PIO_CSQ csq, PIRP irp, PVOID context)
{
	if (!IsListEmpty(&queue.packets))
		return STATUS_DEVICE_BUSY;
	irp->UserBuffer = context;
	insert(csq, irp);
	return STATUS_SUCCESS;
}

static void a_queue_may_refuse_a_packet_which_stays_the_callers(struct kunit *test)
{
	IRP *first = packet(test, NULL), *second = packet(test, NULL);

	IoCsqInitializeEx(&queue.csq, insert_few, remove, peek, acquire, release,
			  complete_cancelled);
	KUNIT_EXPECT_EQ(test, IoCsqInsertIrpEx(&queue.csq, first, NULL, (void *)7),
			STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, first->UserBuffer, (void *)7);
	KUNIT_EXPECT_TRUE(test, IoGetCurrentIrpStackLocation(first)->Control &
					SL_PENDING_RETURNED);
	KUNIT_EXPECT_EQ(test, IoCsqInsertIrpEx(&queue.csq, second, NULL, NULL),
			STATUS_DEVICE_BUSY);
	KUNIT_EXPECT_EQ(test, IoGetCurrentIrpStackLocation(second)->Control, 0);
	KUNIT_EXPECT_TRUE(test, second->CancelRoutine == NULL);
	KUNIT_EXPECT_PTR_EQ(test, IoCsqRemoveNextIrp(&queue.csq, (void *)7), first);
	KUNIT_EXPECT_EQ(test, IoCsqInsertIrpEx(&queue.csq, second, NULL, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, IoCancelIrp(second));
	KUNIT_EXPECT_EQ(test, atomic_read(&queue.cancelled), 1);
	IoFreeIrp(first);
	IoFreeIrp(second);
}

static void a_packet_that_was_refused_is_named_by_nothing(struct kunit *test)
{
	IRP *first = packet(test, NULL), *second = packet(test, NULL);
	IO_CSQ_IRP_CONTEXT context;

	IoCsqInitializeEx(&queue.csq, insert_few, remove, peek, acquire, release,
			  complete_cancelled);
	IoCsqInsertIrpEx(&queue.csq, first, NULL, NULL);
	KUNIT_EXPECT_EQ(test, IoCsqInsertIrpEx(&queue.csq, second, &context, NULL),
			STATUS_DEVICE_BUSY);
	KUNIT_EXPECT_NULL(test, context.Irp);
	KUNIT_EXPECT_NULL(test, second->Tail.Overlay.DriverContext[3]);
	KUNIT_EXPECT_NULL(test, IoCsqRemoveIrp(&queue.csq, &context));
	KUNIT_EXPECT_PTR_EQ(test, IoCsqRemoveNextIrp(&queue.csq, NULL), first);
	IoFreeIrp(first);
	IoFreeIrp(second);
}

static struct kunit_case csq_cases[] = {
	KUNIT_CASE(inserting_marks_pending_and_makes_it_cancelable),
	KUNIT_CASE(packets_come_out_in_the_drivers_order),
	KUNIT_CASE(a_context_names_its_packet_until_it_is_out),
	KUNIT_CASE(cancelling_takes_it_out_and_completes_it),
	KUNIT_CASE(one_cancelled_before_is_completed_at_once),
	KUNIT_CASE(each_packet_has_one_owner_while_all_is_cancelled),
	KUNIT_CASE(a_queue_may_refuse_a_packet_which_stays_the_callers),
	KUNIT_CASE(a_packet_that_was_refused_is_named_by_nothing),
	{}
};

struct kunit_suite csq_suite = {
	.name = "ntpool_csq",
	.init = csq_test_init,
	.test_cases = csq_cases,
};
