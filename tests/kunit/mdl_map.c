// SPDX-License-Identifier: GPL-2.0-only
/* io/mdl_map.c: MmGetSystemAddressForMdlSafe() and its kin. */
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/slab.h>

#include "mdl.h"

/* Pages that do not lie side by side: each second one of twice as many is given back. */
static unsigned long scattered(struct kunit *test)
{
	unsigned long user = user_map(NULL, 2 * USER_SIZE, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE);
	unsigned long i, at;

	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(user));
	/* Backwards, as the page allocator tends to go upwards. */
	for (i = USER_PAGES; i-- > 0;) {
		at = user + i * PAGE_SIZE;
		KUNIT_ASSERT_TRUE(test, user_fill(at, i, PAGE_SIZE));
		KUNIT_ASSERT_TRUE(test, user_fill(at + USER_SIZE, i, 1));
	}
	vm_munmap(user + USER_SIZE, USER_SIZE);
	return user;
}

static void an_mdl_has_one_mapping_and_the_address_stays_the_same(struct kunit *test)
{
	unsigned long user = scattered(test), i;
	PMDL mdl = locked_mdl(test, user + 5, USER_SIZE - 5);
	u8 *p = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_EQ(test, offset_in_page(p), 5ul);
	KUNIT_EXPECT_TRUE(test, mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA);
	for (i = 0; i < USER_PAGES; i++)
		KUNIT_EXPECT_EQ(test, p[i * PAGE_SIZE], i);
	KUNIT_EXPECT_PTR_EQ(test,
			    (u8 *)MmGetSystemAddressForMdlSafe(mdl, HighPagePriority),
			    p);
	p[PAGE_SIZE] = 0xAB;
	KUNIT_EXPECT_TRUE(test, user_has(user + 5 + PAGE_SIZE, 0xAB, 1));
	unlock_and_free(mdl);
	vm_munmap(user, USER_SIZE);
}

static void unlocking_drops_the_mapping(struct kunit *test)
{
	unsigned long user = scattered(test);
	PMDL mdl = locked_mdl(test, user, USER_SIZE);

	/* With the verifier every mapping is one of its own. */
	set_verifier(test, NTPOOL_VERIFIER_POOL_TRACKING);
	KUNIT_EXPECT_NOT_NULL(test, MmGetSystemAddressForMdlSafe(
					    mdl, NormalPagePriority));
	MmUnlockPages(mdl);
	set_verifier(test, 0);
	KUNIT_EXPECT_EQ(test, mdl->MdlFlags, 0);
	KUNIT_EXPECT_NULL(test, mdl->MappedSystemVa);
	IoFreeMdl(mdl);
	vm_munmap(user, USER_SIZE);
}

static void with_the_verifier_a_touch_after_unlocking_is_a_fault(struct kunit *test)
{
	unsigned long user = scattered(test);
	PMDL mdl = locked_mdl(test, user, PAGE_SIZE);
	unsigned int level;
	pte_t *ptep;
	u8 *p;

	set_verifier(test, NTPOOL_VERIFIER_POOL_TRACKING);
	p = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
	KUNIT_ASSERT_NOT_NULL(test, p);
	*p = 1;
	MmUnlockPages(mdl);
	set_verifier(test, 0);
	ptep = lookup_address((unsigned long)p, &level);
	KUNIT_EXPECT_TRUE(test, !ptep || !pte_present(*ptep));
	IoFreeMdl(mdl);
	vm_munmap(user, USER_SIZE);
}

static noinline void *no_room(void)
{
	return NULL;
}

static int no_mapping(struct kprobe *probe, struct pt_regs *regs)
{
	regs->ip = (unsigned long)no_room;
	return 1;
}

static void afterwards(struct kprobe *probe, struct pt_regs *regs,
		       unsigned long flags)
{
}

static void where_there_is_no_room_the_address_is_null(struct kunit *test)
{
	struct kprobe probe = {
		.symbol_name = "mdl_map_pages",
		.pre_handler = no_mapping,
		.post_handler = afterwards,
	};
	unsigned long user = scattered(test);
	PMDL mdl = locked_mdl(test, user, USER_SIZE);
	u64 seq = bugcheck_last_seq();
	void *quiet, *loud;

	KUNIT_ASSERT_EQ(test, register_kprobe(&probe), 0);
	quiet = MmGetSystemAddressForMdlSafe(mdl, LowPagePriority);
	EXPECT_NO_BUGCHECK(test, seq);
	loud = MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL,
					    TRUE, NormalPagePriority);
	unregister_kprobe(&probe);
	KUNIT_EXPECT_NULL(test, quiet);
	KUNIT_EXPECT_NULL(test, loud);
	EXPECT_BUGCHECK(test, seq, 0x3F, 0, USER_PAGES, 0, 0);
	KUNIT_EXPECT_NOT_NULL(test, MmGetSystemAddressForMdlSafe(
					    mdl, LowPagePriority));
	unlock_and_free(mdl);
	vm_munmap(user, USER_SIZE);
}

