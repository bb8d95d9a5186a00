/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * GUIDs as NT's headers define them (guiddef.h).  Every file that has a DEFINE_GUID has
 * the value, and the linker keeps one, whether or not it includes initguid.h.
 */
#ifndef _NTPOOL_GUID_H
#define _NTPOOL_GUID_H

#include <linux/string.h>

#include <ntpool/ntdef.h>

/* clang-format off */
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)	\
	extern const GUID name;						\
	const GUID __weak name = {					\
		l, w1, w2, { b1, b2, b3, b4, b5, b6, b7, b8 }		\
	}
/* clang-format on */

typedef const GUID *REFGUID;

#define IsEqualGUID(a, b)	(!memcmp(a, b, sizeof(GUID)))
#define InlineIsEqualGUID(a, b) IsEqualGUID(a, b)

#endif /* _NTPOOL_GUID_H */
