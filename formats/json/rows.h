#pragma once
// Structures as JSON that is read again: what writes their members, and what takes them back.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "formats/json/value.h"
#include "formats/json/writer.h"

namespace wafcheck::formats::inline json {

template <typename Number>
void write_number(JsonWriter& json, std::string_view name, Number number) {
  json.key(name);
  json.number(number);
}

/// `"NAME":[{...},...]`: `write` gives the members of a row.
template <typename Rows, typename Write>
void write_rows(JsonWriter& json, std::string_view name, const Rows& rows, Write write) {
  json.key(name);
  json.begin_array();
  for (const auto& row : rows) {
    json.begin_object();
    write(row);
    json.end_object();
  }
  json.end_array();
}

/// Takes the members of a document; the first that is not as it should be is what went wrong.
class JsonTaker {
 public:
  uint64_t number(JsonValue from, std::string_view name);  ///< from 0
  std::optional<uint64_t> optional_number(JsonValue from, std::string_view name);
  int64_t integer(JsonValue from, std::string_view name);
  std::optional<int64_t> optional_integer(JsonValue from, std::string_view name);
  double real(JsonValue from, std::string_view name);
  bool boolean(JsonValue from, std::string_view name);
  /// As JsonWriter::bytes() writes them.
  std::string bytes(JsonValue from, std::string_view name);
  template <typename Take>
  void rows(JsonValue from, std::string_view name, Take take) {
    const JsonValue array = from.member(name);
    if (!array.is(JsonValue::Kind::array)) return refuse(name, "an array");
    JsonElements elements(array);
    while (const auto row = elements.next()) take(*row);
  }
  void refuse(std::string_view name, std::string_view wanted);

  const std::string& fault() const { return fault_; }  ///< empty: nothing is wrong

 private:
  std::string fault_;
};

}  // namespace wafcheck::formats::inline json
