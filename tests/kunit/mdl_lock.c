// SPDX-License-Identifier: GPL-2.0-only
/* io/mdl_lock.c, io/mdl_pin.c: what MmProbeAndLockPages() and MmUnlockPages() promise. */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include <linux/shmem_fs.h>
#include <linux/sizes.h>

#include "mdl.h"

static unsigned long anonymous(struct kunit *test)
{
	unsigned long address = user_map(NULL, USER_SIZE, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE);

	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(address));
	KUNIT_ASSERT_TRUE(test, user_fill(address, 0x11, USER_SIZE));
	return address;
}

static u8 *system_address(struct kunit *test, PMDL mdl)
{
	u8 *p = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);

	KUNIT_ASSERT_NOT_NULL(test, p);
	return p;
}

static void locking_pins_each_page_once_and_unlocking_lets_go(struct kunit *test)
{
	unsigned long user = anonymous(test), before = current->mm->locked_vm;
	struct page *first = user_page(user), *last = user_page(user + PAGE_SIZE);
	PMDL mdl = locked_mdl(test, user + 10, PAGE_SIZE);

	KUNIT_EXPECT_EQ(test, mdl->MdlFlags,
			MDL_PAGES_LOCKED | MDL_WRITE_OPERATION);
	KUNIT_EXPECT_NOT_NULL(test, mdl->Process);
	KUNIT_EXPECT_EQ(test, pins_of(first), 1);
	KUNIT_EXPECT_EQ(test, pins_of(last), 1);
	KUNIT_EXPECT_EQ(test, MmGetMdlPfnArray(mdl)[0], page_to_pfn(first));
	KUNIT_EXPECT_EQ(test, MmGetMdlPfnArray(mdl)[1], page_to_pfn(last));
	KUNIT_EXPECT_EQ(test, current->mm->locked_vm, before + 2);
	KUNIT_EXPECT_EQ(test, mdl_locked_pages(current->mm), 2ull);
	MmUnlockPages(mdl);
	KUNIT_EXPECT_EQ(test, mdl->MdlFlags, 0);
	KUNIT_EXPECT_EQ(test, pins_of(first), 0);
	KUNIT_EXPECT_EQ(test, pins_of(last), 0);
	KUNIT_EXPECT_EQ(test, current->mm->locked_vm, before);
	KUNIT_EXPECT_EQ(test, mdl_locked_pages(current->mm), 0ull);
	IoFreeMdl(mdl);
	put_page(first);
	put_page(last);
	vm_munmap(user, USER_SIZE);
}

static void locked_pages_survive_unmap_and_remap(struct kunit *test)
{
	unsigned long user = anonymous(test), again;
	PMDL mdl = locked_mdl(test, user, USER_SIZE);
	u8 *p = system_address(test, mdl);

	KUNIT_EXPECT_EQ(test, vm_munmap(user, USER_SIZE), 0);
	memset(p, 0x22, USER_SIZE);
	again = vm_mmap(NULL, user, USER_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);
	KUNIT_EXPECT_EQ(test, again, user);
	KUNIT_EXPECT_TRUE(test, user_fill(user, 0x33, USER_SIZE));
	KUNIT_EXPECT_NULL(test, memchr_inv(p, 0x22, USER_SIZE));
	memset(p, 0x44, USER_SIZE);
	KUNIT_EXPECT_TRUE(test, user_has(user, 0x33, USER_SIZE));
	unlock_and_free(mdl);
	vm_munmap(user, USER_SIZE);
}

static void locked_pages_survive_the_truncation_of_their_file(struct kunit *test)
{
	struct file *file = shmem_file_setup("mdl", USER_SIZE, VM_NORESERVE);
	unsigned long user;
	PMDL mdl;
	u8 *p;

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	user = user_map(file, USER_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED);
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(user));
	KUNIT_ASSERT_TRUE(test, user_fill(user, 0x55, USER_SIZE));
	mdl = locked_mdl(test, user, USER_SIZE);
	p = system_address(test, mdl);
	shmem_truncate_range(file_inode(file), 0, -1);
	KUNIT_EXPECT_NULL(test, memchr_inv(p, 0x55, USER_SIZE));
	KUNIT_EXPECT_TRUE(test, user_has(user, 0, USER_SIZE));
	unlock_and_free(mdl);
	vm_munmap(user, USER_SIZE);
	fput(file);
}

