// SPDX-License-Identifier: GPL-2.0-only
/* io/mdl_exit.c: pages that a driver leaves locked, in a real process that ends. */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/umh.h>

#include "io/call.h"
#include "mdl.h"

/**
 * struct victim - a process with a buffer
 * @task: its only thread
 * @tgid: its number
 * @mm: its address space
 * @user: the buffer, in it
 */
struct victim {
	struct task_struct *task;
	pid_t tgid;
	struct mm_struct *mm;
	unsigned long user;
};

static int note_pid(struct subprocess_info *info, struct cred *new)
{
	*(pid_t *)info->data = current->tgid;
	return 0;
}

static pid_t start_sleeper(void)
{
	char *argv[3] = { "sleep", "1000", NULL };
	char *envp[3] = { "HOME=/", "PATH=/usr/bin:/bin", NULL };
	struct subprocess_info *info;
	pid_t pid = 0;

	info = call_usermodehelper_setup("/bin/sleep", argv, envp, GFP_KERNEL,
					 note_pid, NULL, &pid);
	return info && !call_usermodehelper_exec(info, UMH_WAIT_EXEC) ? pid : 0;
}

static struct victim start_victim(struct kunit *test)
{
	struct victim v = { .tgid = start_sleeper() };
	struct pid *pid = find_get_pid(v.tgid);

	KUNIT_ASSERT_NE(test, v.tgid, 0);
	v.task = get_pid_task(pid, PIDTYPE_TGID);
	put_pid(pid);
	KUNIT_ASSERT_NOT_NULL(test, v.task);
	v.mm = get_task_mm(v.task);
	KUNIT_ASSERT_NOT_NULL(test, v.mm);
	kthread_use_mm(v.mm);
	v.user = user_map(NULL, USER_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	return v;
}

/* From here on the victim's own thread is the last user of its address space. */
static void detach_from(const struct victim *v)
{
	kthread_unuse_mm(v->mm);
	mmput(v->mm);
}

static void end(const struct victim *v)
{
	send_sig(SIGKILL, v->task, 1);
	while (!READ_ONCE(v->task->exit_state))
		msleep(20);
	put_task_struct(v->task);
}

/* The oldest record after @seq of a code of the two that tell of locked pages. */
static struct bugcheck_record left_after(u64 seq)
{
	struct bugcheck_record rec;

	while (++seq <= bugcheck_last_seq())
		if (bugcheck_get(seq, &rec) &&
		    (rec.code == 0x76 || rec.code == 0xCB))
			return rec;
	return (struct bugcheck_record){};
}

/* Without those of lists that pages are put on by and by. */
static int references(struct page *page)
{
	kcompat_drain_lru(true);
	return page_ref_count(page);
}

static void pages_left_locked_by_a_process_are_bugcheck_76_0(struct kunit *test)
{
	struct victim v = start_victim(test);
	PMDL a = locked_mdl(test, v.user, 2 * PAGE_SIZE);
	PMDL b = locked_mdl(test, v.user, PAGE_SIZE);
	struct page *page = user_page(v.user);
	u64 seq = bugcheck_last_seq();
	struct bugcheck_record rec;
	u8 *p;

	detach_from(&v);
	end(&v);
	rec = left_after(seq);
	KUNIT_EXPECT_EQ(test, rec.code, 0x76u);
	KUNIT_EXPECT_EQ(test, rec.param[0], 0ull);
	KUNIT_EXPECT_EQ(test, rec.param[1], (u64)v.tgid);
	KUNIT_EXPECT_EQ(test, rec.param[2], 3ull);
	KUNIT_EXPECT_EQ(test, rec.owner, v.tgid);
	KUNIT_EXPECT_EQ(test, left_after(rec.seq).code, 0u);
	/* They are the driver's still: it may use them, and unlock them. */
	KUNIT_EXPECT_EQ(test, pins_of(page), 2);
	p = MmGetSystemAddressForMdlSafe(a, NormalPagePriority);
	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 0x99, 2 * PAGE_SIZE);
	unlock_and_free(a);
	unlock_and_free(b);
	KUNIT_EXPECT_EQ(test, pins_of(page), 0);
	KUNIT_EXPECT_EQ(test, references(page), 1);
	put_page(page);
}

static noinline PMDL lock_for_tracking(struct kunit *test, unsigned long user)
{
	return locked_mdl(test, user, 3 * PAGE_SIZE);
}

