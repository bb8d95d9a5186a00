/* SPDX-License-Identifier: GPL-2.0-only */
/* What Linux itself says: the other witness beside the device. */
#ifndef PROC_H
#define PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a line of /proc/meminfo ("MemTotal"), 0 if there is none. */
uint64_t proc_meminfo(const char *name);

/*
 * Bytes of memory that the machine has, by /proc/iomem; without CAP_SYS_ADMIN what
 * Linux has of it, MemTotal.
 */
uint64_t proc_memory(void);

/* A counter of /proc/vmstat ("pswpin"), 0 if there is none. */
uint64_t proc_vmstat(const char *name);

/* A swap device or file, as /proc/swaps has it. */
struct proc_swap {
	char path[256];
	uint64_t size, used; /* bytes */
};

/* Fills up to @room, and says how many. */
size_t proc_swaps(struct proc_swap *swaps, size_t room);

/* A page of this process as /proc/self/pagemap shows it. */
struct proc_page {
	bool present;
	bool swapped;
	uint64_t frame; /* 0 without CAP_SYS_ADMIN */
	uint64_t slot;
};

/* Fills @pages from @address on; false where the file cannot be read. */
bool proc_pagemap(const void *address, struct proc_page *pages, size_t count);

#endif