static void a_page_locked_by_two_mdls_stays_until_the_last_unlocks(struct kunit *test)
{
	unsigned long user = anonymous(test);
	struct page *page = user_page(user);
	PMDL a = locked_mdl(test, user, 100), b = locked_mdl(test, user + 50, 100);

	KUNIT_EXPECT_EQ(test, pins_of(page), 2);
	unlock_and_free(a);
	KUNIT_EXPECT_EQ(test, pins_of(page), 1);
	unlock_and_free(b);
	KUNIT_EXPECT_EQ(test, pins_of(page), 0);
	put_page(page);
	vm_munmap(user, USER_SIZE);
}

static void a_hole_in_the_buffer_is_an_access_violation_and_nothing_is_locked(struct kunit *test)
{
	unsigned long user = anonymous(test), before = current->mm->locked_vm;
	struct page *page = user_page(user);
	PMDL mdl = user_mdl(user, USER_SIZE);

	vm_munmap(user + 3 * PAGE_SIZE, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, try_lock(mdl, UserMode, IoReadAccess),
			STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, mdl->MdlFlags, 0);
	KUNIT_EXPECT_EQ(test, pins_of(page), 0);
	KUNIT_EXPECT_EQ(test, current->mm->locked_vm, before);
	IoFreeMdl(mdl);
	put_page(page);
	vm_munmap(user, USER_SIZE);
}

static void a_read_only_page_is_locked_for_reading_only(struct kunit *test)
{
	unsigned long user = user_map(NULL, PAGE_SIZE, PROT_READ, MAP_PRIVATE);
	PMDL mdl = user_mdl(user, 8);

	KUNIT_EXPECT_EQ(test, try_lock(mdl, UserMode, IoWriteAccess),
			STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, try_lock(mdl, UserMode, IoModifyAccess),
			STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, try_lock(mdl, UserMode, IoReadAccess),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, mdl->MdlFlags, MDL_PAGES_LOCKED);
	unlock_and_free(mdl);
	vm_munmap(user, PAGE_SIZE);
}

/* The page must not become another one when the process writes it later. */
static void what_is_locked_for_reading_stays_the_process_s_page(struct kunit *test)
{
	unsigned long user = user_map(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE);
	PMDL mdl = user_mdl(user, PAGE_SIZE);
	u8 *p;

	KUNIT_ASSERT_TRUE(test, user_has(user, 0, PAGE_SIZE)); /* the zero page */
	KUNIT_ASSERT_EQ(test, try_lock(mdl, UserMode, IoReadAccess),
			STATUS_SUCCESS);
	p = system_address(test, mdl);
	KUNIT_ASSERT_TRUE(test, user_fill(user, 0x66, PAGE_SIZE));
	KUNIT_EXPECT_NULL(test, memchr_inv(p, 0x66, PAGE_SIZE));
	unlock_and_free(mdl);
	vm_munmap(user, PAGE_SIZE);
}

static void user_mode_may_not_name_system_addresses(struct kunit *test)
{
	void *block = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 100, TEST_TAG);
	PMDL mdl = user_mdl((unsigned long)block, 100);
	PMDL across = user_mdl(TASK_SIZE_MAX - 8, 100);

	KUNIT_EXPECT_EQ(test, try_lock(mdl, UserMode, IoReadAccess),
			STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, try_lock(mdl, KernelMode, IoReadAccess),
			STATUS_SUCCESS);
	unlock_and_free(mdl);
	KUNIT_EXPECT_EQ(test, try_lock(across, KernelMode, IoReadAccess),
			STATUS_ACCESS_VIOLATION);
	IoFreeMdl(across);
	ntpool_free(block, TEST_TAG);
}

