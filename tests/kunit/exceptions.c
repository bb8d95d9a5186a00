// SPDX-License-Identifier: GPL-2.0-only
/* seh/ and ntpool/excpt.h: protected blocks, and what makes exceptions. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/mman.h>
#include <linux/mmu_context.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "tests.h"
#include "seh/seh.h"

#include <ntpool/excpt.h>
#include <ntpool/rtl.h>

#define MY_STATUS    ((NTSTATUS)0xE0000001)
#define OTHER_STATUS ((NTSTATUS)0xE0000002)

/* What has happened, in order: a letter each. */
static char story[16];

static int tell(char what, int answer)
{
	char said[] = { what, 0 };

	strlcat(story, said, sizeof(story));
	return answer;
}

static int exceptions_test_init(struct kunit *test)
{
	story[0] = 0;
	return 0;
}

static void exceptions_test_exit(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, seh_is_open());
}

static noinline int raise_if(bool really, NTSTATUS status)
{
	if (really)
		ExRaiseStatus(status);
	return 1;
}

static noinline int load(const volatile int *p)
{
	return *p;
}

static noinline void store(volatile int *p, int value)
{
	*p = value;
}

static void a_block_that_raises_nothing_runs_no_handler(struct kunit *test)
{
	__try {
		tell('b', raise_if(false, MY_STATUS));
	} __except (tell('f', EXCEPTION_EXECUTE_HANDLER)) {
		tell('h', 0);
	}
	KUNIT_EXPECT_STREQ(test, story, "b");
}

static void a_raise_in_a_called_function_is_caught_by_its_caller(struct kunit *test)
{
	volatile NTSTATUS filtered = 0, handled = 0;

	__try {
		raise_if(true, MY_STATUS);
		tell('x', 0);
	} __except (filtered = GetExceptionCode(), EXCEPTION_EXECUTE_HANDLER) {
		handled = GetExceptionCode();
		tell('h', 0);
	}
	KUNIT_EXPECT_STREQ(test, story, "h");
	KUNIT_EXPECT_EQ(test, filtered, MY_STATUS);
	KUNIT_EXPECT_EQ(test, handled, MY_STATUS);
}

static void the_lower_case_words_work_too(struct kunit *test)
{
	try {
		try {
			ExRaiseDatatypeMisalignment();
		} finally {
			tell('f', abnormal_termination());
		}
	}
	except(exception_code() == STATUS_DATATYPE_MISALIGNMENT)
	{
		tell('h', 0);
	}
	KUNIT_EXPECT_STREQ(test, story, "fh");
}

static void a_raise_in_a_handler_is_caught_outside(struct kunit *test)
{
	volatile NTSTATUS inner = 0, outer = 0;

	__try {
		__try {
			ExRaiseAccessViolation();
		} __except (EXCEPTION_EXECUTE_HANDLER) {
			inner = GetExceptionCode();
			ExRaiseStatus(MY_STATUS);
		}
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		outer = GetExceptionCode();
	}
	KUNIT_EXPECT_EQ(test, inner, STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, outer, MY_STATUS);
}

static noinline void inner_function(void)
{
	__try {
		__try {
			raise_if(true, MY_STATUS);
		} __finally {
			tell('1', 0);
		}
	} __except (tell('a', EXCEPTION_CONTINUE_SEARCH)) {
		tell('x', 0);
	}
}

static noinline void middle_function(void)
{
	__try {
		inner_function();
	} __finally {
		tell('2', 0);
	}
}

static void filters_are_asked_before_any_finally_runs(struct kunit *test)
{
	__try {
		__try {
			middle_function();
			tell('x', 0);
		} __except (tell('b', EXCEPTION_CONTINUE_SEARCH)) {
			tell('x', 0);
		}
	} __except (tell('c', EXCEPTION_EXECUTE_HANDLER)) {
		tell('h', 0);
	}
	KUNIT_EXPECT_STREQ(test, story, "abc12h");
}

static noinline int sum_filter(int a, int b, int c, int d, int e, int f)
{
	return a + b + c + d + e + f == 21 ? EXCEPTION_EXECUTE_HANDLER :
					     EXCEPTION_CONTINUE_SEARCH;
}

