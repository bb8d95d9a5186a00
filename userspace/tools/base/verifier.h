/* SPDX-License-Identifier: GPL-2.0-only */
/* Driver Verifier's settings, to be put back as they were. */
#ifndef BASE_VERIFIER_H
#define BASE_VERIFIER_H

#include <stdbool.h>

#include "ntpool.h"

/* false after telling why they cannot be known. */
bool verifier_remember(struct ntpool_verifier *settings);
void verifier_restore(const struct ntpool_verifier *settings);

#endif
