/* SPDX-License-Identifier: GPL-2.0-only */
/* What both files of the finding driver share, with functions that are theirs. */
#ifndef FINDER_H
#define FINDER_H

#include <ntddk.h>

typedef struct _FINDER_EXTENSION {
	PFILE_OBJECT File;
	PDEVICE_OBJECT Target;
} FINDER_EXTENSION, *PFINDER_EXTENSION;

NTSTATUS FinderAsk(PFINDER_EXTENSION Extension, PULONG Answer);

static FORCEINLINE BOOLEAN FinderIsFound(PFINDER_EXTENSION Extension)
{
	return Extension->Target != NULL;
}

/* Not static: one function, in however many files. */
FORCEINLINE NTSTATUS FinderComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

VOID FORCEINLINE FinderForget(PFINDER_EXTENSION Extension)
{
	ObDereferenceObject(Extension->File);
	Extension->Target = NULL;
}

#endif /* FINDER_H */
