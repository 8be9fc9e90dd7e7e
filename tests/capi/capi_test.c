/* The functions of the C interface, from C: every one with a handle that is NULL, and what each
 * returns. capi_test FOLDER: a scratch folder. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "formats/capi/modsecurity.h"

static int failures = 0;

static void check(int good, const char* what, int line) {
  if (good) return;
  printf("FAILED: line %d: %s\n", line, what);
  ++failures;
}
#define CHECK(condition) check((condition) ? 1 : 0, #condition, __LINE__)

#define BYTES(text) ((const unsigned char*)(text))

static const char kRules[] =
    "SecRuleEngine On\n"
    "SecRequestBodyAccess On\n"
    "SecResponseBodyAccess On\n"
    "SecRule ARGS:a \"@streq 1\" \"id:1,phase:1,deny,status:406,msg:'one'\"\n"
    "SecRule ARGS:a \"@streq 2\" \"id:2,phase:1,pass,log,msg:'two'\"\n"
    "SecRule ARGS:b \"@streq 3\" \"id:3,phase:2,redirect:'http://www.example.com/',msg:'three'\"\n"
    "SecRule RESPONSE_BODY \"@contains leak\" \"id:4,phase:4,deny,status:502,msg:'four'\"\n";

static void null_handles(void) {
  const char* error = NULL;
  ModSecurityIntervention it = {200, 0, NULL, NULL, 0};
  CHECK(msc_who_am_i(NULL) == NULL);
  msc_set_connector_info(NULL, "x");
  msc_set_log_cb(NULL, NULL);
  msc_cleanup(NULL);
  msc_rules_dump(NULL);
  CHECK(msc_rules_merge(NULL, NULL, &error) == -1 && error != NULL);
  msc_rules_error_cleanup(error);
  CHECK(msc_rules_add_remote(NULL, NULL, NULL, NULL) == -1);
  CHECK(msc_rules_add_file(NULL, NULL, NULL) == -1);
  CHECK(msc_rules_add(NULL, NULL, NULL) == -1);
  msc_rules_error_cleanup(NULL);
  CHECK(msc_rules_cleanup(NULL) == 1);
  CHECK(msc_new_transaction(NULL, NULL, NULL) == NULL);
  CHECK(msc_new_transaction_with_id(NULL, NULL, NULL, NULL) == NULL);
  CHECK(msc_process_connection(NULL, NULL, 0, NULL, 0) == 0);
  CHECK(msc_process_uri(NULL, NULL, NULL, NULL) == 0);
  CHECK(msc_set_request_hostname(NULL, NULL) == 0);
  CHECK(msc_add_request_header(NULL, NULL, NULL) == 0);
  CHECK(msc_add_n_request_header(NULL, NULL, 0, NULL, 0) == 0);
  CHECK(msc_process_request_headers(NULL) == 0);
  CHECK(msc_append_request_body(NULL, NULL, 0) == 0);
  CHECK(msc_request_body_from_file(NULL, NULL) == 0);
  CHECK(msc_process_request_body(NULL) == 0);
  CHECK(msc_add_response_header(NULL, NULL, NULL) == 0);
  CHECK(msc_add_n_response_header(NULL, NULL, 0, NULL, 0) == 0);
  CHECK(msc_process_response_headers(NULL, 200, NULL) == 0);
  CHECK(msc_append_response_body(NULL, NULL, 0) == 0);
  CHECK(msc_process_response_body(NULL) == 0);
  CHECK(msc_get_response_body(NULL) == NULL);
  CHECK(msc_get_response_body_length(NULL) == 0);
  CHECK(msc_get_request_body_length(NULL) == 0);
  CHECK(msc_intervention(NULL, &it) == 0);
  CHECK(msc_intervention(NULL, NULL) == 0);
  msc_intervention_cleanup(NULL);
  CHECK(msc_update_status_code(NULL, 200) == 0);
  CHECK(msc_process_logging(NULL) == 0);
  msc_transaction_cleanup(NULL);
}

/* Arguments that are NULL, of handles that are not. */
static void null_arguments(void) {
  ModSecurity* msc = msc_init();
  RulesSet* rules = msc_create_rules_set();
  Transaction* transaction;
  CHECK(msc_rules_add(rules, NULL, NULL) == 0);
  CHECK(msc_rules_add_file(rules, NULL, NULL) == -1);
  CHECK(msc_rules_merge(rules, NULL, NULL) == -1);
  transaction = msc_new_transaction_with_id(msc, rules, NULL, NULL);
  CHECK(transaction != NULL);
  CHECK(msc_process_connection(transaction, NULL, -1, NULL, 70000) == 1);
  CHECK(msc_process_uri(transaction, NULL, NULL, NULL) == 1);
  CHECK(msc_add_n_request_header(transaction, NULL, 5, NULL, 5) == 1);
  CHECK(msc_process_request_headers(transaction) == 1);
  CHECK(msc_append_request_body(transaction, NULL, 5) == 1);
  CHECK(msc_request_body_from_file(transaction, NULL) == 0);
  CHECK(msc_process_response_headers(transaction, 0, NULL) == 1);
  CHECK(msc_intervention(transaction, NULL) == 0);
  msc_transaction_cleanup(transaction);
  msc_rules_cleanup(rules);
  msc_cleanup(msc);
}

