/* SPDX-License-Identifier: GPL-2.0-only */
/* Text of others, such as the names of processes: made fit for terminals and JSON. */
#ifndef PRINTABLE_H
#define PRINTABLE_H

/* In place, '?' for each byte of what is no UTF-8, or a control character; @text. */
char *printable(char *text);

#endif
