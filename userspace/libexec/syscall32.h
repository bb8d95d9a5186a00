/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A 32-bit program without a C library: a stock gcc builds it with -m32, and
 * no 32-bit library has to be installed.
 */
#ifndef SYSCALL32_H
#define SYSCALL32_H

#define NR_exit	 1
#define NR_read	 3
#define NR_write 4
#define NR_open	 5
#define NR_close 6
#define NR_ioctl 54

static inline int syscall3(int number, unsigned int a, unsigned int b,
			   unsigned int c)
{
	int result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "0"(number), "b"(a), "c"(b), "d"(c)
			 : "memory");
	return result;
}

static inline unsigned int ptr32(const void *pointer)
{
	return (unsigned int)(unsigned long)pointer;
}

static inline unsigned int length_of(const char *text)
{
	unsigned int length = 0;

	while (text[length])
		length++;
	return length;
}

static inline void print(const char *text)
{
	syscall3(NR_write, 1, ptr32(text), length_of(text));
}

/* The compiler may call this for any large struct. */
void *memset(void *memory, int value, unsigned int length)
{
	unsigned char *at = memory;

	while (length--)
		*at++ = value;
	return memory;
}

void *memcpy(void *to, const void *from, unsigned int length)
{
	unsigned char *at = to;
	const unsigned char *source = from;

	while (length--)
		*at++ = *source++;
	return to;
}

static int main32(void);

/* The program's first argument, or a null pointer. */
static const char *argument32 __attribute__((unused));

/*
 * The stack that the kernel made goes along: on it lie the number of arguments,
 * and pointers to them.  It is aligned as the compiler expects it at a call.
 */
__asm__(".globl _start\n_start:\n\txorl %ebp, %ebp\n\tmovl %esp, %eax\n"
	"\tandl $-16, %esp\n\tsubl $12, %esp\n\tpushl %eax\n"
	"\tcall run32\n");

__attribute__((used, noreturn)) void run32(const char *const *stack)
{
	if ((unsigned int)stack[0] > 1)
		argument32 = stack[2];
	syscall3(NR_exit, main32(), 0, 0);
	__builtin_unreachable();
}

#endif