static char last_line[4096];
static void* last_data;
static void keep_line(void* cbdata, const void* data) {
  last_data = cbdata;
  snprintf(last_line, sizeof last_line, "%s", (const char*)data);
}

static Transaction* get(ModSecurity* msc, RulesSet* rules, const char* uri, void* cbdata) {
  Transaction* transaction = msc_new_transaction(msc, rules, cbdata);
  CHECK(msc_process_connection(transaction, "127.0.0.1", 4000, "127.0.0.2", 80) == 1);
  CHECK(msc_process_uri(transaction, uri, "POST", "1.1") == 1);
  CHECK(msc_add_request_header(transaction, BYTES("Content-Type"),
                               BYTES("application/x-www-form-urlencoded")) == 1);
  CHECK(msc_process_request_headers(transaction) == 1);
  return transaction;
}

static void reports_once(ModSecurity* msc, RulesSet* rules) {
  ModSecurityIntervention it = {200, 0, NULL, NULL, 0};
  Transaction* transaction = get(msc, rules, "/?a=1", NULL);
  CHECK(msc_intervention(transaction, &it) == 1);
  CHECK(it.status == 406 && it.disruptive == 1 && it.url == NULL);
  CHECK(it.log != NULL && strstr(it.log,
                                 "[client 127.0.0.1] ModSecurity: Access denied with code "
                                 "406 (phase 1). ") == it.log);
  msc_intervention_cleanup(&it);
  CHECK(it.status == 200 && it.disruptive == 0 && it.log == NULL);
  CHECK(msc_intervention(transaction, &it) == 0);
  it.disruptive = 7; /* what the caller put there is what it gets */
  CHECK(msc_intervention(transaction, &it) == 7);
  CHECK(msc_process_logging(transaction) == 1);
  msc_transaction_cleanup(transaction);
}

static void log_lines(ModSecurity* msc, RulesSet* rules) {
  int data = 0;
  Transaction* transaction = get(msc, rules, "/?a=2", &data);
  CHECK(last_data == &data);
  CHECK(strstr(last_line, "ModSecurity: Warning. ") == last_line);
  CHECK(strstr(last_line, "[hostname \"127.0.0.2\"]") != NULL);
  msc_transaction_cleanup(transaction);
  transaction = msc_new_transaction(msc, rules, &data);
  CHECK(msc_set_request_hostname(transaction, BYTES("www.example.com")) == 1);
  CHECK(msc_process_uri(transaction, "/?a=2", "GET", "1.1") == 1);
  CHECK(msc_process_request_headers(transaction) == 1);
  CHECK(strstr(last_line, "[hostname \"www.example.com\"]") != NULL);
  msc_transaction_cleanup(transaction);
}

