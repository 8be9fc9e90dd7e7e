// The address lookup of libmaxminddb, in a program without shared libraries. That function asks the
// C library's resolver, which would load shared libraries; wafcheck looks addresses up in their
// binary form and never calls it.

#include <netdb.h>

extern "C" int getaddrinfo(const char*, const char*, const addrinfo*, addrinfo**) {
  return EAI_FAIL;
}

extern "C" void freeaddrinfo(addrinfo*) {}