static void a_filter_and_a_finally_see_the_variables_of_their_function(struct kunit *test)
{
	volatile int a = 0, b = 0, c = 3, d = 4, e = 5, f = 6, g = 0;

	__try {
		__try {
			a = 1;
			b = 2;
			inner_function();
		} __finally {
			g = a + b + c + d + e + f;
			a = 0;
		}
	} __except (sum_filter(a, b, c, d, e, f)) {
		tell('h', 0);
	}
	KUNIT_EXPECT_EQ(test, g, 21);
	KUNIT_EXPECT_EQ(test, a, 0);
	KUNIT_EXPECT_STREQ(test, story, "a1h");
}

static noinline int recurse(int depth)
{
	volatile int left = depth;

	if (!depth)
		ExRaiseStatus(MY_STATUS);
	__try {
		recurse(depth - 1);
	} __except (left == 5 ? EXCEPTION_EXECUTE_HANDLER :
				EXCEPTION_CONTINUE_SEARCH) {
		return left * 10;
	}
	return left;
}

static void each_activation_of_a_function_has_its_own_block(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, recurse(9), 9);
	KUNIT_EXPECT_EQ(test, recurse(5), 50);
}

static void a_finally_runs_when_the_block_ends_and_when_it_is_left_by_leave(struct kunit *test)
{
	volatile int round;

	for (round = 0; round < 2; round++) {
		__try {
			tell('b', 0);
			if (round)
				__leave;
			tell('e', 0);
		} __finally {
			tell(AbnormalTermination() ? 'x' : 'f', 0);
		}
	}
	KUNIT_EXPECT_STREQ(test, story, "befbf");
}

static noinline int return_from_block(void)
{
	volatile int i;

	for (i = 0; i < 10; i++) {
		__try {
			__try {
				if (i == 3)
					return i;
			} __except (EXCEPTION_EXECUTE_HANDLER) {
				tell('x', 0);
			}
		} __finally {
			if (AbnormalTermination())
				tell('f', 0);
		}
	}
	return -1;
}

static void return_out_of_a_block_runs_its_finally_and_closes_it(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, return_from_block(), 3);
	KUNIT_EXPECT_STREQ(test, story, "f");
	KUNIT_EXPECT_FALSE(test, seh_is_open());
}

static void goto_out_of_a_block_runs_its_finally_and_closes_it(struct kunit *test)
{
	__try {
		goto out;
	} __finally {
		tell(AbnormalTermination() ? 'f' : 'x', 0);
	}
out:
	KUNIT_EXPECT_STREQ(test, story, "f");
	KUNIT_EXPECT_FALSE(test, seh_is_open());
}

static noinline int return_from_finally(void)
{
	__try {
		raise_if(true, MY_STATUS);
	} __finally {
		return 7;
	}
	return 0;
}

static void return_out_of_a_finally_ends_the_exception(struct kunit *test)
{
	volatile int got = 0;

	__try {
		got = return_from_finally();
		tell('b', 0);
		raise_if(true, OTHER_STATUS);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		tell(GetExceptionCode() == OTHER_STATUS ? 'h' : 'x', 0);
	}
	KUNIT_EXPECT_EQ(test, got, 7);
	KUNIT_EXPECT_STREQ(test, story, "bh");
}

static void a_raise_in_a_finally_takes_the_place_of_the_exception(struct kunit *test)
{
	__try {
		__try {
			__try {
				raise_if(true, MY_STATUS);
			} __finally {
				tell('1', 0);
				raise_if(true, OTHER_STATUS);
			}
		} __finally {
			tell('2', 0);
		}
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		tell(GetExceptionCode() == OTHER_STATUS ? 'h' : 'x', 0);
	}
	KUNIT_EXPECT_STREQ(test, story, "12h");
}

static noinline int raising_filter(void)
{
	tell('f', 0);
	raise_if(true, OTHER_STATUS);
	return EXCEPTION_EXECUTE_HANDLER;
}

static void a_filter_that_raises_is_not_asked_again(struct kunit *test)
{
	__try {
		__try {
			raise_if(true, MY_STATUS);
		} __except (raising_filter()) {
			tell('x', 0);
		}
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		tell(GetExceptionCode() == OTHER_STATUS ? 'h' : 'x', 0);
	}
	KUNIT_EXPECT_STREQ(test, story, "fh");
}