static void addresses_that_wrap_are_an_access_violation(struct kunit *test)
{
	PMDL mdl = user_mdl(-PAGE_SIZE, 2 * PAGE_SIZE);

	KUNIT_EXPECT_EQ(test, try_lock(mdl, KernelMode, IoReadAccess),
			STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, try_lock(mdl, UserMode, IoReadAccess),
			STATUS_ACCESS_VIOLATION);
	IoFreeMdl(mdl);
}

static NTSTATUS lock_with(PMDL mdl, bool privileged, unsigned long limit)
{
	struct rlimit *rlim = &current->signal->rlim[RLIMIT_MEMLOCK], old = *rlim;
	struct cred *cred = prepare_creds();
	const struct cred *before;
	NTSTATUS status;

	if (!cred)
		return STATUS_NO_MEMORY;
	if (!privileged)
		cap_lower(cred->cap_effective, CAP_IPC_LOCK);
	before = override_creds(cred);
	rlim->rlim_cur = limit;
	status = try_lock(mdl, UserMode, IoWriteAccess);
	*rlim = old;
	revert_creds(before);
	put_cred(cred);
	return status;
}

static void locked_pages_count_against_the_limit_of_the_process(struct kunit *test)
{
	unsigned long user = anonymous(test);
	unsigned long now = current->mm->locked_vm << PAGE_SHIFT;
	PMDL mdl = user_mdl(user, USER_SIZE);

	KUNIT_EXPECT_EQ(test, lock_with(mdl, false, now + USER_SIZE - PAGE_SIZE),
			STATUS_WORKING_SET_QUOTA);
	KUNIT_EXPECT_EQ(test, mdl_locked_pages(current->mm), 0ull);
	KUNIT_EXPECT_EQ(test, lock_with(mdl, false, now + USER_SIZE),
			STATUS_SUCCESS);
	MmUnlockPages(mdl);
	KUNIT_EXPECT_EQ(test, lock_with(mdl, true, 0), STATUS_SUCCESS);
	unlock_and_free(mdl);
	vm_munmap(user, USER_SIZE);
}

static void paged_pool_that_is_locked_stays_resident(struct kunit *test)
{
	u8 *block = ntpool_alloc(NTPOOL_FLAG_PAGED, 4 * PAGE_SIZE, TEST_TAG);
	PMDL mdl;
	u8 *p;

	KUNIT_ASSERT_NOT_NULL(test, block);
	memset(block, 0x77, 4 * PAGE_SIZE);
	send_to_swap(block, 4);
	mdl = locked_mdl(test, (unsigned long)block + PAGE_SIZE, 2 * PAGE_SIZE);
	KUNIT_EXPECT_NULL(test, mdl->Process);
	paging_trim_all();
	paging_trim_all();
	KUNIT_EXPECT_NE(test, page_state(block), (u32)NTPOOL_PAGE_RESIDENT);
	KUNIT_EXPECT_EQ(test, page_state(block + PAGE_SIZE),
			(u32)NTPOOL_PAGE_RESIDENT);
	p = system_address(test, mdl);
	KUNIT_EXPECT_PTR_NE(test, p, block + PAGE_SIZE);
	p[2] = 0x78;
	KUNIT_EXPECT_EQ(test, block[PAGE_SIZE + 2], 0x78);
	unlock_and_free(mdl);
	paging_trim_all();
	paging_trim_all();
	KUNIT_EXPECT_NE(test, page_state(block + PAGE_SIZE),
			(u32)NTPOOL_PAGE_RESIDENT);
	ntpool_free(block, TEST_TAG);
}

static void nonpaged_memory_is_locked_at_dispatch(struct kunit *test)
{
	u8 *block = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 3 * PAGE_SIZE, TEST_TAG);
	PMDL mdl = user_mdl((unsigned long)block, 3 * PAGE_SIZE);
	NTSTATUS status;
	u8 irql;

	irql = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	status = try_lock(mdl, KernelMode, IoWriteAccess);
	ntpool_lower_irql(irql);
	KUNIT_EXPECT_EQ(test, status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, MmGetMdlPfnArray(mdl)[2],
			vmalloc_to_pfn(block + 2 * PAGE_SIZE));
	irql = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	unlock_and_free(mdl);
	ntpool_lower_irql(irql);
	ntpool_free(block, TEST_TAG);
}

