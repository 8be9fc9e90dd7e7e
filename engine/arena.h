#pragma once
// The memory of one transaction: bytes are copied in once, passed on as views, and freed together.

#include <cstring>
#include <memory>
#include <memory_resource>
#include <string_view>
#include <type_traits>

namespace wafcheck::engine {

class Arena {
 public:
  /// A copy of `bytes` that lives as long as the arena.
  std::string_view copy(std::string_view bytes) {
    if (bytes.empty()) return {"", 0};
    char* to = allocate(bytes.size());
    std::memcpy(to, bytes.data(), bytes.size());
    return {to, bytes.size()};
  }
  char* allocate(size_t size) { return static_cast<char*>(pool_.allocate(size, 1)); }
  /// `count` value-initialised objects of a trivially destructible type.
  template <typename T>
  T* make_array(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    T* first = static_cast<T*>(pool_.allocate(count * sizeof(T), alignof(T)));
    std::uninitialized_value_construct_n(first, count);
    return first;
  }
  void clear() { pool_.release(); }

 private:
  std::pmr::monotonic_buffer_resource pool_{16 * 1024};
};

}  // namespace wafcheck::engine