static void bodies(ModSecurity* msc, RulesSet* rules, const char* folder) {
  ModSecurityIntervention it = {200, 0, NULL, NULL, 0};
  char path[4096];
  FILE* file;
  const char* body;
  Transaction* transaction = get(msc, rules, "/", NULL);
  snprintf(path, sizeof path, "%s/body", folder);
  file = fopen(path, "w");
  CHECK(file != NULL);
  if (file == NULL) return;
  fputs("b=3", file);
  fclose(file);
  CHECK(msc_request_body_from_file(transaction, "/nonexistent/body") == 0);
  CHECK(msc_request_body_from_file(transaction, path) == 1);
  CHECK(msc_get_request_body_length(transaction) == 3);
  CHECK(msc_process_request_body(transaction) == 1);
  CHECK(msc_intervention(transaction, &it) == 1 && it.status == 302);
  CHECK(it.url != NULL && strcmp(it.url, "http://www.example.com/") == 0);
  msc_intervention_cleanup(&it);
  CHECK(msc_add_n_response_header(transaction, BYTES("Content-Type"), 12, BYTES("text/html"), 9) ==
        1);
  CHECK(msc_process_response_headers(transaction, 200, "HTTP 1.1") == 1);
  CHECK(msc_append_response_body(transaction, BYTES("a leak"), 6) == 1);
  CHECK(msc_get_response_body_length(transaction) == 6);
  body = msc_get_response_body(transaction);
  CHECK(body != NULL && strcmp(body, "a leak") == 0);
  msc_rules_error_cleanup(body); /* free() */
  CHECK(msc_process_response_body(transaction) == 1);
  CHECK(msc_intervention(transaction, &it) == 1 && it.status == 502); /* the second time */
  msc_intervention_cleanup(&it);
  CHECK(msc_update_status_code(transaction, 502) == 1);
  CHECK(msc_process_logging(transaction) == 1);
  msc_transaction_cleanup(transaction);
}

/* Rules that do not load leave a set as it was, and so does what is merged in vain. */
static void failed_loads(ModSecurity* msc, RulesSet* rules) {
  const char* error = NULL;
  ModSecurityIntervention it = {200, 0, NULL, NULL, 0};
  Transaction* transaction;
  RulesSet* same = msc_create_rules_set();
  CHECK(msc_rules_add(rules, "SecRule NOSUCH \"a\" \"id:9\"\n", &error) == -1);
  CHECK(error != NULL && strstr(error, "Rules error. File: ") == error);
  CHECK(error != NULL && strstr(error, ". Line: 1. Column: 9. ") != NULL);
  msc_rules_error_cleanup(error);
  CHECK(msc_rules_add(same, "SecAction \"id:8,pass\"\nSecRule ARGS x \"id:1\"\n", &error) == 2);
  CHECK(msc_rules_merge(rules, same, &error) == -1);
  CHECK(error != NULL && strcmp(error, "Rule id: 1 is duplicated") == 0);
  msc_rules_error_cleanup(error);
  CHECK(msc_rules_add_remote(rules, "key", "https://www.example.com/", &error) == -1);
  CHECK(error != NULL && strstr(error, "https://www.example.com/") != NULL);
  msc_rules_error_cleanup(error);
  msc_rules_cleanup(same);
  transaction = get(msc, rules, "/?a=1", NULL);
  CHECK(msc_intervention(transaction, &it) == 1);
  msc_intervention_cleanup(&it);
  msc_transaction_cleanup(transaction);
}

/* Handles that others were made with may go first. */
static void handles_outlived(void) {
  ModSecurity* msc = msc_init();
  RulesSet* rules = msc_create_rules_set();
  Transaction* transaction;
  CHECK(msc_rules_add(rules, kRules, NULL) == 4);
  transaction = get(msc, rules, "/?a=0", NULL);
  msc_rules_cleanup(rules);
  msc_cleanup(msc);
  CHECK(msc_process_request_body(transaction) == 1);
  CHECK(msc_process_logging(transaction) == 1);
  msc_transaction_cleanup(transaction);
}

