// SPDX-License-Identifier: GPL-2.0-only
/*
 * MDLs under random operations: each page is pinned as often, and has the bytes, that a
 * model says.
 */
#include <linux/prandom.h>

#include "mdl.h"

#define PAGES 16
#define MDLS  12
#define PARTS 6
#define STEPS 6000

/**
 * struct root - pages that are locked
 * @first: the first, counted from the buffer's
 * @pages: how many
 * @users: 0: not locked
 */
struct root {
	int first, pages, users;
};

/**
 * struct model_mdl - an MDL
 * @mdl: the MDL
 * @root: number of its locked pages, -1 if it has none
 * @first: its first page, counted from the buffer's
 * @pages: how many
 * @mapped: a mapping of its own
 */
struct model_mdl {
	PMDL mdl;
	int root;
	int first, pages;
	bool mapped;
};

struct model {
	struct kunit *test;
	struct rnd_state rnd;
	unsigned long user;
	struct page *page[PAGES];
	u8 content[PAGES];
	struct root roots[MDLS + PARTS];
	struct model_mdl mdl[MDLS], part[PARTS];
};

static u32 below(struct model *m, u32 limit)
{
	return prandom_u32_state(&m->rnd) % limit;
}

static bool has_parts(struct model *m, int root)
{
	int i;

	for (i = 0; i < PARTS; i++)
		if (m->part[i].mdl && m->part[i].root == root)
			return true;
	return false;
}

static int free_root(struct model *m)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(m->roots); i++)
		if (!m->roots[i].users && !has_parts(m, i))
			return i;
	return -1;
}

/* Half of what can be done at DISPATCH is done there. */
static u8 some_irql(struct model *m)
{
	return ntpool_raise_irql(below(m, 2) ? NTPOOL_IRQL_DISPATCH :
					       NTPOOL_IRQL_PASSIVE);
}

static void do_lock(struct model *m, struct model_mdl *x)
{
	x->root = free_root(m);
	x->first = below(m, PAGES);
	x->pages = 1 + below(m, PAGES - x->first);
	x->mdl = user_mdl(m->user + x->first * PAGE_SIZE + 16,
			  x->pages * PAGE_SIZE - 16);
	KUNIT_ASSERT_GE(m->test, x->root, 0);
	KUNIT_ASSERT_EQ(m->test, try_lock(x->mdl, UserMode, IoWriteAccess),
			STATUS_SUCCESS);
	m->roots[x->root] = (struct root){ x->first, x->pages, 1 };
}

static void do_unlock(struct model *m, struct model_mdl *x)
{
	u8 irql = some_irql(m);

	MmUnlockPages(x->mdl);
	IoFreeMdl(x->mdl);
	ntpool_lower_irql(irql);
	m->roots[x->root].users--;
	*x = (struct model_mdl){ .root = -1 };
}

static void do_map(struct model *m, struct model_mdl *x, bool is_part)
{
	int i, fill = below(m, x->pages), at;
	u8 *p, irql;

	/* The parent has been unlocked: that would be a bug check. */
	if (!m->roots[x->root].users)
		return;
	irql = some_irql(m);
	p = MmGetSystemAddressForMdlSafe(x->mdl, NormalPagePriority);
	ntpool_lower_irql(irql);
	KUNIT_ASSERT_NOT_NULL(m->test, p);
	m->roots[x->root].users += is_part && !x->mapped;
	x->mapped = true;
	for (i = 0; i < x->pages; i++)
		KUNIT_ASSERT_EQ(m->test, p[i * PAGE_SIZE],
				m->content[x->first + i]);
	at = x->first + fill;
	m->content[at] = below(m, 256);
	p[fill * PAGE_SIZE] = m->content[at];
}

static void do_unmap(struct model *m, struct model_mdl *x)
{
	u8 irql = some_irql(m);

	MmUnmapLockedPages(x->mdl->MappedSystemVa, x->mdl);
	ntpool_lower_irql(irql);
	x->mapped = false;
}

/* Only of an MDL without a mapping, so that none is shared that may go. */
static void do_build(struct model *m, struct model_mdl *part,
		     const struct model_mdl *of)
{
	part->root = of->root;
	part->first = of->first + below(m, of->pages);
	part->pages = 1 + below(m, of->first + of->pages - part->first);
	part->mdl = user_mdl(m->user + part->first * PAGE_SIZE + 16,
			     part->pages * PAGE_SIZE - 16);
	IoBuildPartialMdl(of->mdl, part->mdl, MmGetMdlVirtualAddress(part->mdl),
			  part->mdl->ByteCount);
}

