/* Lists that every part of the plan is made of. */
#ifndef HLGEN_PLAN_LISTS_H
#define HLGEN_PLAN_LISTS_H

#include "base/ip.h"
#include "plan/shape.h"

typedef LIST(struct text) text_list;
typedef LIST(struct ip) ip_list;
typedef LIST(struct prefix) prefix_list;

#endif
