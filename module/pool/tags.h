/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of the tag table that every allocation and every free needs. */
#ifndef NTPOOL_POOL_TAGS_H
#define NTPOOL_POOL_TAGS_H

#include <linux/hash.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/rculist.h>

#include "pool/internal.h"

/*
 * A record names its row by 16 bits.  The highest says that the block's tag has
 * PROTECTED_POOL, which no row's has.
 */
#define ROW_PROTECTED 0x8000

/* One CPU's figures of a row: [0] nonpaged, [1] paged. */
struct tally {
	u64 allocs[2];
	u64 frees[2];
	s64 bytes[2];
};

/**
 * struct tag_row - the figures of one tag as one module uses it
 * @hash: in tag_rows_hash; entered under the table's lock, never taken out before exit
 * @sibling: the next row of the same tag, in any order
 * @key: the module while it is loaded, else TAG_NOBODY
 * @tag: without PROTECTED_POOL; constant, as all that follows
 * @valid: it is one that ntpool_alloc() takes; the calls before it take others as well
 * @id: index in tag_rows_by_id
 * @cpu: figures
 * @module: its name
 */
struct tag_row {
	struct hlist_node hash;
	struct tag_row *sibling;
	struct module *key;
	u32 tag;
	bool valid;
	u16 id;
	struct tally __percpu *cpu;
	char module[MODULE_NAME_LEN];
};

#define TAG_NOBODY    ((struct module *)-1L)
#define TAG_HASH_BITS 10

extern struct hlist_head tag_rows_hash[1 << TAG_HASH_BITS];
extern struct tag_row **tag_rows_by_id;
extern unsigned int tag_rows_used;
DECLARE_PER_CPU(s64[2], tag_unfolded);

void tag_fold(bool paged);
void tag_fold_gone(unsigned int cpu);

/* Few tags have several modules. */
static inline struct hlist_head *tag_bucket(u32 tag)
{
	return &tag_rows_hash[hash_32(tag, TAG_HASH_BITS)];
}

/**
 * tag_find() - the row of a tag and a module
 * @tag: any number; one with PROTECTED_POOL has no row
 * @module: who uses it
 *
 * Context: any.
 * Return: the row, or NULL if there is none.
 */
static __always_inline struct tag_row *tag_find(u32 tag,
						const struct module *module)
{
	struct tag_row *row;

	hlist_for_each_entry_rcu(row, tag_bucket(tag), hash, true /* rows stay */)
		if (row->tag == tag && READ_ONCE(row->key) == module)
			return row;
	return NULL;
}

/**
 * tag_row_by_id() - the row that a record of an unprotected block names
 * @id: of a row, or any number where the record may be damaged
 *
 * Context: any.
 * Return: the row, or NULL if there is none of that number.
 */
static __always_inline struct tag_row *tag_row_by_id(unsigned int id)
{
	/* Pairs with the row's entering: a number in use has a row. */
	return likely(id < smp_load_acquire(&tag_rows_used)) ?
		       tag_rows_by_id[id] :
		       NULL;
}

/* What a record says of a row and of the tag of its block. */
static inline u16 tag_word(const struct tag_row *row, u32 tag)
{
	return row->id | (tag & PROTECTED_POOL ? ROW_PROTECTED : 0);
}

/* And back: the row that any record names, and the tag if the row is of that alone. */
static inline struct tag_row *tag_row_of(u16 word)
{
	return tag_row_by_id(word & ~ROW_PROTECTED);
}

static inline u32 tag_protected_as(u32 tag, u16 word)
{
	return word & ROW_PROTECTED ? tag | PROTECTED_POOL : tag;
}

/* Does the row stand for several tags: then it does not tell a block's own. */
static inline bool tag_is_shared(const struct tag_row *row)
{
	return !row->id;
}

static __always_inline void tag_count_alloc(struct tag_row *row, bool paged,
					    size_t bytes)
{
	this_cpu_inc(row->cpu->allocs[paged]);
	this_cpu_add(row->cpu->bytes[paged], bytes);
	this_cpu_add(tag_unfolded[paged], bytes);
}

static __always_inline void tag_count_free(struct tag_row *row, bool paged,
					   size_t bytes)
{
	this_cpu_inc(row->cpu->frees[paged]);
	this_cpu_sub(row->cpu->bytes[paged], bytes);
	this_cpu_sub(tag_unfolded[paged], bytes);
}

struct tag_row *tag_row(u32 tag, struct module *module, gfp_t gfp);
void pool_count_failure(void);
int tags_init(void);
void tags_exit(void);

#endif /* NTPOOL_POOL_TAGS_H */