static void a_block_in_a_finally_catches_what_is_raised_there(struct kunit *test)
{
	__try {
		__try {
			raise_if(true, MY_STATUS);
		} __finally {
			__try {
				raise_if(true, OTHER_STATUS);
			} __except (GetExceptionCode() == OTHER_STATUS) {
				tell('i', 0);
			}
			tell(AbnormalTermination() ? '1' : 'x', 0);
		}
	} __except (GetExceptionCode() == MY_STATUS) {
		tell('h', 0);
	}
	KUNIT_EXPECT_STREQ(test, story, "i1h");
}

static void a_raised_exception_may_be_continued(struct kunit *test)
{
	EXCEPTION_RECORD record = { .ExceptionCode = MY_STATUS };

	__try {
		RtlRaiseException(&record);
		tell('b', 0);
	} __except (tell('f', EXCEPTION_CONTINUE_EXECUTION)) {
		tell('x', 0);
	}
	KUNIT_EXPECT_STREQ(test, story, "fb");
}

static void continuing_what_ExRaiseStatus_raised_is_an_exception_itself(struct kunit *test)
{
	volatile NTSTATUS nested = 0;

	__try {
		__try {
			ExRaiseStatus(MY_STATUS);
		} __except (EXCEPTION_CONTINUE_EXECUTION) {
			tell('x', 0);
		}
	} __except (nested = GetExceptionInformation()->ExceptionRecord->ExceptionRecord->ExceptionCode,
		    GetExceptionCode() == STATUS_NONCONTINUABLE_EXCEPTION) {
		tell('h', 0);
	}
	KUNIT_EXPECT_STREQ(test, story, "h");
	KUNIT_EXPECT_EQ(test, nested, MY_STATUS);
}

static int repair(PEXCEPTION_POINTERS pointers, int *good)
{
	pointers->ContextRecord->Rax = (ULONG64)good;
	return EXCEPTION_CONTINUE_EXECUTION;
}

static void a_filter_may_mend_a_register_and_have_the_instruction_run_again(struct kunit *test)
{
	int good = 4711;
	volatile int got = 0;

	__try {
		int value;

		asm volatile("movl (%%rax), %0"
			     : "=r"(value)
			     : "a"(0x10));
		got = value;
	} __except (repair(GetExceptionInformation(), &good)) {
		tell('x', 0);
	}
	KUNIT_EXPECT_EQ(test, got, 4711);
	KUNIT_EXPECT_STREQ(test, story, "");
}

/* The exception that touching an address gives; 0 if it gives none. */
static EXCEPTION_RECORD seen;

static int note(PEXCEPTION_POINTERS pointers)
{
	seen = *pointers->ExceptionRecord;
	return EXCEPTION_EXECUTE_HANDLER;
}

static noinline NTSTATUS touch(void *address, bool write)
{
	memset(&seen, 0, sizeof(seen));
	__try {
		if (write)
			store(address, 1);
		else
			load(address);
	} __except (note(GetExceptionInformation())) {
		return GetExceptionCode();
	}
	return STATUS_SUCCESS;
}

static void a_null_pointer_is_an_access_violation_and_no_bugcheck(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();

	KUNIT_EXPECT_EQ(test, touch((void *)0x10, false),
			STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, seen.NumberParameters, 2u);
	KUNIT_EXPECT_EQ(test, seen.ExceptionInformation[0], 0ul);
	KUNIT_EXPECT_EQ(test, seen.ExceptionInformation[1], 0x10ul);
	KUNIT_EXPECT_TRUE(test, within_module((unsigned long)seen.ExceptionAddress, THIS_MODULE));
	KUNIT_EXPECT_EQ(test, touch((void *)0x20, true),
			STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, seen.ExceptionInformation[0], 1ul);
	EXPECT_NO_BUGCHECK(test, seq);
}

static void an_unmapped_address_of_a_process_is_an_access_violation(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();

	KUNIT_EXPECT_EQ(test, touch((void *)0x7eedbeef0000, false),
			STATUS_ACCESS_VIOLATION);
	EXPECT_NO_BUGCHECK(test, seq);
}

