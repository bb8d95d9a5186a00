/* SPDX-License-Identifier: GPL-2.0-only */
/* What core's own files share. */
#ifndef NTPOOL_CORE_INTERNAL_H
#define NTPOOL_CORE_INTERNAL_H

int bugcheck_init(void);
void bugcheck_exit(void);

#endif /* NTPOOL_CORE_INTERNAL_H */
