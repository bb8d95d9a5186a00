// SPDX-License-Identifier: GPL-2.0-only
/* pool/: small blocks, their headers, and the traces of wrong writes. */
#include <linux/sizes.h>
#include <linux/slab.h>

#include "tests.h"

#define NON_PAGED NTPOOL_FLAG_NON_PAGED
#define PAGED	  NTPOOL_FLAG_PAGED
#define UNINIT	  NTPOOL_FLAG_UNINITIALIZED
#define ALIGNED	  NTPOOL_FLAG_CACHE_ALIGNED

/* The header's first eight bytes, as struct _POOL_HEADER of 64-bit NT has them. */
struct header {
	u8 previous, pool, size, type;
	u32 tag;
};

static struct header *header_of(void *block)
{
	return block - 16;
}

/*
 * Blocks of one size, so many that two stand side by side: [0] and right behind it [1].
 * All are in @all, for free_all().
 */
#define MANY 512

static void two_neighbours(struct kunit *test, u64 flags, size_t size,
			   size_t slot, void **all, void **two)
{
	unsigned int i, j;

	two[0] = NULL;
	for (i = 0; i < MANY; i++) {
		all[i] = ntpool_alloc(flags, size, TEST_TAG);
		KUNIT_ASSERT_NOT_NULL(test, all[i]);
		for (j = 0; j < i; j++) {
			if (all[i] != all[j] + slot)
				continue;
			two[0] = all[j];
			two[1] = all[i];
		}
	}
	KUNIT_ASSERT_NOT_NULL(test, two[0]);
}

static void free_all(struct kunit *test, void **all)
{
	unsigned int i;

	for (i = 0; i < MANY; i++)
		KUNIT_EXPECT_EQ(test, ntpool_free(all[i], TEST_TAG), 0ull);
}

static void a_nonpaged_block_has_nts_header_of_16_bytes(struct kunit *test)
{
	static void *all[MANY], *two[2];
	struct header *header;

	two_neighbours(test, NON_PAGED, 64, 80, all, two);
	header = header_of(two[1]);
	KUNIT_EXPECT_EQ(test, header->previous, 5);
	KUNIT_EXPECT_EQ(test, header->size, 5);
	KUNIT_EXPECT_EQ(test, header->pool, 0);
	KUNIT_EXPECT_NE(test, header->type, 0);
	KUNIT_EXPECT_EQ(test, header->tag, TEST_TAG);
	free_all(test, all);
}

static void expect_refused(struct kunit *test, void *block, u64 what, u64 p2,
			   u64 p3, u64 p4)
{
	u64 seq = bugcheck_last_seq();
	struct pool_block_info info;

	KUNIT_EXPECT_NE(test, ntpool_free(block, TEST_TAG), 0ull);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_BAD_POOL_HEADER, what, p2, p3, p4);
	KUNIT_EXPECT_TRUE(test, pool_find((unsigned long)block, &info));
}

static void a_damaged_neighbour_is_bugcheck_19_20(struct kunit *test)
{
	static void *all[MANY], *two[2];
	struct header good;

	two_neighbours(test, NON_PAGED, 64, 80, all, two);
	good = *header_of(two[1]);
	memset(two[0] + 64, 'X', sizeof(good)); /* the overrun */
	expect_refused(test, two[0], 0x20, (unsigned long)header_of(two[0]),
		       (unsigned long)header_of(two[1]), 0);
	*header_of(two[1]) = good;
	free_all(test, all);
}

static void a_damaged_header_is_bugcheck_19_05_to_0a(struct kunit *test)
{
	static void *all[MANY], *two[2];
	struct header *header, good;
	unsigned long at;

	two_neighbours(test, NON_PAGED, 64, 80, all, two);
	header = header_of(two[1]);
	at = (unsigned long)header;
	good = *header;

	header->previous--;
	expect_refused(test, two[1], 0x05, at, 0,
		       (unsigned long)header_of(two[0]));
	header->previous += 2;
	expect_refused(test, two[1], 0x06, at, 0, at);
	*header = good;
	header->size--;
	expect_refused(test, two[1], 0x07, 0, 0, at);
	header->size = 0;
	expect_refused(test, two[1], 0x08, 0, 0, at);
	header->size = good.size + 1;
	expect_refused(test, two[1], 0x09, at, 0, at);
	*header = good;
	header->tag++;
	expect_refused(test, two[1], 0x0A, at, 0, at & PAGE_MASK);
	*header = good;
	free_all(test, all);
}

