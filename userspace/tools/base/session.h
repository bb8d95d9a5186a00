/* SPDX-License-Identifier: GPL-2.0-only */
/* Opening the device, and one clear sentence where that fails. */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>

#include "ntpool.h"

/* A session, or NULL after telling why and what to do. */
struct ntpool *open_session(unsigned int flags);

/* The path of the device: NTPOOL_DEVICE of the environment, or the usual one. */
const char *device_path(void);

/* Does the device show this caller what others do, as it does root? */
bool sees_others(struct ntpool *session);

#endif
