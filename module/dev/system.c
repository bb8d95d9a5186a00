// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pools as a whole, block by block: for those who may see addresses.
 */
#include <linux/capability.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "dev/session.h"
#include "pool/pool.h"
#include "pool/quota.h"

/* Blocks of one piece, between which the caller may be killed. */
#define PIECE 64

/* A page of small blocks has no more slots: each has 16 bytes at least. */
#define MAX_SLOTS (PAGE_SIZE / 16)

static void fill_block(struct ntpool_block *out,
		       const struct pool_block_info *info)
{
	*out = (struct ntpool_block){
		.address = info->start,
		.size = info->size,
		.slot = info->slot,
		.pool_flags = info->flags,
		.tag = pool_tag_name(info->tag),
		.owner = quota_process(info->owner),
	};
	strscpy_pad(out->module, info->module, sizeof(out->module));
}

/* Up to @count blocks; *@from becomes where to go on, or 0 at the end. */
static u32 next_blocks(u64 *from, struct ntpool_block *blocks, u32 count)
{
	struct pool_block_info info;
	u32 n;

	for (n = 0; n < count; n++) {
		if (!pool_next(*from, &info)) {
			*from = 0;
			break;
		}
		fill_block(&blocks[n], &info);
		*from = info.start + 1;
	}
	return n;
}

static int show_blocks(struct ntpool_blocks *arg, struct ntpool_block *piece)
{
	struct ntpool_block __user *to = u64_to_user_ptr(arg->array);
	u32 done, n;
	int err = 0;

	arg->next = arg->from;
	for (done = 0; done < arg->count && !err; done += n) {
		n = next_blocks(&arg->next, piece,
				min_t(u32, arg->count - done, PIECE));
		if (copy_to_user(to + done, piece, n * sizeof(*piece)))
			return -EFAULT;
		if (!arg->next) {
			done += n;
			break;
		}
		err = session_breathe();
	}
	arg->count = done;
	return err;
}

/**
 * handle_blocks() - NTPOOL_IOC_BLOCKS
 * @session: the session
 * @u: struct ntpool_blocks
 *
 * Return: 0 or -errno.
 */
int handle_blocks(struct session *session, union ioctl_arg *u)
{
	struct ntpool_blocks *arg = &u->blocks;
	struct ntpool_block *piece;
	int err;

	if (arg->flags || !arg->count)
		return -EINVAL;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	piece = kcalloc(PIECE, sizeof(*piece), GFP_KERNEL_ACCOUNT);
	if (!piece)
		return -ENOMEM;
	err = show_blocks(arg, piece);
	kfree(piece);
	return err;
}

/**
 * struct slot_page - the slots of a page, as the pool tells them and as we do
 * @slots: the pool's
 * @out: ours
 */
struct slot_page {
	struct pool_slot slots[MAX_SLOTS];
	struct ntpool_slot out[MAX_SLOTS];
};

static void fill_slots(struct slot_page *page, u32 total)
{
	u32 i;

	for (i = 0; i < total; i++)
		page->out[i] = (struct ntpool_slot){
			.address = page->slots[i].start,
			.size = page->slots[i].size,
			.previous = page->slots[i].previous,
			.tag = page->slots[i].tag,
			.allocated = page->slots[i].allocated,
			.requested = page->slots[i].requested,
		};
}

static int show_slots(struct ntpool_slots *arg, struct slot_page *page)
{
	struct ntpool_slot __user *to = u64_to_user_ptr(arg->array);
	struct pool_block_info info;

	arg->total = pool_page_slots(arg->address, page->slots, MAX_SLOTS);
	fill_slots(page, arg->total);
	arg->count = min(arg->count, arg->total);
	memset(&arg->block, 0, sizeof(arg->block));
	arg->found = pool_find(arg->address, &info);
	if (arg->found)
		fill_block(&arg->block, &info);
	if (copy_to_user(to, page->out, arg->count * sizeof(*page->out)))
		return -EFAULT;
	return 0;
}

/**
 * handle_slots() - NTPOOL_IOC_SLOTS
 * @session: the session
 * @u: struct ntpool_slots
 *
 * Return: 0 or -errno.
 */
int handle_slots(struct session *session, union ioctl_arg *u)
{
	struct ntpool_slots *arg = &u->slots;
	struct slot_page *page;
	int err;

	if (arg->flags)
		return -EINVAL;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	page = kvzalloc(sizeof(*page), GFP_KERNEL_ACCOUNT);
	if (!page)
		return -ENOMEM;
	err = show_slots(arg, page);
	kvfree(page);
	return err;
}