static void with_tracking_they_are_bugcheck_cb_with_who_has_locked_them(struct kunit *test)
{
	struct victim v = start_victim(test);
	struct bugcheck_record rec;
	u64 seq;
	PMDL mdl;

	set_verifier(test, NTPOOL_VERIFIER_POOL_TRACKING);
	mdl = lock_for_tracking(test, v.user);
	seq = bugcheck_last_seq();
	detach_from(&v);
	end(&v);
	set_verifier(test, 0);
	rec = left_after(seq);
	KUNIT_EXPECT_EQ(test, rec.code, 0xCBu);
	KUNIT_EXPECT_TRUE(test, within_module(rec.param[0], THIS_MODULE));
	KUNIT_EXPECT_TRUE(test, within_module(rec.param[1], THIS_MODULE));
	KUNIT_EXPECT_EQ(test, rec.param[2], (u64)(unsigned long)mdl);
	KUNIT_EXPECT_EQ(test, rec.param[3], 3ull);
	unlock_and_free(mdl);
}

static void a_process_that_ends_without_locked_pages_is_not_told_of(struct kunit *test)
{
	struct victim v = start_victim(test);
	PMDL mdl = locked_mdl(test, v.user, PAGE_SIZE);
	u64 seq = bugcheck_last_seq();

	unlock_and_free(mdl);
	detach_from(&v);
	end(&v);
	KUNIT_EXPECT_EQ(test, left_after(seq).code, 0u);
}

static void what_the_request_engine_has_locked_is_not_told_of(struct kunit *test)
{
	struct victim v = start_victim(test);
	PMDL mdl = user_mdl(v.user, PAGE_SIZE);
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_EQ(test, mdl_lock_user(mdl, UserMode, IoWriteAccess),
			STATUS_SUCCESS);
	detach_from(&v);
	end(&v);
	KUNIT_EXPECT_EQ(test, left_after(seq).code, 0u);
	unlock_and_free(mdl);
}

/* A driver has a request of the victim's, and no cancel routine for it. */
static void begin_request(struct io_call *call, const struct victim *v)
{
	*call = (struct io_call){ .task = v->task, .mm = v->mm };
	refcount_set(&call->refs, 1);
	spin_lock_init(&call->lock);
	init_waitqueue_head(&call->wait);
	rundown_add(call);
}

static void complete_request(struct io_call *call)
{
	WRITE_ONCE(call->state, CALL_DONE);
	wake_up(&call->wait);
}

/* Its thread leaves the address space, and waits for its request. */
static void let_exit(const struct victim *v)
{
	detach_from(v);
	send_sig(SIGKILL, v->task, 1);
	while (READ_ONCE(v->task->mm))
		msleep(20);
	msleep(100);
}

static void a_process_is_judged_when_its_requests_are_done(struct kunit *test)
{
	struct victim v = start_victim(test);
	PMDL late = locked_mdl(test, v.user, PAGE_SIZE);
	PMDL never = locked_mdl(test, v.user, 2 * PAGE_SIZE);
	u64 seq = bugcheck_last_seq();
	static struct io_call call;

	begin_request(&call, &v);
	let_exit(&v);
	KUNIT_EXPECT_EQ(test, left_after(seq).code, 0u);
	unlock_and_free(late); /* as a cancel routine does */
	complete_request(&call);
	end(&v);
	KUNIT_EXPECT_EQ(test, left_after(seq).code, 0x76u);
	KUNIT_EXPECT_EQ(test, left_after(seq).param[2], 2ull);
	unlock_and_free(never);
}

static void others_are_judged_while_a_process_waits_for_its_requests(struct kunit *test)
{
	struct victim waits = start_victim(test), v;
	PMDL late = locked_mdl(test, waits.user, PAGE_SIZE), never;
	u64 seq = bugcheck_last_seq();
	static struct io_call call;

	begin_request(&call, &waits);
	let_exit(&waits);
	v = start_victim(test);
	never = locked_mdl(test, v.user, PAGE_SIZE);
	detach_from(&v);
	end(&v);
	KUNIT_EXPECT_EQ(test, left_after(seq).code, 0x76u);
	KUNIT_EXPECT_EQ(test, left_after(seq).owner, v.tgid);
	seq = bugcheck_last_seq();
	unlock_and_free(late);
	complete_request(&call);
	end(&waits);
	KUNIT_EXPECT_EQ(test, left_after(seq).code, 0u);
	unlock_and_free(never);
}

static void locked_pages_of_a_freed_mdl_go_with_the_process(struct kunit *test)
{
	struct victim v = start_victim(test);
	PMDL mdl = locked_mdl(test, v.user, PAGE_SIZE);
	struct page *page = user_page(v.user);
	u64 seq = bugcheck_last_seq();

	IoFreeMdl(mdl);
	KUNIT_EXPECT_EQ(test, pins_of(page), 1);
	detach_from(&v);
	end(&v);
	KUNIT_EXPECT_EQ(test, left_after(seq).code, 0x76u);
	KUNIT_EXPECT_EQ(test, references(page), 1);
	put_page(page);
}

