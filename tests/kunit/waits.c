// SPDX-License-Identifier: GPL-2.0-only
/* ke/wait_multiple.c, ke/mutex.c: waiting for several objects, and mutexes. */
#include <linux/delay.h>
#include <linux/kthread.h>

#include <ntpool/dispatcher.h>
#include <ntpool/dpc.h>
#define NTPOOL_NO_LOWER_CASE_SEH
#include <ntpool/excpt.h>
#include <ntpool/fastmutex.h>

#include "tests.h"

#define MS 10000ll /* in NT's units */

static NTSTATUS wait_for(PVOID object, LONGLONG timeout)
{
	LARGE_INTEGER due = { .QuadPart = timeout };

	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE,
				     &due);
}

static NTSTATUS wait_several(ULONG count, PVOID objects[], WAIT_TYPE type,
			     LONGLONG timeout, PKWAIT_BLOCK blocks)
{
	LARGE_INTEGER due = { .QuadPart = timeout };

	return KeWaitForMultipleObjects(count, objects, type, Executive,
					KernelMode, FALSE, &due, blocks);
}

struct trio {
	KEVENT event[3];
	PVOID objects[3];
};

static void make_trio(struct trio *trio)
{
	int i;

	for (i = 0; i < 3; i++) {
		KeInitializeEvent(&trio->event[i], SynchronizationEvent, FALSE);
		trio->objects[i] = &trio->event[i];
	}
}

static void wait_any_tells_the_first_that_is_signaled_and_takes_it_alone(struct kunit *test)
{
	struct trio trio;

	make_trio(&trio);
	KUNIT_EXPECT_EQ(test, wait_several(3, trio.objects, WaitAny, 0, NULL),
			STATUS_TIMEOUT);
	KeSetEvent(&trio.event[2], 0, FALSE);
	KeSetEvent(&trio.event[1], 0, FALSE);
	KUNIT_EXPECT_EQ(test, wait_several(3, trio.objects, WaitAny, 0, NULL),
			STATUS_WAIT_0 + 1);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&trio.event[1]), 0);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&trio.event[2]), 1);
	KUNIT_EXPECT_EQ(test, wait_several(3, trio.objects, WaitAny, -MS, NULL),
			STATUS_WAIT_0 + 2);
}

static void wait_all_takes_all_or_none(struct kunit *test)
{
	struct trio trio;

	make_trio(&trio);
	KeSetEvent(&trio.event[0], 0, FALSE);
	KeSetEvent(&trio.event[1], 0, FALSE);
	KUNIT_EXPECT_EQ(test, wait_several(3, trio.objects, WaitAll, 0, NULL),
			STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, wait_several(3, trio.objects, WaitAll, -5 * MS, NULL),
			STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&trio.event[0]), 1);
	KeSetEvent(&trio.event[2], 0, FALSE);
	KUNIT_EXPECT_EQ(test, wait_several(3, trio.objects, WaitAll, 0, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wait_several(3, trio.objects, WaitAny, 0, NULL),
			STATUS_TIMEOUT);
}

/**
 * struct waiting - a thread that waits for three objects
 * @trio: these
 * @type: how
 * @waits: it has begun
 * @done: it has ended
 * @status: what with
 */
struct waiting {
	struct trio *trio;
	WAIT_TYPE type;
	struct completion waits, done;
	NTSTATUS status;
};

static int waiting_thread(void *data)
{
	struct waiting *waiting = data;

	complete(&waiting->waits);
	waiting->status = KeWaitForMultipleObjects(3, waiting->trio->objects,
						   waiting->type, Executive,
						   KernelMode, FALSE, NULL,
						   NULL);
	complete(&waiting->done);
	return 0;
}

static void begin_to_wait(struct kunit *test, struct waiting *waiting,
			  struct trio *trio, WAIT_TYPE type)
{
	waiting->trio = trio;
	waiting->type = type;
	waiting->status = STATUS_PENDING;
	init_completion(&waiting->waits);
	init_completion(&waiting->done);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(waiting_thread, waiting, "waiting")));
	wait_for_completion(&waiting->waits);
	msleep(30);
}

