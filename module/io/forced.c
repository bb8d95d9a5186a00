// SPDX-License-Identifier: GPL-2.0-only
/*
 * Driver Verifier's "Force Pending I/O Requests" (Windows driver documentation): a driver
 * that sends a packet down is told that it is pending although it is done, and learns of
 * its end a little later, from another thread.
 *
 * Whether that is to happen to a call is decided before the driver below is called.  A
 * packet that it completes before it has answered then does not go further up, but
 * is held where it is about to come back to the caller, as since Windows 7.  When the
 * dispatch routine has answered, the caller is told STATUS_PENDING, the location
 * is marked so that those above see it, and the packet goes on its way after a tick.
 * What is not completed by then is pending anyway, and left alone.
 *
 * From its being held on nobody else has the packet; there is nothing to be cancelled any
 * more, and who waits for its end waits a tick longer.
 */
#include <linux/export.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait_bit.h>

#include "io/irp.h"
#include "kcompat/workqueue.h"

/**
 * struct forced_call - a call of a driver that may become pending by force
 * @link: in calls, until the dispatch routine has answered
 * @irp: the packet
 * @location: its CurrentLocation in the driver that is called
 * @held: it has been completed, and waits for the answer
 * @release: lets it go
 */
struct forced_call {
	struct list_head link;
	IRP *irp;
	CHAR location;
	bool held;
	struct delayed_work release;
};

/* Protects calls, and their @held; innermost, interrupts off. */
static DEFINE_SPINLOCK(calls_lock);
static LIST_HEAD(calls);

static struct workqueue_struct *releases;
/* Packets that are held; forced_exit() waits for it by name. */
static atomic_t held_packets;

static void release(struct work_struct *work)
{
	struct forced_call *call =
		container_of(to_delayed_work(work), struct forced_call, release);
	IRP *irp = call->irp;

	kfree(call);
	irp->AllocationFlags &= ~IRP_HELD;
	irp_go_up(irp);
	if (atomic_dec_and_test(&held_packets))
		wake_up_var(&held_packets);
}

/**
 * forced_begin() - a driver sends a packet down
 * @irp: the packet, its current location the receiver's
 * @driver: who sends it; NULL and this module are the I/O manager
 *
 * Context: any.
 * Return: to be given to forced_end() with the answer; NULL where all is to go as it
 * goes, as it also does without memory.
 */
struct forced_call *forced_begin(IRP *irp, const struct module *driver)
{
	struct forced_call *call;
	unsigned long flags;

	if (!driver || driver == THIS_MODULE || !verifier_forces_pending(driver))
		return NULL;
	call = kmalloc(sizeof(*call), GFP_ATOMIC | __GFP_NOWARN);
	if (!call)
		return NULL;
	call->irp = irp;
	call->location = irp->CurrentLocation;
	call->held = false;
	INIT_DELAYED_WORK(&call->release, release);
	spin_lock_irqsave(&calls_lock, flags);
	list_add(&call->link, &calls);
	spin_unlock_irqrestore(&calls_lock, flags);
	return call;
}

/*
 * The innermost call first: a driver that skips its location has it in common with
 * the one below.
 */
static struct forced_call *find_locked(const IRP *irp)
{
	struct forced_call *call;

	lockdep_assert_held(&calls_lock);
	list_for_each_entry(call, &calls, link)
		if (call->irp == irp && call->location == irp->CurrentLocation)
			return call;
	return NULL;
}

/**
 * forced_holds() - a packet is about to leave its current location for the one above
 * @irp: the packet; no longer to be touched if it is held
 *
 * Context: any.
 * Return: whether it is held until the dispatch routine has answered.
 */
bool forced_holds(IRP *irp)
{
	struct forced_call *call;
	unsigned long flags;

	spin_lock_irqsave(&calls_lock, flags);
	call = find_locked(irp);
	if (call) {
		atomic_inc(&held_packets);
		irp->AllocationFlags |= IRP_HELD;
		call->held = true;
	}
	spin_unlock_irqrestore(&calls_lock, flags);
	return call;
}

/* What nobody would see any more once the answer is another. */
static void check_answer(IRP *irp, NTSTATUS answer)
{
	IO_STACK_LOCATION *location = IoGetCurrentIrpStackLocation(irp);
	DEVICE_OBJECT *device = location->DeviceObject;
	void *routine =
		device->DriverObject->MajorFunction[location->MajorFunction];

	io_check_answer(routine, irp, answer, irp->IoStatus.Status);
	if (location->Control & SL_PENDING_RETURNED)
		io_violation(IO_PENDING_NOT_RETURNED, routine, irp, device);
}

/**
 * forced_end() - the dispatch routine has answered
 * @call: from forced_begin()
 * @answer: what it says
 *
 * The packet is let go of on this CPU, so that code at DISPATCH_LEVEL has it pending for
 * sure until it comes down.
 *
 * Context: any.
 * Return: what the driver that sent the packet is told.
 */
NTSTATUS forced_end(struct forced_call *call, NTSTATUS answer)
{
	unsigned long flags;
	bool held;

	spin_lock_irqsave(&calls_lock, flags);
	list_del(&call->link);
	held = call->held;
	spin_unlock_irqrestore(&calls_lock, flags);
	if (!held) {
		kfree(call);
		return answer;
	}
	if (answer != STATUS_PENDING) {
		check_answer(call->irp, answer);
		IoMarkIrpPending(call->irp);
		verifier_note_forced();
	}
	queue_delayed_work_on(raw_smp_processor_id(), releases, &call->release,
			      1);
	return STATUS_PENDING;
}

/**
 * forced_init() - get ready
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int forced_init(void)
{
	releases = alloc_workqueue("ntpool_forced", WQ_PERCPU, 0);
	return releases ? 0 : -ENOMEM;
}

/**
 * forced_exit() - wait until no packet is held any more
 *
 * Context: may sleep; no driver sends any.
 */
void forced_exit(void)
{
	wait_var_event(&held_packets, !atomic_read(&held_packets));
	destroy_workqueue(releases);
}