/* Another block of their page than these two. */
static void *third_of_page(void **all, void **two)
{
	unsigned int i;

	for (i = 0; i < MANY; i++)
		if (all[i] != two[0] && all[i] != two[1] &&
		    ((ulong)all[i] ^ (ulong)two[0]) < PAGE_SIZE)
			return all[i];
	return NULL;
}

/* Neighbours in a page where there is a third block; NULL if there are none. */
static void *two_of_three(void **all, void **two)
{
	unsigned int i, j;
	void *third;

	for (i = 0; i < MANY; i++) {
		for (j = 0; j < MANY; j++) {
			if (all[i] != all[j] + 80)
				continue;
			two[0] = all[j];
			two[1] = all[i];
			third = third_of_page(all, two);
			if (third)
				return third;
		}
	}
	return NULL;
}

/*
 * [0] with a free slot of its page's list behind it, [1], which another follows in that
 * list; all others are freed.  Those freed first have left the magazine.
 */
static void a_free_neighbour(struct kunit *test, void **two)
{
	static void *all[MANY];
	unsigned int i;
	void *third;

	two_neighbours(test, NON_PAGED, 64, 80, all, two);
	third = two_of_three(all, two);
	KUNIT_ASSERT_NOT_NULL(test, third);
	ntpool_free(third, TEST_TAG);
	ntpool_free(two[1], TEST_TAG);
	for (i = 0; i < MANY; i++)
		if (all[i] != two[0] && all[i] != two[1] && all[i] != third)
			ntpool_free(all[i], TEST_TAG);
}

static u8 mark_of(unsigned int i)
{
	return i % 251 + 1;
}

/* Nobody gets what is another's, or no slot at all. */
static void expect_distinct_blocks(struct kunit *test, void **all)
{
	struct pool_block_info info;
	unsigned int i;

	for (i = 0; i < MANY; i++) {
		all[i] = ntpool_alloc(NON_PAGED, 64, TEST_TAG);
		KUNIT_ASSERT_NOT_NULL(test, all[i]);
		KUNIT_EXPECT_TRUE(test, pool_find((unsigned long)all[i], &info));
		KUNIT_EXPECT_EQ(test, info.start, (unsigned long)all[i]);
		KUNIT_EXPECT_NULL(test, memchr_inv(all[i], 0, 64));
		memset(all[i], mark_of(i), 64);
	}
	for (i = 0; i < MANY; i++)
		KUNIT_EXPECT_NULL(test, memchr_inv(all[i], mark_of(i), 64));
}

/*
 * @length bytes of @byte run over from a block into a free slot.  Found out is that when its
 * turn comes; or if only the list's end has moved, when the page has no more slots.
 */
static void expect_list_check(struct kunit *test, u8 byte, size_t length,
			      bool end_has_moved)
{
	static void *all[MANY];
	struct bugcheck_record rec;
	struct header good;
	void *two[2];
	u64 seq;

	migrate_disable();
	a_free_neighbour(test, two);
	good = *header_of(two[1]);
	memset(two[0] + 64, byte, length);
	seq = bugcheck_last_seq();
	expect_distinct_blocks(test, all);
	migrate_enable();
	rec = record_since(seq);
	KUNIT_EXPECT_EQ(test, rec.code, (u32)BUGCHECK_BAD_POOL_HEADER);
	KUNIT_EXPECT_EQ(test, rec.param[0], 0x03ull);
	KUNIT_EXPECT_EQ(test, rec.param[1],
			end_has_moved ? (u64)two[0] & PAGE_MASK :
					(u64)header_of(two[1]));
	good.type = header_of(two[1])->type & 2; /* is there a block by now */
	*header_of(two[1]) = good;
	free_all(test, all);
	KUNIT_EXPECT_EQ(test, ntpool_free(two[0], TEST_TAG), 0ull);
}

static void an_overrun_into_a_free_slot_is_bugcheck_19_03_and_hands_nothing_out(struct kunit *test)
{
	expect_list_check(test, 'X', 16, false);
}

static void an_overrun_of_zeroes_into_a_free_slot_is_bugcheck_19_03(struct kunit *test)
{
	expect_list_check(test, 0, 16, false);
}

static void a_free_list_that_leads_out_of_its_page_is_bugcheck_19_03(struct kunit *test)
{
	expect_list_check(test, 0xFF, 12, false);
}

