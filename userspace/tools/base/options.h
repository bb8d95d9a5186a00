/* SPDX-License-Identifier: GPL-2.0-only */
/* Options of commands that have --json and nothing else. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

/* Keys for long options that have no letter. */
enum { OPTION_JSON = 256,
       OPTION_FIRST };

/* Parses the command line of a command without arguments. */
bool json_only(int argc, char **argv, const char *doc);

#endif