static bool ends(struct waiting *waiting)
{
	return wait_for_completion_timeout(&waiting->done, 30 * HZ);
}

static void a_thread_that_waits_for_any_is_let_go_by_one(struct kunit *test)
{
	struct waiting waiting;
	struct trio trio;

	make_trio(&trio);
	begin_to_wait(test, &waiting, &trio, WaitAny);
	KeSetEvent(&trio.event[1], 0, FALSE);
	KUNIT_EXPECT_TRUE(test, ends(&waiting));
	KUNIT_EXPECT_EQ(test, waiting.status, STATUS_WAIT_0 + 1);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&trio.event[1]), 0);
	/* Nobody waits any more: they stay signaled. */
	KeSetEvent(&trio.event[0], 0, FALSE);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&trio.event[0]), 1);
}

static void a_thread_that_waits_for_all_is_let_go_by_the_last(struct kunit *test)
{
	struct waiting waiting;
	struct trio trio;
	int i;

	make_trio(&trio);
	begin_to_wait(test, &waiting, &trio, WaitAll);
	KeSetEvent(&trio.event[0], 0, FALSE);
	KeSetEvent(&trio.event[2], 0, FALSE);
	msleep(30);
	KUNIT_EXPECT_FALSE(test, completion_done(&waiting.done));
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&trio.event[0]), 1);
	KeSetEvent(&trio.event[1], 0, FALSE);
	KUNIT_EXPECT_TRUE(test, ends(&waiting));
	KUNIT_EXPECT_EQ(test, waiting.status, STATUS_SUCCESS);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, KeReadStateEvent(&trio.event[i]), 0);
}

static void who_waits_for_all_holds_nothing_meanwhile(struct kunit *test)
{
	struct waiting waiting;
	struct trio trio;

	make_trio(&trio);
	begin_to_wait(test, &waiting, &trio, WaitAll);
	KeSetEvent(&trio.event[0], 0, FALSE);
	KUNIT_EXPECT_EQ(test, wait_for(&trio.event[0], 0), STATUS_SUCCESS);
	KeSetEvent(&trio.event[1], 0, FALSE);
	KeSetEvent(&trio.event[2], 0, FALSE);
	msleep(30);
	KUNIT_EXPECT_FALSE(test, completion_done(&waiting.done));
	KeSetEvent(&trio.event[0], 0, FALSE);
	KUNIT_EXPECT_TRUE(test, ends(&waiting));
}

static void so_many_objects_need_blocks_and_more_are_bugcheck_0c(struct kunit *test)
{
	PKWAIT_BLOCK blocks = kunit_kcalloc(test, MAXIMUM_WAIT_OBJECTS,
					    sizeof(*blocks), GFP_KERNEL);
	PKEVENT events = kunit_kcalloc(test, MAXIMUM_WAIT_OBJECTS,
				       sizeof(*events), GFP_KERNEL);
	PVOID *objects = kunit_kcalloc(test, MAXIMUM_WAIT_OBJECTS,
				       sizeof(*objects), GFP_KERNEL);
	u64 seq = bugcheck_last_seq();
	int i;

	for (i = 0; i < MAXIMUM_WAIT_OBJECTS; i++) {
		KeInitializeEvent(&events[i], NotificationEvent, i != 40);
		objects[i] = &events[i];
	}
	KUNIT_EXPECT_EQ(test,
			wait_several(64, objects, WaitAll, -5 * MS, blocks),
			STATUS_TIMEOUT);
	KeSetEvent(&events[40], 0, FALSE);
	KUNIT_EXPECT_EQ(test, wait_several(64, objects, WaitAll, 0, blocks),
			STATUS_SUCCESS);
	EXPECT_NO_BUGCHECK(test, seq);
	KUNIT_EXPECT_EQ(test, wait_several(65, objects, WaitAll, 0, blocks),
			STATUS_INVALID_PARAMETER);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_MAXIMUM_WAIT_OBJECTS_EXCEEDED, 65,
			0, 0, 0);
	seq = bugcheck_last_seq();
	KUNIT_EXPECT_EQ(test, wait_several(4, objects, WaitAll, 0, NULL),
			STATUS_INVALID_PARAMETER);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_MAXIMUM_WAIT_OBJECTS_EXCEEDED, 4, 0,
			0, 0);
}

