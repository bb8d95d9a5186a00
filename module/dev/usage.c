// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who uses the pools: by session, which is counted here, and by module, which
 * the pool counts itself.
 *
 * The mutex of the list of sessions is innermost of dev's; a session is in the
 * list as long as its rows may be looked at.
 */
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/swab.h>
#include <linux/uaccess.h>

#include "core/core.h"
#include "dev/session.h"
#include "pool/pool.h"

/* Of a session, as of the pool: beyond that its tags share one more row. */
#define MAX_ROWS     16383
#define OVERFLOW_TAG NTPOOL_TAG('O', 'v', 'f', 'l')

/* In one answer: no array is longer than INT_MAX bytes. */
#define MAX_SHOWN (INT_MAX / sizeof(struct ntpool_usage_row))

static LIST_HEAD(sessions);
static DEFINE_MUTEX(sessions_mutex);
static u32 last_number; /* under sessions_mutex */

/**
 * usage_init() - a new session has used nothing, and gets its number
 * @session: the session
 */
void usage_init(struct session *session)
{
	xa_init_flags(&session->usage, XA_FLAGS_ACCOUNT);
	atomic_set(&session->usage_rows, 0);
	mutex_lock(&sessions_mutex);
	session->number = ++last_number;
	list_add_tail(&session->entry, &sessions);
	mutex_unlock(&sessions_mutex);
}
EXPORT_FOR_TESTS(usage_init);

/**
 * usage_exit() - forget what a session has used
 * @session: it has no blocks any more
 */
void usage_exit(struct session *session)
{
	struct session_usage *row;
	unsigned long key;

	mutex_lock(&sessions_mutex);
	list_del(&session->entry);
	mutex_unlock(&sessions_mutex);
	xa_for_each(&session->usage, key, row)
		kfree(row);
	xa_destroy(&session->usage);
}
EXPORT_FOR_TESTS(usage_exit);

static struct session_usage *enter_row(struct session *session, u32 tag)
{
	struct session_usage *row = kzalloc(sizeof(*row), GFP_KERNEL_ACCOUNT);
	struct session_usage *old;

	if (!row)
		return NULL;
	row->tag = tag;
	old = xa_cmpxchg(&session->usage, swab32(tag), NULL, row,
			 GFP_KERNEL_ACCOUNT);
	if (!old)
		return row;
	kfree(row);
	return xa_is_err(old) ? NULL : old;
}

static struct session_usage *add_row(struct session *session, u32 tag)
{
	if (tag != OVERFLOW_TAG &&
	    !atomic_add_unless(&session->usage_rows, 1, MAX_ROWS))
		return usage_row(session, OVERFLOW_TAG);
	return enter_row(session, tag);
}

/**
 * usage_row() - a session's row for a tag, made where there is none
 * @session: the session
 * @tag: the tag
 *
 * Return: the row, that of all tags for which there is no room, or NULL without memory.
 */
struct session_usage *usage_row(struct session *session, u32 tag)
{
	return xa_load(&session->usage, swab32(tag)) ?: add_row(session, tag);
}
EXPORT_FOR_TESTS(usage_row);

static unsigned int pool_of(u64 flags)
{
	return flags & NTPOOL_FLAG_PAGED ? 1 : 0;
}

/**
 * usage_alloc() - count an allocation
 * @row: from usage_row()
 * @flags: NTPOOL_FLAG_* of the block
 * @size: bytes
 */
void usage_alloc(struct session_usage *row, u64 flags, u64 size)
{
	atomic64_inc(&row->allocs[pool_of(flags)]);
	atomic64_add(size, &row->bytes[pool_of(flags)]);
}

/**
 * usage_free() - count a free
 * @row: as given to usage_alloc()
 * @flags: as given to usage_alloc()
 * @size: as given to usage_alloc()
 */
void usage_free(struct session_usage *row, u64 flags, u64 size)
{
	atomic64_inc(&row->frees[pool_of(flags)]);
	atomic64_sub(size, &row->bytes[pool_of(flags)]);
}

/**
 * usage_left() - blocks of a session that are not freed
 * @row: of the tag; nobody allocates or frees
 *
 * Return: how many.
 */
u64 usage_left(const struct session_usage *row)
{
	return atomic64_read(&row->allocs[0]) - atomic64_read(&row->frees[0]) +
	       atomic64_read(&row->allocs[1]) - atomic64_read(&row->frees[1]);
}

