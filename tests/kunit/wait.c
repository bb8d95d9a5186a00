// SPDX-License-Identifier: GPL-2.0-only
/* ke/event.c, ke/wait.c: the rules of events, semaphores, and of waiting for one object. */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>

#include <ntpool/dispatcher.h>
#include <ntpool/dpc.h>
#define NTPOOL_NO_LOWER_CASE_SEH
#include <ntpool/excpt.h>

#include "tests.h"

#define MS	   10000ll /* in NT's units */
#define SINCE_1601 116444736000000000ll

static NTSTATUS wait_for(PVOID object, LONGLONG timeout)
{
	LARGE_INTEGER due = { .QuadPart = timeout };

	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE,
				     &due);
}

static NTSTATUS wait_for_ever(PVOID object)
{
	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE,
				     NULL);
}

static void a_notification_event_stays_signaled(struct kunit *test)
{
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	KUNIT_EXPECT_EQ(test, wait_for(&event, 0), STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, KeSetEvent(&event, 0, FALSE), 0);
	KUNIT_EXPECT_EQ(test, KeSetEvent(&event, 0, FALSE), 1);
	KUNIT_EXPECT_EQ(test, wait_for_ever(&event), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wait_for(&event, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&event), 1);
	KUNIT_EXPECT_EQ(test, KeResetEvent(&event), 1);
	KUNIT_EXPECT_EQ(test, KeResetEvent(&event), 0);
	KUNIT_EXPECT_EQ(test, wait_for(&event, 0), STATUS_TIMEOUT);
}

static void a_synchronization_event_lets_one_go(struct kunit *test)
{
	KEVENT event;

	KeInitializeEvent(&event, SynchronizationEvent, TRUE);
	KUNIT_EXPECT_EQ(test, wait_for_ever(&event), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&event), 0);
	KUNIT_EXPECT_EQ(test, wait_for(&event, 0), STATUS_TIMEOUT);
	KeSetEvent(&event, 0, FALSE);
	KeClearEvent(&event);
	KUNIT_EXPECT_EQ(test, wait_for(&event, 0), STATUS_TIMEOUT);
}

static void a_semaphore_satisfies_as_many_waits_as_it_counts(struct kunit *test)
{
	KSEMAPHORE semaphore;

	KeInitializeSemaphore(&semaphore, 1, 3);
	KUNIT_EXPECT_EQ(test, KeReleaseSemaphore(&semaphore, 0, 2, FALSE), 1);
	KUNIT_EXPECT_EQ(test, wait_for(&semaphore, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wait_for(&semaphore, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, KeReadStateSemaphore(&semaphore), 1);
	KUNIT_EXPECT_EQ(test, wait_for(&semaphore, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wait_for(&semaphore, 0), STATUS_TIMEOUT);
}

static void a_semaphore_beyond_its_limit_raises_and_stays(struct kunit *test)
{
	volatile NTSTATUS status = STATUS_SUCCESS;
	KSEMAPHORE semaphore;

	KeInitializeSemaphore(&semaphore, 1, 3);
	__try {
		KeReleaseSemaphore(&semaphore, 0, 3, FALSE);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	KUNIT_EXPECT_EQ(test, status, STATUS_SEMAPHORE_LIMIT_EXCEEDED);
	KUNIT_EXPECT_EQ(test, KeReadStateSemaphore(&semaphore), 1);
}

static void a_relative_timeout_counts_from_now(struct kunit *test)
{
	ktime_t start = ktime_get();
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	KUNIT_EXPECT_EQ(test, wait_for(&event, -50 * MS), STATUS_TIMEOUT);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), start), 50ll);
}

static void an_absolute_timeout_counts_from_1601(struct kunit *test)
{
	LONGLONG now = ktime_get_real_ns() / 100 + SINCE_1601;
	ktime_t start = ktime_get();
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	KUNIT_EXPECT_EQ(test, wait_for(&event, now + 50 * MS), STATUS_TIMEOUT);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), start), 49ll);
	KUNIT_EXPECT_EQ(test, wait_for(&event, 1), STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, wait_for(&event, now), STATUS_TIMEOUT);
}

/**
 * struct waiting - a thread that waits
 * @object: for this
 * @alertable: Alertable
 * @mode: WaitMode
 * @waits: it has begun
 * @done: it has ended
 * @status: what with
 */
struct waiting {
	PVOID object;
	BOOLEAN alertable;
	KPROCESSOR_MODE mode;
	struct completion waits, done;
	NTSTATUS status;
};