struct philosopher {
	struct trio *trio;
	atomic_t *meals;
	struct completion done;
};

/* Each takes all three and puts them back: nobody may starve or take but one. */
static int dine(void *data)
{
	struct philosopher *me = data;
	int i, k;

	for (i = 0; i < 200; i++) {
		if (wait_several(3, me->trio->objects, WaitAll, -20000 * MS,
				 NULL) != STATUS_SUCCESS)
			break;
		atomic_inc(me->meals);
		for (k = 0; k < 3; k++)
			KeSetEvent(&me->trio->event[(i + k) % 3], 0, FALSE);
	}
	complete(&me->done);
	return 0;
}

static void waits_for_all_do_not_lock_each_other_out(struct kunit *test)
{
	struct philosopher table[4] = {};
	atomic_t meals = ATOMIC_INIT(0);
	struct trio trio;
	int i;

	make_trio(&trio);
	for (i = 0; i < 4; i++) {
		table[i].trio = &trio;
		table[i].meals = &meals;
		init_completion(&table[i].done);
		KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(dine, &table[i], "dines")));
	}
	for (i = 0; i < 3; i++)
		KeSetEvent(&trio.event[i], 0, FALSE);
	for (i = 0; i < 4; i++)
		wait_for_completion(&table[i].done);
	KUNIT_EXPECT_EQ(test, atomic_read(&meals), 800);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, KeReadStateEvent(&trio.event[i]), 1);
}