static void an_unmapped_system_address_is_bugcheck_50_and_a_violation(struct kunit *test)
{
	void *gone = vmalloc(PAGE_SIZE);
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, gone);
	vfree(gone);
	vm_unmap_aliases();
	KUNIT_EXPECT_EQ(test, touch(gone, true), STATUS_ACCESS_VIOLATION);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_PAGE_FAULT_IN_NONPAGED_AREA,
			(unsigned long)gone, 2,
			(unsigned long)seen.ExceptionAddress, 0);
}

static void an_address_of_neither_space_is_an_access_violation(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, touch((void *)0x8000000000000000ul, false),
			STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, seen.ExceptionInformation[1], ~0ul);
}

static const int constant[1024] = { 1, 2, 3 };

static void a_write_to_readonly_memory_is_bugcheck_be_and_a_violation(struct kunit *test)
{
	u64 seq = bugcheck_last_seq();

	KUNIT_EXPECT_EQ(test, touch((void *)&constant[512], true),
			STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, seen.ExceptionInformation[0], 1ul);
	KUNIT_EXPECT_EQ(test, READ_ONCE(constant[512]), 0);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_ATTEMPTED_WRITE_TO_READONLY_MEMORY,
			(unsigned long)&constant[512],
			pte_val(*lookup_address((unsigned long)&constant[512],
						&(unsigned int){ 0 })),
			0, 0);
}

static noinline NTSTATUS execute(void *code)
{
	__try {
		((void (*)(void))code)();
	} __except (note(GetExceptionInformation())) {
		return GetExceptionCode();
	}
	return STATUS_SUCCESS;
}

static void execution_of_nonpaged_pool_is_bugcheck_fc_and_a_violation(struct kunit *test)
{
	u8 *code = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 64, TEST_TAG);
	u64 seq = bugcheck_last_seq();
	unsigned int level;

	KUNIT_ASSERT_NOT_NULL(test, code);
	code[0] = 0xC3; /* ret */
	KUNIT_EXPECT_EQ(test, execute(code), STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, seen.ExceptionInformation[0], 8ul);
	KUNIT_EXPECT_PTR_EQ(test, seen.ExceptionAddress, (void *)code);
	EXPECT_BUGCHECK(test, seq,
			BUGCHECK_ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY,
			(unsigned long)code,
			pte_val(*lookup_address((unsigned long)code, &level)),
			0, 0);
	ntpool_free(code, TEST_TAG);
}

static void paged_pool_comes_in_inside_a_block_as_elsewhere(struct kunit *test)
{
	int *p = paging_alloc(2);
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, p);
	*p = 4711;
	send_to_swap(p, 2);
	KUNIT_EXPECT_EQ(test, page_state(p), (u32)NTPOOL_PAGE_SWAPPED);
	KUNIT_EXPECT_EQ(test, touch(p, false), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, *p, 4711);
	EXPECT_NO_BUGCHECK(test, seq);
	paging_free(p);
}

static void a_page_that_is_out_at_dispatch_is_bugcheck_d1_and_a_violation(struct kunit *test)
{
	int *p = paging_alloc(1);
	u64 seq = bugcheck_last_seq();
	NTSTATUS status;
	u8 old, level;

	KUNIT_ASSERT_NOT_NULL(test, p);
	*p = 1;
	send_to_swap(p, 1);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	status = touch(p, false);
	level = ntpool_irql();
	ntpool_lower_irql(old);
	KUNIT_EXPECT_EQ(test, status, STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, level, NTPOOL_IRQL_DISPATCH);
	KUNIT_EXPECT_EQ(test, bugcheck_last_seq(), seq + 1);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
			(unsigned long)p, NTPOOL_IRQL_DISPATCH, 0, OURS);
	paging_free(p);
}

static void execution_of_a_page_that_is_out_at_dispatch_is_bugcheck_d1_8(struct kunit *test)
{
	u8 *code = paging_alloc(1);
	u64 seq = bugcheck_last_seq();
	NTSTATUS status;
	u8 old;

	KUNIT_ASSERT_NOT_NULL(test, code);
	code[0] = 0xC3; /* ret */
	send_to_swap(code, 1);
	old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	status = execute(code);
	ntpool_lower_irql(old);
	KUNIT_EXPECT_EQ(test, status, STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, seen.ExceptionInformation[0], 8ul);
	KUNIT_EXPECT_EQ(test, bugcheck_last_seq(), seq + 1);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_IRQL_NOT_LESS_OR_EQUAL,
			(unsigned long)code, NTPOOL_IRQL_DISPATCH, 8,
			(unsigned long)code);
	KUNIT_EXPECT_EQ(test, page_state(code), (u32)NTPOOL_PAGE_SWAPPED);
	paging_free(code);
}

