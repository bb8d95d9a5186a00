// SPDX-License-Identifier: GPL-2.0-only
/* Address spaces: layouts, classification and page-table walks. */
#include "uapi.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MB (1ull << 20)
#define GB (1ull << 30)
#define TB (1ull << 40)

static struct ntpool_split ask(int fd)
{
	struct ntpool_split split;

	memset(&split, POISON, sizeof(split));
	split.layout = 0;
	split.user_mb = 0;
	split.set = 0;
	split.pad = 0;
	assert_int_equal(call(fd, NTPOOL_IOC_SPLIT, &split), 0);
	return split;
}

static struct ntpool_split set(int fd, uint32_t layout, uint32_t user_mb)
{
	struct ntpool_split split;

	memset(&split, POISON, sizeof(split));
	split.layout = layout;
	split.user_mb = user_mb;
	split.set = 1;
	split.pad = 0;
	assert_int_equal(call(fd, NTPOOL_IOC_SPLIT, &split), 0);
	return split;
}

static void test_native(void **state)
{
	struct ntpool_split split = ask(rig.fd);

	(void)state;
	assert_int_equal(split.layout, NTPOOL_LAYOUT_NATIVE);
	assert_int_equal(split.user_mb, 0);
	assert_int_equal(split.emulated, 0);
	assert_int_equal(split.caller_bits, 64);
	assert_int_equal(split.caller_end, split.user_end);
	assert_true(split.user_start < split.user_end);
	assert_true(split.user_end < split.hole_start);
	assert_int_equal(split.hole_end + 1, split.system_start);
	assert_int_equal(split.system_end, ~0ull);
	assert_true((uintptr_t)&split < split.user_end);
}

static void test_x64(void **state)
{
	struct ntpool_split split = set(rig.fd, NTPOOL_LAYOUT_NT_X64, 0);

	(void)state;
	assert_int_equal(split.emulated, 1);
	assert_int_equal(split.user_end, 0x7ffffffeffff);
	assert_int_equal(split.probe_address, 0x7fffffff0000);
	assert_int_equal(split.hole_start, 128 * TB);
	assert_int_equal(split.system_start, 0xffff800000000000);
	assert_int_equal(split.system_end, ~0ull);
}

static void test_x86(void **state)
{
	struct ntpool_split split = set(rig.fd, NTPOOL_LAYOUT_NT_X86, 0);

	(void)state;
	assert_int_equal(split.user_mb, 2048);
	assert_int_equal(split.emulated, 1);
	assert_int_equal(split.user_end, 0x7ffeffff);
	assert_int_equal(split.probe_address, 0x7fff0000);
	assert_int_equal(split.hole_start, 0x7fff0000);
	assert_int_equal(split.hole_end, 0x7fffffff);
	assert_int_equal(split.system_start, 0x80000000);
	assert_int_equal(split.system_end, 0xffffffff);
}

static void test_increaseuserva(void **state)
{
	struct ntpool_split before = set(rig.fd, NTPOOL_LAYOUT_NT_X86, 2048);
	uint32_t user_mb;

	(void)state;
	for (user_mb = 2304; user_mb <= 3072; user_mb += 256) {
		struct ntpool_split split = set(rig.fd, NTPOOL_LAYOUT_NT_X86,
						user_mb);

		assert_int_equal(split.user_mb, user_mb);
		assert_int_equal(split.system_start, user_mb * MB);
		assert_true(split.user_end < split.system_start);
		assert_true(split.paged_budget < before.paged_budget);
		assert_true(split.nonpaged_budget < before.nonpaged_budget);
		before = split;
	}
	assert_int_equal(before.system_start, 3 * GB);
}

static void test_layout_is_the_sessions_own(void **state)
{
	(void)state;
	set(rig.fd, NTPOOL_LAYOUT_NT_X86, 3072);
	assert_int_equal(ask(rig.fd).layout, NTPOOL_LAYOUT_NT_X86);
	assert_int_equal(ask(rig.fd).user_mb, 3072);
	assert_int_equal(ask(rig.other).layout, NTPOOL_LAYOUT_NATIVE);
	set(rig.fd, NTPOOL_LAYOUT_NATIVE, 0);
	assert_int_equal(ask(rig.fd).layout, NTPOOL_LAYOUT_NATIVE);
}

