/* The one way out when there is no memory left: a message on stderr and exit status 3. */
#ifndef HLGEN_BASE_FATAL_H
#define HLGEN_BASE_FATAL_H

/* Exit statuses of every command. `hlgen diff` uses 1 for "differs" and EXIT_SYSTEM for trouble. */
enum { EXIT_OK = 0, EXIT_INPUT = 1, EXIT_USAGE = 2, EXIT_SYSTEM = 3 };

_Noreturn void fatal_memory(void);

#endif
