// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a request: started by its requester, hit by an interrupt on the
 * chosen CPU, delivered in the manner of its variant, collected by its handle.
 *
 * Context: the interrupt is an hrtimer's in hard-interrupt context, pinned to
 * the CPU on which it was started; if that CPU is unplugged first, the timer
 * comes on another and the evidence names that one.
 *
 * Lock order, outermost first; none is held while user memory is touched:
 *
 *	io_session.requests.xa_lock	thread context only
 *	io_session.lock			interrupts off; interrupts take it
 *	wait queue locks		by wake_up()
 *
 * volunteer_lock is taken alone.
 */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/wait_bit.h>

#include "io/call.h"
#include "io/request.h"
#include "io/volunteer.h"
#include "kcompat/hrtimer.h"
#include "vas/vas.h"

static atomic64_t requests_started;
static atomic64_t requests_completed;
/* Requests whose memory is not freed; io_request_exit() waits for it by name. */
static atomic_t requests_live;

static const struct io_variant *const variants[] = {
	[NTPOOL_VARIANT_NAIVE] = &io_naive,
	[NTPOOL_VARIANT_BUFFERED] = &io_buffered,
	[NTPOOL_VARIANT_DIRECT] = &io_direct,
	[NTPOOL_VARIANT_ATTACH] = &io_attach,
};

/*
 * What the driver reports.  The naive one believes that all went well when it
 * has written to the wrong process: nothing told it otherwise.
 */
static const u32 status_of_outcome[] = {
	[NTPOOL_OUTCOME_DELIVERED] = NTPOOL_STATUS_SUCCESS,
	[NTPOOL_OUTCOME_MISDELIVERED] = NTPOOL_STATUS_SUCCESS,
	[NTPOOL_OUTCOME_REFUSED_STRANGER] = NTPOOL_STATUS_UNSUCCESSFUL,
	[NTPOOL_OUTCOME_REFUSED_NO_USER_SPACE] = NTPOOL_STATUS_UNSUCCESSFUL,
	[NTPOOL_OUTCOME_REFUSED_NOT_RESIDENT] = NTPOOL_STATUS_ACCESS_VIOLATION,
	[NTPOOL_OUTCOME_FAULTED] = NTPOOL_STATUS_ACCESS_VIOLATION,
	[NTPOOL_OUTCOME_CANCELLED] = NTPOOL_STATUS_CANCELLED,
};

u32 io_status_of(u32 outcome)
{
	return status_of_outcome[outcome];
}

void io_request_get(struct io_request *req)
{
	refcount_inc(&req->refs);
}

static void request_release(struct io_request *req)
{
	req->variant->release(req);
	io_party_release(&req->interrupted);
	io_party_release(&req->requester);
	put_pid(req->writer);
	put_task_struct(req->task);
	mmdrop(req->mm);
	io_session_put(req->session);
	kfree(req);
	if (atomic_dec_and_test(&requests_live))
		wake_up_var(&requests_live);
}

void io_request_put(struct io_request *req)
{
	might_sleep();
	if (refcount_dec_and_test(&req->refs))
		request_release(req);
}

bool io_request_claim(struct io_request *req)
{
	return atomic_cmpxchg(&req->state, IO_PENDING, IO_CLAIMED) ==
	       IO_PENDING;
}

/* The data is being written, here and now. */
void io_note_delivery(struct io_request *req)
{
	req->delivery_cpu = raw_smp_processor_id();
	req->delivery_irql = ntpool_irql();
	req->delivery_ns = ktime_get_ns();
	if (in_task())
		req->writer = get_task_pid(current, PIDTYPE_PID);
}

/**
 * io_request_complete() - IoCompleteRequest
 * @req: claimed by the caller, and not completed (NT: bug check 0x44)
 * @outcome: what became of the data
 * @information: bytes delivered
 *
 * Context: any.  The caller sees to it that @req outlives the call, by a
 * reference or by being its timer.
 */
