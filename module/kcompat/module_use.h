/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NTPOOL_KCOMPAT_MODULE_USE_H
#define NTPOOL_KCOMPAT_MODULE_USE_H

#include <linux/build_bug.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/version.h>

/*
 * What the kernel notes of a module that uses another one.  Older headers have the struct,
 * newer ones keep it to the kernel: 7.3's type information shows it unchanged.
 */
struct kcompat_module_use {
	struct list_head source_list;
	struct list_head target_list;
	struct module *source, *target;
};

#if defined(CONFIG_MODULE_UNLOAD) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static_assert(offsetof(struct module_use, target_list) ==
	      offsetof(struct kcompat_module_use, target_list));
static_assert(offsetof(struct module_use, target) ==
	      offsetof(struct kcompat_module_use, target));
#endif

/**
 * kcompat_module_uses() - does a module call functions of another one
 * @module: the one, which cannot go away
 * @target: the other one
 *
 * That is entered before code of @module runs, and stays as long as that may.
 *
 * Context: any.
 */
static inline bool kcompat_module_uses(const struct module *module,
				       const struct module *target)
{
#ifdef CONFIG_MODULE_UNLOAD
	const struct kcompat_module_use *use;

	list_for_each_entry(use, &module->target_list, target_list)
		if (use->target == target)
			return true;
#endif
	return false;
}

#endif /* NTPOOL_KCOMPAT_MODULE_USE_H */
