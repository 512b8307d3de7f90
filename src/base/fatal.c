/* The end of the program when memory is exhausted; it allocates nothing and is safe in a signal handler. */
#include "base/fatal.h"

#include <unistd.h>

_Noreturn void fatal_memory(void)
{
	static const char message[] = "hlgen: out of memory\n";
	if (write(STDERR_FILENO, message, sizeof(message) - 1) < 0) {
		/* Nobody is left to tell; the exit status says it. */
	}
	_exit(EXIT_SYSTEM);
}
