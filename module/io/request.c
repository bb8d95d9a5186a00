// SPDX-License-Identifier: GPL-2.0-only
/*
 * NTPOOL_IOC_REQUEST and NTPOOL_IOC_RESULT: calls on the timed device, and the evidence
 * of what became of them.
 */
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "io/call.h"
#include "io/timed.h"
#include "vas/vas.h"

static const u32 codes[] = {
	[NTPOOL_VARIANT_NAIVE] = TIMED_NAIVE,
	[NTPOOL_VARIANT_BUFFERED] = TIMED_BUFFERED,
	[NTPOOL_VARIANT_DIRECT] = TIMED_DIRECT,
	[NTPOOL_VARIANT_ATTACH] = TIMED_ATTACH,
};

static int request_check(const struct ntpool_request *arg)
{
	u64 end;

	if (arg->flags || arg->variant >= ARRAY_SIZE(codes))
		return -EINVAL;
	if (!arg->length || arg->length > NTPOOL_REQUEST_MAX_LENGTH)
		return -EINVAL;
	if (arg->delay_ns > NTPOOL_REQUEST_MAX_DELAY_NS)
		return -EINVAL;
	if (arg->cpu != NTPOOL_CPU_CURRENT &&
	    (arg->cpu >= nr_cpu_ids || !cpu_online(arg->cpu)))
		return -EINVAL;
	if (check_add_overflow(arg->buffer, arg->length, &end))
		return -EOVERFLOW;
	if (end - 1 > vas_caller_end())
		return -EFAULT;
	if (arg->variant == NTPOOL_VARIANT_NAIVE &&
	    offset_in_page(arg->buffer) + arg->length > PAGE_SIZE)
		return -EINVAL;
	return 0;
}

/* The session's file of the device, with a reference; NULL without memory. */
static struct io_file *timed_file_of(struct io_session *ios)
{
	/* Pairs with the cmpxchg() of whoever has opened it. */
	struct io_file *file = smp_load_acquire(&ios->timed), *other;

	if (!file) {
		DEVICE_OBJECT *device = timed_device();

		file = device ? io_file_open_unnamed(device) : NULL;
		if (!file)
			return NULL;
		other = cmpxchg(&ios->timed, NULL, file);
		if (other) {
			io_file_clean_up(file);
			file = other;
		}
	}
	refcount_inc(&file->refs);
	return file;
}

/*
 * The requester as it was before.  For the naive variant what is not at hand
 * stays away: fetching it would hide the very bug.
 */
static void look_at_requester(struct io_party *requester, u32 variant,
			      unsigned long address)
{
	bool seen;

	if (variant == NTPOOL_VARIANT_NAIVE)
		seen = io_look_nofault(requester->before, address);
	else
		seen = io_look(requester->before, address);
	if (seen)
		requester->flags |= NTPOOL_PARTY_MAPPED;
}

static bool evidence_begin(struct io_call *call, const struct ntpool_request *arg)
{
	struct io_evidence *evidence =
		kzalloc(sizeof(*evidence), GFP_KERNEL_ACCOUNT);

	call->evidence = evidence;
	if (!evidence)
		return false;
	evidence->variant = arg->variant;
	evidence->address = arg->buffer;
	evidence->mm = call->mm;
	evidence->requester = &call->requester;
	evidence->outcome = NTPOOL_OUTCOME_CANCELLED;
	look_at_requester(&call->requester, arg->variant, arg->buffer);
	return true;
}

static struct io_call *request_create(struct io_session *ios,
				      const struct ntpool_request *arg)
{
	struct io_file *file = timed_file_of(ios);
	struct io_call *call = file ? io_call_create(ios, file, NULL) : NULL;

	if (!call || evidence_begin(call, arg))
		return call;
	io_call_put(call);
	return NULL;
}

/* In the words that a start has for it. */
static u32 start_status(u32 status)
{
	switch (status) {
	case STATUS_QUOTA_EXCEEDED:
	case STATUS_WORKING_SET_QUOTA:
		return STATUS_INSUFFICIENT_RESOURCES;
	default:
		return status;
	}
}

static void request_send(struct io_call *call, const struct ntpool_request *arg,
			 struct ntpool_device_io *io)
{
	struct timed_order order = {
		.cpu = arg->cpu,
		.delay_ns = arg->delay_ns,
		.data = arg->data,
		.evidence = call->evidence,
	};
	IO_STACK_LOCATION *location;

