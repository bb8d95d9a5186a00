// SPDX-License-Identifier: GPL-2.0-only
/* A module that leaves blocks behind when it is unloaded: what tracking is for. */
#include <linux/module.h>
#include <linux/ntpool.h>

static unsigned int blocks = 3;
module_param(blocks, uint, 0444);
MODULE_PARM_DESC(blocks, "paged blocks to leave behind, beside one nonpaged one");

static bool protected;
module_param(protected, bool, 0444);
MODULE_PARM_DESC(protected, "leave blocks of both pools behind that only their whole tag frees");

#define PROTECTED (NTPOOL_TAG('K', 'e', 'p', 't') | 0x80000000u)

static bool leave_protected(void)
{
	return ntpool_alloc_with_tag(NTPOOL_TYPE_PAGED, 100, PROTECTED, NULL) &&
	       ntpool_alloc_with_tag(NTPOOL_TYPE_NX, 100, PROTECTED, NULL) &&
	       ntpool_alloc_with_tag(NTPOOL_TYPE_PAGED, 20000, PROTECTED, NULL);
}

static int __init leaker_init(void)
{
	unsigned int i;

	if (protected && !leave_protected())
		return -ENOMEM;
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
