/* The dialects by name, one file each; private to the table in dialect.c and to the engine. */
#ifndef HLGEN_RENDER_DIALECTS_H
#define HLGEN_RENDER_DIALECTS_H

#include "render/dialect.h"

extern const struct dialect dialect_json;
extern const struct dialect dialect_markdown;
extern const struct dialect dialect_nft;
extern const struct dialect dialect_nginx;
extern const struct dialect dialect_path;
extern const struct dialect dialect_routeros;
extern const struct dialect dialect_shell;
extern const struct dialect dialect_sysctl;
extern const struct dialect dialect_systemd;
extern const struct dialect dialect_wg;
extern const struct dialect dialect_xml;
extern const struct dialect dialect_yaml;
extern const struct dialect dialect_zone;

#endif
