/* Files that are made of all files of a folder, such as a cloud-init file. */
#ifndef HLGEN_ARTIFACT_BUNDLE_H
#define HLGEN_ARTIFACT_BUNDLE_H

#include "artifact/artifact.h"
#include "render/template.h"

/* Renders a template that is a bundle (see template_bundle()) over the artifacts, into `list`: with small files as they are, or
 * else with all of them packed, or else as an archive without the lines of comment of those files whose template says that comments
 * do nothing (header `apply comments nothing`). What is too large even so is left out, with a warning. False when an error was reported. */
bool bundle_render(const struct render_target *target, const struct template *template, const artifact_list *artifacts, rendered_list *list);

#endif