/* Logs are opened while rules are loaded, and written by processes that were forked since. */
static void audit_log(ModSecurity* msc, const char* folder) {
  enum { kProcesses = 4, kRecords = 50 };
  char path[4096], text[8192], line[4096];
  RulesSet* rules = msc_create_rules_set();
  FILE* file;
  int records = 0, whole = 1;
  snprintf(path, sizeof path, "%s/audit.log", folder);
  remove(path);
  snprintf(text, sizeof text,
           "SecRuleEngine On\nSecAuditEngine On\nSecAuditLog %s\nSecAuditLogParts ABHZ\n", path);
  CHECK(msc_rules_add(rules, text, NULL) == 0);
  CHECK(access(path, F_OK) == 0);
  for (int process = 0; process < kProcesses; ++process) {
    if (fork() != 0) continue;
    for (int record = 0; record < kRecords; ++record) {
      Transaction* transaction = get(msc, rules, "/", NULL);
      msc_process_logging(transaction);
      msc_transaction_cleanup(transaction);
    }
    _exit(0);
  }
  while (wait(NULL) > 0) {
  }
  file = fopen(path, "r");
  CHECK(file != NULL);
  if (file == NULL) return;
  char boundary[16] = "";
  while (fgets(line, sizeof line, file) != NULL) {
    if (strncmp(line, "---", 3) != 0) continue;
    if (line[14] == 'A') memcpy(boundary, line, 11);
    if (strncmp(line, boundary, 11) != 0) whole = 0;
    if (line[14] == 'Z') ++records;
  }
  fclose(file);
  CHECK(whole);
  CHECK(records == kProcesses * kRecords);
  msc_rules_cleanup(rules);
}

static int file_has(const char* path, const char* words) {
  char line[4096];
  int found = 0;
  FILE* file = fopen(path, "r");
  if (file == NULL) return 0;
  while (fgets(line, sizeof line, file) != NULL) {
    if (strstr(line, words) != NULL) found = 1;
  }
  fclose(file);
  return found;
}

static void debug_log(ModSecurity* msc, const char* folder) {
  char path[4096], text[8192];
  RulesSet* rules = msc_create_rules_set();
  Transaction* transaction;
  snprintf(path, sizeof path, "%s/debug.log", folder);
  remove(path);
  snprintf(text, sizeof text, "SecDebugLog %s\nSecDebugLogLevel 9\n%s", path, kRules);
  CHECK(msc_rules_add(rules, text, NULL) == 4);
  transaction = get(msc, rules, "/?what=root&a=1", NULL);
  msc_transaction_cleanup(transaction);
  CHECK(file_has(path,
                 "] [/?what=root&a=1] [9] Adding request argument (GET): name \"what\", "
                 "value \"root\""));
  CHECK(file_has(path, "[4] (Rule: 1) Phase 1."));
  CHECK(file_has(path, "[4] Rule returned 1."));
  msc_rules_cleanup(rules);
}

/* Whether a process's metrics say that it had so many transactions. */
static int has_counted(const char* folder, pid_t process, int transactions) {
  char path[512], line[256], wanted[128];
  int found = 0;
  FILE* file;
  snprintf(path, sizeof path, "%s/metrics.%d.prom", folder, (int)process);
  snprintf(wanted, sizeof wanted, "wafcheck_transactions_total{process=\"%d\"} %d\n", (int)process,
           transactions);
  file = fopen(path, "r");
  if (file == NULL) return 0;
  while (fgets(line, sizeof line, file) != NULL) found |= strcmp(line, wanted) == 0;
  fclose(file);
  return found;
}

/* A file for each process, written with its first transaction and when the library is given back.
 */