static void a_mapping_without_writing_is_read_only(struct kunit *test)
{
	unsigned long user = scattered(test);
	PMDL mdl = locked_mdl(test, user, USER_SIZE);
	u8 *p = MmGetSystemAddressForMdlSafe(
		mdl, NormalPagePriority | MdlMappingNoWrite | MdlMappingNoExecute);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, can_load(p));
	KUNIT_EXPECT_FALSE(test, can_store(p));
	unlock_and_free(mdl);
	vm_munmap(user, USER_SIZE);
}

static void a_mapping_can_go_while_the_pages_stay_locked(struct kunit *test)
{
	unsigned long user = scattered(test);
	struct page *page = user_page(user);
	PMDL mdl = locked_mdl(test, user, USER_SIZE);
	void *p = MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL,
					       FALSE, NormalPagePriority);

	KUNIT_ASSERT_NOT_NULL(test, p);
	MmUnmapLockedPages(p, mdl);
	KUNIT_EXPECT_EQ(test, mdl->MdlFlags,
			MDL_PAGES_LOCKED | MDL_WRITE_OPERATION);
	KUNIT_EXPECT_EQ(test, pins_of(page), 1);
	KUNIT_EXPECT_NOT_NULL(test, MmGetSystemAddressForMdlSafe(
					    mdl, NormalPagePriority));
	unlock_and_free(mdl);
	put_page(page);
	vm_munmap(user, USER_SIZE);
}

static void a_second_mapping_is_bugcheck_c4_b2_and_one_of_no_locked_pages_b3(struct kunit *test)
{
	unsigned long user = scattered(test);
	PMDL mdl = locked_mdl(test, user, 8);
	u64 seq = bugcheck_last_seq();

	KUNIT_EXPECT_NOT_NULL(test, MmGetSystemAddressForMdlSafe(
					    mdl, NormalPagePriority));
	KUNIT_EXPECT_NULL(test, MmMapLockedPagesSpecifyCache(
					mdl, KernelMode, MmCached, NULL, FALSE,
					NormalPagePriority));
	EXPECT_BUGCHECK(test, seq, 0xC4, 0xB2, (unsigned long)mdl,
			(u16)mdl->MdlFlags, MDL_MAPPED_TO_SYSTEM_VA);
	MmUnlockPages(mdl);
	seq = bugcheck_last_seq();
	KUNIT_EXPECT_NULL(test, MmGetSystemAddressForMdlSafe(
					mdl, NormalPagePriority));
	EXPECT_BUGCHECK(test, seq, 0xC4, 0xB3, (unsigned long)mdl, 0,
			MDL_PAGES_LOCKED | MDL_PARTIAL);
	IoFreeMdl(mdl);
	vm_munmap(user, USER_SIZE);
}

static void unmapping_what_is_not_mapped_is_bugcheck_da_and_leaves_the_mapping(struct kunit *test)
{
	unsigned long user = scattered(test);
	PMDL mdl = locked_mdl(test, user, USER_SIZE);
	u64 seq = bugcheck_last_seq();
	u8 *p;

	MmUnmapLockedPages((PVOID)PAGE_OFFSET, mdl);
	EXPECT_BUGCHECK(test, seq, 0xDA, 6, (unsigned long)mdl, PAGE_OFFSET, USER_PAGES);
	p = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
	KUNIT_ASSERT_NOT_NULL(test, p);
	MmUnmapLockedPages(p + 1, mdl);
	EXPECT_BUGCHECK(test, seq, 0xDA, 3, (unsigned long)mdl, (unsigned long)p,
			(unsigned long)p + 1);
	KUNIT_EXPECT_TRUE(test, can_load(p));
	unlock_and_free(mdl);
	vm_munmap(user, USER_SIZE);
}

static void an_mdl_freed_while_mapped_is_bugcheck_c4_b8_and_stays(struct kunit *test)
{
	unsigned long user = scattered(test);
	PMDL mdl = locked_mdl(test, user, USER_SIZE);
	u8 *p = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
	u64 seq = bugcheck_last_seq();

	IoFreeMdl(mdl);
	EXPECT_BUGCHECK(test, seq, 0xC4, 0xB8, (unsigned long)mdl,
			(u16)mdl->MdlFlags, 0);
	KUNIT_EXPECT_TRUE(test, can_load(p));
	unlock_and_free(mdl);
	vm_munmap(user, USER_SIZE);
}