static void execution_of_a_page_that_is_out_brings_it_in_and_is_bugcheck_fc(struct kunit *test)
{
	u8 *code = paging_alloc(1);
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_NOT_NULL(test, code);
	code[0] = 0xC3; /* ret */
	send_to_swap(code, 1);
	KUNIT_EXPECT_EQ(test, execute(code), STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, bugcheck_last_seq(), seq + 1);
	KUNIT_EXPECT_EQ(test, record_since(seq).code,
			(u32)BUGCHECK_ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY);
	KUNIT_EXPECT_EQ(test, record_since(seq).param[0], (u64)code);
	KUNIT_EXPECT_EQ(test, page_state(code), (u32)NTPOOL_PAGE_RESIDENT);
	paging_free(code);
}

static void an_address_freed_in_paged_pool_is_one_bugcheck_50(struct kunit *test)
{
	int *p = paging_alloc(1);
	u64 seq;

	KUNIT_ASSERT_NOT_NULL(test, p);
	paging_free(p);
	seq = bugcheck_last_seq();
	KUNIT_EXPECT_EQ(test, touch(p, true), STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, bugcheck_last_seq(), seq + 1);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_PAGE_FAULT_IN_NONPAGED_AREA,
			(unsigned long)p, 2,
			(unsigned long)seen.ExceptionAddress, 0);
}

/* The disk fails: paging_bring_in() is this function for a while. */
static noinline int page_in_fails(void)
{
	return -EIO;
}

static int fail_page_in(struct kprobe *probe, struct pt_regs *regs)
{
	regs->ip = (unsigned long)page_in_fails;
	return 1;
}

/* With one of these, kprobes let the instruction pointer be changed. */
static void afterwards(struct kprobe *probe, struct pt_regs *regs,
		       unsigned long flags)
{
}

static void a_page_that_cannot_be_had_is_an_in_page_error(struct kunit *test)
{
	struct kprobe probe = {
		.symbol_name = "paging_bring_in",
		.pre_handler = fail_page_in,
		.post_handler = afterwards,
	};
	int *p = paging_alloc(1);
	NTSTATUS status;

	KUNIT_ASSERT_NOT_NULL(test, p);
	*p = 4711;
	send_to_swap(p, 1);
	KUNIT_ASSERT_EQ(test, register_kprobe(&probe), 0);
	status = touch(p, false);
	unregister_kprobe(&probe);
	KUNIT_EXPECT_EQ(test, status, STATUS_IN_PAGE_ERROR);
	KUNIT_EXPECT_EQ(test, seen.NumberParameters, 3u);
	KUNIT_EXPECT_EQ(test, seen.ExceptionInformation[1], (unsigned long)p);
	KUNIT_EXPECT_EQ(test, seen.ExceptionInformation[2],
			(unsigned long)(u32)STATUS_IN_PAGE_ERROR);
	KUNIT_EXPECT_EQ(test, touch(p, false), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, *p, 4711);
	paging_free(p);
}

static void accesses_with_a_fixup_of_their_own_raise_nothing(struct kunit *test)
{
	volatile int copy = 0, user = 0;
	int value;

	__try {
		copy = copy_from_kernel_nofault(&value, (void *)0xffffc8ffdeadb000ul,
						sizeof(value));
		user = get_user(value, (int __user *)0x10);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		tell('x', 0);
	}
	KUNIT_EXPECT_EQ(test, copy, copy_from_kernel_nofault(&value, (void *)0xffffc8ffdeadb000ul, sizeof(value)));
	KUNIT_EXPECT_NE(test, copy, 0);
	KUNIT_EXPECT_EQ(test, user, -EFAULT);
	KUNIT_EXPECT_STREQ(test, story, "");
}

/**
 * struct lock_holder - a thread that has an address space locked
 * @mm: the address space
 * @held: it has it
 */
struct lock_holder {
	struct mm_struct *mm;
	struct completion held;
};

