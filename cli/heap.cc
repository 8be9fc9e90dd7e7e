#include "cli/heap.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace wafcheck::cli {

#if defined(__GLIBC__) && defined(MADV_HUGEPAGE)

namespace {

constexpr size_t kPage = size_t{2} << 20;
constexpr int kStep = 32 << 20;
constexpr int kKept = 128 << 20;  ///< freed memory at the end that is not given back
constexpr int kApart = 16 << 20;  ///< blocks from that size on are mapped by themselves

bool is_limited(__rlimit_resource_t resource) {
  rlimit limit{};
  return getrlimit(resource, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY;
}

}  // namespace

void take_memory_in_large_steps() {
  if (is_limited(RLIMIT_AS) || is_limited(RLIMIT_DATA)) return;
  mallopt(M_MMAP_THRESHOLD, kApart);
  mallopt(M_TRIM_THRESHOLD, kKept);
  mallopt(M_TOP_PAD, kStep);
  const auto before = reinterpret_cast<uintptr_t>(sbrk(0));
  void* volatile block = std::malloc(kPage / 2);  // more than is there: the heap grows by a step
  std::free(block);
  const auto after = reinterpret_cast<uintptr_t>(sbrk(0));
  const uintptr_t begin = (before + kPage - 1) / kPage * kPage;
  const uintptr_t end = after / kPage * kPage;
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

#else

void take_memory_in_large_steps() {}

#endif

}  // namespace wafcheck::cli
