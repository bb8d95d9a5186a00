// SPDX-License-Identifier: GPL-2.0-only
/* What makes a Linux module of the device that is measured. */
#include <ntpool/driver.h>

NTPOOL_DRIVER("NtpoolBench", "GPL");
