// SPDX-License-Identifier: GPL-2.0-only
/* A module that leaves blocks behind when it is unloaded: what tracking is for. */
#include <linux/module.h>
#include <linux/ntpool.h>

static unsigned int blocks = 3;
module_param(blocks, uint, 0444);
MODULE_PARM_DESC(blocks, "paged blocks to leave behind, beside one nonpaged one");

static int __init leaker_init(void)
{
	unsigned int i;

	for (i = 0; i < blocks; i++)
		if (!ntpool_alloc(NTPOOL_FLAG_PAGED, 100,
				  NTPOOL_TAG('L', 'e', 'a', 'k')))
			return -ENOMEM;
	return ntpool_alloc(NTPOOL_FLAG_NON_PAGED, 5000,
			    NTPOOL_TAG('L', 'o', 's', 't')) ?
		       0 :
		       -ENOMEM;
}

static void __exit leaker_exit(void)
{
}

module_init(leaker_init);
module_exit(leaker_exit);
MODULE_DESCRIPTION("Test of ntpool: leaves pool blocks behind");
MODULE_LICENSE("GPL");
