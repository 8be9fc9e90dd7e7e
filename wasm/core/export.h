#pragma once
// What a host may call: WAFCHECK_EXPORT("name") in front of an extern "C" function.

#define WAFCHECK_EXPORT(name) extern "C" __attribute__((export_name(name)))
#define WAFCHECK_IMPORT(module, name) \
  extern "C" __attribute__((import_module(module), import_name(name)))