static int waiting_thread(void *data)
{
	struct waiting *waiting = data;

	allow_signal(SIGUSR1);
	complete(&waiting->waits);
	waiting->status = KeWaitForSingleObject(waiting->object, Executive,
						waiting->mode,
						waiting->alertable, NULL);
	complete(&waiting->done);
	return 0;
}

static struct task_struct *begin_to_wait(struct kunit *test,
					 struct waiting *waiting, PVOID object)
{
	struct task_struct *task;

	waiting->object = object;
	waiting->status = STATUS_PENDING;
	init_completion(&waiting->waits);
	init_completion(&waiting->done);
	task = kthread_run(waiting_thread, waiting, "waiting");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	wait_for_completion(&waiting->waits);
	msleep(30);
	return task;
}

static bool ends(struct waiting *waiting)
{
	return wait_for_completion_timeout(&waiting->done, 30 * HZ);
}

static void setting_a_notification_event_lets_all_go(struct kunit *test)
{
	struct waiting waiting[3] = {};
	KEVENT event;
	int i;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	for (i = 0; i < 3; i++)
		begin_to_wait(test, &waiting[i], &event);
	KeSetEvent(&event, 0, FALSE);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_TRUE(test, ends(&waiting[i]));
		KUNIT_EXPECT_EQ(test, waiting[i].status, STATUS_SUCCESS);
	}
}

static void setting_a_synchronization_event_lets_the_first_go(struct kunit *test)
{
	struct waiting waiting[2] = {};
	KEVENT event;

	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	begin_to_wait(test, &waiting[0], &event);
	begin_to_wait(test, &waiting[1], &event);
	KUNIT_EXPECT_EQ(test, KeSetEvent(&event, 0, FALSE), 0);
	KUNIT_EXPECT_TRUE(test, ends(&waiting[0]));
	msleep(30);
	KUNIT_EXPECT_FALSE(test, completion_done(&waiting[1].done));
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&event), 0);
	KeSetEvent(&event, 0, FALSE);
	KUNIT_EXPECT_TRUE(test, ends(&waiting[1]));
}

static void pulsing_lets_go_who_waits_and_nobody_else(struct kunit *test)
{
	struct waiting waiting = {};
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	begin_to_wait(test, &waiting, &event);
	KePulseEvent(&event, 0, FALSE);
	KUNIT_EXPECT_TRUE(test, ends(&waiting));
	KUNIT_EXPECT_EQ(test, wait_for(&event, 0), STATUS_TIMEOUT);
}

static void pulsing_lets_all_go_or_one_as_the_event_is(struct kunit *test)
{
	struct waiting waiting[2] = {};
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	begin_to_wait(test, &waiting[0], &event);
	begin_to_wait(test, &waiting[1], &event);
	KUNIT_EXPECT_EQ(test, KePulseEvent(&event, 0, FALSE), 0);
	KUNIT_EXPECT_TRUE(test, ends(&waiting[0]));
	KUNIT_EXPECT_TRUE(test, ends(&waiting[1]));

	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	begin_to_wait(test, &waiting[0], &event);
	begin_to_wait(test, &waiting[1], &event);
	KePulseEvent(&event, 0, FALSE);
	KUNIT_EXPECT_TRUE(test, ends(&waiting[0]));
	KUNIT_EXPECT_FALSE(test, completion_done(&waiting[1].done));
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&event), 0);
	KeSetEvent(&event, 0, FALSE);
	KUNIT_EXPECT_TRUE(test, ends(&waiting[1]));
	KeSetEvent(&event, 0, FALSE);
	KUNIT_EXPECT_EQ(test, KePulseEvent(&event, 0, FALSE), 1);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&event), 0);
}

static void releasing_a_semaphore_lets_so_many_go(struct kunit *test)
{
	struct waiting waiting[3] = {};
	KSEMAPHORE semaphore;
	int i;

	KeInitializeSemaphore(&semaphore, 0, 10);
	for (i = 0; i < 3; i++)
		begin_to_wait(test, &waiting[i], &semaphore);
	KeReleaseSemaphore(&semaphore, 0, 2, FALSE);
	KUNIT_EXPECT_TRUE(test, ends(&waiting[0]));
	KUNIT_EXPECT_TRUE(test, ends(&waiting[1]));
	KUNIT_EXPECT_FALSE(test, completion_done(&waiting[2].done));
	KeReleaseSemaphore(&semaphore, 0, 1, FALSE);
	KUNIT_EXPECT_TRUE(test, ends(&waiting[2]));
	KUNIT_EXPECT_EQ(test, KeReadStateSemaphore(&semaphore), 0);
}

