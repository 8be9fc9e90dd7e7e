#pragma once
// The memory that the program takes from the system.

namespace wafcheck::cli {

/// Takes memory from the system in large steps, and asks for large pages where the system has them:
/// rules, and what is built of them, are tens of megabytes that searches touch all over. For the
/// beginning of main(); no effect where memory is limited, or the C library is another one.
void take_memory_in_large_steps();

/// The same for the beginning of a thread, whose memory is apart from that of others.
void take_memory_of_thread_in_large_steps();

}  // namespace wafcheck::cli