static int hold_lock(void *data)
{
	struct lock_holder *holder = data;

	mmap_write_lock(holder->mm);
	complete(&holder->held);
	msleep(200);
	mmap_write_unlock(holder->mm);
	return 0;
}

/* What a load from user memory ends with, where the CPU does not mind it. */
static NTSTATUS load_from_user(const int __user *p, int *value)
{
	volatile NTSTATUS status = STATUS_SUCCESS;
	unsigned long flags;

	asm volatile("pushfq; popq %0"
		     : "=r"(flags));
	__try {
		asm volatile("pushq %0; popfq"
			     :
			     : "r"(flags | X86_EFLAGS_AC));
		*value = load((__force const int *)p);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	asm volatile("pushq %0; popfq"
		     :
		     : "r"(flags));
	return status;
}

static void load_while_locked(struct kunit *test, struct mm_struct *mm)
{
	unsigned long p = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ,
				  MAP_PRIVATE | MAP_ANONYMOUS, 0);
	struct lock_holder holder = { .mm = mm };
	struct task_struct *thread;
	int value = 4711;

	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(p));
	init_completion(&holder.held);
	thread = kthread_create(hold_lock, &holder, "holder");
	KUNIT_ASSERT_FALSE(test, IS_ERR(thread));
	get_task_struct(thread);
	wake_up_process(thread);
	wait_for_completion(&holder.held);
	KUNIT_EXPECT_EQ(test, load_from_user((int __user *)p, &value),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, value, 0);
	kthread_stop(thread);
	put_task_struct(thread);
	vm_munmap(p, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, load_from_user((int __user *)p, &value),
			STATUS_ACCESS_VIOLATION);
}

/* The kernel itself does not wait there for the lock. */
static void a_user_page_comes_though_its_address_space_is_locked(struct kunit *test)
{
	struct task_struct *task = get_pid_task(find_vpid(1), PIDTYPE_PID);
	struct mm_struct *mm = task ? get_task_mm(task) : NULL;

	KUNIT_ASSERT_NOT_NULL(test, mm);
	kthread_use_mm(mm);
	load_while_locked(test, mm);
	kthread_unuse_mm(mm);
	mmput(mm);
	put_task_struct(task);
}

static void a_hundred_thousand_faults_in_a_row_are_all_caught(struct kunit *test)
{
	volatile int caught = 0, i;

	for (i = 0; i < 100000; i++) {
		__try {
			load((int *)0x10);
		} __except (EXCEPTION_EXECUTE_HANDLER) {
			caught++;
		}
		if (!(i % 1000))
			cond_resched();
	}
	KUNIT_EXPECT_EQ(test, caught, 100000);
}

static unsigned long flags_now(void)
{
	unsigned long flags;

	asm volatile("pushfq; popq %0"
		     : "=r"(flags));
	return flags;
}

static void set_flags(unsigned long flags)
{
	asm volatile("pushq %0; popfq"
		     :
		     : "r"(flags)
		     : "memory", "cc");
}

/* As a copy that goes backwards does, into user memory. */
static noinline void load_backwards(const char *p)
{
	unsigned long flags = flags_now();

	asm volatile("pushq %1; popfq; lodsb; pushq %2; popfq"
		     : "+S"(p)
		     : "r"(flags | X86_EFLAGS_DF | X86_EFLAGS_AC), "r"(flags)
		     : "rax", "memory", "cc");
}

static void a_handler_runs_with_the_flags_that_c_code_counts_on(struct kunit *test)
{
	unsigned long before = flags_now();
	volatile unsigned long flags = ~0ul;

	__try {
		load_backwards((char *)0x10);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		flags = flags_now();
		set_flags(before);
	}
	KUNIT_EXPECT_EQ(test, flags & (X86_EFLAGS_DF | X86_EFLAGS_AC), 0ul);
}

/* Long enough, and the ends alike enough, for memmove() to set the direction. */
static void a_copy_backwards_that_faults_leaves_copies_as_they_were(struct kunit *test)
{
	char *page = vmalloc(PAGE_SIZE), *end = page + PAGE_SIZE;
	unsigned long before = flags_now();
	volatile unsigned long flags = ~0ul;

	KUNIT_ASSERT_NOT_NULL(test, page);
	__try {
		RtlMoveMemory(end - 512, end - 768, 1024);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		flags = flags_now();
		set_flags(before);
	}
	KUNIT_EXPECT_EQ(test, flags & X86_EFLAGS_DF, 0ul);
	vfree(page);
}

