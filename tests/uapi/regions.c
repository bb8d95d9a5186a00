// SPDX-License-Identifier: GPL-2.0-only
/* The map of paged pool's address space. */
#include "uapi.h"

#include <stdlib.h>

struct map {
	struct ntpool_region *regions;
	uint32_t count;
};

/* All regions, @step at a time. */
static struct map map(uint32_t grain, uint32_t step)
{
	struct map all = { .regions = NULL };
	struct ntpool_regions get = { .grain = grain };

	do {
		all.regions = realloc(all.regions, (all.count + step) *
							   sizeof(*all.regions));
		assert_non_null(all.regions);
		memset(all.regions + all.count, POISON, step * sizeof(*all.regions));
		get.array = (uintptr_t)(all.regions + all.count);
		get.count = step;
		assert_int_equal(call(rig.fd, NTPOOL_IOC_REGIONS, &get), 0);
		assert_true(get.count <= step);
		assert_true(!get.next || get.count == step);
		all.count += get.count;
		get.from = get.next;
	} while (get.next);
	return all;
}

static struct ntpool_region sum_of(const struct map *all)
{
	struct ntpool_region sum = { .start = 0 };
	uint32_t i;

	for (i = 0; i < all->count; i++) {
		sum.size += all->regions[i].size;
		sum.committed += all->regions[i].committed;
		sum.resident += all->regions[i].resident;
		sum.transition += all->regions[i].transition;
		sum.swapped += all->regions[i].swapped;
	}
	return sum;
}

/* Pages that regions of a kind have. */
static uint64_t committed_of(const struct map *all, uint32_t kind)
{
	uint64_t pages = 0;
	uint32_t i;

	for (i = 0; i < all->count; i++)
		if (all->regions[i].kind == kind)
			pages += all->regions[i].committed;
	return pages;
}

static uint64_t address_of(uint64_t handle)
{
	return query_block(rig.fd, handle).address;
}

/* The region from @address on, cut by @grain. */
static struct ntpool_region region_at(uint64_t address, uint32_t grain)
{
	struct ntpool_region region;
	struct ntpool_regions get = {
		.from = address,
		.array = (uintptr_t)&region,
		.count = 1,
		.grain = grain,
	};

	memset(&region, POISON, sizeof(region));
	assert_int_equal(call(rig.fd, NTPOOL_IOC_REGIONS, &get), 0);
	assert_int_equal(get.count, 1);
	assert_int_equal(get.next, region.start + region.size);
	assert_int_equal(region.pad, 0);
	return region;
}

static void test_regions_are_in_order(void **state)
{
	struct map all = map(0, 1000);
	uint32_t i;

	(void)state;
	assert_true(all.count >= 2);
	for (i = 0; i < all.count; i++) {
		const struct ntpool_region *region = &all.regions[i];

		assert_true(region->size && region->size % PAGE == 0);
		assert_true(region->committed <= region->size / PAGE);
		assert_true(region->resident + region->transition + region->swapped <=
			    region->committed);
		if (i)
			assert_true(region[-1].start + region[-1].size <= region->start);
	}
	free(all.regions);
}

/* Like regions that touch would be one. */
static void test_regions_are_as_large_as_can_be(void **state)
{
	struct map all = map(0, 1000);
	uint32_t i;

	(void)state;
	for (i = 1; i < all.count; i++) {
		const struct ntpool_region *region = &all.regions[i];

		assert_true(region[-1].start + region[-1].size < region->start ||
			    region[-1].kind != region->kind);
	}
	free(all.regions);
}

static void test_regions_add_up(void **state)
{
	struct ntpool_region sum;
	struct ntpool_stats stats;
	struct map all;

	(void)state;
	trim_block(rig.fd, rig.paged, NTPOOL_TRIM_WRITE_OUT);
	all = map(0, 1000);
	stats = stats_of(rig.fd);
	sum = sum_of(&all);
	assert_int_equal(sum.size, stats.arena_reserved_pages * PAGE);
	assert_int_equal(committed_of(&all, NTPOOL_REGION_PAGED), stats.arena_pages);
	assert_int_equal(sum.resident, stats.resident_pages);
	assert_int_equal(sum.swapped, stats.swapped_pages);
	free(all.regions);
}

static void test_as_many_at_a_time_as_wanted(void **state)
{
	static const uint32_t steps[] = { 1, 2, 3, 100 };
	struct map all = map(16, 1000);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct map again = map(16, steps[i]);

		assert_int_equal(again.count, all.count);
		assert_memory_equal(again.regions, all.regions,
				    all.count * sizeof(*all.regions));
		free(again.regions);
	}
	free(all.regions);
}