static void a_free_list_that_ends_too_early_is_bugcheck_19_03(struct kunit *test)
{
	expect_list_check(test, 0, 12, true);
}

static void expect_tail_check(struct kunit *test, u64 flags, size_t size)
{
	u8 *p, good;

	/* A slot that was used before: its page is in, so that there is a mark. */
	migrate_disable();
	p = ntpool_alloc(flags, size, TEST_TAG);
	memset(p, 0, size);
	ntpool_free(p, TEST_TAG);
	p = ntpool_alloc(flags, size, TEST_TAG);
	migrate_enable();
	KUNIT_ASSERT_NOT_NULL(test, p);
	good = p[size];
	p[size] = 'X';
	expect_refused(test, p, 0x21, (unsigned long)p, size,
		       0x7C7C7C7C7C7C7C00ull | 'X');
	p[size] = good;
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
}

static void a_write_past_the_end_found_at_free_is_bugcheck_19_21(struct kunit *test)
{
	expect_tail_check(test, NON_PAGED, 61);
	expect_tail_check(test, NON_PAGED, 3);
	expect_tail_check(test, NON_PAGED, 60);
	expect_tail_check(test, NON_PAGED, 63);
	expect_tail_check(test, NON_PAGED, 1000);
	expect_tail_check(test, PAGED, 61);
	expect_tail_check(test, PAGED, 31);
	expect_tail_check(test, PAGED, 4000);
}

/*
 * Each CPU has its own magazine: who wants a freed slot again must stay where he is.
 * The block is written to first, so that its page is in, and its slot is marked.
 */
static void expect_freed_check(struct kunit *test, u64 pool)
{
	u64 *p = ntpool_alloc(pool, 48, TEST_TAG), *again;
	u64 seq = bugcheck_last_seq();

	KUNIT_EXPECT_NOT_NULL(test, p);
	p[0] = 1;
	ntpool_free(p, TEST_TAG);
	p[1] = 4711;
	again = ntpool_alloc(pool, 48, TEST_TAG);
	KUNIT_EXPECT_PTR_EQ(test, again, p);
	EXPECT_BUGCHECK(test, seq, BUGCHECK_DRIVER_CAUGHT_MODIFYING_FREED_POOL,
			(unsigned long)&p[1], 1, 0, 0);
	/* The new owner has no trace of it. */
	KUNIT_EXPECT_NULL(test, memchr_inv(again, 0, 48));
	ntpool_free(again, TEST_TAG);
}

static void a_freed_block_modified_is_bugcheck_c6(struct kunit *test)
{
	migrate_disable();
	expect_freed_check(test, NON_PAGED);
	expect_freed_check(test, PAGED);
	migrate_enable();
}

static void cache_aligned_blocks_start_at_a_cache_line(struct kunit *test)
{
	static const size_t sizes[] = { 1, 64, 100, 500, 2000, 4001,
					4064, 4096, 5000 };
	unsigned int i;

	for (i = 0; i < 2 * ARRAY_SIZE(sizes); i++) {
		u64 pool = i % 2 ? PAGED : NON_PAGED;
		void *p = ntpool_alloc(pool | ALIGNED, sizes[i / 2], TEST_TAG);

		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_EXPECT_EQ(test, (unsigned long)p % 64, 0ul);
		KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
	}
}

static void small_paged_blocks_share_pages(struct kunit *test)
{
	struct paging_stats before, after;
	static void *all[MANY];
	unsigned int i;

	paging_get_stats(&before);
	for (i = 0; i < MANY; i++)
		all[i] = ntpool_alloc(PAGED, 64, TEST_TAG);
	paging_get_stats(&after);
	KUNIT_EXPECT_LE(test, after.arena_pages, before.arena_pages + 10);
	free_all(test, all);
}

/* But for a few, and those that have slots in a magazine. */
static void a_page_of_freed_blocks_is_given_back(struct kunit *test)
{
	enum { COUNT = 64 * 40 };
	void **p = kvmalloc_array(COUNT, sizeof(*p), GFP_KERNEL);
	struct ntpool_packing before, full, after;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, p);
	migrate_disable();
	ntpool_packing(true, &before);
	for (i = 0; i < COUNT; i++)
		p[i] = ntpool_alloc(PAGED, 64, TEST_TAG);
	ntpool_packing(true, &full);
	for (i = 0; i < COUNT; i++)
		ntpool_free(p[i], TEST_TAG);
	ntpool_packing(true, &after);
	migrate_enable();
	kvfree(p);
	KUNIT_EXPECT_EQ(test, full.blocks - before.blocks, (u64)COUNT);
	KUNIT_EXPECT_GE(test, full.pages - before.pages, 30ull);
	KUNIT_EXPECT_LE(test, after.pages, before.pages + 12);
	KUNIT_EXPECT_EQ(test, after.blocks, before.blocks);
}

