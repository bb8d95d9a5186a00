// SPDX-License-Identifier: GPL-2.0-only
/* ke/process.c, ke/attach.c, ke/thread.c: processes, attaching to them, and system threads. */
#include <ntpool/device.h>
#include <ntpool/dpc.h>
#define NTPOOL_NO_LOWER_CASE_SEH
#include <ntpool/excpt.h>
#include <ntpool/irp.h>
#include <ntpool/mdl.h>
#include <ntpool/probe.h>
#include <ntpool/process.h>
#include <ntpool/work.h>

#include "io/call.h"
#include "ke/object.h"
#include "tests.h"
#include "user.h"

static struct program user[2];
static PEPROCESS process[2];
static unsigned long place; /* the same in both */

static void stop_users(struct kunit *test)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (process[i])
			ObDereferenceObject(process[i]);
		process[i] = NULL;
		user_stop(&user[i]);
	}
}

/* User i has the value 100 + i at place. */
static int start_users(struct kunit *test)
{
	int i;

	place = 0;
	for (i = 0; i < 2; i++) {
		if (!user_start(&user[i]))
			return -ESRCH;
		place = user_pages(&user[i], place, 1, PROT_READ | PROT_WRITE);
		if (!place ||
		    PsLookupProcessByProcessId((HANDLE)(long)user[i].task->tgid, &process[i]))
			return -ENOMEM;
		kthread_use_mm(user[i].mm);
		put_user((u8)(100 + i), (u8 __user *)place);
		kthread_unuse_mm(user[i].mm);
	}
	return 0;
}

static UCHAR value_here(void)
{
	volatile UCHAR value = 0;

	__try {
		value = ReadUCharFromUser((UCHAR *)place);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		value = 255;
	}
	return value;
}

static void a_thread_of_the_system_is_in_the_system_process(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, PsGetCurrentProcess(), PsInitialSystemProcess);
	KUNIT_EXPECT_PTR_EQ(test, IoThreadToProcess(PsGetCurrentThread()),
			    PsInitialSystemProcess);
	KUNIT_EXPECT_EQ(test, value_here(), 255);
}

static void a_process_is_one_object_however_it_is_asked_for(struct kunit *test)
{
	PEPROCESS again;

	KUNIT_EXPECT_PTR_EQ(test, IoThreadToProcess((PETHREAD)user[0].task),
			    process[0]);
	KUNIT_EXPECT_EQ(test, (long)PsGetProcessId(process[0]),
			(long)user[0].task->tgid);
	KUNIT_EXPECT_EQ(test,
			PsLookupProcessByProcessId(PsGetProcessId(process[0]), &again),
			STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, again, process[0]);
	ObDereferenceObject(again);
	KUNIT_EXPECT_TRUE(test, process[0] != process[1]);
	KUNIT_EXPECT_EQ(test,
			PsLookupProcessByProcessId((HANDLE)0x7FFFFFFFul, &again),
			STATUS_INVALID_CID);
	KUNIT_EXPECT_PTR_EQ(test, again, NULL);
}

static void no_thread_is_one_of_the_system_process(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, IoThreadToProcess(NULL),
			    PsInitialSystemProcess);
}

static void a_thread_whose_process_was_waited_for_is_the_systems(struct kunit *test)
{
	user_kill(&user[0]);
	user[0].mm = NULL;
	KUNIT_EXPECT_PTR_EQ(test, IoThreadToProcess((PETHREAD)user[0].task),
			    PsInitialSystemProcess);
}

/* A shell that stops, and becomes another program when it goes on. */
static bool start_shell(struct program *shell)
{
	char *argv[4] = { "/bin/sh", "-c", "kill -STOP $$; exec sleep 1000",
			  NULL };
	int i;

	if (!user_start_as(shell, argv))
		return false;
	for (i = 0; i < 500 && !task_is_stopped(shell->task); i++)
		msleep(20);
	return task_is_stopped(shell->task);
}

static bool become_another(struct program *shell)
{
	struct mm_struct *before = shell->mm;
	int i;

	mmput(before);
	shell->mm = NULL;
	send_sig(SIGCONT, shell->task, 1);
	for (i = 0; i < 500; i++) {
		struct mm_struct *mm = get_task_mm(shell->task);

		if (mm && mm != before) {
			shell->mm = mm;
			return true;
		}
		if (mm)
			mmput(mm);
		msleep(20);
	}
	return false;
}

