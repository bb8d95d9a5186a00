/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of 'ntpool verifier' share. */
#ifndef VERIFIER_H
#define VERIFIER_H

#include <stdbool.h>

#include "ntpool.h"

/* A bit by its number on NT, by the word it is given with, and in full. */
struct verifier_bit {
	uint32_t bit;
	const char *word;
	const char *name;
};

/* Ended by a bit of 0. */
extern const struct verifier_bit verifier_bits[];

/* What the command line asks for. */
struct verifier_arguments {
	bool set;
	bool reset;
	bool json;
	struct ntpool_verifier wanted;
};

/* options.c: ends the program where the command line is wrong. */
void verifier_parse(int argc, char **argv, struct verifier_arguments *arguments);

/* show.c */
void verifier_text(const struct ntpool_verifier *verifier);
void verifier_json(const struct ntpool_verifier *verifier);

#endif
