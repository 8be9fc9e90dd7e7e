// WASI has no clocks of processes: without RUSAGE_THREAD nobody asks.
#pragma once