	io->status = io_call_prepare(call, io);
	if (io->status != STATUS_SUCCESS)
		return;
	location = IoGetNextIrpStackLocation(call->irp);
	location->Parameters.DeviceIoControl.Type3InputBuffer = &order;
	io_call_dispatch(call, io);
}

/**
 * io_request_start() - NTPOOL_IOC_REQUEST
 * @ios: session; the current thread becomes the requester
 * @arg: what to do; status and handle are returned in it
 *
 * Context: may sleep, but does not wait for the interrupt.
 * Return: 0 with @arg->status STATUS_PENDING or why not; -EINVAL, -EOVERFLOW,
 * or -EFAULT where the buffer is not user space, whichever the variant.
 */
int io_request_start(struct io_session *ios, struct ntpool_request *arg)
{
	struct ntpool_device_io io = {
		.major = IRP_MJ_DEVICE_CONTROL,
		.output = arg->buffer,
		.output_length = arg->length,
	};
	struct io_call *call;
	int err = request_check(arg);

	if (err)
		return err;
	io.code = codes[arg->variant];
	arg->request = 0;
	arg->status = STATUS_INSUFFICIENT_RESOURCES;
	call = request_create(ios, arg);
	if (!call)
		return 0;
	request_send(call, arg, &io);
	io_call_put(call);
	/* The CPU can go offline before, and then there is nothing to arm. */
	if (io.status == STATUS_INVALID_PARAMETER)
		return -EINVAL;
	arg->status = start_status(io.status);
	arg->request = io.request;
	return 0;
}

static void hide_memory(struct ntpool_party *party)
{
	party->flags &= ~NTPOOL_PARTY_MAPPED;
	party->frame = 0;
	memset(party->before, 0, sizeof(party->before));
	memset(party->after, 0, sizeof(party->after));
}

/* The requester may be that himself, without having volunteered. */
static void show_interrupted(const struct io_call *call,
			     struct ntpool_party *out)
{
	io_party_show(&call->evidence->interrupted, out);
	if (!(out->flags & NTPOOL_PARTY_VOLUNTEER) && current->mm != call->mm)
		hide_memory(out);
}

/* What it has there now is for its own eyes: another asker sees nothing. */
static void show_requester(const struct io_call *call, struct ntpool_party *out)
{
	unsigned long address = call->evidence->address;

	io_party_show(&call->requester, out);
	if (!(out->flags & NTPOOL_PARTY_MAPPED))
		return;
	if (current->mm == call->mm && io_look(out->after, address)) {
		out->frame = io_frame(address);
		return;
	}
	hide_memory(out);
}

static void request_show(const struct io_call *call, struct ntpool_result *arg)
{
	const struct io_evidence *evidence = call->evidence;

	arg->variant = evidence->variant;
	arg->status = call->status;
	arg->outcome = evidence->outcome;
	arg->information = evidence->delivered;
	arg->address = evidence->address;
	arg->interrupt_cpu = evidence->interrupt_cpu;
	arg->interrupt_irql = evidence->interrupt_irql;
	arg->delivery_irql = evidence->delivery_irql;
	arg->delivery_cpu = evidence->delivery_cpu;
	arg->interrupt_ns = evidence->interrupt_ns;
	arg->delivery_ns = evidence->delivery_ns;
	arg->bugcheck = evidence->bugcheck;
	arg->writer = pid_vnr(evidence->writer);
	arg->pad = 0;
	show_interrupted(call, &arg->interrupted);
	show_requester(call, &arg->requester);
}

/**
 * io_request_result() - NTPOOL_IOC_RESULT
 * @ios: session
 * @arg: which request and how long to wait; the evidence is returned in it, or what is
 *	 left of the time
 * @show_frames: the caller may see page frames
 *
 * Context: may sleep; waits as @arg says.
 * Return: 0, or as io_call_await() and io_call_collected().
 */
int io_request_result(struct io_session *ios, struct ntpool_result *arg,
		      bool show_frames)
{
	struct io_call *call = io_call_await(ios, IO_REQUEST, arg->request,
					     arg->flags, &arg->timeout_ns);

	if (IS_ERR(call))
		return PTR_ERR(call);
	request_show(call, arg);
	if (!show_frames) {
		arg->interrupted.frame = 0;
		arg->requester.frame = 0;
	}
	return io_call_collected(call);
}
