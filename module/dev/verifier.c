// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verifier's settings and statistics, and special pool for a session.
 */
#include <linux/build_bug.h>
#include <linux/capability.h>
#include <linux/string.h>

#include "dev/session.h"
#include "pool/verifier.h"

static_assert(VERIFIER_TAGS == NTPOOL_VERIFIER_TAGS);
static_assert(sizeof_field(struct verifier_settings, process) == NTPOOL_COMM_LEN);
static_assert(sizeof_field(struct verifier_settings, driver) >= NTPOOL_NAME_LEN);

static int set_verifier(const struct ntpool_verifier *arg)
{
	struct verifier_settings wanted = {
		.flags = arg->flags,
		.size_min = arg->size_min,
		.size_max = arg->size_max,
		.probability = arg->probability,
		.grace = arg->grace,
	};

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	memcpy(wanted.tags, arg->tags, sizeof(wanted.tags));
	memcpy(wanted.process, arg->process, sizeof(arg->process));
	memcpy(wanted.driver, arg->driver, sizeof(arg->driver));
	return verifier_set(&wanted);
}

static bool only_asks(const struct ntpool_verifier *arg)
{
	size_t first = offsetof(struct ntpool_verifier, flags);

	return !memchr_inv((const char *)arg + first, 0,
			   offsetof(struct ntpool_verifier, attempted) - first);
}

static void show_settings(struct ntpool_verifier *arg)
{
	struct verifier_settings now;

	verifier_get(&now);
	arg->flags = now.flags;
	arg->size_min = now.size_min;
	arg->size_max = now.size_max;
	arg->probability = now.probability;
	arg->grace = now.grace;
	memcpy(arg->tags, now.tags, sizeof(arg->tags));
	strscpy_pad(arg->process, now.process, sizeof(arg->process));
	strscpy_pad(arg->driver, now.driver, sizeof(arg->driver));
}

static void show_statistics(struct ntpool_verifier *arg)
{
	struct special_stats special;
	struct verifier_stats stats;

	verifier_get_stats(&stats);
	special_get_stats(&special);
	arg->attempted = stats.attempted;
	arg->succeeded = stats.succeeded;
	arg->succeeded_special = stats.special;
	arg->failed_deliberately = stats.failed_deliberately;
	arg->forced_pending = stats.forced;
	arg->raises = stats.raises;
	arg->trimmed = stats.trimmed;
	arg->tracked = stats.tracked;
	arg->tracked_bytes = stats.tracked_bytes;
	arg->tracked_peak = stats.tracked_peak;
	arg->leaked = stats.leaked;
	arg->special_pages = special.pages;
	arg->special_live = special.live_pages;
	arg->special_kept = special.retired_pages;
	arg->special_fallbacks = special.fallbacks;
}

/**
 * handle_verifier() - NTPOOL_IOC_VERIFIER
 * @session: the session
 * @u: struct ntpool_verifier
 *
 * Return: 0 or -errno.
 */
int handle_verifier(struct session *session, union ioctl_arg *u)
{
	struct ntpool_verifier *arg = &u->verifier;
	int err = 0;

	if (arg->set > 1 || (!arg->set && !only_asks(arg)))
		return -EINVAL;
	if (arg->set)
		err = set_verifier(arg);
	if (err)
		return err;
	show_settings(arg);
	show_statistics(arg);
	return 0;
}

/**
 * handle_special() - NTPOOL_IOC_SPECIAL
 * @session: the session
 * @u: struct ntpool_special
 *
 * Return: 0 or -EINVAL.
 */
int handle_special(struct session *session, union ioctl_arg *u)
{
	const struct ntpool_special *arg = &u->special;

	if (arg->flags || arg->on > 1)
		return -EINVAL;
	WRITE_ONCE(session->special, arg->on);
	return 0;
}
