// SPDX-License-Identifier: GPL-2.0-only
/* What the finding driver asks the other for. */
#include "finder.h"
#include "serial.h"

NTSTATUS FinderAsk(PFINDER_EXTENSION Extension, PULONG Answer)
{
	IO_STATUS_BLOCK Block;
	KEVENT Done;
	PIRP Irp;
	NTSTATUS Status;

	if (!FinderIsFound(Extension))
		return STATUS_NO_SUCH_DEVICE;
	KeInitializeEvent(&Done, NotificationEvent, FALSE);
	Irp = IoBuildDeviceIoControlRequest(IOCTL_SERIAL_STARTED, Extension->Target, NULL, 0, Answer,
					    sizeof(*Answer), FALSE, &Done, &Block);
	if (Irp == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	Status = IoCallDriver(Extension->Target, Irp);
	if (Status == STATUS_PENDING) {
		KeWaitForSingleObject(&Done, Executive, KernelMode, FALSE, NULL);
		Status = Block.Status;
	}
	return Status;
}

/* Asked for nothing: that it is there in both files is what matters. */
NTSTATUS FinderRefuse(PIRP Irp)
{
	return FinderComplete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
}
