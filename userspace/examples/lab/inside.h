/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of this folder share, and no example needs. */
#ifndef EXAMPLES_LAB_INSIDE_H
#define EXAMPLES_LAB_INSIDE_H

#include "lab/lab.h"

extern struct ntpool *session;
extern uint64_t device; /* \\.\NtpoolLab */

/* lab.c: a claim was made */
void count(bool holds);
/* driver.c: ends the program where that cannot be */
void open_lab(void);
/* Ends the program with a claim that does not hold: @what could not be done. */
void must(int err, const char *what);
/* module.c */
void tell_bugchecks(void);

#endif
