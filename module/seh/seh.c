// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starting and stopping.  Without the fault hook exceptions that are raised work all
 * the same; the hook says in the log what does not.
 */
#include <linux/cache.h>
#include <linux/export.h>
#include <linux/random.h>

#include "core/core.h"
#include "seh/internal.h"

unsigned long ntpool_seh_secret __ro_after_init;
EXPORT_SYMBOL_GPL(ntpool_seh_secret);

static bool hooked;

int seh_start(void)
{
	ntpool_seh_secret = get_random_long();
	driver_init();
	hooked = !hook_init();
	return 0;
}

void seh_stop(void)
{
	if (hooked)
		hook_exit();
}
