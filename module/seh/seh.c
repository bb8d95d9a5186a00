// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starting and stopping.  Without the fault hook exceptions that are raised work all
 * the same; the hook says in the log what does not.
 */
#include "core/core.h"
#include "seh/internal.h"

static bool hooked;

int seh_start(void)
{
	hooked = !hook_init();
	return 0;
}

void seh_stop(void)
{
	if (hooked)
		hook_exit();
}
