// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the pages of a block are, and taking them out of the working set.
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/uaccess.h>

#include "dev/session.h"
#include "paging/paging.h"
#include "pool/pool.h"

/* One page as the caller may see it. */
static int look(const struct pool_block_info *info, unsigned long index,
		struct ntpool_page *page, bool show)
{
	int err = pool_look(info, index, page);

	if (!show) {
		page->frame = 0;
		page->slot = 0;
	}
	return err;
}

static void count_page(struct ntpool_query *arg, const struct ntpool_page *page)
{
	switch (page->state) {
	case NTPOOL_PAGE_RESIDENT:
		arg->resident++;
		arg->pinned += !!(page->flags & NTPOOL_PAGE_PINNED);
		break;
	case NTPOOL_PAGE_TRANSITION:
		arg->transition++;
		break;
	case NTPOOL_PAGE_SWAPPED:
		arg->swapped++;
		break;
	default:
		arg->untouched++;
	}
}

/* Two neighbours in the block, both in memory, but not side by side there. */
static bool discontinuous(const struct ntpool_page *before,
			  const struct ntpool_page *page)
{
	return before->frame && page->frame &&
	       page->frame != before->frame + 1;
}

static int count_pages(const struct pool_block_info *info,
		       struct ntpool_query *arg)
{
	struct ntpool_page page, before = {};
	unsigned long i;
	int err;

	arg->pages = pool_block_pages(info);
	for (i = 0; i < arg->pages; i++) {
		err = look(info, i, &page, true) ?: session_breathe();
		if (err)
			return err;
		count_page(arg, &page);
		arg->discontinuities += discontinuous(&before, &page);
		before = page;
	}
	return 0;
}

static int query(const struct session_block *block, struct ntpool_query *arg)
{
	struct pool_block_info info;

	if (!pool_find((unsigned long)block->memory, &info))
		return -ENOENT;
	*arg = (struct ntpool_query){
		.handle = arg->handle,
		.tag = block->tag,
		.pool_flags = block->flags,
		.size = block->size,
		.address = session_sees_addresses() ? info.start : 0,
	};
	return count_pages(&info, arg);
}

/**
 * handle_query() - NTPOOL_IOC_QUERY
 * @session: the session
 * @u: struct ntpool_query
 *
 * Return: 0 or -errno.
 */
int handle_query(struct session *session, union ioctl_arg *u)
{
	struct session_block *block;
	int err;

	if (u->query.flags)
		return -EINVAL;
	block = block_use(session, u->query.handle);
	if (IS_ERR(block))
		return PTR_ERR(block);
	err = query(block, &u->query);
	block_done(block);
	return err;
}

#define ROWS 16

static int show_rows(const struct pool_block_info *info, unsigned long first,
		     unsigned int count, struct ntpool_page __user *to)
{
	bool show = session_sees_addresses();
	struct ntpool_page rows[ROWS];
	unsigned int i;
	int err;

	for (i = 0; i < count; i++) {
		err = look(info, first + i, &rows[i], show);
		if (err)
			return err;
	}
	return copy_to_user(to, rows, count * sizeof(*rows)) ? -EFAULT : 0;
}

static int show_pages(const struct session_block *block,
		      struct ntpool_pages *arg)
{
	struct ntpool_page __user *to = u64_to_user_ptr(arg->array);
	struct pool_block_info info;
	u64 pages, done, rows;
	int err = 0;

	if (!pool_find((unsigned long)block->memory, &info))
		return -ENOENT;
	pages = pool_block_pages(&info);
	if (arg->first >= pages)
		return -EINVAL;
	arg->count = min_t(u64, arg->count, pages - arg->first);
	for (done = 0; done < arg->count && !err; done += rows) {
		rows = min_t(u64, arg->count - done, ROWS);
		err = show_rows(&info, arg->first + done, rows, to + done);
		err = err ?: session_breathe();
	}
	return err;
}

/**
 * handle_pages() - NTPOOL_IOC_PAGES
 * @session: the session
 * @u: struct ntpool_pages
 *
 * Return: 0 or -errno.
 */
int handle_pages(struct session *session, union ioctl_arg *u)
{
	struct ntpool_pages *arg = &u->pages;
	struct session_block *block;
	u64 end;
	int err;

	if (arg->flags || !arg->count)
		return -EINVAL;
	if (check_add_overflow(arg->first, (u64)arg->count, &end))
		return -EOVERFLOW;
	block = block_use(session, arg->handle);
	if (IS_ERR(block))
		return PTR_ERR(block);
	err = show_pages(block, arg);
	block_done(block);
	return err;
}

static int tell_written(struct ntpool_trim *arg, int err, unsigned long written)
{
	arg->written = written;
	arg->status = err ? NTPOOL_STATUS_UNSUCCESSFUL : NTPOOL_STATUS_SUCCESS;
	return session_breathe();
}

static int trim_all(struct ntpool_trim *arg)
{
	unsigned long written = 0;
	int err = 0;

	if (arg->offset || arg->length)
		return -EINVAL;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	arg->trimmed = paging_trim_all();
	if (arg->flags & NTPOOL_TRIM_WRITE_OUT)
		err = paging_write_out_all(&written);
	return tell_written(arg, err, written);
}

static int trim_block(const struct session_block *block, struct ntpool_trim *arg)
{
	const void *from = block->memory + arg->offset;
	u64 length = arg->length;
	unsigned long written = 0;
	int err = 0;

	if (!(block->flags & NTPOOL_FLAG_PAGED) || arg->offset >= block->size ||
	    length > block->size - arg->offset)
		return -EINVAL;
	if (!length)
		length = block->size - arg->offset;
	arg->trimmed = ntpool_trim(from, length);
	if (arg->flags & NTPOOL_TRIM_WRITE_OUT)
		err = ntpool_write_out(from, length, &written);
	return tell_written(arg, err, written);
}

/**
 * handle_trim() - NTPOOL_IOC_TRIM
 * @session: the session
 * @u: struct ntpool_trim
 *
 * Return: 0 or -errno.
 */
int handle_trim(struct session *session, union ioctl_arg *u)
{
	struct ntpool_trim *arg = &u->trim;
	struct session_block *block;
	u64 end;
	int err;

	if (arg->flags & ~NTPOOL_TRIM_WRITE_OUT)
		return -EINVAL;
	if (check_add_overflow(arg->offset, arg->length, &end))
		return -EOVERFLOW;
	if (!arg->handle)
		return trim_all(arg);
	block = block_use(session, arg->handle);
	if (IS_ERR(block))
		return PTR_ERR(block);
	err = trim_block(block, arg);
	block_done(block);
	return err;
}
