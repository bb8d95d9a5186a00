/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel side's two files share. */
#ifndef NTPOOL_BENCH_H
#define NTPOOL_BENCH_H

#include <linux/types.h>

#define TAG NTPOOL_TAG('B', 'n', 'c', 'h')

/* Parameters: what to do, and what came out. */
extern ulong mb, ns, units;
extern uint threads, rounds;

int bench_alloc(void);
int bench_live(void);
int bench_scaling(void);
int bench_metadata(void);
int bench_waste(void);

#endif /* NTPOOL_BENCH_H */
