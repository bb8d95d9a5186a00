// SPDX-License-Identifier: GPL-2.0-only
/*
 * The character device /dev/ntpool.  Each open file is a session.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

#include "dev/dev.h"
#include "dev/session.h"

static int device_open(struct inode *inode, struct file *file)
{
	struct session *session = session_create();

	if (IS_ERR(session))
		return PTR_ERR(session);
	file->private_data = session;
	/* No file position that reads would wait for each other to use. */
	stream_open(inode, file);
	file->f_mode |= FMODE_LSEEK; /* see events_seek() */
	return 0;
}

static int device_release(struct inode *inode, struct file *file)
{
	session_destroy(file->private_data);
	return 0;
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.read = events_read,
	.llseek = events_seek,
	.poll = events_poll,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/* For root alone, until an administrator's udev rule says otherwise. */
static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "ntpool",
	.fops = &device_fops,
	.mode = 0600,
};

/**
 * dev_init() - let programs in
 *
 * Return: 0 or -errno.
 */
int dev_init(void)
{
	return misc_register(&device);
}

/**
 * dev_exit() - take the device away; no file is open any more
 */
void dev_exit(void)
{
	misc_deregister(&device);
}
