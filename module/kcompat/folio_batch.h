/* SPDX-License-Identifier: GPL-2.0-only */
/* The header of struct folio_batch, which had the name of what was there before it. */
#ifndef NTPOOL_KCOMPAT_FOLIO_BATCH_H
#define NTPOOL_KCOMPAT_FOLIO_BATCH_H

#if __has_include("linux/folio_batch.h")
#include <linux/folio_batch.h>
#else
#include <linux/pagevec.h>
#endif

#endif /* NTPOOL_KCOMPAT_FOLIO_BATCH_H */
