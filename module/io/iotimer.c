// SPDX-License-Identifier: GPL-2.0-only
/*
 * The timer that a device may have ("Using an IoTimer routine", Windows driver
 * documentation): its routine is called once a second, at DISPATCH.
 */
#include <linux/atomic.h>
#include <linux/export.h>
#include <linux/ntpool.h>
#include <linux/slab.h>

#include <ntpool/device.h>
#include <ntpool/timer.h>

#include "io/namespace.h"

#define SECOND_MS    1000
#define SECOND_UNITS (-10000000ll) /* from now on, of 100 ns */

/**
 * struct _IO_TIMER - it
 * @timer: what calls @dpc
 * @dpc: what calls @routine
 * @device: whose it is
 * @routine: the driver's
 * @context: for it
 * @started: and not stopped since
 */
struct _IO_TIMER {
	KTIMER timer;
	KDPC dpc;
	PDEVICE_OBJECT device;
	PIO_TIMER_ROUTINE routine;
	PVOID context;
	int started;
};

static VOID second_is_over(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	PIO_TIMER timer = context;

	timer->routine(timer->device, timer->context);
}

/**
 * IoInitializeTimer() - give a device a timer, which is not started
 * @DeviceObject: the device
 * @TimerRoutine: called once a second
 * @Context: for it
 *
 * Context: IRQL PASSIVE.
 * Return: STATUS_SUCCESS or STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS IoInitializeTimer(PDEVICE_OBJECT DeviceObject, PIO_TIMER_ROUTINE TimerRoutine,
			   PVOID Context)
{
	PIO_TIMER timer = DeviceObject->Timer;

	if (!timer) {
		timer = kzalloc(sizeof(*timer), GFP_KERNEL);
		if (!timer)
			return STATUS_INSUFFICIENT_RESOURCES;
		KeInitializeTimer(&timer->timer);
		KeInitializeDpc(&timer->dpc, second_is_over, timer);
		timer->device = DeviceObject;
	}
	timer->routine = TimerRoutine;
	timer->context = Context;
	DeviceObject->Timer = timer;
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(IoInitializeTimer);

/**
 * IoStartTimer() - call the routine once a second from now on
 * @DeviceObject: a device; without a timer nothing happens
 *
 * One that is started goes on as it does.
 *
 * Context: IRQL <= DISPATCH.
 */
VOID IoStartTimer(PDEVICE_OBJECT DeviceObject)
{
	LARGE_INTEGER second = { .QuadPart = SECOND_UNITS };
	PIO_TIMER timer = DeviceObject->Timer;

	if (timer && !xchg(&timer->started, true))
		KeSetTimerEx(&timer->timer, second, SECOND_MS, &timer->dpc);
}
EXPORT_SYMBOL_GPL(IoStartTimer);

/**
 * IoStopTimer() - and no longer
 * @DeviceObject: a device; without a timer nothing happens
 *
 * A call that is under way goes on.
 *
 * Context: IRQL <= DISPATCH.
 */
VOID IoStopTimer(PDEVICE_OBJECT DeviceObject)
{
	PIO_TIMER timer = DeviceObject->Timer;

	if (!timer)
		return;
	KeCancelTimer(&timer->timer);
	KeRemoveQueueDpc(&timer->dpc);
	/* Last: one that is taken for started, and is not, could not be started again. */
	xchg(&timer->started, false);
}
EXPORT_SYMBOL_GPL(IoStopTimer);

/**
 * io_timer_stop() - the device is deleted
 * @device: it
 *
 * The routine has returned when this does, and is not called again.
 *
 * Context: may sleep.
 */
void io_timer_stop(DEVICE_OBJECT *device)
{
	if (!device->Timer)
		return;
	IoStopTimer(device);
	KeFlushQueuedDpcs();
}

/**
 * io_timer_free() - the device goes
 * @device: it
 *
 * Context: may sleep.
 */
void io_timer_free(DEVICE_OBJECT *device)
{
	io_timer_stop(device);
	kfree(device->Timer);
	device->Timer = NULL;
}
