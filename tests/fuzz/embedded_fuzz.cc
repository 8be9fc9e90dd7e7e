// Files that hold rules, the format chosen by the first byte: each byte of a text stands inside the
// file, and a text written back as it is leaves the file's texts as they are.

#include "files.h"
#include "formats/embedded/files.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wafcheck;
  std::string_view bytes = fuzz::bytes_of(data, size);
  if (bytes.empty()) return 0;
  constexpr const char* kNames[] = {"a.yaml", "a.json", "Caddyfile", "nginx.conf"};
  const std::string name = kNames[static_cast<unsigned char>(bytes.front()) % std::size(kNames)];
  bytes.remove_prefix(1);
  fuzz::MemoryFiles below;
  below.put(name, bytes);
  formats::EmbeddedFiles files(below);
  static_cast<void>(files.rulesets({name}));
  for (const std::string& path : files.texts_of(name)) {
    const formats::MappedText& text = files.text(path)->text;
    fuzz::require(text.at.size() == text.bytes.size() + 1, "each byte has a place");
    for (const uint32_t at : text.at) fuzz::require(at <= bytes.size(), "places are in the file");
    fuzz::require(files.rewritten(path, text.bytes) == bytes, "nothing changes by itself");
    static_cast<void>(files.rewritten(path, text.bytes + "SecRuleEngine On\n"));
  }
  return 0;
}
