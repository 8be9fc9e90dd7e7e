/* libxml2's config.h for wasm32-wasi: no network, no threads, no compression, no iconv. */
#define HAVE_ARPA_INET_H 1
#define HAVE_CTYPE_H 1
#define HAVE_ERRNO_H 1
#define HAVE_FCNTL_H 1
#define HAVE_FLOAT_H 1
#define HAVE_INTTYPES_H 1
#define HAVE_ISNAN 1
#define HAVE_ISINF 1
#define HAVE_LIMITS_H 1
#define HAVE_MATH_H 1
#define HAVE_MEMORY_H 1
#define HAVE_STAT 1
#define HAVE_STDARG_H 1
#define HAVE_STDINT_H 1
#define HAVE_STDLIB_H 1
#define HAVE_STRING_H 1
#define HAVE_SYS_STAT_H 1
#define HAVE_SYS_TIME_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_TIME_H 1
#define HAVE_UNISTD_H 1
#define HAVE_VA_COPY 1
#define VA_COPY va_copy
#define HAVE_SNPRINTF 1
#define HAVE_VSNPRINTF 1
#define HAVE_PRINTF 1
#define HAVE_SPRINTF 1
#define HAVE_FPRINTF 1
#define HAVE_VFPRINTF 1
#define HAVE_VSPRINTF 1
#define HAVE_SSCANF 1
#define PACKAGE "libxml2"
#define XML_SOCKLEN_T socklen_t
#define ICONV_CONST
#define ATTRIBUTE_DESTRUCTOR
