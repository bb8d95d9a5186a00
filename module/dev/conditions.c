// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pool events for programs: a file descriptor that can be polled as long as the
 * event is set.  It belongs to no session.
 */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/poll.h>

#include "dev/session.h"
#include "pool/limits.h"

static u32 condition_of(struct file *file)
{
	return (uintptr_t)file->private_data;
}

static __poll_t condition_poll(struct file *file, poll_table *table)
{
	u32 condition = condition_of(file);

	poll_wait(file, condition_wait(condition), table);
	return condition_holds(condition) ? EPOLLIN | EPOLLRDNORM : 0;
}

static const struct file_operations condition_fops = {
	.owner = THIS_MODULE,
	.poll = condition_poll,
	.llseek = noop_llseek,
};

/*
 * The descriptor is the caller's from here on; should the answer not reach him, he
 * has one open that he does not know of, as with any call that returns one.
 */
static int open_condition(struct ntpool_condition_open *arg)
{
	int fd_flags = arg->flags & NTPOOL_CONDITION_INHERIT ? 0 : O_CLOEXEC;
	struct file *file;
	int fd = get_unused_fd_flags(fd_flags);

	if (fd < 0)
		return fd;
	file = anon_inode_getfile("[ntpool-condition]", &condition_fops,
				  (void *)(uintptr_t)arg->condition, O_RDONLY);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	arg->fd = fd;
	arg->set = condition_holds(arg->condition);
	return 0;
}

/**
 * handle_condition() - NTPOOL_IOC_CONDITION
 * @session: the session
 * @u: struct ntpool_condition_open
 *
 * Return: 0 or -errno.
 */
int handle_condition(struct session *session, union ioctl_arg *u)
{
	struct ntpool_condition_open *arg = &u->condition;

	if (arg->condition >= NTPOOL_CONDITIONS ||
	    arg->flags & ~NTPOOL_CONDITION_INHERIT)
		return -EINVAL;
	return open_condition(arg);
}