static void a_mapping_of_others_pages_into_a_process_is_refused(struct kunit *test)
{
	unsigned long user = scattered(test);
	PMDL mdl = locked_mdl(test, user, 8);
	volatile NTSTATUS status = STATUS_SUCCESS;

	__try {
		MmMapLockedPagesSpecifyCache(mdl, UserMode, MmCached, NULL,
					     FALSE, NormalPagePriority);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	KUNIT_EXPECT_EQ(test, status, STATUS_NOT_SUPPORTED);
	unlock_and_free(mdl);
	vm_munmap(user, USER_SIZE);
}

static PMDL own_pages(struct kunit *test, SIZE_T bytes)
{
	PHYSICAL_ADDRESS low = {}, high = { .QuadPart = -1 }, skip = {};
	PMDL mdl = MmAllocatePagesForMdl(low, high, skip, bytes);

	KUNIT_ASSERT_NOT_NULL(test, mdl);
	KUNIT_ASSERT_EQ(test, (SIZE_T)mdl->ByteCount, bytes);
	return mdl;
}

static NTSTATUS map_for_user(PMDL mdl, unsigned long at, ULONG priority,
			     unsigned long *address)
{
	volatile NTSTATUS status = STATUS_SUCCESS;

	*address = 0;
	__try {
		*address = (unsigned long)MmMapLockedPagesSpecifyCache(
			mdl, UserMode, MmCached, (PVOID)at, FALSE,
			NormalPagePriority | priority);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
	}
	return status;
}

static void free_own(PMDL mdl)
{
	MmFreePagesFromMdl(mdl);
	ExFreePool(mdl);
}

static void an_mdls_own_pages_can_be_shared_with_a_process(struct kunit *test)
{
	PMDL mdl = own_pages(test, USER_SIZE);
	u8 *system = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
	unsigned long user;

	KUNIT_ASSERT_NOT_NULL(test, system);
	KUNIT_ASSERT_EQ(test, map_for_user(mdl, 0, 0, &user), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, user && user < TASK_SIZE_MAX);
	KUNIT_EXPECT_TRUE(test, user_has(user, 0, USER_SIZE));
	system[USER_SIZE - 1] = 0xAB;
	KUNIT_EXPECT_TRUE(test, user_has(user + USER_SIZE - 1, 0xAB, 1));
	KUNIT_EXPECT_TRUE(test, user_fill(user, 0xCD, 1));
	KUNIT_EXPECT_EQ(test, system[0], 0xCD);
	MmUnmapLockedPages((PVOID)user, mdl);
	KUNIT_EXPECT_FALSE(test, user_has(user, 0xCD, 1));
	free_own(mdl);
}

static void a_mapping_in_a_process_keeps_the_pages(struct kunit *test)
{
	PMDL mdl = own_pages(test, PAGE_SIZE);
	unsigned long user;

	KUNIT_ASSERT_EQ(test, map_for_user(mdl, 0, 0, &user), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, user_fill(user, 0xCD, PAGE_SIZE));
	free_own(mdl);
	KUNIT_EXPECT_TRUE(test, user_has(user, 0xCD, PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, vm_munmap(user, PAGE_SIZE), 0);
}

static void a_mapping_in_a_process_may_be_read_only_and_where_it_is_wanted(struct kunit *test)
{
	unsigned long place = user_map(NULL, PAGE_SIZE, PROT_READ, MAP_PRIVATE), user;
	PMDL mdl = own_pages(test, PAGE_SIZE);

	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(place));
	KUNIT_EXPECT_EQ(test, map_for_user(mdl, place, 0, &user), STATUS_CONFLICTING_ADDRESSES);
	vm_munmap(place, PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, map_for_user(mdl, place, MdlMappingNoWrite, &user), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, user, place);
	KUNIT_EXPECT_TRUE(test, user_has(user, 0, PAGE_SIZE));
	KUNIT_EXPECT_FALSE(test, user_fill(user, 1, 1));
	MmUnmapLockedPages((PVOID)user, mdl);
	free_own(mdl);
}

static void unmapping_what_is_not_mapped_in_a_process_is_bugcheck_da_6(struct kunit *test)
{
	unsigned long other = user_map(NULL, PAGE_SIZE, PROT_READ, MAP_PRIVATE);
	PMDL mdl = own_pages(test, PAGE_SIZE);
	u64 seq = bugcheck_last_seq();

	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(other));
	MmUnmapLockedPages((PVOID)other, mdl);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_SYSTEM_PTE_MISUSE, 6, (unsigned long)mdl, other, 1);
	KUNIT_EXPECT_TRUE(test, user_has(other, 0, 1));
	vm_munmap(other, PAGE_SIZE);
	free_own(mdl);
}

