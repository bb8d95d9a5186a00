// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kills the catalogue's programs at random moments, bystanders among them, until it is
 * told to stop, and prints how many it has killed.  One process all the time, as the debug
 * kernel needs longer to start one than most of the programs take.
 *
 * usage: lab-killer SEED
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PROGRAMS "/usr/local/libexec/ntpool/examples/"

static volatile sig_atomic_t enough;

static void stop(int signal)
{
	(void)signal;
	enough = 1;
}

static int is_program(const char *pid)
{
	char name[300], path[sizeof(PROGRAMS)];

	snprintf(name, sizeof(name), "/proc/%s/exe", pid);
	return readlink(name, path, sizeof(path)) == sizeof(path) &&
	       !memcmp(path, PROGRAMS, strlen(PROGRAMS));
}

/* Any of them, each as likely; 0 if there is none. */
static pid_t a_program(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	pid_t chosen = 0;
	int found = 0;

	if (!proc) {
		perror("lab-killer: /proc");
		exit(1);
	}
	while ((entry = readdir(proc)))
		if (atoi(entry->d_name) > 0 && is_program(entry->d_name) &&
		    rand() % ++found == 0)
			chosen = atoi(entry->d_name);
	closedir(proc);
	return chosen;
}

int main(int argc, char **argv)
{
	unsigned int killed = 0;

	srand(argc > 1 ? strtoul(argv[1], NULL, 0) : 1);
	signal(SIGTERM, stop);
	while (!enough) {
		struct timespec pause = {
			.tv_nsec = (20 + rand() % 300) * 1000000l,
		};
		pid_t chosen;

		nanosleep(&pause, NULL);
		chosen = a_program();
		if (chosen)
			killed += !kill(chosen, SIGKILL);
	}
	printf("killed %u\n", killed);
	return 0;
}
