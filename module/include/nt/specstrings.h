/* SPDX-License-Identifier: GPL-2.0-only */
/* The annotations come with everything else. */
#include <ntddk.h>
