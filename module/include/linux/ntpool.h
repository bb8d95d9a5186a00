/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The in-kernel interface of ntpool: Windows NT's two pools for Linux modules.
 * Everything here is exported to GPL modules; the user-space side of the same
 * things is uapi/linux/ntpool.h, NT's own names for them are ntpool/ntddk.h.
 */
#ifndef _LINUX_NTPOOL_H
#define _LINUX_NTPOOL_H

#include <linux/export.h>
#include <linux/types.h>
#include <uapi/linux/ntpool.h>

/* Pool */
void *__ntpool_alloc(u64 flags, size_t size, u32 tag, struct module *module);
u64 ntpool_free(void *block, u32 tag);

/* In the name of the module that calls; see __ntpool_alloc(). */
#define ntpool_alloc(flags, size, tag) \
	__ntpool_alloc(flags, size, tag, THIS_MODULE)

/**
 * struct ntpool_packing - what small blocks, up to a page, take of memory
 * @pages: pages that hold them
 * @blocks: live blocks
 * @room: bytes that these could have had in the slots they are in
 * @requested: bytes that they were asked with
 * @metadata: bytes of headers, records and descriptors, of free slots, too
 */
struct ntpool_packing {
	u64 pages;
	u64 blocks;
	u64 room;
	u64 requested;
	u64 metadata;
};

void ntpool_packing(bool paged, struct ntpool_packing *packing);

/* Residency of paged pool */
int ntpool_pin(const void *address, size_t length);
void ntpool_unpin(const void *address, size_t length);
unsigned long ntpool_trim(const void *address, size_t length);
long ntpool_write_out(const void *address, size_t length);

/* IRQL */
u8 ntpool_irql(void);
u8 ntpool_raise_irql(u8 level);
void ntpool_lower_irql(u8 level);

/* Bug checks */
u64 ntpool_bugcheck(u32 code, u64 p1, u64 p2, u64 p3, u64 p4);

/**
 * NTPOOL_TAG() - a pool tag from its four characters, in the order they print
 * @a: first character, 0x20 to 0x7E
 * @b: second, or 0 and so the rest
 * @c: third, or 0
 * @d: fourth, or 0
 *
 * NT's documents write tags as multi-character literals in reverse ('dcbA');
 * in memory, and here, the first character has the lowest address.
 */
#define NTPOOL_TAG(a, b, c, d) \
	((u32)(u8)(a) | (u32)(u8)(b) << 8 | (u32)(u8)(c) << 16 | (u32)(u8)(d) << 24)

#endif /* _LINUX_NTPOOL_H */