static void test_used_is_counted(void **state)
{
	struct ntpool_split before = ask(rig.fd), after;
	uint64_t block = alloc_block(rig.fd, NTPOOL_FLAG_PAGED, 12345);

	(void)state;
	assert_int_equal(before.paged_used, BLOCK_SIZE);
	assert_int_equal(before.nonpaged_used, BLOCK_SIZE);
	after = ask(rig.fd);
	assert_int_equal(after.paged_used, BLOCK_SIZE + 12345);
	free_block(rig.fd, block);
	assert_int_equal(ask(rig.fd).paged_used, BLOCK_SIZE);
}

static uint32_t alloc_status(int fd, uint64_t flags, uint64_t size)
{
	struct ntpool_alloc alloc = {
		.pool_flags = flags,
		.size = size,
		.tag = TEST_TAG,
	};

	assert_int_equal(call(fd, NTPOOL_IOC_ALLOC, &alloc), 0);
	return alloc.status;
}

/* S7: what fits in 2 GB/2 GB fails in 3 GB/1 GB, for want of addresses. */
static void test_budget_is_a_limit(void **state)
{
	uint64_t wide = set(rig.fd, NTPOOL_LAYOUT_NT_X86, 2048).paged_budget;
	uint64_t narrow = set(rig.fd, NTPOOL_LAYOUT_NT_X86, 3072).paged_budget;

	(void)state;
	assert_true(narrow + MB < wide);
	assert_int_equal(alloc_status(rig.fd, NTPOOL_FLAG_PAGED, narrow + MB),
			 NTPOOL_STATUS_INSUFFICIENT_RESOURCES);
	assert_int_equal(ask(rig.fd).paged_used, BLOCK_SIZE);
	set(rig.fd, NTPOOL_LAYOUT_NT_X86, 2048);
	assert_int_equal(alloc_status(rig.fd, NTPOOL_FLAG_PAGED, narrow + MB),
			 NTPOOL_STATUS_SUCCESS);
	assert_int_equal(ask(rig.fd).paged_used, BLOCK_SIZE + narrow + MB);
}

static void test_too_small_a_layout_is_refused(void **state)
{
	uint64_t narrow = set(rig.fd, NTPOOL_LAYOUT_NT_X86, 3072).paged_budget;
	struct ntpool_split split = {
		.layout = NTPOOL_LAYOUT_NT_X86,
		.user_mb = 3072,
		.set = 1,
	};
	struct ntpool_split untouched = split;

	(void)state;
	set(rig.fd, NTPOOL_LAYOUT_NT_X86, 2048);
	alloc_block(rig.fd, NTPOOL_FLAG_PAGED, narrow + MB);
	assert_int_equal(call(rig.fd, NTPOOL_IOC_SPLIT, &split), EINVAL);
	assert_memory_equal(&split, &untouched, sizeof(split));
	assert_int_equal(ask(rig.fd).user_mb, 2048);
}

static struct ntpool_walk walk(uint64_t handle, uint64_t address)
{
	struct ntpool_walk walk;

	memset(&walk, POISON, sizeof(walk));
	walk.handle = handle;
	walk.address = address;
	walk.flags = 0;
	walk.pid = 0;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_WALK, &walk), 0);
	assert_int_equal(walk.pad2, 0);
	return walk;
}

/* The frame of a process's page as Linux tells it. */
static uint64_t frame_of(pid_t pid, const void *address)
{
	uint64_t entry = 0;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", (int)pid);
	fd = open(path, O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &entry, 8, (uintptr_t)address / PAGE * 8), 8);
	close(fd);
	return entry & ((1ull << 55) - 1);
}

