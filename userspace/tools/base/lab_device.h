/* SPDX-License-Identifier: GPL-2.0-only */
/* Opening the device of the catalogue's driver, and one clear sentence where that fails. */
#ifndef LAB_DEVICE_H
#define LAB_DEVICE_H

#include <stdint.h>

#include "ntpool.h"

/* NULL, or the sentence, in memory that free() releases. */
char *open_lab_device(struct ntpool *session, uint64_t *device);

#endif
