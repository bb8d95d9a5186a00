/* SPDX-License-Identifier: GPL-2.0-only */
/* Interlocked operations with NT's names; all are full barriers ("wdm.h"). */
#ifndef _NTPOOL_INTERLOCKED_H
#define _NTPOOL_INTERLOCKED_H

#include <linux/atomic.h>

#include <ntpool/ntdef.h>

FORCEINLINE LONG InterlockedIncrement(LONG volatile *Addend)
{
	return atomic_inc_return((atomic_t *)Addend);
}

FORCEINLINE LONG InterlockedDecrement(LONG volatile *Addend)
{
	return atomic_dec_return((atomic_t *)Addend);
}

FORCEINLINE LONG InterlockedAdd(LONG volatile *Addend, LONG Value)
{
	return atomic_add_return(Value, (atomic_t *)Addend);
}

FORCEINLINE LONG InterlockedExchangeAdd(LONG volatile *Addend, LONG Value)
{
	return atomic_fetch_add(Value, (atomic_t *)Addend);
}

FORCEINLINE LONG InterlockedAnd(LONG volatile *Destination, LONG Value)
{
	return atomic_fetch_and(Value, (atomic_t *)Destination);
}

FORCEINLINE LONG InterlockedOr(LONG volatile *Destination, LONG Value)
{
	return atomic_fetch_or(Value, (atomic_t *)Destination);
}

FORCEINLINE LONG InterlockedXor(LONG volatile *Destination, LONG Value)
{
	return atomic_fetch_xor(Value, (atomic_t *)Destination);
}

FORCEINLINE LONG InterlockedExchange(LONG volatile *Target, LONG Value)
{
	return atomic_xchg((atomic_t *)Target, Value);
}

FORCEINLINE LONG InterlockedCompareExchange(LONG volatile *Destination,
					    LONG ExChange, LONG Comperand)
{
	return atomic_cmpxchg((atomic_t *)Destination, Comperand, ExChange);
}

FORCEINLINE LONG64 InterlockedIncrement64(LONG64 volatile *Addend)
{
	return atomic64_inc_return((atomic64_t *)Addend);
}

FORCEINLINE LONG64 InterlockedDecrement64(LONG64 volatile *Addend)
{
	return atomic64_dec_return((atomic64_t *)Addend);
}

FORCEINLINE LONG64 InterlockedAdd64(LONG64 volatile *Addend, LONG64 Value)
{
	return atomic64_add_return(Value, (atomic64_t *)Addend);
}

FORCEINLINE LONG64 InterlockedExchangeAdd64(LONG64 volatile *Addend,
					    LONG64 Value)
{
	return atomic64_fetch_add(Value, (atomic64_t *)Addend);
}

FORCEINLINE LONG64 InterlockedExchange64(LONG64 volatile *Target, LONG64 Value)
{
	return atomic64_xchg((atomic64_t *)Target, Value);
}

FORCEINLINE LONG64 InterlockedCompareExchange64(LONG64 volatile *Destination,
						LONG64 ExChange,
						LONG64 Comperand)
{
	return atomic64_cmpxchg((atomic64_t *)Destination, Comperand, ExChange);
}

FORCEINLINE PVOID InterlockedExchangePointer(PVOID volatile *Target,
					     PVOID Value)
{
	return xchg(Target, Value);
}

FORCEINLINE PVOID InterlockedCompareExchangePointer(PVOID volatile *Destination,
						    PVOID ExChange,
						    PVOID Comperand)
{
	return cmpxchg(Destination, Comperand, ExChange);
}

FORCEINLINE BOOLEAN InterlockedBitTestAndSet(LONG volatile *Base, LONG Bit)
{
	return InterlockedOr(Base, 1 << Bit) >> Bit & 1;
}

FORCEINLINE BOOLEAN InterlockedBitTestAndReset(LONG volatile *Base, LONG Bit)
{
	return InterlockedAnd(Base, ~(1 << Bit)) >> Bit & 1;
}

#endif /* _NTPOOL_INTERLOCKED_H */
