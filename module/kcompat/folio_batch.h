/* SPDX-License-Identifier: GPL-2.0-only */
/* 7.1: the header of struct folio_batch, which had the name of what was there before it. */
#ifndef NTPOOL_KCOMPAT_FOLIO_BATCH_H
#define NTPOOL_KCOMPAT_FOLIO_BATCH_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 1, 0)
#include <linux/pagevec.h>
#else
#include <linux/folio_batch.h>
#endif

#endif /* NTPOOL_KCOMPAT_FOLIO_BATCH_H */
