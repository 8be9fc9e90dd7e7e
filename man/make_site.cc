// make_site MANUAL STYLE FOLDER: writes the documentation as a site that needs nothing else: the
// manual pages, which mandoc made fragments of in the folder MANUAL ("wafcheck.1.html"), a page for
// each check and one for each word of the language, linked where one speaks of the other.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "formats/html/assets.h"
#include "lint/checks/check.h"
#include "lint/report/catalogue.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "words.h"

namespace {

namespace fs = std::filesystem;
using namespace wafcheck;

/// Words of different sections may be alike: each section has a prefix of file names, and whatever
/// is no letter is left out, so that no name needs an escape.
constexpr std::string_view kPrefixes[] = {"", "var-", "op-", "t-", "action-", "ctl-"};

struct Page {
  std::string title;
  std::string folder;  ///< "" or "checks/"
  std::string file;
  std::string description;
  std::string body;
};

/// What a page of the manual shows at its end; the files are those of man/pictures.
struct Picture {
  std::string_view page, file, caption;
  int width, height;
};
constexpr Picture kPictures[] = {
    {"wafcheck-lsp.1", "lsp-findings.png",
     "Findings on the whole ruleset, in Neovim: an id that is taken, and a marker that is not "
     "there",
     1110, 430},
    {"wafcheck-lsp.1", "lsp-hover.png", "An expression in words, and how long matching it may take",
     1110, 430},
    {"wafcheck-lsp.1", "lsp-completion.png", "Operators, each with what it does", 1110, 430},
};

class Site {
 public:
  Site(fs::path manual, fs::path pictures, fs::path to)
      : manual_(std::move(manual)), pictures_(std::move(pictures)), to_(std::move(to)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(manual_)) {
      manual_pages_.insert(entry.path().stem().string());
    }
    sections_ = man::language_sections();
    for (size_t at = 0; at < sections_.size(); ++at) {
      for (const man::Word& word : sections_[at].words) files_[word.name] = file_of(at, word);
    }
    for (const lint::CheckInfo& check : lint::all_checks()) {
      for (const std::string_view text : {check.bad, check.good}) {
        for (const auto& [begin, name] : words_in(text)) uses_[name].insert(&check);
      }
    }
  }

  /// False where not everything could be written.
  bool write(const fs::path& own_style) {
    fs::remove_all(to_);
    for (const std::string_view folder : {"checks", "language", "manual"}) {
      fs::create_directories(to_ / folder);
    }
    std::string style;
    for (const formats::Asset& asset : formats::assets()) {
      if (asset.name == "kit/shell.css") style = asset.text;
    }
    put("style.css", style + read(own_style));
    write_index();
    write_manual();
    write_checks();
    write_language();
    return good_;
  }

 private:
  static std::string file_of(size_t section, const man::Word& word) {
    std::string name(kPrefixes[section]);
    const size_t begin = word.name.starts_with("t:") ? 2 : 0;
    for (const char byte : word.name.substr(begin)) {
      if (is_word(byte)) name += byte;
    }
    return name + ".html";
  }

  static bool is_word(char byte) {
    return is_alnum(static_cast<unsigned char>(byte)) || byte == '_';
  }