static void test_walk_of_own_page(void **state)
{
	struct ntpool_walk answer = walk(0, rig.buffer + 123);
	unsigned int i;

	(void)state;
	assert_int_equal(answer.kind, NTPOOL_CLASS_USER);
	assert_int_equal(answer.address, rig.buffer + 123);
	assert_in_range(answer.levels, 4, 5);
	assert_int_equal(answer.depth, answer.levels);
	assert_int_equal(answer.page_shift, 12);
	assert_int_equal(answer.frame, frame_of(getpid(), buffer()));
	for (i = 0; i < answer.depth; i++) {
		unsigned int shift = 12 + 9 * (answer.levels - 1 - i);

		assert_int_equal(answer.index[i], rig.buffer >> shift & 511);
		assert_true(answer.entry[i] & 1);
	}
	assert_int_equal(answer.entry[answer.depth - 1] >> 12 & 0xffffffffff,
			 answer.frame);
}

static void test_walk_of_nothing(void **state)
{
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct ntpool_walk answer;

	(void)state;
	munmap(page, PAGE);
	answer = walk(0, (uintptr_t)page);
	assert_int_equal(answer.kind, NTPOOL_CLASS_USER);
	assert_int_equal(answer.page_shift, 0);
	assert_int_equal(answer.frame, 0);
}

/* --- walks of other processes ---------------------------------------------- */

static int walk_process(pid_t pid, const void *address, struct ntpool_walk *walk)
{
	memset(walk, POISON, sizeof(*walk));
	walk->handle = 0;
	walk->address = (uintptr_t)address;
	walk->flags = 0;
	walk->pid = pid;
	return call(rig.fd, NTPOOL_IOC_WALK, walk);
}

/* A child that does @play, a step at a time, until it is killed. */
static pid_t start_child(void (*play)(void))
{
	int ready[2];
	pid_t child;
	char byte;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		play();
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			play();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return child;
}