/* A CPU on which it ran last may keep its address space in use. */
static long use_another(void *unused)
{
	kthread_use_mm(user[1].mm);
	kthread_unuse_mm(user[1].mm);
	return 0;
}

static bool goes(struct mm_struct *mm)
{
	unsigned int cpu;
	int i;

	for (i = 0; i < 500 && atomic_read(&mm->mm_count) > 1; i++) {
		for_each_online_cpu(cpu)
			work_on_cpu(cpu, use_another, NULL);
		msleep(20);
	}
	return atomic_read(&mm->mm_count) == 1;
}

static void what_a_process_was_goes_when_it_has_executed_a_program(struct kunit *test)
{
	PEPROCESS before, after;
	struct program shell;
	struct mm_struct *mm;
	HANDLE id;

	KUNIT_ASSERT_TRUE(test, start_shell(&shell));
	id = (HANDLE)(long)shell.task->tgid;
	mm = shell.mm;
	mmgrab(mm);
	KUNIT_ASSERT_EQ(test, PsLookupProcessByProcessId(id, &before), STATUS_SUCCESS);
	ObDereferenceObject(before);
	KUNIT_ASSERT_TRUE(test, become_another(&shell));
	KUNIT_ASSERT_EQ(test, PsLookupProcessByProcessId(id, &after), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, goes(mm));
	mmdrop(mm);
	ObDereferenceObject(after);
	user_stop(&shell);
}

static void what_a_process_was_stays_while_it_is_referenced(struct kunit *test)
{
	PEPROCESS before, after;
	struct program shell;
	HANDLE id;

	KUNIT_ASSERT_TRUE(test, start_shell(&shell));
	id = (HANDLE)(long)shell.task->tgid;
	KUNIT_ASSERT_EQ(test, PsLookupProcessByProcessId(id, &before), STATUS_SUCCESS);
	KUNIT_ASSERT_TRUE(test, become_another(&shell));
	KUNIT_ASSERT_EQ(test, PsLookupProcessByProcessId(id, &after), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, before != after);
	KUNIT_EXPECT_PTR_EQ(test, PsGetProcessId(before), id);
	ObDereferenceObject(before);
	ObDereferenceObject(after);
	user_stop(&shell);
}

static VOID ask_in_dpc(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2)
{
	*(PEPROCESS *)argument1 = IoGetRequestorProcess(context);
}

/* Nobody has asked for it before. */
static void a_requester_first_asked_for_in_a_dpc_can_be_attached_to(struct kunit *test)
{
	PEPROCESS requester = NULL, again;
	struct io_call call = {};
	struct program program;
	KAPC_STATE state;
	IRP irp = { .Call = &call };
	KDPC dpc;

	KUNIT_ASSERT_TRUE(test, user_start(&program));
	KUNIT_EXPECT_EQ(test, user_pages(&program, place, 1, PROT_READ | PROT_WRITE), place);
	call.task = program.task;
	call.mm = program.mm;
	irp.Tail.Overlay.Thread = (PETHREAD)program.task;
	KeInitializeDpc(&dpc, ask_in_dpc, &irp);
	KeInsertQueueDpc(&dpc, &requester, NULL);
	KUNIT_ASSERT_NOT_NULL(test, requester);
	KeStackAttachProcess(requester, &state);
	KUNIT_EXPECT_EQ(test, value_here(), 0);
	KeUnstackDetachProcess(&state);
	KUNIT_EXPECT_EQ(test, PsLookupProcessByProcessId(PsGetProcessId(requester), &again),
			STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, again, requester);
	ObDereferenceObject(again);
	user_stop(&program);
}

static void attached_a_thread_sees_that_process_memory(struct kunit *test)
{
	KAPC_STATE state;

	KeStackAttachProcess(process[0], &state);
	KUNIT_EXPECT_EQ(test, value_here(), 100);
	KUNIT_EXPECT_PTR_EQ(test, PsGetCurrentProcess(), process[0]);
	WriteUCharToUser((UCHAR *)place, 7);
	KeUnstackDetachProcess(&state);
	KUNIT_EXPECT_EQ(test, value_here(), 255);
	KUNIT_EXPECT_PTR_EQ(test, PsGetCurrentProcess(), PsInitialSystemProcess);
	KeStackAttachProcess(process[0], &state);
	KUNIT_EXPECT_EQ(test, value_here(), 7);
	KeUnstackDetachProcess(&state);
}

