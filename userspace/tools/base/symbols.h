/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of the kernel's code, where /proc/kallsyms shows its addresses. */
#ifndef SYMBOLS_H
#define SYMBOLS_H

#include <stdint.h>

/*
 * "handle_touch+0x114 [ntpool]", or NULL for an address of no function that is
 * known; so are all for who may not see addresses.
 */
#define SYMBOL_TEXT 160
const char *symbol_text(uint64_t address, char text[SYMBOL_TEXT]);

#endif