/* Somebody else is the last user: it is noticed all the same, only later. */
static void an_address_space_that_outlives_its_process_is_judged_at_its_end(struct kunit *test)
{
	struct victim v = start_victim(test);
	PMDL mdl = locked_mdl(test, v.user, PAGE_SIZE);
	u64 seq = bugcheck_last_seq();
	unsigned int i;

	end(&v);
	KUNIT_EXPECT_EQ(test, left_after(seq).code, 0u);
	detach_from(&v);
	for (i = 0; i < 250 && !left_after(seq).code; i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, left_after(seq).code, 0x76u);
	KUNIT_EXPECT_EQ(test, left_after(seq).owner, v.tgid);
	unlock_and_free(mdl);
}

static void what_a_driver_leaves_is_released_when_it_goes(struct kunit *test)
{
	struct victim v = start_victim(test);
	PMDL mdl = locked_mdl(test, v.user, 4 * PAGE_SIZE);
	PMDL part = user_mdl(v.user, PAGE_SIZE);
	struct page *page = user_page(v.user);
	unsigned long locked = v.mm->locked_vm;
	u64 seq = bugcheck_last_seq();
	struct bugcheck_record rec;

	IoBuildPartialMdl(mdl, part, (PVOID)v.user, PAGE_SIZE);
	KUNIT_EXPECT_NOT_NULL(test, MmGetSystemAddressForMdlSafe(
					    part, NormalPagePriority));
	KUNIT_EXPECT_NOT_NULL(test, MmGetSystemAddressForMdlSafe(
					    mdl, NormalPagePriority));
	mdl_module_leaks(THIS_MODULE);
	rec = left_after(seq);
	KUNIT_EXPECT_EQ(test, rec.code, 0xCBu);
	KUNIT_EXPECT_TRUE(test, within_module(rec.param[0], THIS_MODULE));
	KUNIT_EXPECT_EQ(test, rec.param[3], 4ull);
	KUNIT_EXPECT_EQ(test, rec.owner, v.tgid);
	KUNIT_EXPECT_EQ(test, left_after(rec.seq).code, 0u);
	KUNIT_EXPECT_EQ(test, pins_of(page), 0);
	KUNIT_EXPECT_EQ(test, v.mm->locked_vm, locked - 4);
	IoFreeMdl(part);
	IoFreeMdl(mdl);
	put_page(page);
	detach_from(&v);
	end(&v);
}

/*
 * Its thread has left the address space, and not begun to wait for its requests yet: here
 * the request is another thread's, so that it never does.
 */
static void a_process_with_requests_under_way_is_not_judged(struct kunit *test)
{
	struct victim v = start_victim(test);
	PMDL mdl = locked_mdl(test, v.user, PAGE_SIZE);
	struct io_call call = { .task = current, .mm = v.mm };
	u64 seq = bugcheck_last_seq();
	unsigned int i;

	refcount_set(&call.refs, 1);
	rundown_add(&call);
	detach_from(&v);
	end(&v);
	msleep(300);
	KUNIT_EXPECT_EQ(test, left_after(seq).code, 0u);
	rundown_remove(&call);
	for (i = 0; i < 250 && !left_after(seq).code; i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, left_after(seq).code, 0x76u);
	unlock_and_free(mdl);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(pages_left_locked_by_a_process_are_bugcheck_76_0),
	KUNIT_CASE(with_tracking_they_are_bugcheck_cb_with_who_has_locked_them),
	KUNIT_CASE(a_process_that_ends_without_locked_pages_is_not_told_of),
	KUNIT_CASE(what_the_request_engine_has_locked_is_not_told_of),
	KUNIT_CASE(a_process_is_judged_when_its_requests_are_done),
	KUNIT_CASE(others_are_judged_while_a_process_waits_for_its_requests),
	KUNIT_CASE(a_process_with_requests_under_way_is_not_judged),
	KUNIT_CASE(locked_pages_of_a_freed_mdl_go_with_the_process),
	KUNIT_CASE(an_address_space_that_outlives_its_process_is_judged_at_its_end),
	KUNIT_CASE(what_a_driver_leaves_is_released_when_it_goes),
	{}
};

struct kunit_suite mdl_left_suite = {
	.name = "ntpool_mdl_left",
	.test_cases = cases,
};
