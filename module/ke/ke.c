// SPDX-License-Identifier: GPL-2.0-only
/* Starting and stopping, and what is done when a driver goes. */
#include <linux/module.h>
#include <linux/notifier.h>

#include "ke/object.h"

static int module_changed(struct notifier_block *block, unsigned long event,
			  void *data)
{
	if (event != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	check_module_goes(data);
	thread_module_goes(data);
	work_module_goes(data);
	/* Routines that ran meanwhile may have queued others. */
	check_module_goes(data);
	return NOTIFY_OK;
}

static struct notifier_block module_block = {
	.notifier_call = module_changed,
};

/**
 * ke_init() - start
 *
 * Context: may sleep.
 * Return: 0 or -errno.
 */
int ke_init(void)
{
	int err;

	dispatcher_init();
	dpc_init();
	timer_init();
	probe_init();
	err = work_init();
	if (err)
		return err;
	err = register_module_notifier(&module_block);
	if (err)
		work_exit();
	if (err)
		return err;
	attach_init();
	check_init();
	return 0;
}

/**
 * ke_exit() - stop; no driver is left
 *
 * Context: may sleep.
 */
void ke_exit(void)
{
	check_exit();
	unregister_module_notifier(&module_block);
	/* Timers queue DPCs, and these work items. */
	timer_exit();
	dpc_exit();
	handle_exit();
	process_exit();
	work_exit();
	attach_exit();
}
