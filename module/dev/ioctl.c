// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a command to its handler: the struct is copied in whole, and copied out
 * whole, but only where the handler has succeeded.
 */
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/uaccess.h>

#include "dev/session.h"

/* The ABI: these sizes are part of the commands' numbers. */
static_assert(sizeof(struct ntpool_features) == 0x80);
static_assert(sizeof(struct ntpool_stats_get) == 0x10);
static_assert(sizeof(struct ntpool_stats) == 0x148);
static_assert(sizeof(struct ntpool_tags) == 0x18);
static_assert(sizeof(struct ntpool_tag) == 0x38);
static_assert(sizeof(struct ntpool_usage) == 0x20);
static_assert(sizeof(struct ntpool_usage_row) == 0x78);
static_assert(sizeof(struct ntpool_blocks) == 0x20);
static_assert(sizeof(struct ntpool_block) == 0x60);
static_assert(sizeof(struct ntpool_slots) == 0x80);
static_assert(sizeof(struct ntpool_slot) == 0x20);
static_assert(sizeof(struct ntpool_quota) == 0x38);
static_assert(sizeof(struct ntpool_condition_open) == 0x10);
static_assert(sizeof(struct ntpool_verifier) == 0x100);
static_assert(sizeof(struct ntpool_special) == 0x8);
static_assert(sizeof(struct ntpool_alloc) == 0x38);
static_assert(sizeof(struct ntpool_free) == 0x20);
static_assert(sizeof(struct ntpool_rw) == 0x38);
static_assert(sizeof(struct ntpool_query) == 0x60);
static_assert(sizeof(struct ntpool_pages) == 0x20);
static_assert(sizeof(struct ntpool_page) == 0x18);
static_assert(sizeof(struct ntpool_trim) == 0x30);
static_assert(sizeof(struct ntpool_touch) == 0x30);
static_assert(sizeof(struct ntpool_split) == 0x78);
static_assert(sizeof(struct ntpool_walk) == 0x70);
static_assert(sizeof(struct ntpool_region) == 0x38);
static_assert(sizeof(struct ntpool_regions) == 0x28);
static_assert(sizeof(struct ntpool_volunteer) == 0x18);
static_assert(sizeof(struct ntpool_request) == 0x38);
static_assert(sizeof(struct ntpool_result) == 0xf0);
static_assert(sizeof(struct ntpool_party) == 0x48);
static_assert(sizeof(struct ntpool_device_open) == 0x98);
static_assert(sizeof(struct ntpool_device_close) == 0x8);
static_assert(sizeof(struct ntpool_status_block) == 0x10);
static_assert(sizeof(struct ntpool_device_io) == 0x58);
static_assert(sizeof(struct ntpool_device_wait) == 0x20);
static_assert(sizeof(struct ntpool_device_cancel) == 0x18);
static_assert(sizeof(struct ntpool_event) == 0xc8);

/**
 * struct command - one ioctl
 * @cmd: its number
 * @handle: what serves it
 */
struct command {
	unsigned int cmd;
	int (*handle)(struct session *session, union ioctl_arg *u);
};

static const struct command commands[] = {
	{ NTPOOL_IOC_READ, handle_read },
	{ NTPOOL_IOC_WRITE, handle_write },
	{ NTPOOL_IOC_ALLOC, handle_alloc },
	{ NTPOOL_IOC_FREE, handle_free },
	{ NTPOOL_IOC_TOUCH, handle_touch },
	{ NTPOOL_IOC_QUERY, handle_query },
	{ NTPOOL_IOC_PAGES, handle_pages },
	{ NTPOOL_IOC_TRIM, handle_trim },
	{ NTPOOL_IOC_DEVICE_IO, handle_device_io },
	{ NTPOOL_IOC_DEVICE_WAIT, handle_device_wait },
	{ NTPOOL_IOC_DEVICE_CANCEL, handle_device_cancel },
	{ NTPOOL_IOC_DEVICE_OPEN, handle_device_open },
	{ NTPOOL_IOC_DEVICE_CLOSE, handle_device_close },
	{ NTPOOL_IOC_REQUEST, handle_request },
	{ NTPOOL_IOC_RESULT, handle_result },
	{ NTPOOL_IOC_VOLUNTEER, handle_volunteer },
	{ NTPOOL_IOC_WALK, handle_walk },
	{ NTPOOL_IOC_SPLIT, handle_split },
	{ NTPOOL_IOC_REGIONS, handle_regions },
	{ NTPOOL_IOC_STATS, handle_stats },
	{ NTPOOL_IOC_TAGS, handle_tags },
	{ NTPOOL_IOC_USAGE, handle_usage },
	{ NTPOOL_IOC_BLOCKS, handle_blocks },
	{ NTPOOL_IOC_SLOTS, handle_slots },
	{ NTPOOL_IOC_VERIFIER, handle_verifier },
	{ NTPOOL_IOC_SPECIAL, handle_special },
	{ NTPOOL_IOC_FEATURES, handle_features },
	{ NTPOOL_IOC_QUOTA, handle_quota },
	{ NTPOOL_IOC_CONDITION, handle_condition },
};

static const struct command *find_command(unsigned int cmd)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].cmd == cmd)
			return &commands[i];
	return NULL;
}

/*
 * A handler's work cannot be undone, so that the caller can take the answer is
 * found out first: what was read is written back, where the struct begins and where it
 * ends, since it may lie in two pages.  (If another of his threads unmaps it meanwhile,
 * he gets EFAULT after all, and what he allocated goes when he closes the session.)
 */
static bool can_answer(unsigned int cmd, const union ioctl_arg *u, u8 __user *user)
{
	const u8 *bytes = (const u8 *)u;
	size_t last = _IOC_SIZE(cmd) - 1;

	return !(_IOC_DIR(cmd) & _IOC_READ) ||
	       (!put_user(bytes[0], user) && !put_user(bytes[last], user + last));
}

/* After a signal: with what the handler has made of its struct, the time that is left. */
static bool is_begun_again(int err)
{
	return err == -ERESTARTSYS;
}

/**
 * device_ioctl() - serve a command
 * @file: the session's file
 * @cmd: NTPOOL_IOC_*
 * @arg: the caller's address of the command's struct
 *
 * Return: 0 or -errno, as the ABI header says.
 */
long device_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct command *command = find_command(cmd);
	u8 __user *user = (u8 __user *)arg;
	union ioctl_arg u;
	int err;

	if (!command)
		return -ENOTTY;
	if (copy_from_user(&u, user, _IOC_SIZE(cmd)) ||
	    !can_answer(cmd, &u, user))
		return -EFAULT;
	err = command->handle(file->private_data, &u);
	if ((err && !is_begun_again(err)) || !(_IOC_DIR(cmd) & _IOC_READ))
		return err;
	return copy_to_user(user, &u, _IOC_SIZE(cmd)) ? -EFAULT : err;
}
