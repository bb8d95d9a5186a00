/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers of 64 bits with NT's names, and what is done to numbers under a lock (wdm.h). */
#ifndef _NTPOOL_LARGE_H
#define _NTPOOL_LARGE_H

#include <asm/barrier.h>

#include <ntpool/interlocked.h>
#include <ntpool/ke.h>
#include <ntpool/ntdef.h>

#define Int32x32To64(a, b)  ((LONGLONG)(LONG)(a) * (LONGLONG)(LONG)(b))
#define UInt32x32To64(a, b) ((ULONGLONG)(ULONG)(a) * (ULONGLONG)(ULONG)(b))

#define Int64ShllMod32(a, count) ((ULONGLONG)(a) << ((count)&31))
#define Int64ShraMod32(a, count) ((LONGLONG)(a) >> ((count)&31))
#define Int64ShrlMod32(a, count) ((ULONGLONG)(a) >> ((count)&31))

FORCEINLINE LARGE_INTEGER RtlConvertLongToLargeInteger(LONG SignedInteger)
{
	return (LARGE_INTEGER){ .QuadPart = SignedInteger };
}

FORCEINLINE LARGE_INTEGER RtlConvertUlongToLargeInteger(ULONG UnsignedInteger)
{
	return (LARGE_INTEGER){ .QuadPart = UnsignedInteger };
}

FORCEINLINE LARGE_INTEGER RtlEnlargedIntegerMultiply(LONG Multiplicand, LONG Multiplier)
{
	return (LARGE_INTEGER){ .QuadPart = Int32x32To64(Multiplicand, Multiplier) };
}

FORCEINLINE LARGE_INTEGER RtlEnlargedUnsignedMultiply(ULONG Multiplicand, ULONG Multiplier)
{
	return (LARGE_INTEGER){ .QuadPart = UInt32x32To64(Multiplicand, Multiplier) };
}

FORCEINLINE LARGE_INTEGER RtlLargeIntegerAdd(LARGE_INTEGER Addend1, LARGE_INTEGER Addend2)
{
	return (LARGE_INTEGER){ .QuadPart = Addend1.QuadPart + Addend2.QuadPart };
}

FORCEINLINE LARGE_INTEGER RtlLargeIntegerSubtract(LARGE_INTEGER Minuend,
						  LARGE_INTEGER Subtrahend)
{
	return (LARGE_INTEGER){ .QuadPart = Minuend.QuadPart - Subtrahend.QuadPart };
}

FORCEINLINE LONG64 InterlockedAnd64(LONG64 volatile *Destination, LONG64 Value)
{
	return atomic64_fetch_and(Value, (atomic64_t *)Destination);
}

FORCEINLINE LONG64 InterlockedOr64(LONG64 volatile *Destination, LONG64 Value)
{
	return atomic64_fetch_or(Value, (atomic64_t *)Destination);
}

FORCEINLINE LONG64 InterlockedXor64(LONG64 volatile *Destination, LONG64 Value)
{
	return atomic64_fetch_xor(Value, (atomic64_t *)Destination);
}

/* At any IRQL; what it was before. */
static inline LARGE_INTEGER ExInterlockedAddLargeInteger(PLARGE_INTEGER Addend,
							 LARGE_INTEGER Increment,
							 PKSPIN_LOCK Lock)
{
	LARGE_INTEGER before;
	unsigned long flags;

	spin_lock_irqsave(Lock, flags);
	before = *Addend;
	Addend->QuadPart += Increment.QuadPart;
	spin_unlock_irqrestore(Lock, flags);
	return before;
}

#define ExInterlockedAddLargeStatistic(Addend, Increment) \
	((void)InterlockedAdd64(&(Addend)->QuadPart, (ULONG)(Increment)))

/* Which sign the new value has; the lock is used by NT neither. */
typedef enum _INTERLOCKED_RESULT {
	ResultZero = 0x4000,
	ResultNegative = 0x8000,
	ResultPositive = 0,
} INTERLOCKED_RESULT;

FORCEINLINE INTERLOCKED_RESULT ntpool_sign(LONG value)
{
	return value < 0 ? ResultNegative : value ? ResultPositive :
						    ResultZero;
}

#define ExInterlockedIncrementLong(Addend, Lock) \
	((void)(Lock), ntpool_sign(InterlockedIncrement(Addend)))
#define ExInterlockedDecrementLong(Addend, Lock) \
	((void)(Lock), ntpool_sign(InterlockedDecrement(Addend)))
#define ExInterlockedExchangeUlong(Target, Value, Lock) \
	((void)(Lock), (ULONG)InterlockedExchange((PLONG)(Target), (LONG)(Value)))

/* What these pair with is their caller's. */
#define KeMemoryBarrier()	      smp_mb() /* a full one */
#define KeMemoryBarrierWithoutFence() barrier()
#define MemoryBarrier()		      KeMemoryBarrier()
#define YieldProcessor()	      cpu_relax()

#endif /* _NTPOOL_LARGE_H */
