/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of 'ntpool split' share. */
#ifndef SPLIT_H
#define SPLIT_H

#include <stdbool.h>

#include "base/caller32.h"
#include "ntpool.h"

#define SPLIT_LAYOUTS 3

struct splits {
	struct ntpool_split layouts[SPLIT_LAYOUTS];
	unsigned int count;
	bool has32;
	struct caller32 caller32;
};

/* "this machine", "Windows x64", "Windows x86, increaseuserva 3072" */
#define SPLIT_TITLE 64
const char *split_title(const struct ntpool_split *split,
			char title[SPLIT_TITLE]);

/* Bytes of a range whose last byte is @end; 2^64 does not occur. */
static inline uint64_t split_size(uint64_t start, uint64_t end)
{
	return end - start + 1;
}

static inline bool split_is_32bit(const struct ntpool_split *split)
{
	return split->system_end <= UINT32_MAX;
}

void split_print(const struct splits *splits);
bool split_picture(const struct splits *splits, const char *path);

/* A bar of the 4 GiB of a 32-bit layout, to scale, 64 MiB a character. */
void split_print_bar(const struct ntpool_split *split, int indent);

#endif
