/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The executive that NT drivers are written against: objects to wait for, deferred
 * calls, timers, work items, interrupts, processes.  Its calls are NT's own and stand
 * in ntpool/dispatcher.h, dpc.h, work.h and so on; what stands here is for main.c.
 */
#ifndef NTPOOL_KE_KE_H
#define NTPOOL_KE_KE_H

int ke_init(void);
void ke_exit(void);

#endif /* NTPOOL_KE_KE_H */