static void an_mdl_names_the_process_whose_pages_it_has(struct kunit *test)
{
	PMDL mdl = IoAllocateMdl((PVOID)place, 1, FALSE, FALSE, NULL);
	KAPC_STATE state;

	KUNIT_ASSERT_NOT_NULL(test, mdl);
	KeStackAttachProcess(process[1], &state);
	MmProbeAndLockPages(mdl, UserMode, IoReadAccess);
	KeUnstackDetachProcess(&state);
	KUNIT_EXPECT_PTR_EQ(test, mdl->Process, process[1]);
	KeStackAttachProcess(mdl->Process, &state);
	KUNIT_EXPECT_EQ(test, value_here(), 101);
	KeUnstackDetachProcess(&state);
	MmUnlockPages(mdl);
	KUNIT_EXPECT_PTR_EQ(test, mdl->Process, NULL);
	IoFreeMdl(mdl);
}

static void attachments_nest(struct kunit *test)
{
	KAPC_STATE first, second, same, system;

	KeStackAttachProcess(process[0], &first);
	KeStackAttachProcess(process[1], &second);
	KUNIT_EXPECT_EQ(test, value_here(), 101);
	KUNIT_EXPECT_PTR_EQ(test, PsGetCurrentProcess(), process[1]);
	KeStackAttachProcess(process[1], &same);
	KUNIT_EXPECT_EQ(test, value_here(), 101);
	KeStackAttachProcess(PsInitialSystemProcess, &system);
	KUNIT_EXPECT_EQ(test, value_here(), 255);
	KeUnstackDetachProcess(&system);
	KUNIT_EXPECT_EQ(test, value_here(), 101);
	KeUnstackDetachProcess(&same);
	KUNIT_EXPECT_EQ(test, value_here(), 101);
	KeUnstackDetachProcess(&second);
	KUNIT_EXPECT_EQ(test, value_here(), 100);
	KUNIT_EXPECT_PTR_EQ(test, PsGetCurrentProcess(), process[0]);
	KeUnstackDetachProcess(&first);
	KUNIT_EXPECT_PTR_EQ(test, PsGetCurrentProcess(), PsInitialSystemProcess);
}

static void detaching_wrongly_is_bugcheck_6_and_changes_nothing(struct kunit *test)
{
	KAPC_STATE first, second;
	u64 seq = bugcheck_last_seq();

	KeStackAttachProcess(process[0], &first);
	KeStackAttachProcess(process[1], &second);
	KeUnstackDetachProcess(&first);
	KUNIT_EXPECT_EQ(test, record_since(seq).code,
			(u32)BUGCHECK_INVALID_PROCESS_DETACH_ATTEMPT);
	KUNIT_EXPECT_EQ(test, value_here(), 101);
	KeUnstackDetachProcess(&second);
	KeUnstackDetachProcess(&first);
	seq = bugcheck_last_seq();
	KeUnstackDetachProcess(&first);
	KUNIT_EXPECT_EQ(test, record_since(seq).code,
			(u32)BUGCHECK_INVALID_PROCESS_DETACH_ATTEMPT);
}

static bool beyond;

static VOID attach_in_dpc(PKDPC dpc, PVOID context, PVOID argument1,
			  PVOID argument2)
{
	KAPC_STATE state;

	KeStackAttachProcess(context, &state);
	beyond = true;
}

static void attaching_in_a_dpc_is_bugcheck_5_and_raises(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	struct bugcheck_record rec = {};
	KDPC dpc;

	beyond = false;
	KeInitializeDpc(&dpc, attach_in_dpc, process[0]);
	KeInsertQueueDpc(&dpc, NULL, NULL);
	KUNIT_EXPECT_FALSE(test, beyond);
	KUNIT_EXPECT_TRUE(test, bugcheck_get(seq + 1, &rec));
	KUNIT_EXPECT_EQ(test, rec.code,
			(u32)BUGCHECK_INVALID_PROCESS_ATTACH_ATTEMPT);
	KUNIT_EXPECT_EQ(test, rec.param[0], (u64)(unsigned long)process[0]);
	KUNIT_EXPECT_EQ(test, rec.param[3], 1ull);
}

static void attaching_at_dispatch_is_bugcheck_5_and_raises(struct kunit *test)
{
	volatile NTSTATUS status = STATUS_SUCCESS;
	u64 seq = bugcheck_last_seq();
	KAPC_STATE state;
	u8 old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);

	__try {
		KeStackAttachProcess(process[0], &state);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	ntpool_lower_irql(old);
	KUNIT_EXPECT_EQ(test, status, STATUS_UNSUCCESSFUL);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_INVALID_PROCESS_ATTACH_ATTEMPT,
			(unsigned long)process[0],
			(unsigned long)PsInitialSystemProcess, 0, 0);
}

