/* SPDX-License-Identifier: GPL-2.0-only */
/* Options that commands share. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

/* Keys for long options that have no letter. */
enum { OPTION_JSON = 256,
       OPTION_CSV,
       OPTION_TAGFILE,
       OPTION_PID,
       OPTION_FIRST };

/* How a command prints its table. */
enum format { FORMAT_TEXT,
	      FORMAT_JSON,
	      FORMAT_CSV };

/* Parses the command line of a command without arguments. */
bool json_only(int argc, char **argv, const char *doc);

/* What a parser does not know itself, of a command with one address as its argument. */
error_t address_only(int key, const char *arg, struct argp_state *state, uint64_t *address);

/* The number of a process; ends the command where @word is none. */
uint32_t process_argument(const char *word, struct argp_state *state);

/* Ends the command where @word is no tag and no pattern of one. */
void check_pattern(const char *word, struct argp_state *state);

#endif