/* What an attacker who knows both addresses can have on the stack. */
static noinline bool is_taken_for_a_frame(void)
{
	struct ntpool_seh_frame frame = {
		.phase = NTPOOL_SEH_BODY,
		.preempt = preempt_count(),
	};

	frame.regs[NTPOOL_SEH_BP] = (unsigned long)&frame;
	WRITE_ONCE(frame.live, (unsigned long)&frame ^ (unsigned long)current);
	barrier_data(&frame);
	return seh_is_open();
}

static void a_frame_cannot_be_forged_without_the_secret(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, is_taken_for_a_frame());
	KUNIT_EXPECT_NE(test, ntpool_seh_secret, 0ul);
}

static void interrupts_stay_as_the_faulting_code_had_them(struct kunit *test)
{
	unsigned long flags;
	bool off;

	touch((void *)0x10, false);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	local_irq_save(flags);
	touch((void *)0x10, false);
	off = irqs_disabled();
	local_irq_restore(flags);
	KUNIT_EXPECT_TRUE(test, off);
}

static void a_handler_runs_at_the_irql_of_the_raise(struct kunit *test)
{
	volatile u8 old = 0, level = 0;

	__try {
		old = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
		raise_if(true, MY_STATUS);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		level = ntpool_irql();
		ntpool_lower_irql(old);
	}
	KUNIT_EXPECT_EQ(test, level, NTPOOL_IRQL_DISPATCH);
	KUNIT_EXPECT_EQ(test, ntpool_irql(), NTPOOL_IRQL_PASSIVE);
}

/* What an interrupt on top of a protected block of a thread finds. */
static bool open_before, open_within;
static NTSTATUS caught_fault, caught_raise;

static void use_exceptions(void)
{
	open_before = seh_is_open();
	caught_fault = touch((void *)0x10, false);
	__try {
		open_within = seh_is_open();
		raise_if(true, MY_STATUS);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		caught_raise = GetExceptionCode();
	}
}

static void expect_they_were_of_use(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, open_before);
	KUNIT_EXPECT_TRUE(test, open_within);
	KUNIT_EXPECT_EQ(test, caught_fault, STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, caught_raise, MY_STATUS);
}

static void tasklet_fn(struct tasklet_struct *tasklet)
{
	use_exceptions();
}

static DECLARE_TASKLET(softirq_user, tasklet_fn);

static void a_dpc_on_top_of_a_block_has_exceptions_of_its_own(struct kunit *test)
{
	volatile bool open = false;

	open_before = true;
	__try {
		local_bh_disable();
		tasklet_schedule(&softirq_user);
		local_bh_enable(); /* runs it, on top of us */
		open = seh_is_open();
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		tell('x', 0);
	}
	tasklet_kill(&softirq_user);
	KUNIT_EXPECT_TRUE(test, open);
	KUNIT_EXPECT_STREQ(test, story, "");
	expect_they_were_of_use(test);
}

static void irq_work_fn(struct irq_work *work)
{
	use_exceptions();
}

static void an_interrupt_on_top_of_a_block_has_exceptions_of_its_own(struct kunit *test)
{
	struct irq_work work = IRQ_WORK_INIT_HARD(irq_work_fn);

	open_before = true;
	__try {
		irq_work_queue(&work);
		irq_work_sync(&work);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		tell('x', 0);
	}
	KUNIT_EXPECT_STREQ(test, story, "");
	expect_they_were_of_use(test);
}

