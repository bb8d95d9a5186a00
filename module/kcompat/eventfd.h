/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NTPOOL_KCOMPAT_EVENTFD_H
#define NTPOOL_KCOMPAT_EVENTFD_H

#include <linux/eventfd.h>
#include <linux/version.h>

/* 6.8: an eventfd is signalled by one, always. */
static inline void kcompat_eventfd_signal(struct eventfd_ctx *ctx)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
	eventfd_signal(ctx, 1);
#else
	eventfd_signal(ctx);
#endif
}

#endif /* NTPOOL_KCOMPAT_EVENTFD_H */
