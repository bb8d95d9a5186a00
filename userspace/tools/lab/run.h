/* SPDX-License-Identifier: GPL-2.0-only */
/* Running the program of a pitfall: what it prints, line by line, and what it leaves. */
#ifndef LAB_RUN_H
#define LAB_RUN_H

#include <json-c/json.h>
#include <sys/types.h>

#include "lab/lab.h"
#include "ntpool.h"

/* How much of it is shown while it comes. */
enum loudness { SILENT,	    /* it is for JSON */
		VERDICTS,   /* a line a variant, and the claims that failed */
		EVIDENCE }; /* everything */

struct report {
	const struct pitfall *pitfall;
	enum loudness loudness;
	struct json_object *variants; /* finished and current */
	struct json_object *evidence; /* the current variant's */
	struct json_object *checks;
	struct json_object *current;
	unsigned int held, failed; /* the current variant's claims */
	unsigned int good, bad;	   /* variants */
};

void report_begin(struct report *report);
/* A line without its end. */
void report_line(struct report *report, const char *line);
/* A claim of the tool's own: the program has not done what it should. */
void report_failure(struct report *report, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void report_end(struct report *report);

/* Puts the verifier back when we have ended, and all that we have started. */
struct keeper {
	pid_t pid;
	int pipe;
};

/* false after telling why there is none. */
bool keeper_start(struct keeper *keeper, const struct ntpool_verifier *settings);
/* The programs have ended, and no more are started. */
void keeper_end(struct keeper *keeper);

#endif