struct attempt {
	NTSTATUS status;
	struct bugcheck_record rec;
};

/* On its way to executing a program this is no thread of the system any more. */
static int attach_elsewhere(struct subprocess_info *info, struct cred *new)
{
	struct attempt *attempt = info->data;
	volatile NTSTATUS status = STATUS_SUCCESS;
	u64 seq = bugcheck_last_seq();
	KAPC_STATE state;

	__try {
		KeStackAttachProcess(process[0], &state);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	attempt->status = status;
	attempt->rec = record_since(seq);
	return -ECANCELED;
}

static void a_programs_own_thread_cannot_attach_to_another_process(struct kunit *test)
{
	char *argv[2] = { "/bin/true", NULL };
	char *envp[2] = { "PATH=/bin", NULL };
	struct attempt attempt = {};
	struct subprocess_info *info =
		call_usermodehelper_setup(argv[0], argv, envp, GFP_KERNEL,
					  attach_elsewhere, NULL, &attempt);

	KUNIT_ASSERT_NOT_NULL(test, info);
	call_usermodehelper_exec(info, UMH_WAIT_EXEC);
	KUNIT_EXPECT_EQ(test, attempt.status, STATUS_NOT_SUPPORTED);
	KUNIT_EXPECT_EQ(test, attempt.rec.code,
			(u32)BUGCHECK_INVALID_PROCESS_ATTACH_ATTEMPT);
	KUNIT_EXPECT_EQ(test, attempt.rec.param[0],
			(u64)(unsigned long)process[0]);
}

static void a_process_that_has_exited_has_nothing_there(struct kunit *test)
{
	KAPC_STATE state;

	user_kill(&user[0]);
	user[0].mm = NULL;
	KeStackAttachProcess(process[0], &state);
	KUNIT_EXPECT_PTR_EQ(test, PsGetCurrentProcess(), process[0]);
	KUNIT_EXPECT_EQ(test, value_here(), 255);
	KeUnstackDetachProcess(&state);
}

static struct completion called;

static VOID leave_attached(PVOID parameter)
{
	KAPC_STATE state;

	KeStackAttachProcess(parameter, &state);
	complete(&called);
}

static void a_work_item_that_returns_attached_is_bugcheck_5_and_detached(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();
	struct bugcheck_record rec = {};
	WORK_QUEUE_ITEM item;
	int i;

	init_completion(&called);
	ExInitializeWorkItem(&item, leave_attached, process[0]);
	ExQueueWorkItem(&item, DelayedWorkQueue);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&called, 30 * HZ));
	for (i = 0; i < 500 && !bugcheck_get(seq + 1, &rec); i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, rec.code,
			(u32)BUGCHECK_INVALID_PROCESS_ATTACH_ATTEMPT);
}

static NTSTATUS attach_and_complete(PDEVICE_OBJECT device, PIRP irp)
{
	KAPC_STATE state;

	KeStackAttachProcess(process[0], &state);
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

static void a_dispatch_routine_that_returns_attached_is_bugcheck_5_and_detached(struct kunit *test)
{
	static DRIVER_OBJECT driver = {
		.MajorFunction[IRP_MJ_READ] = attach_and_complete,
	};
	static DEVICE_OBJECT device = {
		.Type = IO_TYPE_DEVICE,
		.DriverObject = &driver,
		.StackSize = 1,
	};
	u64 seq = bugcheck_last_seq();
	IRP *irp = IoAllocateIrp(1, FALSE);
	KAPC_STATE state;

	KUNIT_ASSERT_NOT_NULL(test, irp);
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
	KeStackAttachProcess(process[1], &state);
	KUNIT_EXPECT_EQ(test, IoCallDriver(&device, irp), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, record_since(seq).code,
			(u32)BUGCHECK_INVALID_PROCESS_ATTACH_ATTEMPT);
	KUNIT_EXPECT_PTR_EQ(test, PsGetCurrentProcess(), process[1]);
	KeUnstackDetachProcess(&state);
}

/* Threads of the system. */

static struct {
	PETHREAD thread;
	u8 irql;
	NTSTATUS terminated;
	int passed;
} ran;

static VOID routine(PVOID context)
{
	ran.thread = PsGetCurrentThread();
	ran.irql = ntpool_irql();
	ran.passed++;
	if (!context)
		return;
	PsTerminateSystemThread(STATUS_SUCCESS);
	ran.passed++;
}

static void check_thread(struct kunit *test, PVOID context)
{
	LARGE_INTEGER soon = { .QuadPart = -300000000ll };
	PVOID thread;
	HANDLE handle;

	ran.passed = 0;
	KUNIT_ASSERT_EQ(test,
			PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL,
					     NULL, NULL, routine, context),
			STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test,
			ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS,
						  *PsThreadType, KernelMode,
						  &thread, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, ZwClose(handle), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, ZwClose(handle), STATUS_INVALID_HANDLE);
	KUNIT_EXPECT_EQ(test,
			KeWaitForSingleObject(thread, Executive, KernelMode,
					      FALSE, &soon),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, ran.passed, 1);
	KUNIT_EXPECT_PTR_EQ(test, ran.thread, (PETHREAD)thread);
	KUNIT_EXPECT_EQ(test, ran.irql, NTPOOL_IRQL_PASSIVE);
	ObDereferenceObject(thread);
}