static void a_mapping_in_a_process_may_be_gone_when_its_driver_unmaps_it(struct kunit *test)
{
	PMDL mdl = own_pages(test, PAGE_SIZE);
	u64 seq = bugcheck_last_seq();
	unsigned long user;

	KUNIT_ASSERT_EQ(test, map_for_user(mdl, 0, 0, &user), STATUS_SUCCESS);
	vm_munmap(user, PAGE_SIZE);
	MmUnmapLockedPages((PVOID)user, mdl);
	EXPECT_NO_BUGCHECK(test, seq);
	MmUnmapLockedPages((PVOID)user, mdl);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_SYSTEM_PTE_MISUSE, 6, (unsigned long)mdl, user, 1);
	free_own(mdl);
}

/* As in a cleanup that the exit of the process brings. */
static void a_mapping_in_a_process_may_be_unmapped_when_that_has_left_its_memory(struct kunit *test)
{
	PMDL mdl = own_pages(test, PAGE_SIZE);
	u64 seq = bugcheck_last_seq();
	unsigned long user;

	KUNIT_ASSERT_EQ(test, map_for_user(mdl, 0, 0, &user), STATUS_SUCCESS);
	user_space_detach(test);
	MmUnmapLockedPages((PVOID)user, mdl);
	EXPECT_NO_BUGCHECK(test, seq);
	user_space_attach(test);
	free_own(mdl);
	vm_munmap(user, PAGE_SIZE);
}

static void no_more_pages_than_there_are_come_into_a_process(struct kunit *test)
{
	PMDL mdl = own_pages(test, PAGE_SIZE);
	unsigned long user;

	mdl->ByteCount = 2 * PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, map_for_user(mdl, 0, 0, &user), STATUS_INSUFFICIENT_RESOURCES);
	mdl->ByteCount = 0;
	KUNIT_EXPECT_EQ(test, map_for_user(mdl, 0, 0, &user), STATUS_INSUFFICIENT_RESOURCES);
	free_own(mdl);
}

static void a_mapping_of_nonpaged_pool_into_a_process_is_refused_without_a_bugcheck(struct kunit *test)
{
	PVOID block = ExAllocatePool2(POOL_FLAG_NON_PAGED, PAGE_SIZE, TEST_TAG);
	PMDL mdl = IoAllocateMdl(block, PAGE_SIZE, FALSE, FALSE, NULL);
	u64 seq = bugcheck_last_seq();
	unsigned long user;

	KUNIT_ASSERT_NOT_NULL(test, block);
	KUNIT_ASSERT_NOT_NULL(test, mdl);
	MmBuildMdlForNonPagedPool(mdl);
	KUNIT_EXPECT_EQ(test, map_for_user(mdl, 0, 0, &user), STATUS_NOT_SUPPORTED);
	EXPECT_NO_BUGCHECK(test, seq);
	IoFreeMdl(mdl);
	ExFreePool(block);
}

static void mapping_into_a_process_at_dispatch_is_bugcheck_c4_77(struct kunit *test)
{
	PMDL mdl = own_pages(test, PAGE_SIZE);
	u64 seq = bugcheck_last_seq();
	unsigned long user;
	u8 irql = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);

	map_for_user(mdl, 0, 0, &user);
	ntpool_lower_irql(irql);
	KUNIT_EXPECT_EQ(test, user, 0ul);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_VERIFIER_DETECTED_VIOLATION, 0x77,
			NTPOOL_IRQL_DISPATCH, (unsigned long)mdl, UserMode);
	free_own(mdl);
}

static u8 *address_at_dispatch(PMDL mdl)
{
	u8 irql = ntpool_raise_irql(NTPOOL_IRQL_DISPATCH);
	u8 *p = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);

	if (p)
		p[0] = 0xBA;
	ntpool_lower_irql(irql);
	return p;
}

