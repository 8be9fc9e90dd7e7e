#pragma once
// A server on two streams: a thread that reads, and one that works.

#include <iosfwd>

#include "cli/console.h"

namespace wafcheck::cli::lsp {

/// Serves the client at the other end until it says `exit` or closes its end; the exit code.
int serve(std::istream& in, std::ostream& out, const GlobalOptions& options);

}  // namespace wafcheck::cli::lsp