void io_request_complete(struct io_request *req, u32 outcome,
			 size_t information)
{
	WARN_ON_ONCE(atomic_read(&req->state) != IO_CLAIMED);
	req->outcome = outcome;
	req->information = information;
	req->notice.status = io_status_of(outcome);
	req->notice.cpu = req->interrupt_cpu;
	req->notice.irql = req->interrupt_irql;
	req->notice.time_ns = ktime_get_real_ns();
	atomic64_inc(&requests_completed);

	/* Pairs with the acquire in request_done(): all of the result is in. */
	atomic_set_release(&req->state, IO_DONE);
	io_notice_post(req->session, &req->notice);
	wake_up_all(&req->wait);
}

/**
 * io_copy_back() - deliver the system buffer, and complete
 * @req: claimed by the caller
 *
 * Context: a thread in the requester's address space; may sleep.
 */
void io_copy_back(struct io_request *req)
{
	size_t left = copy_to_user(io_buffer(req), req->system, req->length);

	if (left < req->length)
		io_note_delivery(req);
	io_request_complete(req, left ? NTPOOL_OUTCOME_FAULTED : NTPOOL_OUTCOME_DELIVERED,
			    req->length - left);
}

static struct io_hit request_hit(struct io_request *req)
{
	struct io_hit hit = { .mm = io_interrupted_mm() };

	io_party_identify(&req->interrupted, current);
	if (!hit.mm)
		return hit;
	hit.open = volunteer_covers(hit.mm, req->buffer);
	if (hit.open)
		req->interrupted.flags |= NTPOOL_PARTY_VOLUNTEER;
	hit.open |= hit.mm == req->mm;
	return hit;
}

static enum hrtimer_restart request_interrupt(struct hrtimer *timer)
{
	struct io_request *req = container_of(timer, struct io_request, timer);
	struct io_hit hit;

	WARN_ON_ONCE(!in_hardirq());
	lockdep_assert_irqs_disabled();
	req->interrupt_cpu = smp_processor_id();
	req->interrupt_irql = ntpool_irql();
	req->interrupt_ns = ktime_get_ns();

	/* An interrupt that might fault is a bug, says the kernel; ours fails. */
	pagefault_disable();
	hit = request_hit(req);
	if (hit.open)
		io_party_before(&req->interrupted, req->buffer);
	req->variant->interrupt(req, &hit);
	if (hit.open)
		io_party_after(&req->interrupted, req->buffer);
	pagefault_enable();

	if (req->variant->defer)
		req->variant->defer(req);
	else
		io_request_complete(req, req->outcome, req->information);
	return HRTIMER_NORESTART;
}

/**
 * io_request_cancel() - no interrupt comes any more, nor any delivery
 * @req: owned by the caller through its handle; still to be forgotten
 *
 * A delivery that is being made at this moment is not called back.
 *
 * Context: may sleep.
 */
void io_request_cancel(struct io_request *req)
{
	might_sleep();
	hrtimer_cancel(&req->timer);
	if (io_request_claim(req))
		io_request_complete(req, NTPOOL_OUTCOME_CANCELLED, 0);
}

/**
 * io_request_forget() - the handle is valid no more
 * @req: completed, or its session closed; the caller has a reference of his own
 *	 unless it is the session that ends
 *
 * Return: false where another thread has done it before.
 */
bool io_request_forget(struct io_request *req)
{
	struct io_session *ios = req->session;

	if (xa_cmpxchg(&ios->requests, req->handle, req, NULL, 0) != req)
		return false;
	/* It may have woken us and still be on its way out. */
	hrtimer_cancel(&req->timer);
	io_notice_withdraw(ios, &req->notice);
	io_request_put(req);
	return true;
}

static struct io_request *request_find(struct io_session *ios, u64 handle)
{
	struct io_request *req = NULL;

	if (handle > U32_MAX)
		return NULL;
	xa_lock(&ios->requests);
	req = xa_load(&ios->requests, handle);
	if (req)
		io_request_get(req);
	xa_unlock(&ios->requests);
	return req;
}

