// SPDX-License-Identifier: GPL-2.0-only
/* What makes a Linux module of the driver. */
#include <ntpool/driver.h>

NTPOOL_DRIVER("NtpoolLab", "GPL");