static int exceptions_thread(void *failures)
{
	volatile int i;

	for (i = 0; i < 2000; i++) {
		__try {
			if (i % 2)
				load((int *)0x10);
			else
				raise_if(true, MY_STATUS);
			(*(int *)failures)++;
		} __except (GetExceptionCode() == (i % 2 ? STATUS_ACCESS_VIOLATION : MY_STATUS)) {
			cond_resched();
		}
	}
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static void threads_do_not_disturb_each_other(struct kunit *test)
{
	struct task_struct *thread[4];
	int failures[4] = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(thread); i++)
		thread[i] = kthread_run(exceptions_thread, &failures[i],
					"exceptions/%u", i);
	for (i = 0; i < ARRAY_SIZE(thread); i++) {
		KUNIT_EXPECT_EQ(test, kthread_stop(thread[i]), 0);
		KUNIT_EXPECT_EQ(test, failures[i], 0);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_block_that_raises_nothing_runs_no_handler),
	KUNIT_CASE(a_raise_in_a_called_function_is_caught_by_its_caller),
	KUNIT_CASE(the_lower_case_words_work_too),
	KUNIT_CASE(a_raise_in_a_handler_is_caught_outside),
	KUNIT_CASE(filters_are_asked_before_any_finally_runs),
	KUNIT_CASE(a_filter_and_a_finally_see_the_variables_of_their_function),
	KUNIT_CASE(each_activation_of_a_function_has_its_own_block),
	KUNIT_CASE(a_finally_runs_when_the_block_ends_and_when_it_is_left_by_leave),
	KUNIT_CASE(return_out_of_a_block_runs_its_finally_and_closes_it),
	KUNIT_CASE(goto_out_of_a_block_runs_its_finally_and_closes_it),
	KUNIT_CASE(return_out_of_a_finally_ends_the_exception),
	KUNIT_CASE(a_raise_in_a_finally_takes_the_place_of_the_exception),
	KUNIT_CASE(a_filter_that_raises_is_not_asked_again),
	KUNIT_CASE(a_block_in_a_finally_catches_what_is_raised_there),
	KUNIT_CASE(a_raised_exception_may_be_continued),
	KUNIT_CASE(continuing_what_ExRaiseStatus_raised_is_an_exception_itself),
	KUNIT_CASE(a_filter_may_mend_a_register_and_have_the_instruction_run_again),
	KUNIT_CASE(a_null_pointer_is_an_access_violation_and_no_bugcheck),
	KUNIT_CASE(an_unmapped_address_of_a_process_is_an_access_violation),
	KUNIT_CASE(an_unmapped_system_address_is_bugcheck_50_and_a_violation),
	KUNIT_CASE(an_address_of_neither_space_is_an_access_violation),
	KUNIT_CASE(a_write_to_readonly_memory_is_bugcheck_be_and_a_violation),
	KUNIT_CASE(execution_of_nonpaged_pool_is_bugcheck_fc_and_a_violation),
	KUNIT_CASE(paged_pool_comes_in_inside_a_block_as_elsewhere),
	KUNIT_CASE(a_page_that_is_out_at_dispatch_is_bugcheck_d1_and_a_violation),
	KUNIT_CASE(execution_of_a_page_that_is_out_at_dispatch_is_bugcheck_d1_8),
	KUNIT_CASE(execution_of_a_page_that_is_out_brings_it_in_and_is_bugcheck_fc),
	KUNIT_CASE(an_address_freed_in_paged_pool_is_one_bugcheck_50),
	KUNIT_CASE(a_page_that_cannot_be_had_is_an_in_page_error),
	KUNIT_CASE(accesses_with_a_fixup_of_their_own_raise_nothing),
	KUNIT_CASE(a_user_page_comes_though_its_address_space_is_locked),
	KUNIT_CASE(a_hundred_thousand_faults_in_a_row_are_all_caught),
	KUNIT_CASE(a_handler_runs_with_the_flags_that_c_code_counts_on),
	KUNIT_CASE(a_copy_backwards_that_faults_leaves_copies_as_they_were),
	KUNIT_CASE(a_frame_cannot_be_forged_without_the_secret),
	KUNIT_CASE(interrupts_stay_as_the_faulting_code_had_them),
	KUNIT_CASE(a_handler_runs_at_the_irql_of_the_raise),
	KUNIT_CASE(a_dpc_on_top_of_a_block_has_exceptions_of_its_own),
	KUNIT_CASE(an_interrupt_on_top_of_a_block_has_exceptions_of_its_own),
	KUNIT_CASE(threads_do_not_disturb_each_other),
	{}
};

struct kunit_suite exceptions_suite = {
	.name = "ntpool_exceptions",
	.init = exceptions_test_init,
	.exit = exceptions_test_exit,
	.test_cases = cases,
};