static void test_states_of_pages(void **state)
{
	uint64_t block = alloc_block(rig.fd, NTPOOL_FLAG_PAGED, BLOCK_SIZE);
	uint64_t address = address_of(block);
	struct ntpool_region region;

	(void)state;
	region = region_at(address, 1);
	assert_int_equal(region.start, address);
	assert_int_equal(region.size, PAGE);
	assert_int_equal(region.kind, NTPOOL_REGION_PAGED);
	assert_int_equal(region.committed, 1);
	assert_int_equal(region.resident + region.transition + region.swapped, 0);

	fill_block(rig.fd, block, BLOCK_SIZE, SEED);
	assert_int_equal(region_at(address, 1).resident, 1);
	trim_block(rig.fd, block, 0);
	region = region_at(address, 1);
	assert_int_equal(region.resident, 0);
	assert_int_equal(region.transition, 1);
	trim_block(rig.fd, block, NTPOOL_TRIM_WRITE_OUT);
	region = region_at(address, 1);
	assert_int_equal(region.resident + region.transition, 0);
	assert_int_equal(region.swapped, 1);
	free_block(rig.fd, block);
	assert_true(region_at(address, 1).kind == NTPOOL_REGION_FREE ||
		    region_at(address, 1).start > address);
}

/* In the middle of a page, of a region: the first page that is told of is that page. */
static void test_regions_from_an_address(void **state)
{
	uint64_t address = address_of(rig.paged);
	struct ntpool_region region = region_at(address + PAGE + 123, 0);

	(void)state;
	assert_int_equal(region.start, address + PAGE);
	assert_int_equal(region.kind, NTPOOL_REGION_PAGED);
}

static void test_a_grain_cuts(void **state)
{
	struct map whole = map(0, 1000), cut = map(2, 1000);
	uint32_t i;

	(void)state;
	assert_true(cut.count > whole.count);
	for (i = 0; i < cut.count; i++) {
		const struct ntpool_region *region = &cut.regions[i];

		if (region->kind == NTPOOL_REGION_FREE)
			continue;
		assert_true(region->size <= 2 * PAGE);
		assert_int_equal(region->start / PAGE / 2,
				 (region->start + region->size - 1) / PAGE / 2);
	}
	assert_int_equal(sum_of(&cut).committed, sum_of(&whole).committed);
	assert_int_equal(sum_of(&cut).size, sum_of(&whole).size);
	assert_int_equal(region_at(address_of(rig.paged), 1u << 31).kind, NTPOOL_REGION_PAGED);
	free(whole.regions);
	free(cut.regions);
}

static void test_special_pool(void **state)
{
	static const uint64_t pools[] = { NTPOOL_FLAG_PAGED, NTPOOL_FLAG_NON_PAGED };
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		uint64_t block = alloc_block(rig.fd, pools[i] | NTPOOL_FLAG_SPECIAL_POOL, 100);
		uint64_t address = address_of(block);
		struct ntpool_region region = region_at(address, 1);

		assert_int_equal(region.kind, NTPOOL_REGION_SPECIAL);
		assert_int_equal(region.committed, 1);
		/* Behind it is its guard page. */
		region = region_at(address + PAGE, 1);
		assert_int_equal(region.kind, NTPOOL_REGION_SPECIAL);
		assert_int_equal(region.committed, 0);
		/* The region as a whole is one. */
		region = region_at(address & ~(PAGE - 1), 0);
		assert_true(region.size > 2 * PAGE);
		free_block(rig.fd, block);
		assert_int_equal(region_at(address, 1).committed, 0);
	}
}

static void test_looking_takes_no_fault(void **state)
{
	struct ntpool_stats before, after;
	struct map all;

	(void)state;
	trim_block(rig.fd, rig.paged, 0);
	before = stats_of(rig.fd);
	all = map(1, 1000);
	after = stats_of(rig.fd);
	assert_int_equal(after.transition_faults, before.transition_faults);
	assert_int_equal(after.resident_pages, before.resident_pages);
	free(all.regions);
}

static void test_no_more(void **state)
{
	struct ntpool_region region;
	struct ntpool_regions get = {
		.from = UINT64_MAX,
		.array = (uintptr_t)&region,
		.count = 1,
		.next = 77,
	};

	(void)state;
	assert_int_equal(call(rig.fd, NTPOOL_IOC_REGIONS, &get), 0);
	assert_int_equal(get.count, 0);
	assert_int_equal(get.next, 0);
}

#define TEST(sentence, function)                                  \
	{                                                         \
		sentence, function, rig_setup, rig_teardown, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("regions are in the order of their addresses", test_regions_are_in_order),
		TEST("regions are as large as they can be", test_regions_are_as_large_as_can_be),
		TEST("regions add up to what the statistics say", test_regions_add_up),
		TEST("regions come as many at a time as are wanted", test_as_many_at_a_time_as_wanted),
		TEST("a page's region tells where it is", test_states_of_pages),
		TEST("regions begin at the page of the address", test_regions_from_an_address),
		TEST("a grain cuts regions that are not free", test_a_grain_cuts),
		TEST("special pool is a region with the pages of its blocks", test_special_pool),
		TEST("looking at regions takes no fault", test_looking_takes_no_fault),
		TEST("behind the last region there are no more", test_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