static void pageable_memory_at_dispatch_is_bugcheck_c4_70(struct kunit *test)
{
	unsigned long user = anonymous(test);
	PMDL mdl = user_mdl(user, 8);
	u64 seq = bugcheck_last_seq();
	u8 irql = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);

	/* Nobody could handle an exception here: it returns. */
	MmProbeAndLockPages(mdl, UserMode, IoReadAccess);
	ntpool_lower_irql(irql);
	EXPECT_BUGCHECK(test, seq, 0xC4, 0x70, NTPOOL_IRQL_DISPATCH,
			(unsigned long)mdl, UserMode);
	KUNIT_EXPECT_EQ(test, mdl->MdlFlags, 0);
	IoFreeMdl(mdl);
	vm_munmap(user, USER_SIZE);
}

static void an_mdl_locked_twice_is_bugcheck_c4_b0_and_stays_locked_once(struct kunit *test)
{
	unsigned long user = anonymous(test);
	struct page *page = user_page(user);
	PMDL mdl = locked_mdl(test, user, 8);
	u64 seq = bugcheck_last_seq();

	KUNIT_EXPECT_EQ(test, try_lock(mdl, UserMode, IoReadAccess),
			STATUS_UNSUCCESSFUL);
	EXPECT_BUGCHECK(test, seq, 0xC4, 0xB0, (unsigned long)mdl,
			MDL_PAGES_LOCKED | MDL_WRITE_OPERATION, MDL_PAGES_LOCKED);
	KUNIT_EXPECT_EQ(test, pins_of(page), 1);
	unlock_and_free(mdl);
	KUNIT_EXPECT_EQ(test, pins_of(page), 0);
	put_page(page);
	vm_munmap(user, USER_SIZE);
}

static void an_mdl_unlocked_twice_is_bugcheck_76_1(struct kunit *test)
{
	unsigned long user = anonymous(test);
	PMDL other = locked_mdl(test, user, USER_SIZE);
	PMDL mdl = locked_mdl(test, user, 8);
	u64 seq = bugcheck_last_seq();

	MmUnlockPages(mdl);
	EXPECT_NO_BUGCHECK(test, seq);
	MmUnlockPages(mdl);
	EXPECT_BUGCHECK(test, seq, 0x76, 1, (unsigned long)mdl, USER_PAGES, 0);
	IoFreeMdl(mdl);
	unlock_and_free(other);
	vm_munmap(user, USER_SIZE);
}

static void the_verifier_tells_never_locked_c4_7c_from_nonpaged_7d(struct kunit *test)
{
	void *block = ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 100, TEST_TAG);
	PMDL mdl = user_mdl((unsigned long)block, 100);
	u64 seq;

	set_verifier(test, NTPOOL_VERIFIER_POOL_TRACKING);
	seq = bugcheck_last_seq();
	MmUnlockPages(mdl);
	EXPECT_BUGCHECK(test, seq, 0xC4, 0x7C, (unsigned long)mdl, 0, 0);
	MmBuildMdlForNonPagedPool(mdl);
	seq = bugcheck_last_seq();
	MmUnlockPages(mdl);
	EXPECT_BUGCHECK(test, seq, 0xC4, 0x7D, (unsigned long)mdl,
			MDL_SOURCE_IS_NONPAGED_POOL, 0);
	set_verifier(test, 0);
	IoFreeMdl(mdl);
	ntpool_free(block, TEST_TAG);
}

static PMDL unlocked_by_interrupt;
static u64 interrupt_bugcheck;

static void unlock_in_interrupt(struct irq_work *work)
{
	u64 seq = bugcheck_last_seq();

	MmUnlockPages(unlocked_by_interrupt);
	interrupt_bugcheck = bugcheck_by_thread_since(seq, current->pid);
}