static void freeing_a_paged_block_that_is_out_brings_nothing_in(struct kunit *test)
{
	void *p = ntpool_alloc(PAGED, 100, TEST_TAG);
	void *keeps_the_page = ntpool_alloc(PAGED, 100, TEST_TAG);
	struct paging_stats before, after;

	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 1, 100);
	ntpool_trim(p, 100);
	paging_get_stats(&before);
	KUNIT_EXPECT_EQ(test, ntpool_free(p, TEST_TAG), 0ull);
	paging_get_stats(&after);
	KUNIT_EXPECT_EQ(test, page_state(keeps_the_page),
			(u32)NTPOOL_PAGE_TRANSITION);
	KUNIT_EXPECT_EQ(test, after.transition_faults, before.transition_faults);
	KUNIT_EXPECT_EQ(test, after.hard_faults, before.hard_faults);
	ntpool_free(keeps_the_page, TEST_TAG);
}

static void allocating_uninitialised_in_a_page_that_is_out_brings_nothing_in(struct kunit *test)
{
	void *keeps_the_page = ntpool_alloc(PAGED, 1000, TEST_TAG);
	void *p, *again;

	migrate_disable();
	p = ntpool_alloc(PAGED, 1000, TEST_TAG);
	KUNIT_EXPECT_NOT_NULL(test, p);
	memset(p, 1, 1000);
	ntpool_trim(p, 1000);
	ntpool_free(p, TEST_TAG);
	again = ntpool_alloc(PAGED | UNINIT, 1000, TEST_TAG);
	migrate_enable();
	KUNIT_EXPECT_PTR_EQ(test, again, p);
	KUNIT_EXPECT_EQ(test, page_state(p), (u32)NTPOOL_PAGE_TRANSITION);
	KUNIT_EXPECT_EQ(test, ntpool_free(again, TEST_TAG), 0ull);
	ntpool_free(keeps_the_page, TEST_TAG);
}

static void blocks_are_found_in_order_of_their_addresses(struct kunit *test)
{
	void *large = ntpool_alloc(PAGED, 3 * PAGE_SIZE, TEST_TAG);
	void *nonpaged = ntpool_alloc(NON_PAGED, 100, TEST_TAG);
	void *paged = ntpool_alloc(PAGED, 100, TEST_TAG);
	unsigned int seen = 0;
	unsigned long from = 0;
	struct pool_block_info info;

	while (pool_next(from, &info)) {
		KUNIT_EXPECT_GE(test, info.start, from);
		seen += info.start == (unsigned long)large && info.slot == 3 * PAGE_SIZE;
		seen += info.start == (unsigned long)nonpaged && info.size == 100;
		seen += info.start == (unsigned long)paged && info.tag == TEST_TAG;
		from = info.start + 1;
	}
	KUNIT_EXPECT_EQ(test, seen, 3u);
	ntpool_free(large, TEST_TAG);
	ntpool_free(nonpaged, TEST_TAG);
	ntpool_free(paged, TEST_TAG);
}

static void the_slots_of_a_page_tell_who_is_in_them(struct kunit *test)
{
	struct pool_slot *slots = kunit_kcalloc(test, 256, sizeof(*slots),
						GFP_KERNEL);
	static void *all[MANY], *two[2];
	unsigned int n, i, seen = 0;

	KUNIT_ASSERT_NOT_NULL(test, slots);
	two_neighbours(test, NON_PAGED, 64, 80, all, two);
	n = pool_page_slots((unsigned long)two[1] + 5, slots, 256);
	KUNIT_EXPECT_EQ(test, n, 51u);
	for (i = 0; i < n; i++) {
		KUNIT_EXPECT_EQ(test, slots[i].size, 80u);
		KUNIT_EXPECT_EQ(test, slots[i].previous, i ? 80u : 0u);
		seen += slots[i].start == (unsigned long)two[1] &&
			slots[i].allocated && slots[i].tag == TEST_TAG &&
			slots[i].requested == 64;
	}
	KUNIT_EXPECT_EQ(test, seen, 1u);
	KUNIT_EXPECT_EQ(test, pool_page_slots((unsigned long)test, slots, 256),
			0u);
	free_all(test, all);
}

