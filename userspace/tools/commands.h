/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of the tool: each a main of its own, behind "ntpool NAME". */
#ifndef COMMANDS_H
#define COMMANDS_H

int status_main(int argc, char **argv);
int script_main(int argc, char **argv);
int tags_main(int argc, char **argv);
int find_main(int argc, char **argv);
int block_main(int argc, char **argv);
int pte_main(int argc, char **argv);
int map_main(int argc, char **argv);
int vm_main(int argc, char **argv);
int monitor_main(int argc, char **argv);
int verifier_main(int argc, char **argv);
int bugchecks_main(int argc, char **argv);
int split_main(int argc, char **argv);
int lab_main(int argc, char **argv);
int story_main(int argc, char **argv);

#endif