static int request_check(const struct ntpool_request *arg)
{
	u64 end;

	if (arg->flags || arg->variant >= ARRAY_SIZE(variants))
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

/*
 * The requester as it was before.  For the naive variant what is not at hand
 * stays away: fetching it would hide the very bug.
 */
static void request_identify(struct io_request *req)
{
	struct io_party *requester = &req->requester;
	bool seen;

	io_party_identify(requester, current);
	if (req->variant->id == NTPOOL_VARIANT_NAIVE)
		seen = io_look_nofault(requester->before, req->buffer);
	else
		seen = io_look(requester->before, req->buffer);
	if (seen)
		requester->flags |= NTPOOL_PARTY_MAPPED;
}

static struct io_request *request_create(struct io_session *ios,
					 const struct ntpool_request *arg)
{
	struct io_request *req = kzalloc(sizeof(*req), GFP_KERNEL_ACCOUNT);

	if (!req)
		return NULL;
	refcount_set(&req->refs, 1);
	io_session_get(ios);
	req->session = ios;
	req->variant = variants[arg->variant];
	req->buffer = arg->buffer;
	req->length = arg->length;
	req->data = arg->data;
	req->task = get_task_struct(current);
	mmgrab(current->mm);
	req->mm = current->mm;
	hrtimer_setup(&req->timer, request_interrupt, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_PINNED_HARD);
	init_waitqueue_head(&req->wait);
	INIT_LIST_HEAD(&req->notice.link);
	req->notice.requester = &req->requester;
	request_identify(req);
	atomic_inc(&requests_live);
	return req;
}

/* From here on the handle is valid, and owns the reference of the caller. */
static u32 request_publish(struct io_request *req)
{
	struct io_session *ios = req->session;
	int err = xa_alloc_cyclic(&ios->requests, &req->handle, req,
				  XA_LIMIT(1, IO_MAX_REQUESTS),
				  &ios->next_handle, GFP_KERNEL_ACCOUNT);

	req->notice.handle = req->handle;
	return err < 0 ? NTPOOL_STATUS_INSUFFICIENT_RESOURCES :
			 NTPOOL_STATUS_SUCCESS;
}

static struct io_request *request_open(struct io_session *ios,
				       struct ntpool_request *arg)
{
	struct io_request *req = request_create(ios, arg);

	arg->status = NTPOOL_STATUS_INSUFFICIENT_RESOURCES;
	if (!req)
		return NULL;
	arg->status = req->variant->prepare(req);
	if (arg->status == NTPOOL_STATUS_SUCCESS)
		arg->status = request_publish(req);
	if (arg->status == NTPOOL_STATUS_SUCCESS)
		return req;
	io_request_put(req);
	return NULL;
}

struct request_arming {
	struct io_request *req;
	ktime_t delay;
};

/* A pinned timer comes on the CPU that starts it. */
static void request_arm_here(void *data)
{
	struct request_arming *arming = data;

	hrtimer_start(&arming->req->timer, arming->delay,
		      HRTIMER_MODE_REL_PINNED_HARD);
}

/* The CPU can go offline before, and then there is nothing to arm. */
static int request_arm(struct io_request *req, u32 cpu, u64 delay_ns)
{
	struct request_arming arming = { req, ns_to_ktime(delay_ns) };
	int err;

	preempt_disable();
	if (cpu == NTPOOL_CPU_CURRENT)
		cpu = smp_processor_id();
	err = smp_call_function_single(cpu, request_arm_here, &arming, true);
	preempt_enable();
	return err ? -EINVAL : 0;
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
	struct io_request *req;
	u32 handle;
	int err = request_check(arg);

	if (err)
		return err;
	arg->request = 0;
	req = request_open(ios, arg);
	if (!req)
		return 0;

	/* Once armed it may be collected by someone else and be gone. */
	handle = req->handle;
	atomic64_inc(&requests_started);
	err = request_arm(req, arg->cpu, arg->delay_ns);
	if (err) {
		io_request_cancel(req);
		io_request_forget(req);
		return err;
	}
	arg->status = NTPOOL_STATUS_PENDING;
	arg->request = handle;
	return 0;
}

/* Pairs with the release in io_request_complete(). */
static bool request_done(const struct io_request *req)
{
	return atomic_read_acquire(&req->state) == IO_DONE;
}

static int request_wait(struct io_request *req, u64 timeout_ns, u32 flags)
{
	ktime_t timeout = KTIME_MAX;
	int err;

	if (flags & NTPOOL_RESULT_NOWAIT)
		return request_done(req) ? 0 : -EAGAIN;
	if (timeout_ns)
		timeout = min_t(u64, timeout_ns, KTIME_MAX);
	err = wait_event_interruptible_hrtimeout(req->wait, request_done(req),
						 timeout);
	return err == -ETIME ? -ETIMEDOUT : err;
}

/* What it has there now is for its own eyes: another asker sees nothing. */
static void show_requester(const struct io_request *req,
			   struct ntpool_party *out)
{
	io_party_show(&req->requester, out);
	if (!(out->flags & NTPOOL_PARTY_MAPPED))
		return;
	if (current->mm == req->mm && io_look(out->after, req->buffer)) {
		out->frame = io_frame(req->buffer);
		return;
	}
	out->flags &= ~NTPOOL_PARTY_MAPPED;
	memset(out->before, 0, sizeof(out->before));
	memset(out->after, 0, sizeof(out->after));
}

static void request_show(const struct io_request *req,
			 struct ntpool_result *arg)
{
	arg->variant = req->variant->id;
	arg->status = io_status_of(req->outcome);
	arg->outcome = req->outcome;
	arg->information = req->information;
	arg->address = req->buffer;
	arg->interrupt_cpu = req->interrupt_cpu;
	arg->interrupt_irql = req->interrupt_irql;
	arg->delivery_irql = req->delivery_irql;
	arg->delivery_cpu = req->delivery_cpu;
	arg->interrupt_ns = req->interrupt_ns;
	arg->delivery_ns = req->delivery_ns;
	arg->bugcheck = req->bugcheck;
	arg->writer = pid_vnr(req->writer);
	arg->pad = 0;
	io_party_show(&req->interrupted, &arg->interrupted);
	show_requester(req, &arg->requester);
}

/**
 * io_request_result() - NTPOOL_IOC_RESULT
 * @ios: session
 * @arg: which request and how long to wait; the evidence is returned in it
 * @show_frames: the caller may see page frames
 *
 * Of several threads that wait for one request the first gets it, the others
 * -ENOENT.
 *
 * Context: may sleep; waits as @arg says.
 * Return: 0, -EINVAL, -ENOENT, -EAGAIN, -ETIMEDOUT or -ERESTARTSYS.
 */
int io_request_result(struct io_session *ios, struct ntpool_result *arg,
		      bool show_frames)
{
	struct io_request *req;
	int err;

	if (arg->flags & ~NTPOOL_RESULT_NOWAIT)
		return -EINVAL;
	if ((arg->flags & NTPOOL_RESULT_NOWAIT) && arg->timeout_ns)
		return -EINVAL;
	req = request_find(ios, arg->request);
	if (!req)
		return -ENOENT;

	err = request_wait(req, arg->timeout_ns, arg->flags);
	if (!err) {
		request_show(req, arg);
		if (!show_frames) {
			arg->interrupted.frame = 0;
			arg->requester.frame = 0;
		}
		if (!io_request_forget(req))
			err = -ENOENT;
	}
	io_request_put(req);
	return err;
}

void io_get_stats(struct io_stats *stats)
{
	stats->started = atomic64_read(&requests_started);
	stats->completed = atomic64_read(&requests_completed);
	io_calls_get_stats(stats);
}

/*
 * All sessions are closed.  What is left are deliveries that were under way;
 * the last of them may still be on its way out of this module's code in a
 * requester's thread, which only a grace period for tasks can tell.
 */
void io_request_exit(void)
{
	wait_var_event(&requests_live, !atomic_read(&requests_live));
	synchronize_rcu_tasks();
}