  std::string read(const fs::path& name) {
    std::ifstream file(name, std::ios::binary);
    good_ = good_ && file.good();
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void put(const std::string& name, std::string_view text) {
    std::ofstream file(to_ / name, std::ios::binary);
    file << text;
    file.close();
    good_ = good_ && file.good();
  }

  void put(const Page& page) {
    const std::string up = page.folder.empty() ? "" : "../";
    put(page.folder + page.file,
        fmt::format("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta name=\"description\" content=\"{4}\">\n"
                    "<title>{0} · wafcheck</title>\n<link rel=\"icon\" href=\"data:,\">\n"
                    "<link rel=\"stylesheet\" href=\"{1}style.css\">\n</head>\n<body>\n"
                    "<header><nav><b><a href=\"{1}index.html\">wafcheck</a></b>\n"
                    "<a href=\"{1}manual/index.html\">Manual</a>\n"
                    "<a href=\"{1}checks/index.html\">Checks</a>\n"
                    "<a href=\"{1}language/index.html\">Language</a></nav></header>\n"
                    "<main>\n{2}</main>\n<footer>wafcheck {3}</footer>\n</body>\n</html>\n",
                    xml_escaped(page.title), up, page.body, WAFCHECK_VERSION,
                    xml_escaped(page.description)));
  }

  /// Where words of the language begin in an example, in order. An action or ctl option counts in a
  /// list of actions only, so that plain English is none.
  std::vector<std::pair<size_t, std::string>> words_in(std::string_view text) const {
    std::vector<std::pair<size_t, std::string>> found;
    for (size_t at = 0; at < text.size();) {
      if (!is_word(text[at])) {
        ++at;
        continue;
      }
      size_t end = at;
      while (end < text.size() && is_word(text[end])) ++end;
      const char before = at == 0 ? '\n' : text[at - 1];
      const char after = end == text.size() ? '\n' : text[end];
      const std::string word(text.substr(at, end - at));
      const auto add = [&](const std::string& name, size_t begin) {
        if (files_.contains(name)) found.emplace_back(begin, name);
      };
      const bool transforms = word == "t" && after == ':';  // the next word says how
      const bool in_list = before == ',' || before == '"' || before == ' ';
      if (before == '@') {
        add("@" + word, at - 1);
      } else if (before == ':' && at > 1 && text[at - 2] == 't' &&
                 (at == 2 || !is_word(text[at - 3]))) {
        add("t:" + word, at - 2);
      } else if (word.starts_with("Sec") || word.starts_with("Include")) {
        add(word, at);
      } else if (is_upper(static_cast<unsigned char>(word[0]))) {
        add(word, at);
      } else if (in_list && !transforms && (after == ':' || after == ',' || after == '"')) {
        add(word, at);
      }
      at = end;
    }
    return found;
  }

  /// An example, whose words of the language are links. Pages of checks and words are in folders
  /// beside each other.
  std::string linked(std::string_view text) const {
    std::string out;
    size_t at = 0;
    for (const auto& [begin, name] : words_in(text)) {
      out += xml_escaped(text.substr(at, begin - at));
      out += fmt::format("<a href=\"../language/{}\">{}</a>", files_.at(name), xml_escaped(name));
      at = begin + name.size();
    }
    return out + xml_escaped(text.substr(at));
  }

  static std::string check_row(const lint::CheckInfo& check, std::string_view folder) {
    return fmt::format("<li><a href=\"{0}{1}.html\">{1}</a> <b>{2}</b> <span>{3}</span></li>\n",
                       folder, check.code, check.name, xml_escaped(check.doc));
  }

  void write_index() {
    size_t words = 0;
    for (const man::Section& section : sections_) words += section.words.size();
    put({"Documentation", "", "index.html",
         "wafcheck lints SecLang rulesets and replays traffic through them",
         fmt::format(
             "<h1>wafcheck</h1>\n<p>wafcheck lints SecLang rulesets, the rules of ModSecurity, "
             "Coraza and the OWASP Core Rule Set, and replays traffic through them, without a web "
             "server.</p>\n"
             "<h2><a href=\"manual/index.html\">Manual</a></h2>\n<p>The commands, their options "
             "and "
             "formats: begin with <a href=\"manual/wafcheck.1.html\">wafcheck(1)</a>.</p>\n"
             "<h2><a href=\"checks/index.html\">Checks</a></h2>\n<p>The {} checks of <a "
             "href=\"manual/wafcheck-lint.1.html\">wafcheck lint</a>: what each finds, why, and "
             "what "
             "to write instead.</p>\n"
             "<h2><a href=\"language/index.html\">Language</a></h2>\n<p>The {} directives, "
             "variables, operators, transformations and actions of SecLang, and which engine has "
             "them.</p>\n",
             lint::all_checks().size(), words)});
  }

  /// A link to a page that is none of wafcheck's remains as text.
  std::string without_foreign_links(std::string text) const {
    constexpr std::string_view kLink = "<a class=\"Xr\" href=\"";
    for (size_t at = 0; (at = text.find(kLink, at)) != std::string::npos;) {
      const size_t name = at + kLink.size();
      const size_t name_end = text.find(".html\"", name);
      const size_t begin = text.find('>', at) + 1;
      const size_t end = text.find("</a>", begin);
      if (manual_pages_.contains(text.substr(name, name_end - name))) {
        at = end;
      } else {
        text.replace(at, end + 4 - at, text.substr(begin, end - begin));
      }
    }
    return text;
  }

  std::string pictures_of(std::string_view page) {
    std::string figures;
    for (const Picture& picture : kPictures) {
      if (picture.page != page) continue;
      put(fmt::format("manual/{}", picture.file), read(pictures_ / picture.file));
      figures += fmt::format(
          "<figure><img src=\"{}\" alt=\"{}\" width=\"{}\" height=\"{}\" loading=\"lazy\">"
          "<figcaption>{}</figcaption></figure>\n",
          picture.file, picture.caption, picture.width, picture.height, picture.caption);
    }
    return figures.empty() ? figures : "<h2>Pictures</h2>\n" + figures;
  }

  void write_manual() {
    std::string rows;
    for (const std::string& name : manual_pages_) {
      const std::string text = read(manual_ / (name + ".html"));
      const size_t dot = name.rfind('.');
      const std::string title = fmt::format("{}({})", name.substr(0, dot), name.substr(dot + 1));
      constexpr std::string_view kDoc = "<span class=\"Nd\">";
      const size_t doc = text.find(kDoc);
      const std::string about =
          doc == std::string::npos
              ? ""
              : text.substr(doc + kDoc.size(), text.find("</span>", doc) - doc - kDoc.size());
      rows += fmt::format("<dt><a href=\"{}.html\">{}</a></dt>\n<dd>{}</dd>\n", name, title, about);
      // The page's own title replaces mandoc's head and foot.
      const size_t begin = text.find("<div class=\"manual-text\">");
      const size_t end = text.find("<table class=\"foot\">");
      if (begin == std::string::npos || end == std::string::npos || about.empty()) {
        fmt::print(stderr, "make_site: {} is no page of mandoc's\n", name);
        good_ = false;
        continue;
      }
      put({title, "manual/", name + ".html", title,
           fmt::format("<h1>{}</h1>\n{}{}", title,
                       without_foreign_links(text.substr(begin, end - begin)), pictures_of(name))});
    }
    put({"Manual", "manual/", "index.html", "The manual pages of wafcheck",
         fmt::format("<h1>Manual</h1>\n<p>The same pages as those of <code>man</code> and "
                     "<code>wafcheck --print-man</code>.</p>\n<div class=\"manual-text\"><dl>\n{}"
                     "</dl></div>\n",
                     rows)});
  }

  void write_checks() {
    std::string list;
    std::string_view category;
    for (const lint::CheckInfo& check : lint::all_checks()) {
      if (const std::string_view now = lint::category(check); now != category) {
        list += fmt::format("{}<h2 id=\"{}\">{}</h2>\n<ul class=\"checks\">\n",
                            category.empty() ? "" : "</ul>\n", now, now);
        category = now;
      }
      list += check_row(check, "");
      write_check(check);
    }
    put({"Checks", "checks/", "index.html", "The checks of wafcheck lint",
         fmt::format("<h1>Checks</h1>\n<p>What <a href=\"../manual/wafcheck-lint.1.html\">wafcheck "
                     "lint</a> looks for.</p>\n{}</ul>\n",
                     list)});
  }

  void write_check(const lint::CheckInfo& check) {
    std::string body = fmt::format(
        "<h1>{} {}</h1>\n<p class=\"meta\"><a href=\"index.html#{}\">{}</a> · {} · {} · {}</p>\n"
        "<p>{}</p>\n<p>{}</p>\n",
        check.code, check.name, lint::category(check), lint::category(check),
        parser::to_string(check.severity), lint::profile_sentence(check.profile),
        lint::fix_sentence(check.fix), xml_escaped(check.doc), xml_escaped(check.why));
    const auto example = [&](std::string_view title, std::string_view kind, std::string_view text) {
      if (text.empty()) return;
      body +=
          fmt::format("<h2>{}</h2>\n<pre class=\"code {}\">{}</pre>\n", title, kind, linked(text));
    };
    example("Example", "bad", check.bad);
    example("Write instead", "good", check.good);
    put({fmt::format("{} {}", check.code, check.name), "checks/",
         fmt::format("{}.html", check.code), std::string(check.doc), body});
  }

  void write_language() {
    std::string list;
    for (size_t at = 0; at < sections_.size(); ++at) {
      const man::Section& section = sections_[at];
      std::string title(section.title);
      std::transform(title.begin() + 1, title.end(), title.begin() + 1,
                     [](char byte) { return to_lower(byte); });
      if (title.starts_with("Ctl")) title[0] = 'c';
      const std::string anchor = title.substr(0, title.find(' '));
      list += fmt::format("<h2 id=\"{}\">{}</h2>\n<p>{}</p>\n<ul class=\"words\">\n", anchor, title,
                          xml_escaped(section.intro));
      for (const man::Word& word : section.words) {
        list += fmt::format("<li><a href=\"{}\">{}</a></li>\n", file_of(at, word),
                            xml_escaped(word.name));
        write_word(word, file_of(at, word), title, anchor);
      }
      list += "</ul>\n";
    }
    list +=
        "<h2 id=\"Other\">Other spellings</h2>\n<p>Each is another name for the word after "
        "it.</p>\n<ul class=\"words\">\n";
    for (const parser::Alias& row : parser::aliases()) {
      std::string target = xml_escaped(row.target);
      for (const std::string_view prefix : {"", "@", "t:"}) {
        const auto word = files_.find(fmt::format("{}{}", prefix, row.target));
        if (word == files_.end()) continue;
        target = fmt::format("<a href=\"{}\">{}</a>", word->second, xml_escaped(word->first));
      }
      list += fmt::format("<li><code>{}</code> → {}</li>\n", xml_escaped(row.name), target);
    }
    put({"Language", "language/", "index.html", "The words of SecLang",
         fmt::format(
             "<h1>Language</h1>\n<p>The words of SecLang as wafcheck reads them; on one "
             "page in <a href=\"../manual/seclang.7.html\">seclang(7)</a>. Where engines "
             "differ: <a href=\"../manual/wafcheck-engines.7.html\">wafcheck-engines(7)</a>."
             "</p>\n{}</ul>\n",
             list)});
  }

  void write_word(const man::Word& word, const std::string& file, const std::string& section,
                  const std::string& anchor) {
    const bool apart = !word.syntax.empty() && word.syntax[0] != ':' && word.syntax[0] != '[';
    std::string body = fmt::format(
        "<h1>{}</h1>\n<p class=\"meta\"><a href=\"index.html#{}\">{}</a></p>\n"
        "<pre class=\"code\">{}{}{}</pre>\n<p>{}</p>\n",
        xml_escaped(word.name), anchor, section, xml_escaped(word.name), apart ? " " : "",
        xml_escaped(word.syntax), xml_escaped(word.doc));
    for (const std::string& note : word.notes) {
      body += fmt::format("<p>{}</p>\n", xml_escaped(note));
    }
    if (const auto checks = uses_.find(word.name); checks != uses_.end()) {
      std::vector<const lint::CheckInfo*> rows(checks->second.begin(), checks->second.end());
      std::ranges::sort(rows, {}, &lint::CheckInfo::code);
      body += "<h2>Checks with it in their examples</h2>\n<ul class=\"checks\">\n";
      for (const lint::CheckInfo* check : rows) body += check_row(*check, "../checks/");
      body += "</ul>\n";
    }
    put({word.name, "language/", file, std::string(word.doc), body});
  }

  fs::path manual_, pictures_, to_;
  bool good_ = true;
  std::set<std::string> manual_pages_;
  std::vector<man::Section> sections_;
  std::map<std::string, std::string> files_;  ///< by word
  std::map<std::string, std::set<const lint::CheckInfo*>> uses_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    fmt::print(stderr, "usage: make_site MANUAL PICTURES STYLE FOLDER\n");
    return 2;
  }
  if (Site(argv[1], argv[2], argv[4]).write(argv[3])) return 0;
  fmt::print(stderr, "make_site: {} is not whole\n", argv[4]);
  return 1;
}