static void a_signal_ends_an_alertable_wait(struct kunit *test)
{
	struct waiting waiting = { .alertable = TRUE, .mode = UserMode };
	struct task_struct *task;
	KEVENT event;

	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	task = begin_to_wait(test, &waiting, &event);
	send_sig(SIGUSR1, task, 1);
	KUNIT_EXPECT_TRUE(test, ends(&waiting));
	KUNIT_EXPECT_EQ(test, waiting.status, STATUS_USER_APC);

	waiting.mode = KernelMode;
	task = begin_to_wait(test, &waiting, &event);
	send_sig(SIGUSR1, task, 1);
	KUNIT_EXPECT_TRUE(test, ends(&waiting));
	KUNIT_EXPECT_EQ(test, waiting.status, STATUS_ALERTED);
}

static void a_signal_does_not_end_a_wait_that_is_not_alertable(struct kunit *test)
{
	struct waiting waiting = {};
	struct task_struct *task;
	KEVENT event;

	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	task = begin_to_wait(test, &waiting, &event);
	send_sig(SIGUSR1, task, 1);
	msleep(30);
	KUNIT_EXPECT_FALSE(test, completion_done(&waiting.done));
	KeSetEvent(&event, 0, FALSE);
	KUNIT_EXPECT_TRUE(test, ends(&waiting));
	KUNIT_EXPECT_EQ(test, waiting.status, STATUS_SUCCESS);
}

static NTSTATUS dpc_status;

static VOID wait_in_dpc(PKDPC dpc, PVOID context, PVOID argument1,
			PVOID argument2)
{
	dpc_status = wait_for(context, (LONG_PTR)argument1);
}

static void waiting_in_a_dpc_is_bugcheck_b8_and_refused(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	KEVENT event;
	KDPC dpc;

	KeInitializeEvent(&event, SynchronizationEvent, TRUE);
	KeInitializeDpc(&dpc, wait_in_dpc, &event);
	KeInsertQueueDpc(&dpc, (PVOID)-1, NULL);
	KUNIT_EXPECT_EQ(test, dpc_status, STATUS_UNSUCCESSFUL);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_ATTEMPTED_SWITCH_FROM_DPC,
			(unsigned long)current, 0, ANY, 0);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(&event), 1);
	seq = bugcheck_last_seq();
	KeInsertQueueDpc(&dpc, (PVOID)0, NULL);
	KUNIT_EXPECT_EQ(test, dpc_status, STATUS_SUCCESS);
	EXPECT_NO_BUGCHECK(test, seq);
}

static void waiting_at_dispatch_is_bugcheck_0a_and_refused(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	NTSTATUS status, at_once;
	KEVENT event;
	u8 old;

	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	at_once = wait_for(&event, 0);
	status = wait_for_ever(&event);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_EQ(test, at_once, STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, status, STATUS_UNSUCCESSFUL);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_IRQL_NOT_LESS_OR_EQUAL,
			(unsigned long)&event, NTPOOL_IRQL_DISPATCH, 0, ANY);
	KUNIT_EXPECT_EQ(test, bugcheck_last_seq(), seq + 1);
}

static VOID set_in_dpc(PKDPC dpc, PVOID context, PVOID argument1,
		       PVOID argument2)
{
	KeSetEvent(context, 0, FALSE);
}

static void a_dpc_may_set_an_event_for_which_a_thread_waits(struct kunit *test)
{
	struct waiting waiting = {};
	KEVENT event;
	KDPC dpc;

	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	KeInitializeDpc(&dpc, set_in_dpc, &event);
	begin_to_wait(test, &waiting, &event);
	KeInsertQueueDpc(&dpc, NULL, NULL);
	KUNIT_EXPECT_TRUE(test, ends(&waiting));
	KUNIT_EXPECT_EQ(test, waiting.status, STATUS_SUCCESS);
}

static void an_event_that_is_paged_out_is_bugcheck_d1_in_a_dpc_and_elsewhere(struct kunit *test)
{
	PKEVENT event = ntpool_alloc(NTPOOL_FLAG_PAGED, PAGE_SIZE, TEST_TAG);
	u64 seq = bugcheck_last_seq();
	KDPC dpc;

	KUNIT_ASSERT_NOT_NULL(test, event);
	KeInitializeEvent(event, NotificationEvent, FALSE);
	KeInitializeDpc(&dpc, set_in_dpc, event);
	KeInsertQueueDpc(&dpc, NULL, NULL);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(event), 1);
	EXPECT_NO_BUGCHECK(test, seq);
	KeClearEvent(event);

	paging_trim_range((unsigned long)event, 1);
	KeInsertQueueDpc(&dpc, NULL, NULL);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
			(unsigned long)event, NTPOOL_IRQL_DISPATCH, 0, ANY);

	seq = bugcheck_last_seq();
	KUNIT_EXPECT_EQ(test, wait_for(event, 0), STATUS_ACCESS_VIOLATION);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
			(unsigned long)event, NTPOOL_IRQL_DISPATCH, 0, ANY);
	KUNIT_EXPECT_EQ(test, KeReadStateEvent(event), 0);
	ntpool_free(event, TEST_TAG);
}

