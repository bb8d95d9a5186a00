// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies between a block and the caller's memory, straight on the block's
 * pointer: pages of it that are out come in by the faults taken on the way.
 */
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/nospec.h>
#include <linux/overflow.h>
#include <linux/pagemap.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

#include "core/core.h"
#include "dev/session.h"

#define PIECE SZ_1M

/**
 * struct direction - how to copy one way
 * @reach: 0 where the caller's memory will do, as far as must be known first
 * @copy: copy; how much of it was not
 */
struct direction {
	int (*reach)(const char __user *user, u64 length);
	unsigned long (*copy)(void *block, char __user *user, size_t size);
};

/* A buffer that ends early is found out on the way: it is the caller's own. */
static int reach_out(const char __user *user, u64 length)
{
	return access_ok(user, length) ? 0 : -EFAULT;
}

/* A bad pointer is to be refused before a byte of the block has changed. */
static int reach_in(const char __user *user, u64 length)
{
	u64 done, piece;
	int err = reach_out(user, length);

	for (done = 0; done < length && !err; done += piece) {
		piece = min_t(u64, length - done, PIECE);
		if (fault_in_readable(user + done, piece))
			return -EFAULT;
		err = session_breathe();
	}
	return err;
}

static unsigned long copy_out(void *block, char __user *user, size_t size)
{
	return copy_to_user(user, block, size);
}

/*
 * Not copy_from_user(): that zeroes what it could not fill, by a plain memset(),
 * and what it could not fill may be a page that cannot be brought in.
 */
static unsigned long copy_in(void *block, char __user *user, size_t size)
{
	if (!access_ok(user, size))
		return size;
	barrier_nospec();
	return __copy_from_user(block, user, size);
}

static const struct direction outwards = { reach_out, copy_out };
static const struct direction inwards = { reach_in, copy_in };

/*
 * Either side can have stopped a copy.  If it was the block's, this thread has
 * raised bug check 0x7A on the way.
 */
static int cut_short(struct ntpool_rw *arg, u64 copied, u64 seq)
{
	arg->bugcheck = session_bugcheck_since(seq,
					       BUGCHECK_KERNEL_DATA_INPAGE_ERROR);
	if (!arg->bugcheck)
		return -EFAULT;
	arg->transferred = copied;
	arg->status = NTPOOL_STATUS_IN_PAGE_ERROR;
	return 0;
}

static int transfer(const struct direction *dir, void *block,
		    struct ntpool_rw *arg)
{
	char __user *user = u64_to_user_ptr(arg->buffer);
	u64 seq = bugcheck_last_seq();
	u64 done, piece, left;
	int err = dir->reach(user, arg->length);

	for (done = 0; done < arg->length && !err; done += piece) {
		piece = min_t(u64, arg->length - done, PIECE);
		left = dir->copy(block + done, user + done, piece);
		if (left)
			return cut_short(arg, done + piece - left, seq);
		err = session_breathe();
	}
	arg->transferred = done;
	arg->status = NTPOOL_STATUS_SUCCESS;
	arg->bugcheck = 0;
	return err;
}

static int copy(struct session *session, struct ntpool_rw *arg,
		const struct direction *dir)
{
	struct session_block *block;
	u64 end;
	int err = -EINVAL;

	if (arg->flags || !arg->length)
		return -EINVAL;
	if (check_add_overflow(arg->offset, arg->length, &end))
		return -EOVERFLOW;
	block = block_use(session, arg->handle);
	if (IS_ERR(block))
		return PTR_ERR(block);
	if (end <= block->size)
		err = transfer(dir, block->memory + arg->offset, arg);
	block_done(block);
	return err;
}

/**
 * handle_read() - NTPOOL_IOC_READ
 * @session: the session
 * @u: struct ntpool_rw
 *
 * Return: 0 or -errno.
 */
int handle_read(struct session *session, union ioctl_arg *u)
{
	return copy(session, &u->rw, &outwards);
}

/**
 * handle_write() - NTPOOL_IOC_WRITE
 * @session: the session
 * @u: struct ntpool_rw
 *
 * Return: 0 or -errno.
 */
int handle_write(struct session *session, union ioctl_arg *u)
{
	return copy(session, &u->rw, &inwards);
}
