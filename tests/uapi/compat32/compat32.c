// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interface as a 32-bit program sees it: the same structs, the same
 * numbers.  Without a C library, so it prints its TAP itself.
 */
#include <linux/ntpool.h>

#include "syscall32.h"

#define O_RDWR	   2
#define EINVAL	   22
#define ENOENT	   2
#define ENOTTY	   25
#define BLOCK_SIZE 10000
#define TAG	   0x74736554

static int device, number, failed;
static unsigned char out[BLOCK_SIZE], in[BLOCK_SIZE];

static void print_number(int value)
{
	char text[2] = { '0' + value % 10, '\0' };

	if (value >= 10)
		print_number(value / 10);
	print(text);
}

static void result(int good, const char *sentence)
{
	if (!good)
		failed++;
	print(good ? "ok " : "not ok ");
	print_number(++number);
	print(" - ");
	print(sentence);
	print("\n");
}

static int call(unsigned int command, void *arg)
{
	return -syscall3(NR_ioctl, device, command, ptr32(arg));
}

static int same(const unsigned char *a, const unsigned char *b)
{
	int i;

	for (i = 0; i < BLOCK_SIZE; i++)
		if (a[i] != b[i])
			return 0;
	return 1;
}

static unsigned long long test_alloc(unsigned int pool)
{
	struct ntpool_alloc alloc = {
		.pool_flags = pool,
		.size = BLOCK_SIZE,
		.tag = TAG,
	};
	int err = call(NTPOOL_IOC_ALLOC, &alloc);

	result(!err && alloc.status == NTPOOL_STATUS_SUCCESS && alloc.handle &&
		       alloc.address > 0xffffffff,
	       "alloc answers with a handle and a 64-bit address");
	return alloc.handle;
}

static void test_copy(unsigned long long handle)
{
	struct ntpool_rw rw = {
		.handle = handle,
		.length = BLOCK_SIZE,
		.buffer = ptr32(out),
	};
	int i;

	for (i = 0; i < BLOCK_SIZE; i++)
		out[i] = i * 7 + (i >> 8);
	result(!call(NTPOOL_IOC_WRITE, &rw) && rw.transferred == BLOCK_SIZE,
	       "write takes a 32-bit buffer");
	rw.buffer = ptr32(in);
	result(!call(NTPOOL_IOC_READ, &rw) && same(in, out),
	       "read gives back what was written");
}

static void test_paging(unsigned long long handle)
{
	struct ntpool_trim trim = {
		.handle = handle,
		.flags = NTPOOL_TRIM_WRITE_OUT,
	};
	struct ntpool_page pages[3];
	struct ntpool_pages get = {
		.handle = handle,
		.count = 3,
		.array = ptr32(pages),
	};

	test_copy(handle);
	result(!call(NTPOOL_IOC_TRIM, &trim) && trim.written == 3,
	       "trim writes the block out");
	result(!call(NTPOOL_IOC_PAGES, &get) && get.count == 3 &&
		       pages[2].state == NTPOOL_PAGE_SWAPPED,
	       "pages fills a 32-bit program's array");
	test_copy(handle);
}

static void test_split(void)
{
	struct ntpool_split split = { 0 };

	result(!call(NTPOOL_IOC_SPLIT, &split) && split.caller_bits == 32 &&
		       split.caller_end <= 0xffffffff &&
		       split.caller_end > ptr32(&split),
	       "split knows a 32-bit caller and where his space ends");
}

static void test_stats(void)
{
	struct ntpool_stats stats;
	struct ntpool_stats_get get = {
		.stats = ptr32(&stats),
		.size = sizeof(stats),
	};

	result(!call(NTPOOL_IOC_STATS, &get) && stats.sessions &&
		       stats.paged_bytes >= BLOCK_SIZE,
	       "stats fill a 32-bit program's struct");
}

