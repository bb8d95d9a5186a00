/* SPDX-License-Identifier: GPL-2.0-only */
/* Opening the device, and one clear sentence where that fails. */
#ifndef SESSION_H
#define SESSION_H

#include "ntpool.h"

/* A session, or NULL after telling why and what to do. */
struct ntpool *open_session(unsigned int flags);

#endif
