/* SPDX-License-Identifier: GPL-2.0-only */
/* 6.18: a queue for work on the CPU it is queued on says so. */
#ifndef NTPOOL_KCOMPAT_WORKQUEUE_H
#define NTPOOL_KCOMPAT_WORKQUEUE_H

#include <linux/version.h>
#include <linux/workqueue.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define WQ_PERCPU 0
#endif

#endif /* NTPOOL_KCOMPAT_WORKQUEUE_H */
