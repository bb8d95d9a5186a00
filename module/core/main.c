// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading and unloading: each layer is started after those it calls, and
 * stopped before them.
 */
#include <linux/module.h>

#include "core/core.h"
#include "core/internal.h"
#include "dev/dev.h"
#include "io/io.h"
#include "ke/ke.h"
#include "paging/paging.h"
#include "pool/pool.h"
#include "seh/seh.h"

static int core_init(void)
{
	kcompat_init();
	return bugcheck_init();
}

static const struct layer {
	const char *name;
	int (*init)(void);
	void (*exit)(void);
} layers[] = {
	{ "core", core_init, bugcheck_exit },
	{ "exceptions", seh_start, seh_stop },
	{ "paging", paging_start, paging_stop },
	{ "pool", pool_init, pool_exit },
	{ "executive", ke_init, ke_exit },
	{ "io", io_init, io_exit },
	{ "device", dev_init, dev_exit },
};

static void stop_layers(unsigned int started)
{
	while (started)
		layers[--started].exit();
}

static int __init ntpool_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(layers); i++) {
		err = layers[i].init();
		if (err) {
			pr_err("ntpool: %s does not start: %d\n",
			       layers[i].name, err);
			stop_layers(i);
			return err;
		}
	}
	return 0;
}

static void __exit ntpool_exit(void)
{
	stop_layers(ARRAY_SIZE(layers));
}

module_init(ntpool_init);
module_exit(ntpool_exit);
MODULE_DESCRIPTION("Windows NT's paged and nonpaged pool, with paged pool that pages");
MODULE_LICENSE("GPL");
