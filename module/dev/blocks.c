// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session's blocks: allocated, freed, and kept alive while a call works on one.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/core.h"
#include "dev/session.h"
#include "pool/pool.h"
#include "pool/verifier.h"

#define KNOWN_FLAGS                                             \
	(NTPOOL_FLAG_USE_QUOTA | NTPOOL_FLAG_UNINITIALIZED |    \
	 NTPOOL_FLAG_SESSION | NTPOOL_FLAG_CACHE_ALIGNED |      \
	 NTPOOL_FLAG_RAISE_ON_FAILURE | NTPOOL_FLAG_NON_PAGED | \
	 NTPOOL_FLAG_NON_PAGED_EXECUTE | NTPOOL_FLAG_PAGED |    \
	 NTPOOL_FLAG_SPECIAL_POOL)

static void block_destroy(struct kref *ref)
{
	kfree(container_of(ref, struct session_block, ref));
}

static void block_put(struct session_block *block)
{
	kref_put(&block->ref, block_destroy);
}

static struct session_block *block_get(struct session *session, u64 handle)
{
	struct session_block *block = NULL;

	xa_lock(&session->blocks);
	if (handle <= U32_MAX)
		block = xa_load(&session->blocks, handle);
	if (block)
		kref_get(&block->ref);
	xa_unlock(&session->blocks);
	return block;
}

/**
 * block_use() - find a block and keep it from being freed
 * @session: whose it is
 * @handle: its handle
 *
 * Return: the block, for block_done(); ERR_PTR(-ENOENT) where there is none,
 * ERR_PTR(-EINTR) where the caller was killed while the block was being freed.
 */
struct session_block *block_use(struct session *session, u64 handle)
{
	struct session_block *block = block_get(session, handle);

	if (!block)
		return ERR_PTR(-ENOENT);
	if (down_read_killable(&block->lock)) {
		block_put(block);
		return ERR_PTR(-EINTR);
	}
	if (block->memory)
		return block;
	block_done(block);
	return ERR_PTR(-ENOENT);
}

/**
 * block_done() - the end of what block_use() began
 * @block: from block_use()
 */
void block_done(struct session_block *block)
{
	up_read(&block->lock);
	block_put(block);
}

static bool alloc_valid(const struct ntpool_alloc *arg)
{
	return !(arg->pool_flags & ~KNOWN_FLAGS) &&
	       pool_flags_valid(arg->pool_flags) && pool_tag_valid(arg->tag) &&
	       arg->size && !arg->pad;
}

/* What a program writes there the kernel could be led to execute. */
static bool alloc_permitted(const struct ntpool_alloc *arg)
{
	return !(arg->pool_flags & NTPOOL_FLAG_NON_PAGED_EXECUTE) ||
	       session_sees_addresses();
}

/*
 * What a program can read must not be what others have left in the pool, so
 * UNINITIALIZED is remembered but not passed on.
 */
static void *alloc_memory(const struct session_block *block, u32 *status)
{
	return pool_alloc_status(block->flags & ~NTPOOL_FLAG_UNINITIALIZED,
				 block->size, block->tag, status);
}

static struct session_block *block_create(struct session *session,
					  struct ntpool_alloc *arg)
{
	struct session_block *block = kzalloc(sizeof(*block),
					      GFP_KERNEL_ACCOUNT);

	if (!block)
		return NULL;
	kref_init(&block->ref);
	init_rwsem(&block->lock);
	block->size = arg->size;
	block->flags = arg->pool_flags;
	if (READ_ONCE(session->special))
		block->flags |= NTPOOL_FLAG_SPECIAL_POOL;
	block->tag = arg->tag;
	block->usage = usage_row(session, arg->tag);

	if (!block->usage)
		goto err_free;
	if (!session_charge(session, block->flags, block->size))
		goto err_free;
	block->memory = alloc_memory(block, &arg->status);
	if (!block->memory)
		goto err_uncharge;
	usage_alloc(block->usage, block->flags, block->size);
	return block;

err_uncharge:
	session_uncharge(session, block->flags, block->size);
err_free:
	block_put(block);
	return NULL;
}

/* Give the memory back; the number of the bug check that kept it, or 0. */
static u64 block_release(struct session *session, struct session_block *block,
			 u32 tag)
{
	u64 bugcheck = ntpool_free(block->memory, tag);

	if (bugcheck)
		return bugcheck;
	block->memory = NULL;
	usage_free(block->usage, block->flags, block->size);
	session_uncharge(session, block->flags, block->size);
	return 0;
}

/* Put a block in the table.  From then on another thread may free it. */
static bool block_publish(struct session *session, struct session_block *block,
			  u32 *handle)
{
	if (xa_alloc_cyclic(&session->blocks, handle, block, xa_limit_32b,
			    &session->next_handle, GFP_KERNEL_ACCOUNT) >= 0)
		return true;
	block_release(session, block, 0);
	block_put(block);
	return false;
}

/**
 * handle_alloc() - NTPOOL_IOC_ALLOC
 * @session: the session
 * @u: struct ntpool_alloc
 *
 * Return: 0 or -EINVAL.
 */