static void end_child(pid_t child)
{
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

/* From the first write on the page is not its parent's any more. */
static void write_buffer(void)
{
	*(volatile unsigned char *)buffer() = 7;
	usleep(1000);
}

static void test_walk_of_another_process(void **state)
{
	pid_t child = start_child(write_buffer);
	struct ntpool_walk answer;

	(void)state;
	assert_int_equal(walk_process(child, buffer(), &answer), 0);
	assert_int_equal(answer.kind, NTPOOL_CLASS_USER);
	assert_int_equal(answer.address, rig.buffer);
	assert_int_equal(answer.pad2, 0);
	assert_int_equal(answer.depth, answer.levels);
	assert_int_equal(answer.page_shift, 12);
	assert_int_equal(answer.frame, frame_of(child, buffer()));
	assert_int_not_equal(answer.frame, walk(0, rig.buffer).frame);
	end_child(child);
}

static void test_walk_of_own_by_number(void **state)
{
	struct ntpool_walk own = walk(0, rig.buffer), answer;

	(void)state;
	assert_int_equal(walk_process(getpid(), buffer(), &answer), 0);
	assert_int_equal(answer.frame, own.frame);
	assert_memory_equal(answer.entry, own.entry, sizeof(own.entry));
}

static void test_walk_of_who_has_no_user_space(void **state)
{
	pid_t child = start_child(write_buffer);
	struct ntpool_walk answer;
	siginfo_t info;

	(void)state;
	/* The parent of all threads of the kernel's. */
	assert_int_equal(walk_process(2, buffer(), &answer), ESRCH);
	kill(child, SIGKILL);
	assert_int_equal(waitid(P_PID, child, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(walk_process(child, buffer(), &answer), ESRCH);
	end_child(child);
	assert_int_equal(walk_process(child, buffer(), &answer), ESRCH);
}

/* A place of its own, so that page tables come and go with what is there. */
#define LONELY ((char *)0x100000000000)

static void map_and_unmap(void)
{
	char *memory = mmap(LONELY, 64 * PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	memset(memory, 7, 64 * PAGE);
	munmap(memory, 64 * PAGE);
}

static void test_walk_while_tables_go(void **state)
{
	pid_t child = start_child(map_and_unmap);
	struct ntpool_walk answer;
	unsigned int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		assert_int_equal(walk_process(child, LONELY + i % 64 * PAGE, &answer), 0);
		assert_true(answer.depth <= answer.levels);
	}
	end_child(child);
}

static void test_walk_of_blocks(void **state)
{
	struct ntpool_walk paged = walk(rig.paged, PAGE + 7);
	struct ntpool_walk nonpaged = walk(rig.nonpaged, 7);

	(void)state;
	assert_int_equal(paged.kind, NTPOOL_CLASS_PAGED_POOL);
	assert_int_equal(nonpaged.kind, NTPOOL_CLASS_NONPAGED_POOL);
	assert_true(paged.address > 0xffff800000000000);
	assert_int_not_equal(paged.frame, 0);
	assert_int_not_equal(nonpaged.frame, 0);
	/* By address they are the same as by handle. */
	assert_int_equal(walk(0, paged.address).kind, NTPOOL_CLASS_PAGED_POOL);
	assert_int_equal(walk(0, paged.address).frame, paged.frame);
	assert_int_equal(walk(0, nonpaged.address).kind,
			 NTPOOL_CLASS_NONPAGED_POOL);
}

static void test_walk_of_a_page_that_is_out(void **state)
{
	struct ntpool_walk answer;

	(void)state;
	trim_block(rig.fd, rig.paged, NTPOOL_TRIM_WRITE_OUT);
	answer = walk(rig.paged, 0);
	assert_int_equal(answer.kind, NTPOOL_CLASS_PAGED_POOL);
	assert_int_equal(answer.page_shift, 0);
	assert_int_equal(answer.frame, 0);
	/* Looking does not bring it in. */
	assert_int_equal(query_block(rig.fd, rig.paged).swapped, BLOCK_PAGES);
}

static void test_classes_of_addresses(void **state)
{
	struct ntpool_split split = ask(rig.fd);

	(void)state;
	assert_int_equal(walk(0, split.user_start).kind, NTPOOL_CLASS_USER);
	assert_int_equal(walk(0, split.user_end).kind, NTPOOL_CLASS_USER);
	assert_int_equal(walk(0, split.hole_start).kind,
			 NTPOOL_CLASS_NONCANONICAL);
	assert_int_equal(walk(0, split.hole_end).kind,
			 NTPOOL_CLASS_NONCANONICAL);
	assert_int_equal(walk(0, split.system_start).kind, NTPOOL_CLASS_SYSTEM);
	assert_int_equal(walk(0, split.system_end).kind, NTPOOL_CLASS_SYSTEM);
}

static void test_freed_block_is_pool_no_more(void **state)
{
	uint64_t address = walk(rig.nonpaged, 0).address;

	(void)state;
	free_block(rig.fd, rig.nonpaged);
	assert_int_equal(walk(0, address).kind, NTPOOL_CLASS_SYSTEM);
}

#define TEST(sentence, function)                                  \
	{                                                         \
		sentence, function, rig_setup, rig_teardown, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("the native layout is that of this machine", test_native),
		TEST("the x64 layout is that of Windows", test_x64),
		TEST("the x86 layout is that of Windows", test_x86),
		TEST("increaseuserva moves the line and shrinks the pools", test_increaseuserva),
		TEST("a layout is its session's own", test_layout_is_the_sessions_own),
		TEST("the use of the budgets is counted", test_used_is_counted),
		TEST("what fits in 2 GB/2 GB fails in 3 GB/1 GB", test_budget_is_a_limit),
		TEST("a layout too small for what is allocated is refused", test_too_small_a_layout_is_refused),
		TEST("the walk of one's own page ends in its frame", test_walk_of_own_page),
		TEST("the walk of an address without a page ends in none", test_walk_of_nothing),
		TEST("the walk of another process's page ends in its frame", test_walk_of_another_process),
		TEST("the walk of one's own page by the number of the process is the same", test_walk_of_own_by_number),
		TEST("who has no user space has none to be walked", test_walk_of_who_has_no_user_space),
		TEST("a process is walked while its page tables come and go", test_walk_while_tables_go),
		TEST("blocks are walked by handle and by address", test_walk_of_blocks),
		TEST("the walk of a page that is out does not bring it in", test_walk_of_a_page_that_is_out),
		TEST("addresses are classified at all edges", test_classes_of_addresses),
		TEST("a freed block's address is pool no more", test_freed_block_is_pool_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
