/* SPDX-License-Identifier: GPL-2.0-only */
/* Inner functions that the KUnit module calls; no interface of other modules. */
#ifndef NTPOOL_KCOMPAT_EXPORT_H
#define NTPOOL_KCOMPAT_EXPORT_H

#include <linux/export.h>
#include <linux/kconfig.h>

#if IS_ENABLED(CONFIG_KUNIT)
#define EXPORT_FOR_TESTS(symbol) EXPORT_SYMBOL_GPL(symbol)
#else
#define EXPORT_FOR_TESTS(symbol)
#endif

#endif /* NTPOOL_KCOMPAT_EXPORT_H */
