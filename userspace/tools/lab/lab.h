/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The catalogue of pitfalls: what is known of each, in words.  What each does is
 * a program of its own, userspace/examples/NAME.c, over the control codes of the
 * driver in module/lab/; `ntpool lab run` runs it and shows what it prints.
 */
#ifndef LAB_H
#define LAB_H

#include <stdbool.h>
#include <stddef.h>

#define VARIANTS 6

/* A way of writing the code.  Its name begins with "wrong" or "right". */
struct variant {
	const char *name;
	const char *expected; /* what must come of it, in a sentence */
};

struct pitfall {
	const char *name;
	const char *title;
	const char *what;    /* what the code does */
	const char *why;     /* why that goes wrong */
	const char *windows; /* what Windows does then */
	const char *right;   /* the right way */
	const char *source;  /* where the rule is written down */
	struct variant variants[VARIANTS];
};

/* One family is one file here and one file of the driver. */
struct family {
	const char *name;
	const char *title;
	const struct pitfall *pitfalls;
	size_t count;
};

#define FAMILY(id, words)                                       \
	const struct family id##_family = {                     \
		#id,                                            \
		words,                                          \
		id##_pitfalls,                                  \
		sizeof(id##_pitfalls) / sizeof(struct pitfall), \
	}

extern const struct family neither_family;
extern const struct family buffered_family;
extern const struct family direct_family;
extern const struct family cancel_family;
extern const struct family completion_family;
extern const struct family probe_family;
extern const struct family irql_family;

#define FAMILIES 7
extern const struct family *const families[FAMILIES];

/* NULL, or the pitfall of that name and its family. */
const struct pitfall *pitfall_named(const char *name,
				    const struct family **family);

/* The program of a pitfall, in memory that free() releases. */
char *pitfall_program(const struct pitfall *pitfall);

/* Is there a variant whose name is @name, or begins with it and a dash? */
bool pitfall_has(const struct pitfall *pitfall, const char *name);

int lab_list(int argc, char **argv);
int lab_show(int argc, char **argv);
int lab_run(int argc, char **argv);

#endif
