// SPDX-License-Identifier: GPL-2.0-only
NTPOOL_DRIVER("nx", "GPL");
