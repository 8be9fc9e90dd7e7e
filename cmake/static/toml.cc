// The functions of toml++, which Debian has as a shared library only.
#define TOML_IMPLEMENTATION
#include <toml++/toml.h>