/* Its limit is in another page than its header. */
static void a_semaphore_whose_limit_is_paged_out_is_bugcheck_d1_and_stays(struct kunit *test)
{
	char *block = ntpool_alloc(NTPOOL_FLAG_PAGED, 2 * PAGE_SIZE, TEST_TAG);
	PRKSEMAPHORE semaphore;
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, block);
	semaphore = (PRKSEMAPHORE)(block + PAGE_SIZE - offsetof(KSEMAPHORE, Limit));
	KeInitializeSemaphore(semaphore, 1, 3);
	KUNIT_EXPECT_EQ(test, KeReleaseSemaphore(semaphore, 0, 1, FALSE), 1);
	EXPECT_NO_BUGCHECK(test, seq);
	paging_trim_range((unsigned long)block + PAGE_SIZE, 1);
	KeReleaseSemaphore(semaphore, 0, 1, FALSE);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
			(unsigned long)block + PAGE_SIZE, NTPOOL_IRQL_DISPATCH, 0, ANY);
	KUNIT_EXPECT_EQ(test, KeReadStateSemaphore(semaphore), 2);
	KUNIT_EXPECT_EQ(test, semaphore->Limit, 3);
	ntpool_free(block, TEST_TAG);
}

struct ping_pong {
	KEVENT ping, pong;
	struct completion done;
	int rounds;
};

static int answer(void *data)
{
	struct ping_pong *game = data;

	for (; game->rounds; game->rounds--) {
		wait_for_ever(&game->ping);
		KeSetEvent(&game->pong, 0, FALSE);
	}
	complete(&game->done);
	return 0;
}

static void no_signal_is_lost_in_2000_rounds(struct kunit *test)
{
	struct ping_pong game = { .rounds = 2000 };
	int i, good = 0;

	KeInitializeEvent(&game.ping, SynchronizationEvent, FALSE);
	KeInitializeEvent(&game.pong, SynchronizationEvent, FALSE);
	init_completion(&game.done);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(answer, &game, "answer")));
	for (i = 0; i < 2000; i++) {
		KeSetEvent(&game.ping, 0, FALSE);
		good += wait_for(&game.pong, -10000 * MS) == STATUS_SUCCESS;
	}
	KUNIT_EXPECT_EQ(test, good, 2000);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&game.done, 10 * HZ));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_notification_event_stays_signaled),
	KUNIT_CASE(a_synchronization_event_lets_one_go),
	KUNIT_CASE(a_semaphore_satisfies_as_many_waits_as_it_counts),
	KUNIT_CASE(a_semaphore_beyond_its_limit_raises_and_stays),
	KUNIT_CASE(a_relative_timeout_counts_from_now),
	KUNIT_CASE(an_absolute_timeout_counts_from_1601),
	KUNIT_CASE(setting_a_notification_event_lets_all_go),
	KUNIT_CASE(setting_a_synchronization_event_lets_the_first_go),
	KUNIT_CASE(pulsing_lets_go_who_waits_and_nobody_else),
	KUNIT_CASE(pulsing_lets_all_go_or_one_as_the_event_is),
	KUNIT_CASE(releasing_a_semaphore_lets_so_many_go),
	KUNIT_CASE(a_signal_ends_an_alertable_wait),
	KUNIT_CASE(a_signal_does_not_end_a_wait_that_is_not_alertable),
	KUNIT_CASE(waiting_in_a_dpc_is_bugcheck_b8_and_refused),
	KUNIT_CASE(waiting_at_dispatch_is_bugcheck_0a_and_refused),
	KUNIT_CASE(a_dpc_may_set_an_event_for_which_a_thread_waits),
	KUNIT_CASE(an_event_that_is_paged_out_is_bugcheck_d1_in_a_dpc_and_elsewhere),
	KUNIT_CASE(a_semaphore_whose_limit_is_paged_out_is_bugcheck_d1_and_stays),
	KUNIT_CASE(no_signal_is_lost_in_2000_rounds),
	{}
};

struct kunit_suite wait_suite = {
	.name = "ntpool_wait",
	.test_cases = cases,
};