static void at_dispatch_there_is_room_for_some_mappings(struct kunit *test)
{
	static PMDL mdl[500];
	unsigned long user = scattered(test), i, mapped = 0, round;

	set_verifier(test, NTPOOL_VERIFIER_POOL_TRACKING);
	for (round = 0; round < 2; round++) {
		for (i = 0; i < ARRAY_SIZE(mdl); i++) {
			mdl[i] = locked_mdl(test, user, USER_SIZE);
			mapped += address_at_dispatch(mdl[i]) != NULL;
		}
		KUNIT_EXPECT_TRUE(test, user_has(user, 0xBA, 1));
		for (i = 0; i < ARRAY_SIZE(mdl); i++)
			unlock_and_free(mdl[i]);
		mdl_flush_later();
	}
	set_verifier(test, 0);
	/* 8 MB are 256 times eight pages; the room is the same the second time. */
	KUNIT_EXPECT_EQ(test, mapped, 2 * 256ul);
	vm_munmap(user, USER_SIZE);
}

/* Many threads ask for the address of one MDL at a time. */
struct asker {
	PMDL mdl;
	void *got;
	struct completion done;
};

static int ask(void *arg)
{
	struct asker *asker = arg;

	asker->got = MmGetSystemAddressForMdlSafe(asker->mdl, NormalPagePriority);
	complete(&asker->done);
	return 0;
}

static void all_who_ask_at_a_time_get_one_address(struct kunit *test)
{
	struct asker *askers = kunit_kzalloc(test, 8 * sizeof(*askers), GFP_KERNEL);
	unsigned long user = scattered(test);
	unsigned int round, i;
	PMDL mdl = user_mdl(user, USER_SIZE);

	for (round = 0; round < 50; round++) {
		KUNIT_ASSERT_EQ(test, try_lock(mdl, UserMode, IoWriteAccess),
				STATUS_SUCCESS);
		for (i = 0; i < 8; i++) {
			askers[i].mdl = mdl;
			init_completion(&askers[i].done);
			kthread_run(ask, &askers[i], "ask/%u", i);
		}
		for (i = 0; i < 8; i++)
			wait_for_completion(&askers[i].done);
		for (i = 0; i < 8; i++) {
			KUNIT_EXPECT_NOT_NULL(test, askers[i].got);
			KUNIT_EXPECT_PTR_EQ(test, askers[i].got, askers[0].got);
		}
		MmUnlockPages(mdl);
	}
	IoFreeMdl(mdl);
	vm_munmap(user, USER_SIZE);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(an_mdl_has_one_mapping_and_the_address_stays_the_same),
	KUNIT_CASE(unlocking_drops_the_mapping),
	KUNIT_CASE(with_the_verifier_a_touch_after_unlocking_is_a_fault),
	KUNIT_CASE(where_there_is_no_room_the_address_is_null),
	KUNIT_CASE(a_mapping_without_writing_is_read_only),
	KUNIT_CASE(a_mapping_can_go_while_the_pages_stay_locked),
	KUNIT_CASE(a_second_mapping_is_bugcheck_c4_b2_and_one_of_no_locked_pages_b3),
	KUNIT_CASE(unmapping_what_is_not_mapped_is_bugcheck_da_and_leaves_the_mapping),
	KUNIT_CASE(an_mdl_freed_while_mapped_is_bugcheck_c4_b8_and_stays),
	KUNIT_CASE(a_mapping_of_others_pages_into_a_process_is_refused),
	KUNIT_CASE(an_mdls_own_pages_can_be_shared_with_a_process),
	KUNIT_CASE(a_mapping_in_a_process_keeps_the_pages),
	KUNIT_CASE(a_mapping_in_a_process_may_be_read_only_and_where_it_is_wanted),
	KUNIT_CASE(unmapping_what_is_not_mapped_in_a_process_is_bugcheck_da_6),
	KUNIT_CASE(a_mapping_in_a_process_may_be_gone_when_its_driver_unmaps_it),
	KUNIT_CASE(a_mapping_in_a_process_may_be_unmapped_when_that_has_left_its_memory),
	KUNIT_CASE(no_more_pages_than_there_are_come_into_a_process),
	KUNIT_CASE(a_mapping_of_nonpaged_pool_into_a_process_is_refused_without_a_bugcheck),
	KUNIT_CASE(mapping_into_a_process_at_dispatch_is_bugcheck_c4_77),
	KUNIT_CASE(at_dispatch_there_is_room_for_some_mappings),
	KUNIT_CASE(all_who_ask_at_a_time_get_one_address),
	{}
};

struct kunit_suite mdl_map_suite = {
	.name = "ntpool_mdl_map",
	.suite_init = user_space_find,
	.suite_exit = user_space_leave,
	.init = user_space_attach,
	.exit = user_space_detach,
	.test_cases = cases,
};
