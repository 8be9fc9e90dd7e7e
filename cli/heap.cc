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
constexpr size_t kThreadStep = size_t{12} << 20;
constexpr int kKept = 128 << 20;  ///< freed memory at the end that is not given back
constexpr int kApart = 16 << 20;  ///< blocks from that size on are mapped by themselves

bool is_limited(__rlimit_resource_t resource) {
  rlimit limit{};
  return getrlimit(resource, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY;
}

bool may_take_much() {
  static const bool may = !is_limited(RLIMIT_AS) && !is_limited(RLIMIT_DATA);
  return may;
}

void ask_for_large_pages(uintptr_t begin, uintptr_t end) {
  begin = (begin + kPage - 1) / kPage * kPage;
  end = end / kPage * kPage;
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

}  // namespace

void take_memory_in_large_steps() {
  if (!may_take_much()) return;
  mallopt(M_MMAP_THRESHOLD, kApart);
  mallopt(M_TRIM_THRESHOLD, kKept);
  mallopt(M_TOP_PAD, kStep);
  const auto before = reinterpret_cast<uintptr_t>(sbrk(0));
  void* volatile block = std::malloc(kPage / 2);  // more than is there: the heap grows by a step
  std::free(block);
  const auto after = reinterpret_cast<uintptr_t>(sbrk(0));
  ask_for_large_pages(before, after);
}

void take_memory_of_thread_in_large_steps() {
  if (!may_take_much()) return;
  void* volatile block = std::malloc(kThreadStep);
  const auto begin = reinterpret_cast<uintptr_t>(block);
  if (begin != 0) ask_for_large_pages(begin, begin + kThreadStep);
  std::free(block);  // it stays at the end of the thread's heap
}

#else

void take_memory_in_large_steps() {}
void take_memory_of_thread_in_large_steps() {}

#endif

}  // namespace wafcheck::cli