static void metrics(const char* folder) {
  char path[512];
  ModSecurity* msc;
  RulesSet* rules = msc_create_rules_set();
  pid_t child;
  snprintf(path, sizeof path, "%s/metrics.prom", folder);
  setenv("WAFCHECK_METRICS_FILE", path, 1);
  setenv("WAFCHECK_METRICS_SECONDS", "3600", 1);
  msc = msc_init();
  unsetenv("WAFCHECK_METRICS_FILE");
  CHECK(msc_rules_add(rules, kRules, NULL) == 4);
  msc_transaction_cleanup(get(msc, rules, "/?a=1", NULL));
  CHECK(has_counted(folder, getpid(), 1));
  msc_transaction_cleanup(get(msc, rules, "/?a=2", NULL));
  CHECK(has_counted(folder, getpid(), 1));
  child = fork();
  if (child == 0) {
    msc_transaction_cleanup(get(msc, rules, "/", NULL));
    _exit(0);
  }
  waitpid(child, NULL, 0);
  CHECK(has_counted(folder, child, 1));
  CHECK(has_counted(folder, getpid(), 1));
  msc_cleanup(msc);
  CHECK(has_counted(folder, getpid(), 2));
  msc_rules_cleanup(rules);
}

/* The status that a request gets which is counted. */
static int counted(ModSecurity* msc, RulesSet* rules) {
  ModSecurityIntervention it = {200, 0, NULL, NULL, 0};
  Transaction* transaction = get(msc, rules, "/", NULL);
  int status;
  msc_intervention(transaction, &it);
  status = it.status;
  msc_intervention_cleanup(&it);
  msc_process_logging(transaction);
  msc_transaction_cleanup(transaction);
  return status;
}

/* Processes count together where WAFCHECK_STATE says so. */
static void shared_collections(const char* folder) {
  static const char rules_text[] =
      "SecRuleEngine On\n"
      "SecAction \"id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR}\"\n"
      "SecAction \"id:3,phase:1,pass,nolog,setvar:ip.n=+1\"\n"
      "SecRule IP:n \"@gt 3\" \"id:2,phase:1,deny,status:429\"\n";
  static const char* const kFiles[] = {"/data.mdb", "/lock.mdb", ""};
  char path[512], file[600];
  const char* error = NULL;
  ModSecurity* msc;
  RulesSet* rules = msc_create_rules_set();
  int at, status;
  snprintf(path, sizeof path, "%s/state-%d", folder, (int)getpid());
  setenv("WAFCHECK_STATE", path, 1);
  CHECK(msc_rules_add(rules, rules_text, &error) == -1);
  CHECK(error != NULL && strstr(error, "which is no directory: make it") != NULL);
  msc_rules_error_cleanup(error);
  mkdir(path, 0755);
  CHECK(msc_rules_add(rules, rules_text, NULL) == 3);
  msc = msc_init();
  unsetenv("WAFCHECK_STATE");
  for (at = 1; at <= 5; ++at) {
    const pid_t child = fork();
    if (child == 0) _exit(counted(msc, rules) == 429 ? 1 : 0);
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == (at > 3 ? 1 : 0));
  }
  CHECK(counted(msc, rules) == 429);
  msc_rules_cleanup(rules);
  msc_cleanup(msc);
  for (at = 0; at < 3; ++at) {
    snprintf(file, sizeof file, "%s%s", path, kFiles[at]);
    CHECK(remove(file) == 0);
  }
}

int main(int count, char** arguments) {
  ModSecurity* msc = msc_init();
  RulesSet* rules = msc_create_rules_set();
  const char* folder = count > 1 ? arguments[1] : ".";
  CHECK(msc != NULL && rules != NULL);
  CHECK(strncmp(msc_who_am_i(msc), "ModSecurity v3.0.13 (wafcheck ", 30) == 0);
  msc_set_connector_info(msc, "capi_test");
  msc_set_log_cb(msc, keep_line);
  CHECK(msc_rules_add(rules, kRules, NULL) == 4);
  null_handles();
  null_arguments();
  reports_once(msc, rules);
  log_lines(msc, rules);
  bodies(msc, rules, folder);
  failed_loads(msc, rules);
  handles_outlived();
  audit_log(msc, folder);
  debug_log(msc, folder);
  metrics(folder);
  shared_collections(folder);
  msc_rules_cleanup(rules);
  msc_cleanup(msc);
  printf("%d checks failed\n", failures);
  return failures == 0 ? 0 : 1;
}
