/* SPDX-License-Identifier: GPL-2.0-only */
/* The three figures: what they show, as collected from the live system. */
#ifndef FIGURES_H
#define FIGURES_H

#include <stdbool.h>
#include <sys/types.h>

#include "ntpool.h"

#define FIGURE_PAGES  6
#define FIGURE_POINTS 3

/* A process and the frames of its pages, which begin at an address of both. */
struct figure_process {
	pid_t pid;
	uint64_t frames[FIGURE_PAGES];
};

/* One row of the first figure: a frame and whose page is there. */
struct figure_frame {
	uint64_t frame;
	unsigned int process, page;
};

struct figure_point {
	const char *name;
	uint64_t address;
};

struct figure_pool {
	const char *name;
	uint64_t address;
	struct ntpool_query query;
};

struct figures {
	struct ntpool_split native;
	uint64_t page_size;
	uint64_t address; /* of the pages, in both processes */
	struct figure_process processes[2];
	struct figure_frame frames[2 * FIGURE_PAGES]; /* by frame number */
	struct figure_point user[FIGURE_POINTS];      /* by address, highest first */
	struct figure_pool pools[2];		      /* by address, highest first */
	struct ntpool_stats stats;
};

/* As text, indented; each with a line that says what it shows. */
void figure_print_processes(const struct figures *figures);
void figure_print_spaces(const struct figures *figures);
void figure_print_pools(const struct figures *figures);

/* As files NAME.svg and NAME.png in @folder; false after telling why not. */
bool figures_save(const struct figures *figures, const char *folder);

#endif