int handle_alloc(struct session *session, union ioctl_arg *u)
{
	struct ntpool_alloc *arg = &u->alloc;
	u64 seq = bugcheck_last_seq();
	struct session_block *block;
	u32 handle;

	if (!alloc_valid(arg))
		return -EINVAL;
	if (!alloc_permitted(arg))
		return -EPERM;
	arg->handle = 0;
	arg->address = 0;
	arg->pad2 = 0;
	arg->bugcheck = 0;
	arg->status = NTPOOL_STATUS_INSUFFICIENT_RESOURCES;

	block = block_create(session, arg);
	if (!block) {
		arg->bugcheck = bugcheck_by_thread_since(seq, current->pid);
		return 0;
	}
	if (session_sees_addresses())
		arg->address = (unsigned long)block->memory;
	if (block_publish(session, block, &handle)) {
		arg->handle = handle;
		arg->status = NTPOOL_STATUS_SUCCESS;
	} else {
		arg->address = 0;
		arg->status = NTPOOL_STATUS_INSUFFICIENT_RESOURCES;
	}
	return 0;
}

/* Alone with the block: whoever was using it is done, whoever comes finds none. */
static int block_free(struct session *session, struct session_block *block,
		      struct ntpool_free *arg)
{
	if (down_write_killable(&block->lock))
		return -EINTR;
	if (!block->memory) {
		up_write(&block->lock);
		return -ENOENT;
	}
	arg->bugcheck = block_release(session, block, arg->tag);
	if (!arg->bugcheck) {
		xa_erase(&session->blocks, arg->handle);
		block_put(block);
	}
	up_write(&block->lock);
	arg->status = arg->bugcheck ? NTPOOL_STATUS_INVALID_PARAMETER :
				      NTPOOL_STATUS_SUCCESS;
	arg->pad = 0;
	return 0;
}

/**
 * handle_free() - NTPOOL_IOC_FREE
 * @session: the session
 * @u: struct ntpool_free
 *
 * Return: 0 or -errno.
 */
int handle_free(struct session *session, union ioctl_arg *u)
{
	struct ntpool_free *arg = &u->free;
	struct session_block *block;
	int err;

	if (arg->flags)
		return -EINVAL;
	block = block_get(session, arg->handle);
	if (!block)
		return -ENOENT;
	err = block_free(session, block, arg);
	block_put(block);
	return err;
}

/* So many tags the log tells apart; of the rest it has the number of their blocks. */
#define TAGS_TOLD   256
#define TAGS_A_LINE 8

/**
 * struct tally - blocks by tag, for lines of the log
 * @owner: who left them
 * @line: what is to be printed next
 * @used: bytes of it
 * @told: tags so far
 * @others: blocks of all further tags
 */
struct tally {
	pid_t owner;
	char line[TAGS_A_LINE * 32];
	size_t used;
	unsigned int told;
	unsigned long others;
};

static void tally_print(struct tally *tally)
{
	if (tally->used)
		pr_info("ntpool: blocks left by process %d, by tag:%s\n",
			tally->owner, tally->line);
	tally->used = 0;
}

/* Tags print as their four characters; a trailing 0 prints as a space. */
static void tally_add(struct tally *tally, u32 tag, unsigned long count)
{
	char name[4];
	unsigned int i;

	if (tally->told == TAGS_TOLD) {
		tally->others += count;
		return;
	}
	for (i = 0; i < sizeof(name); i++)
		name[i] = (tag >> 8 * i & 0xff) ?: ' ';
	tally->used += scnprintf(tally->line + tally->used,
				 sizeof(tally->line) - tally->used,
				 " '%.4s' %lu", name, count);
	if (++tally->told % TAGS_A_LINE == 0)
		tally_print(tally);
}

/* What a session that is being closed has not freed. */
static void tell_left(struct session *session)
{
	static DEFINE_RATELIMIT_STATE(rate, 5 * HZ, 10);
	struct tally tally = { .owner = session->owner };
	struct session_usage *row;
	unsigned long tag;
	u64 left;

	if (xa_empty(&session->blocks) || !__ratelimit(&rate))
		return;
	xa_for_each(&session->usage, tag, row) {
		left = usage_left(row);
		if (left)
			tally_add(&tally, row->tag, left);
	}
	tally_print(&tally);
	if (tally.others)
		pr_info("ntpool: blocks left by process %d, of other tags: %lu\n",
			tally.owner, tally.others);
}

/**
 * blocks_release() - free all blocks of a session that is being closed
 * @session: nobody else uses it any more
 *
 * Return: how many there were.
 */
unsigned long blocks_release(struct session *session)
{
	struct leak_sites *sites = leak_sites_begin();
	struct session_block *block;
	unsigned long handle, count = 0;

	tell_left(session);
	xa_for_each(&session->blocks, handle, block) {
		leak_sites_add(sites, block->memory);
		/* Special pool tells damage at the first try, and frees at the next. */
		if (block_release(session, block, 0))
			block_release(session, block, 0);
		block_put(block);
		count++;
		cond_resched();
	}
	xa_destroy(&session->blocks);
	leak_sites_end(sites, session->comm);
	return count;
}
