/* SPDX-License-Identifier: GPL-2.0-only */
/* All of NT's headers are one here. */
#include <ntddk.h>