static void unlocking_above_dispatch_is_bugcheck_c4_78_and_it_stays_locked(struct kunit *test)
{
	struct irq_work work = IRQ_WORK_INIT_HARD(unlock_in_interrupt);
	unsigned long user = anonymous(test);
	struct bugcheck_record rec = {};

	unlocked_by_interrupt = locked_mdl(test, user, 8);
	irq_work_queue(&work);
	irq_work_sync(&work);
	KUNIT_EXPECT_TRUE(test, bugcheck_get(interrupt_bugcheck, &rec));
	KUNIT_EXPECT_EQ(test, rec.code, 0xC4u);
	KUNIT_EXPECT_EQ(test, rec.param[0], 0x78ull);
	KUNIT_EXPECT_EQ(test, mdl_locked_pages(current->mm), 1ull);
	unlock_and_free(unlocked_by_interrupt);
	vm_munmap(user, USER_SIZE);
}

static void pages_unlocked_at_dispatch_are_let_go_of_soon(struct kunit *test)
{
	unsigned long user = anonymous(test), before = current->mm->locked_vm;
	struct page *page = user_page(user);
	PMDL mdl = locked_mdl(test, user, USER_SIZE);
	u8 irql;

	system_address(test, mdl);
	irql = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	unlock_and_free(mdl);
	ntpool_lower_irql(irql);
	KUNIT_EXPECT_EQ(test, mdl_locked_pages(current->mm), 0ull);
	mdl_flush_later();
	KUNIT_EXPECT_EQ(test, pins_of(page), 0);
	KUNIT_EXPECT_EQ(test, current->mm->locked_vm, before);
	put_page(page);
	vm_munmap(user, USER_SIZE);
}

static void a_buffer_of_no_bytes_cannot_be_locked(struct kunit *test)
{
	unsigned long user = anonymous(test);
	PMDL mdl = user_mdl(user, 0);

	KUNIT_ASSERT_NOT_NULL(test, mdl);
	KUNIT_EXPECT_EQ(test, try_lock(mdl, UserMode, IoReadAccess),
			STATUS_INVALID_PARAMETER);
	IoFreeMdl(mdl);
	vm_munmap(user, USER_SIZE);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(locking_pins_each_page_once_and_unlocking_lets_go),
	KUNIT_CASE(locked_pages_survive_unmap_and_remap),
	KUNIT_CASE(locked_pages_survive_the_truncation_of_their_file),
	KUNIT_CASE(a_page_locked_by_two_mdls_stays_until_the_last_unlocks),
	KUNIT_CASE(a_hole_in_the_buffer_is_an_access_violation_and_nothing_is_locked),
	KUNIT_CASE(a_read_only_page_is_locked_for_reading_only),
	KUNIT_CASE(what_is_locked_for_reading_stays_the_process_s_page),
	KUNIT_CASE(user_mode_may_not_name_system_addresses),
	KUNIT_CASE(addresses_that_wrap_are_an_access_violation),
	KUNIT_CASE(locked_pages_count_against_the_limit_of_the_process),
	KUNIT_CASE(paged_pool_that_is_locked_stays_resident),
	KUNIT_CASE(nonpaged_memory_is_locked_at_dispatch),
	KUNIT_CASE(pageable_memory_at_dispatch_is_bugcheck_c4_70),
	KUNIT_CASE(an_mdl_locked_twice_is_bugcheck_c4_b0_and_stays_locked_once),
	KUNIT_CASE(an_mdl_unlocked_twice_is_bugcheck_76_1),
	KUNIT_CASE(the_verifier_tells_never_locked_c4_7c_from_nonpaged_7d),
	KUNIT_CASE(unlocking_above_dispatch_is_bugcheck_c4_78_and_it_stays_locked),
	KUNIT_CASE(pages_unlocked_at_dispatch_are_let_go_of_soon),
	KUNIT_CASE(a_buffer_of_no_bytes_cannot_be_locked),
	{}
};

struct kunit_suite mdl_lock_suite = {
	.name = "ntpool_mdl_lock",
	.suite_init = user_space_find,
	.suite_exit = user_space_leave,
	.init = user_space_attach,
	.exit = user_space_detach,
	.test_cases = cases,
};
