/* The release of this program. */
#ifndef HLGEN_BASE_VERSION_H
#define HLGEN_BASE_VERSION_H

#define HLGEN_VERSION "0.1.0"

#endif
