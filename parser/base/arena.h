#pragma once
// The memory of one transaction: bytes are copied in once, passed on as views, and freed together.

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <new>
#include <string_view>
#include <type_traits>

namespace wafcheck {

/// Thrown where an arena would go over its budget: whoever owns it gives up what he is doing. An
/// exception, since any step of an evaluation may need memory. A build without exceptions goes on
/// instead, and looks at spent() before each value and each rule.
struct MemoryBudgetSpent : std::bad_alloc {
  const char* what() const noexcept override { return "the memory budget is spent"; }
};

[[noreturn]] inline void out_of_memory() {
#if defined(__cpp_exceptions)
  throw std::bad_alloc();
#else
  std::abort();
#endif
}

/// Does `work`; false: there is no memory for it.
template <typename Work>
bool within_memory(Work work) {
#if defined(__cpp_exceptions)
  try {
    work();
  } catch (const std::bad_alloc&) {
    return false;
  }
#else
  work();
#endif
  return true;
}

class Arena {
 public:
  /// From now on no more than `bytes` in all; without a call there is no bound.
  void set_budget(size_t bytes) {
    left_ = bytes;
    spent_ = false;
  }
  /// Counts memory that is held elsewhere on behalf of the arena's owner until it is cleared.
  void spend(size_t bytes) {
    require(bytes);
    left_ -= bytes;
  }
  /// Throws where there is no room for so many bytes.
  void require(size_t bytes) {
    if (bytes > left_) over_budget(bytes);
  }
  /// More was needed than the budget, and given: only where nothing can be thrown.
  bool spent() const { return spent_; }

  /// A copy of `bytes` that lives as long as the arena.
  std::string_view copy(std::string_view bytes) {
    if (bytes.empty()) return {"", 0};
    char* to = allocate(bytes.size());
    std::memcpy(to, bytes.data(), bytes.size());
    return {to, bytes.size()};
  }
  char* allocate(size_t size) {
    spend(size);
    return static_cast<char*>(pool_.allocate(size, 1));
  }
  /// `count` value-initialised objects of a trivially destructible type.
  template <typename T>
  T* make_array(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    spend(count * sizeof(T));
    T* first = static_cast<T*>(pool_.allocate(count * sizeof(T), alignof(T)));
    std::uninitialized_value_construct_n(first, count);
    return first;
  }
  void clear() { pool_.release(); }

 private:
#if defined(__cpp_exceptions)
  [[noreturn]] void over_budget(size_t) { throw MemoryBudgetSpent(); }
#else
  void over_budget(size_t bytes) {
    spent_ = true;
    left_ = bytes;
  }
#endif

  std::pmr::monotonic_buffer_resource pool_{16 * 1024};
  size_t left_ = SIZE_MAX;  ///< of the budget
  bool spent_ = false;
};

}  // namespace wafcheck