static void a_mutex_is_taken_as_often_as_its_owner_likes(struct kunit *test)
{
	KMUTEX mutex;

	KeInitializeMutex(&mutex, 0);
	KUNIT_EXPECT_EQ(test, KeReadStateMutex(&mutex), 1);
	KUNIT_EXPECT_EQ(test, wait_for(&mutex, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wait_for(&mutex, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, KeReadStateMutex(&mutex), -1);
	KUNIT_EXPECT_EQ(test, KeReleaseMutex(&mutex, FALSE), -1);
	KUNIT_EXPECT_EQ(test, KeReleaseMutex(&mutex, FALSE), 0);
	KUNIT_EXPECT_EQ(test, KeReadStateMutex(&mutex), 1);
}

struct other {
	PKMUTEX mutex;
	NTSTATUS waited, released;
	struct completion done;
};

static int other_thread(void *data)
{
	struct other *other = data;
	volatile NTSTATUS status = STATUS_SUCCESS;

	other->waited = wait_for(other->mutex, -5 * MS);
	__try {
		KeReleaseMutex(other->mutex, FALSE);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	other->released = status;
	complete(&other->done);
	return 0;
}

/*
 * Two threads wait for any of three objects: how many of them does @signal on the first
 * let go?  The last one lets them all go.
 */
static int let_go_by(struct kunit *test, PVOID object, void (*signal)(PVOID))
{
	struct waiting two[2];
	struct trio trio;
	int i, count = 0;

	make_trio(&trio);
	trio.objects[0] = object;
	KeInitializeEvent(&trio.event[2], NotificationEvent, FALSE);
	for (i = 0; i < 2; i++)
		begin_to_wait(test, &two[i], &trio, WaitAny);
	signal(object);
	msleep(50);
	for (i = 0; i < 2; i++)
		count += completion_done(&two[i].done);
	KeSetEvent(&trio.event[2], 0, FALSE);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_TRUE(test, ends(&two[i]));
	return count;
}

static void set_event(PVOID event)
{
	KeSetEvent(event, 0, FALSE);
}

static void release_semaphore(PVOID semaphore)
{
	KeReleaseSemaphore(semaphore, 0, 1, FALSE);
}

static void release_mutex(PVOID mutex)
{
	KeReleaseMutex(mutex, FALSE);
}

static void one_signal_lets_one_thread_go_that_waits_for_any(struct kunit *test)
{
	KSEMAPHORE semaphore;
	KEVENT event;
	KMUTEX mutex;

	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	KUNIT_EXPECT_EQ(test, let_go_by(test, &event, set_event), 1);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&event), 0);
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	KUNIT_EXPECT_EQ(test, let_go_by(test, &event, set_event), 2);
	KeInitializeSemaphore(&semaphore, 0, 2);
	KUNIT_EXPECT_EQ(test, let_go_by(test, &semaphore, release_semaphore), 1);
	KUNIT_EXPECT_EQ(test, KeReadStateSemaphore(&semaphore), 0);
	KeInitializeMutex(&mutex, 0);
	wait_for(&mutex, 0);
	KUNIT_EXPECT_EQ(test, let_go_by(test, &mutex, release_mutex), 1);
}

static void a_mutex_that_its_owner_still_has_lets_nobody_go(struct kunit *test)
{
	KMUTEX mutex;

	KeInitializeMutex(&mutex, 0);
	wait_for(&mutex, 0);
	wait_for(&mutex, 0);
	KUNIT_EXPECT_EQ(test, let_go_by(test, &mutex, release_mutex), 0);
	KUNIT_EXPECT_EQ(test, KeReleaseMutex(&mutex, FALSE), 0);
}

static void a_mutex_keeps_others_out_who_cannot_release_it(struct kunit *test)
{
	KMUTEX mutex;
	struct other other = { .mutex = &mutex };

	KeInitializeMutex(&mutex, 0);
	init_completion(&other.done);
	KUNIT_EXPECT_EQ(test, wait_for(&mutex, 0), STATUS_SUCCESS);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(other_thread, &other, "other")));
	wait_for_completion(&other.done);
	KUNIT_EXPECT_EQ(test, other.waited, STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, other.released, STATUS_MUTANT_NOT_OWNED);
	KUNIT_EXPECT_EQ(test, KeReleaseMutex(&mutex, FALSE), 0);
	reinit_completion(&other.done);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(other_thread, &other, "other")));
	wait_for_completion(&other.done);
	KUNIT_EXPECT_EQ(test, other.waited, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, other.released, STATUS_SUCCESS);
}

/* Its owner is looked at beside its header, which a page that goes would not allow. */
static void a_mutex_in_paged_pool_is_bugcheck_d1_and_refused(struct kunit *test)
{
	KMUTEX *mutex = ntpool_alloc(NTPOOL_FLAG_PAGED, sizeof(*mutex), TEST_TAG);
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, mutex);
	KeInitializeMutex(mutex, 0);
	KUNIT_EXPECT_EQ(test, wait_for(mutex, 0), STATUS_ACCESS_VIOLATION);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
			(unsigned long)mutex, NTPOOL_IRQL_DISPATCH, 1, ANY);
	KUNIT_EXPECT_EQ(test, KeReadStateMutex(mutex), 1);
	ntpool_free(mutex, TEST_TAG);
}

