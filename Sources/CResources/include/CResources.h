/* Files of the package that the program carries with it, under their paths in the package. */
#ifndef CRESOURCES_H
#define CRESOURCES_H

#include <stddef.h>

/* NULL if there is no such file; the bytes last as long as the program. */
const unsigned char *cresources_find(const char *name, size_t *size);

#endif
