/* Short forms for the tables that describe the plan's structs: M one member, ML a list, MO an object or a pointer, MLO a list of objects. */
#ifndef HLGEN_PLAN_MEMBERS_H
#define HLGEN_PLAN_MEMBERS_H

#include "plan/plan.h"

#define M(type_, struct_, member_, doc_) { #member_, doc_, MEMBER_##type_, false, offsetof(struct struct_, member_), NULL }
#define ML(type_, struct_, member_, doc_) { #member_, doc_, MEMBER_##type_, true, offsetof(struct struct_, member_), NULL }
#define MO(type_, struct_, member_, shape_, doc_) \
	{ #member_, doc_, MEMBER_##type_, false, offsetof(struct struct_, member_), &(shape_) }
#define MLO(struct_, member_, shape_, doc_) { #member_, doc_, MEMBER_OBJECT, true, offsetof(struct struct_, member_), &(shape_) }

/* Of another file, for the plan as a whole. */
extern const struct shape cluster_shape;

#endif