static void a_mutex_taken_too_often_raises(struct kunit *test)
{
	volatile NTSTATUS status = STATUS_SUCCESS;
	KMUTEX mutex;

	KeInitializeMutex(&mutex, 0);
	wait_for(&mutex, 0);
	mutex.Header.SignalState = S32_MIN;
	__try {
		wait_for(&mutex, 0);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	KUNIT_EXPECT_EQ(test, status, STATUS_MUTANT_LIMIT_EXCEEDED);
}

static void the_owner_of_a_fast_mutex_is_at_apc(struct kunit *test)
{
	FAST_MUTEX mutex;

	ExInitializeFastMutex(&mutex);
	ExAcquireFastMutex(&mutex);
	KUNIT_EXPECT_EQ(test, ntpool_irql(), NTPOOL_IRQL_APC);
	ExReleaseFastMutex(&mutex);
	KUNIT_EXPECT_EQ(test, ntpool_irql(), NTPOOL_IRQL_PASSIVE);
	KUNIT_EXPECT_EQ(test, ExTryToAcquireFastMutex(&mutex), TRUE);
	KUNIT_EXPECT_EQ(test, ntpool_irql(), NTPOOL_IRQL_APC);
	ExReleaseFastMutex(&mutex);
	ExAcquireFastMutexUnsafe(&mutex);
	KUNIT_EXPECT_EQ(test, ntpool_irql(), NTPOOL_IRQL_PASSIVE);
	ExReleaseFastMutexUnsafe(&mutex);
}

static bool beyond;

static VOID take_fast(PKDPC dpc, PVOID context, PVOID argument1,
		      PVOID argument2)
{
	ExAcquireFastMutex(context);
	beyond = true;
}

static void a_fast_mutex_in_a_dpc_is_bugcheck_b8_and_raises(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	struct bugcheck_record rec = {};
	FAST_MUTEX mutex;
	KDPC dpc;

	ExInitializeFastMutex(&mutex);
	KeInitializeDpc(&dpc, take_fast, &mutex);
	beyond = false;
	KeInsertQueueDpc(&dpc, NULL, NULL);
	KUNIT_EXPECT_FALSE(test, beyond);
	KUNIT_EXPECT_TRUE(test, bugcheck_get(seq + 1, &rec));
	KUNIT_EXPECT_EQ(test, rec.code, (u32)BUGCHECK_ATTEMPTED_SWITCH_FROM_DPC);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&mutex.mutex));
}

static void a_delay_lasts_as_long_as_it_says(struct kunit *test)
{
	LARGE_INTEGER interval = { .QuadPart = -30 * MS };
	ktime_t start = ktime_get();

	KUNIT_EXPECT_EQ(test,
			KeDelayExecutionThread(KernelMode, FALSE, &interval),
			STATUS_SUCCESS);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), start), 30ll);
	interval.QuadPart = 0;
	KUNIT_EXPECT_EQ(test,
			KeDelayExecutionThread(KernelMode, FALSE, &interval),
			STATUS_SUCCESS);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(wait_any_tells_the_first_that_is_signaled_and_takes_it_alone),
	KUNIT_CASE(wait_all_takes_all_or_none),
	KUNIT_CASE(a_thread_that_waits_for_any_is_let_go_by_one),
	KUNIT_CASE(a_thread_that_waits_for_all_is_let_go_by_the_last),
	KUNIT_CASE(who_waits_for_all_holds_nothing_meanwhile),
	KUNIT_CASE(so_many_objects_need_blocks_and_more_are_bugcheck_0c),
	KUNIT_CASE(waits_for_all_do_not_lock_each_other_out),
	KUNIT_CASE(a_mutex_is_taken_as_often_as_its_owner_likes),
	KUNIT_CASE(one_signal_lets_one_thread_go_that_waits_for_any),
	KUNIT_CASE(a_mutex_that_its_owner_still_has_lets_nobody_go),
	KUNIT_CASE(a_mutex_keeps_others_out_who_cannot_release_it),
	KUNIT_CASE(a_mutex_in_paged_pool_is_bugcheck_d1_and_refused),
	KUNIT_CASE(a_mutex_taken_too_often_raises),
	KUNIT_CASE(the_owner_of_a_fast_mutex_is_at_apc),
	KUNIT_CASE(a_fast_mutex_in_a_dpc_is_bugcheck_b8_and_raises),
	KUNIT_CASE(a_delay_lasts_as_long_as_it_says),
	{}
};

struct kunit_suite waits_suite = {
	.name = "ntpool_waits",
	.test_cases = cases,
};