static void a_thread_is_signaled_when_its_routine_returns(struct kunit *test)
{
	check_thread(test, NULL);
}

static void a_thread_is_signaled_when_it_terminates(struct kunit *test)
{
	check_thread(test, &ran);
	KUNIT_EXPECT_EQ(test, PsTerminateSystemThread(0),
			STATUS_INVALID_PARAMETER);
}

static void a_thread_that_has_ended_is_still_the_systems(struct kunit *test)
{
	PVOID thread;
	HANDLE handle;

	KUNIT_ASSERT_EQ(test,
			PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, routine,
					     NULL),
			STATUS_SUCCESS);
	ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode, &thread,
				  NULL);
	ZwClose(handle);
	KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
	KUNIT_EXPECT_PTR_EQ(test, IoThreadToProcess(thread), PsInitialSystemProcess);
	ObDereferenceObject(thread);
}

/* Flags of a task may look like the type of an object. */
static void what_only_begins_like_an_object_is_not_counted(struct kunit *test)
{
	u64 task[sizeof(DEVICE_OBJECT) / sizeof(u64)] = { ProcessObject }, before[ARRAY_SIZE(task)];
	unsigned int i;

	for (i = 1; i < ARRAY_SIZE(task); i++)
		task[i] = i;
	memcpy(before, task, sizeof(task));
	ObReferenceObject(task);
	KUNIT_EXPECT_EQ(test, memcmp(before, task, sizeof(task)), 0);
	ObDereferenceObject(task);
	KUNIT_EXPECT_EQ(test, memcmp(before, task, sizeof(task)), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_thread_of_the_system_is_in_the_system_process),
	KUNIT_CASE(a_process_is_one_object_however_it_is_asked_for),
	KUNIT_CASE(no_thread_is_one_of_the_system_process),
	KUNIT_CASE(a_thread_whose_process_was_waited_for_is_the_systems),
	KUNIT_CASE(what_a_process_was_goes_when_it_has_executed_a_program),
	KUNIT_CASE(what_a_process_was_stays_while_it_is_referenced),
	KUNIT_CASE(a_requester_first_asked_for_in_a_dpc_can_be_attached_to),
	KUNIT_CASE(attached_a_thread_sees_that_process_memory),
	KUNIT_CASE(an_mdl_names_the_process_whose_pages_it_has),
	KUNIT_CASE(attachments_nest),
	KUNIT_CASE(detaching_wrongly_is_bugcheck_6_and_changes_nothing),
	KUNIT_CASE(attaching_in_a_dpc_is_bugcheck_5_and_raises),
	KUNIT_CASE(attaching_at_dispatch_is_bugcheck_5_and_raises),
	KUNIT_CASE(a_programs_own_thread_cannot_attach_to_another_process),
	KUNIT_CASE(a_process_that_has_exited_has_nothing_there),
	KUNIT_CASE(a_work_item_that_returns_attached_is_bugcheck_5_and_detached),
	KUNIT_CASE(a_dispatch_routine_that_returns_attached_is_bugcheck_5_and_detached),
	KUNIT_CASE(a_thread_is_signaled_when_its_routine_returns),
	KUNIT_CASE(a_thread_is_signaled_when_it_terminates),
	KUNIT_CASE(a_thread_that_has_ended_is_still_the_systems),
	KUNIT_CASE(what_only_begins_like_an_object_is_not_counted),
	{}
};

struct kunit_suite attach_suite = {
	.name = "ntpool_attach",
	.init = start_users,
	.exit = stop_users,
	.test_cases = cases,
};