static void test_pools(void)
{
	struct ntpool_usage_row row = { .tag = 0 };
	struct ntpool_usage usage = {
		.array = ptr32(&row),
		.count = 1,
		.by = NTPOOL_BY_SESSION,
	};
	struct ntpool_block block = { .address = 0 };
	struct ntpool_blocks blocks = { .array = ptr32(&block), .count = 1 };
	struct ntpool_slot slot;
	struct ntpool_slots slots = { .array = ptr32(&slot), .count = 1 };

	result(!call(NTPOOL_IOC_USAGE, &usage) && usage.count == 1 &&
		       row.tag == TAG && row.paged_bytes == BLOCK_SIZE,
	       "usage fills a 32-bit program's array");
	result(!call(NTPOOL_IOC_BLOCKS, &blocks) && blocks.count == 1 &&
		       block.address > 0xffffffff,
	       "blocks fills a 32-bit program's array with 64-bit addresses");
	slots.address = block.address;
	result(!call(NTPOOL_IOC_SLOTS, &slots) && slots.found == 1 &&
		       slots.block.address == block.address,
	       "slots takes a 64-bit address of a 32-bit program");
}

static void test_regions(void)
{
	struct ntpool_region region = { .start = 0 };
	struct ntpool_regions regions = { .array = ptr32(&region), .count = 1 };

	result(!call(NTPOOL_IOC_REGIONS, &regions) && regions.count == 1 &&
		       region.start > 0xffffffff && region.committed,
	       "regions fills a 32-bit program's array with 64-bit addresses");
}

static void test_limits(void)
{
	struct ntpool_quota quota = { .pid = 0 };
	struct ntpool_condition_open open = {
		.condition = NTPOOL_CONDITION_HIGH_PAGED,
	};

	result(!call(NTPOOL_IOC_QUOTA, &quota) &&
		       quota.paged_limit == NTPOOL_QUOTA_UNLIMITED,
	       "quota fills a 32-bit program's struct");
	result(!call(NTPOOL_IOC_CONDITION, &open) && open.fd > 2 && open.set,
	       "condition gives a 32-bit program a file descriptor");
}

static void test_request(void)
{
	unsigned long long buffer = 0;
	struct ntpool_request request = {
		.variant = NTPOOL_VARIANT_BUFFERED,
		.cpu = NTPOOL_CPU_CURRENT,
		.buffer = ptr32(&buffer),
		.length = 8,
		.data = 0x1122334455667788,
	};
	struct ntpool_result answer = { 0 };
	int err = call(NTPOOL_IOC_REQUEST, &request);

	answer.request = request.request;
	err = err ? err : call(NTPOOL_IOC_RESULT, &answer);
	result(!err && answer.outcome == NTPOOL_OUTCOME_DELIVERED &&
		       buffer == 0x1122334455667788,
	       "a buffered request is delivered to a 32-bit program");
}

static void test_refusals(void)
{
	struct ntpool_free free = { .handle = 77777 };
	struct ntpool_rw beyond = {
		.handle = 1,
		.length = 8,
		.buffer = 0x100000000,
	};
	struct ntpool_query query = { .flags = 1 };
	int err = call(NTPOOL_IOC_READ, &beyond);

	result(call(NTPOOL_IOC_FREE, &free) == ENOENT &&
		       call(NTPOOL_IOC_QUERY, &query) == EINVAL &&
		       call(0x1234, &free) == ENOTTY,
	       "refusals have the same errno");
	result(err == 14, "a buffer beyond 4 GB is EFAULT for a 32-bit program");
}

static void test_free(unsigned long long handle)
{
	struct ntpool_free free = { .handle = handle, .tag = TAG };

	result(!call(NTPOOL_IOC_FREE, &free) &&
		       free.status == NTPOOL_STATUS_SUCCESS,
	       "free frees");
}

static int main32(void)
{
	unsigned long long paged, nonpaged;

	device = syscall3(NR_open, ptr32("/dev/ntpool"), O_RDWR, 0);
	print("1..24\n");
	result(device >= 0, "a 32-bit program opens the device");
	paged = test_alloc(NTPOOL_FLAG_PAGED);
	nonpaged = test_alloc(NTPOOL_FLAG_NON_PAGED);
	test_copy(nonpaged);
	test_paging(paged);
	test_split();
	test_stats();
	test_pools();
	test_regions();
	test_limits();
	test_request();
	test_refusals();
	test_free(paged);
	test_free(nonpaged);
	return failed;
}
