/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux's own, under the name that the C standard gives it. */
#include <linux/string.h>