static void fill_session_row(struct ntpool_usage_row *out,
			     const struct session *session,
			     struct session_usage *row)
{
	*out = (struct ntpool_usage_row){
		.tag = row->tag,
		.session = session->number,
		.pid = session->owner,
		.paged_frees = atomic64_read(&row->frees[1]),
		.paged_bytes = atomic64_read(&row->bytes[1]),
		.nonpaged_frees = atomic64_read(&row->frees[0]),
		.nonpaged_bytes = atomic64_read(&row->bytes[0]),
	};
	/* Read last, so that no row shows more frees than allocations. */
	smp_rmb();
	out->paged_allocs = atomic64_read(&row->allocs[1]);
	out->nonpaged_allocs = atomic64_read(&row->allocs[0]);
	strscpy_pad(out->name, session->comm, sizeof(out->name));
}

static size_t session_rows_locked(const struct session *only,
				  struct ntpool_usage_row *rows, size_t count)
{
	struct session_usage *row;
	struct session *session;
	unsigned long key;
	size_t n = 0;

	lockdep_assert_held(&sessions_mutex);
	list_for_each_entry(session, &sessions, entry) {
		if (only && session != only)
			continue;
		xa_for_each(&session->usage, key, row) {
			if (n < count)
				fill_session_row(&rows[n], session, row);
			n++;
			cond_resched();
		}
	}
	return n;
}

/* Fills up to @count rows, and says how many there are. */
static size_t session_rows(const struct session *only,
			   struct ntpool_usage_row *rows, size_t count)
{
	size_t n;

	mutex_lock(&sessions_mutex);
	n = session_rows_locked(only, rows, count);
	mutex_unlock(&sessions_mutex);
	return n;
}

static void fill_module_row(struct ntpool_usage_row *out,
			    const struct pool_tag_row *row)
{
	*out = (struct ntpool_usage_row){
		.tag = row->counts.tag,
		.paged_allocs = row->counts.paged_allocs,
		.paged_frees = row->counts.paged_frees,
		.paged_bytes = row->counts.paged_bytes,
		.nonpaged_allocs = row->counts.nonpaged_allocs,
		.nonpaged_frees = row->counts.nonpaged_frees,
		.nonpaged_bytes = row->counts.nonpaged_bytes,
	};
	strscpy_pad(out->name, row->module, sizeof(out->name));
}

/* In the same manner, or -ENOMEM. */
static ssize_t module_rows(struct ntpool_usage_row *rows, size_t count)
{
	struct pool_tag_row *from;
	size_t total, i;

	if (!count)
		return pool_tag_rows(NULL, 0);
	from = kvcalloc(count, sizeof(*from), GFP_KERNEL_ACCOUNT);
	if (!from)
		return -ENOMEM;
	total = pool_tag_rows(from, count);
	for (i = 0; i < min(total, count); i++)
		fill_module_row(&rows[i], &from[i]);
	kvfree(from);
	return total;
}

static ssize_t get_rows(const struct session *session, u32 by,
			struct ntpool_usage_row *rows, size_t count)
{
	if (by == NTPOOL_BY_MODULE)
		return module_rows(rows, count);
	return session_rows(session_sees_addresses() ? NULL : session, rows,
			    count);
}

/* The table may grow or shrink between the two looks at it. */
static int show_rows(struct session *session, struct ntpool_usage *arg,
		     size_t room)
{
	struct ntpool_usage_row __user *to = u64_to_user_ptr(arg->array);
	struct ntpool_usage_row *rows = kvcalloc(room, sizeof(*rows),
						 GFP_KERNEL_ACCOUNT);
	ssize_t total = -ENOMEM;
	int err = 0;

	if (rows)
		total = get_rows(session, arg->by, rows, room);
	if (total >= 0) {
		arg->total = total;
		arg->count = min_t(u64, room, arg->total);
		if (copy_to_user(to, rows, arg->count * sizeof(*rows)))
			err = -EFAULT;
	}
	kvfree(rows);
	return total < 0 ? total : err;
}

/**
 * handle_usage() - NTPOOL_IOC_USAGE
 * @session: the session
 * @u: struct ntpool_usage
 *
 * No more memory is used than there are rows, whatever the caller says he has
 * room for.
 *
 * Return: 0 or -errno.
 */
int handle_usage(struct session *session, union ioctl_arg *u)
{
	struct ntpool_usage *arg = &u->usage;

	if (arg->flags || arg->pad || arg->by > NTPOOL_BY_SESSION)
		return -EINVAL;
	arg->total = get_rows(session, arg->by, NULL, 0);
	arg->count = min3((u64)arg->count, arg->total, (u64)MAX_SHOWN);
	return arg->count ? show_rows(session, arg, arg->count) : 0;
}