static void do_free_part(struct model *m, struct model_mdl *part)
{
	u8 irql = some_irql(m);

	IoFreeMdl(part->mdl);
	ntpool_lower_irql(irql);
	m->roots[part->root].users -= part->mapped;
	*part = (struct model_mdl){ .root = -1 };
}

static void step_mdl(struct model *m, struct model_mdl *x)
{
	if (!x->mdl)
		do_lock(m, x);
	else if (x->mapped && below(m, 2))
		do_unmap(m, x);
	else if (below(m, 3))
		do_map(m, x, false);
	else
		do_unlock(m, x);
}

static void step_part(struct model *m, struct model_mdl *part)
{
	struct model_mdl *of = &m->mdl[below(m, MDLS)];

	if (part->mdl && below(m, 2))
		do_map(m, part, true);
	else if (part->mdl)
		do_free_part(m, part);
	else if (of->mdl && !of->mapped)
		do_build(m, part, of);
}

static void step_user(struct model *m)
{
	int at = below(m, PAGES);

	m->content[at] = below(m, 256);
	KUNIT_ASSERT_TRUE(m->test, user_fill(m->user + at * PAGE_SIZE + 16,
					     m->content[at], 1));
}

static void compare(struct model *m)
{
	int pins[PAGES] = {}, i, j;
	u64 locked = 0;

	for (i = 0; i < ARRAY_SIZE(m->roots); i++)
		for (j = 0; m->roots[i].users && j < m->roots[i].pages; j++)
			pins[m->roots[i].first + j]++;
	for (i = 0; i < MDLS; i++)
		locked += m->mdl[i].mdl ? m->mdl[i].pages : 0;
	mdl_flush_later();
	for (i = 0; i < PAGES; i++)
		KUNIT_ASSERT_EQ(m->test, pins_of(m->page[i]), pins[i]);
	KUNIT_ASSERT_EQ(m->test, mdl_locked_pages(current->mm), locked);
}

static void begin(struct model *m)
{
	int i;

	m->user = user_map(NULL, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE);
	KUNIT_ASSERT_FALSE(m->test, IS_ERR_VALUE(m->user));
	for (i = PAGES; i-- > 0;) {
		m->page[i] = user_page(m->user + i * PAGE_SIZE);
		KUNIT_ASSERT_NOT_NULL(m->test, m->page[i]);
	}
	for (i = 0; i < MDLS; i++)
		m->mdl[i].root = -1;
	for (i = 0; i < PARTS; i++)
		m->part[i].root = -1;
}

static void end(struct model *m)
{
	int i;

	for (i = 0; i < PARTS; i++)
		if (m->part[i].mdl)
			do_free_part(m, &m->part[i]);
	for (i = 0; i < MDLS; i++)
		if (m->mdl[i].mdl)
			do_unlock(m, &m->mdl[i]);
	compare(m);
	vm_munmap(m->user, PAGES * PAGE_SIZE);
	kcompat_drain_lru(true);
	for (i = 0; i < PAGES; i++) {
		KUNIT_EXPECT_EQ(m->test, page_ref_count(m->page[i]), 1);
		put_page(m->page[i]);
	}
}

static void run(struct kunit *test, u32 seed)
{
	struct model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	unsigned long locked = current->mm->locked_vm;
	u64 seq = bugcheck_last_seq();
	int step;

	KUNIT_ASSERT_NOT_NULL(test, m);
	m->test = test;
	prandom_seed_state(&m->rnd, seed);
	begin(m);
	for (step = 0; step < STEPS; step++) {
		u32 what = below(m, 10);

		if (what < 6)
			step_mdl(m, &m->mdl[below(m, MDLS)]);
		else if (what < 9)
			step_part(m, &m->part[below(m, PARTS)]);
		else
			step_user(m);
		compare(m);
	}
	end(m);
	KUNIT_EXPECT_EQ(test, current->mm->locked_vm, locked);
	EXPECT_NO_BUGCHECK(test, seq);
}

static void pins_and_contents_follow_the_model(struct kunit *test)
{
	run(test, 2003);
}

static void so_they_do_when_every_mapping_is_one_of_its_own(struct kunit *test)
{
	set_verifier(test, NTPOOL_VERIFIER_POOL_TRACKING);
	run(test, 2004);
	set_verifier(test, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(pins_and_contents_follow_the_model),
	KUNIT_CASE(so_they_do_when_every_mapping_is_one_of_its_own),
	{}
};

struct kunit_suite mdl_model_suite = {
	.name = "ntpool_mdl_model",
	.suite_init = user_space_find,
	.suite_exit = user_space_leave,
	.init = user_space_attach,
	.exit = user_space_detach,
	.test_cases = cases,
};
