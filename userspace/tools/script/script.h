/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of 'ntpool script' share. */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>

#include "ntpool.h"
#include "script/words.h"

/* A block that a script has named. */
struct block {
	struct block *next;
	char *name;
	uint64_t handle;
	uint64_t size;
	uint32_t tag;
	bool paged;
	bool filled; /* ... with the pattern of @seed */
	uint64_t seed;
};

struct script {
	struct ntpool *session;
	struct block *blocks; /* newest first */
	bool json;
	bool strict; /* an NTSTATUS that is an error stops the script */
	bool quit;
	struct json_object *answer;	/* of the line at hand */
	char error[256];		/* of the line at hand */
	struct ntpool_event *bugchecks; /* seen so far */
	size_t bugcheck_count;
};

/* Runs one line; 0, or -1 with the reason in @error. */
int script_run(struct script *script, char *line);
void script_forget_all(struct script *script);

/*
 * For the commands.  Each answers in two ways: say() prints where text is
 * wanted, and what is added to @answer is printed where JSON is wanted.
 */
struct script_command {
	const char *name;
	int least, most; /* arguments; @most -1: any number */
	int (*run)(struct script *script, int argc, struct word *argv);
	const char *arguments;
	const char *summary;
};

extern const struct script_command script_commands[];

void say(struct script *script, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Sets @error and returns -1. */
int wrong(struct script *script, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* For a negative errno of a call: "cannot DO: reason", who may where it is EPERM. */
int refused(struct script *script, const char *what, int err);

/*
 * What NT says of a call: into @answer, and as text where it is an error.
 * Returns 0, or -1 where the script is strict and it is one.
 */
int verdict(struct script *script, uint32_t status, uint64_t bugcheck);

/* Do @length bytes, at least one, from @offset on lie in the block?  0 or -1. */
int check_range(struct script *script, const struct block *block,
		uint64_t offset, uint64_t length);

struct block *block_named(struct script *script, const char *name);
struct block *block_of(struct script *script, const struct word *word);
void block_forget(struct script *script, struct block *block);

/* Arguments; each returns 0 or -1 with @error set. */
int take_number(struct script *script, const struct word *word,
		const char *what, uint64_t *value);
int take_size(struct script *script, const struct word *word, const char *what,
	      uint64_t *value);
int take_choice(struct script *script, const struct word *word,
		const char *const *choices, uint32_t *value);

/* The commands, by file. */
int cmd_alloc(struct script *script, int argc, struct word *argv);
int cmd_free(struct script *script, int argc, struct word *argv);
int cmd_list(struct script *script, int argc, struct word *argv);
int cmd_write(struct script *script, int argc, struct word *argv);
int cmd_read(struct script *script, int argc, struct word *argv);
int cmd_fill(struct script *script, int argc, struct word *argv);
int cmd_verify(struct script *script, int argc, struct word *argv);
int cmd_query(struct script *script, int argc, struct word *argv);
int cmd_pages(struct script *script, int argc, struct word *argv);
int cmd_trim(struct script *script, int argc, struct word *argv);
int cmd_touch(struct script *script, int argc, struct word *argv);
int cmd_walk(struct script *script, int argc, struct word *argv);
int cmd_split(struct script *script, int argc, struct word *argv);
int cmd_stats(struct script *script, int argc, struct word *argv);
int cmd_bugchecks(struct script *script, int argc, struct word *argv);

/* The prompt: NULL at the end of the input, else a line for free(). */
char *prompt_line(struct script *script);
void prompt_start(struct script *script);
void prompt_stop(void);

#endif