static u32 tag_of_free_slot(const struct pool_slot *slots, unsigned int n, void *p)
{
	while (n--)
		if (slots[n].start == (unsigned long)p && !slots[n].allocated)
			return slots[n].tag;
	return U32_MAX;
}

static void a_free_slot_keeps_its_last_tag_where_it_has_a_header(struct kunit *test)
{
	struct pool_slot *slots = kunit_kcalloc(test, 256, sizeof(*slots),
						GFP_KERNEL);
	void *p, *stays;
	unsigned int n;

	KUNIT_ASSERT_NOT_NULL(test, slots);
	stays = ntpool_alloc(NON_PAGED, 64, TEST_TAG);
	p = ntpool_alloc(NON_PAGED, 64, TEST_TAG);
	ntpool_free(p, TEST_TAG);
	n = pool_page_slots((unsigned long)p, slots, 256);
	KUNIT_EXPECT_EQ(test, tag_of_free_slot(slots, n, p), TEST_TAG);
	ntpool_free(stays, TEST_TAG);
	stays = ntpool_alloc(PAGED, 64, TEST_TAG);
	p = ntpool_alloc(PAGED, 64, TEST_TAG);
	ntpool_free(p, TEST_TAG);
	n = pool_page_slots((unsigned long)p, slots, 256);
	KUNIT_EXPECT_EQ(test, tag_of_free_slot(slots, n, p), 0u);
	ntpool_free(stays, TEST_TAG);
}

static void a_tags_rows_tell_the_calling_module(struct kunit *test)
{
	u32 tag = NTPOOL_TAG('R', 'o', 'w', 's');
	void *p = ntpool_alloc(NON_PAGED, 10, tag);
	struct pool_tag_row *rows;
	size_t n = pool_tag_rows(NULL, 0), i;
	unsigned int seen = 0;

	rows = kvcalloc(n, sizeof(*rows), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, rows);
	KUNIT_EXPECT_EQ(test, pool_tag_rows(rows, n), n);
	for (i = 0; i < n; i++)
		seen += rows[i].counts.tag == tag &&
			rows[i].counts.nonpaged_bytes == 10 &&
			!strcmp(rows[i].module, "ntpool_kunit");
	KUNIT_EXPECT_EQ(test, seen, 1u);
	kvfree(rows);
	ntpool_free(p, tag);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_nonpaged_block_has_nts_header_of_16_bytes),
	KUNIT_CASE(a_damaged_neighbour_is_bugcheck_19_20),
	KUNIT_CASE(a_damaged_header_is_bugcheck_19_05_to_0a),
	KUNIT_CASE(an_overrun_into_a_free_slot_is_bugcheck_19_03_and_hands_nothing_out),
	KUNIT_CASE(an_overrun_of_zeroes_into_a_free_slot_is_bugcheck_19_03),
	KUNIT_CASE(a_free_list_that_leads_out_of_its_page_is_bugcheck_19_03),
	KUNIT_CASE(a_free_list_that_ends_too_early_is_bugcheck_19_03),
	KUNIT_CASE(a_write_past_the_end_found_at_free_is_bugcheck_19_21),
	KUNIT_CASE(a_freed_block_modified_is_bugcheck_c6),
	KUNIT_CASE(cache_aligned_blocks_start_at_a_cache_line),
	KUNIT_CASE(small_paged_blocks_share_pages),
	KUNIT_CASE(a_page_of_freed_blocks_is_given_back),
	KUNIT_CASE(freeing_a_paged_block_that_is_out_brings_nothing_in),
	KUNIT_CASE(allocating_uninitialised_in_a_page_that_is_out_brings_nothing_in),
	KUNIT_CASE(blocks_are_found_in_order_of_their_addresses),
	KUNIT_CASE(the_slots_of_a_page_tell_who_is_in_them),
	KUNIT_CASE(a_free_slot_keeps_its_last_tag_where_it_has_a_header),
	KUNIT_CASE(a_tags_rows_tell_the_calling_module),
	{}
};

struct kunit_suite small_suite = { .name = "ntpool_small", .test_cases = cases };
