/* The C interface of libmodsecurity.so.3, as wafcheck's library has it: what a server's module
 * calls to have requests judged. For C and C++. Functions, types and the one structure are those of
 * libmodsecurity 3.0.13, so that modules which were built against that library run on this one.
 *
 * No function reads or writes through a handle that is NULL: it returns what it returns on failure.
 * Functions that return int and have nothing else to say return 1, or 0 on failure.
 * wafcheck-libmodsecurity(7) has what differs. */
#ifndef WAFCHECK_MODSECURITY_H
#define WAFCHECK_MODSECURITY_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ModSecurity_t ModSecurity; /* an instance: collections, log callback */
typedef struct Rules_t RulesSet;          /* rules and settings */
typedef struct Transaction_t Transaction; /* one request and its response */

/* What is to be done about a transaction. */
typedef struct ModSecurityIntervention_t {
  int status;     /* of HTTP */
  int pause;      /* never set */
  char* url;      /* to be sent to, allocated with malloc; NULL: none */
  char* log;      /* a line for the error log, allocated with malloc; NULL: none */
  int disruptive; /* 1: the transaction is not to go on */
} ModSecurityIntervention;

/* `cbdata`: what the transaction was made with. `data`: a line of text, a const char *. */
typedef void (*ModSecLogCb)(void* cbdata, const void* data);

/* --- instances --- */

/* NULL: there is no memory. */
ModSecurity* msc_init(void);
/* "ModSecurity v3.0.13 (wafcheck 0.1.0)"; lives as long as the instance. */
const char* msc_who_am_i(ModSecurity* msc);
/* The name of the server's module, for audit logs; copied. */
void msc_set_connector_info(ModSecurity* msc, const char* connector);
/* Gets a line for each rule that matches, logs and does not interrupt. Without one the lines go to
 * standard error. */
void msc_set_log_cb(ModSecurity* msc, ModSecLogCb cb);
/* Transactions that are left may be used on. */
void msc_cleanup(ModSecurity* msc);

/* --- rules --- */

/* NULL: there is no memory. */
RulesSet* msc_create_rules_set(void);
/* Lists the rules by phase on standard output. */
void msc_rules_dump(RulesSet* rules);
/* Appends the rules of `from` to those of `to`; of settings, those of `to` win. How many rules were
 * appended; or -1 and a text in *error, and `to` is as it was. */
int msc_rules_merge(RulesSet* to, RulesSet* from, const char** error);
/* Not supported: always -1, and a text. */
int msc_rules_add_remote(RulesSet* rules, const char* key, const char* uri, const char** error);
/* Adds a file, and what it includes; of settings, those that are there already win. How many rules
 * were added, a marker counting once for each phase; or -1 and a text in *error, and the set is as
 * it was. */
int msc_rules_add_file(RulesSet* rules, const char* file, const char** error);
/* The same of a text. */
int msc_rules_add(RulesSet* rules, const char* plain_rules, const char** error);
/* Frees an error text. */
void msc_rules_error_cleanup(const char* error);
/* Transactions that are left may be used on. */
int msc_rules_cleanup(RulesSet* rules);

/* --- transactions: calls come in this order, and any may be left out --- */

/* NULL: `rules` is NULL, or there is no memory. `cbdata` is for the log callback. */
Transaction* msc_new_transaction(ModSecurity* msc, RulesSet* rules, void* cbdata);
/* With an id; NULL: one is made. */
Transaction* msc_new_transaction_with_id(ModSecurity* msc, RulesSet* rules, char* id, void* cbdata);
/* Addresses as text. */
int msc_process_connection(Transaction* transaction, const char* client, int client_port,
                           const char* server, int server_port);
/* `uri` as sent, `http_version` as "1.1". */
int msc_process_uri(Transaction* transaction, const char* uri, const char* method,
                    const char* http_version);
/* Shown as hostname in logs; else the server's address is. */
int msc_set_request_hostname(Transaction* transaction, const unsigned char* hostname);
int msc_add_request_header(Transaction* transaction, const unsigned char* key,
                           const unsigned char* value);
int msc_add_n_request_header(Transaction* transaction, const unsigned char* key, size_t key_length,
                             const unsigned char* value, size_t value_length);
int msc_process_request_headers(Transaction* transaction);
/* A piece of the body. 0: it was cut off at SecRequestBodyLimit. */
int msc_append_request_body(Transaction* transaction, const unsigned char* body, size_t size);
/* The same of a file. 0 also where it cannot be read. */
int msc_request_body_from_file(Transaction* transaction, const char* path);
int msc_process_request_body(Transaction* transaction);
int msc_add_response_header(Transaction* transaction, const unsigned char* key,
                            const unsigned char* value);
int msc_add_n_response_header(Transaction* transaction, const unsigned char* key, size_t key_length,
                              const unsigned char* value, size_t value_length);
/* `protocol` as "HTTP/1.1". */
int msc_process_response_headers(Transaction* transaction, int code, const char* protocol);
/* A piece of the body. 0: it was cut off at SecResponseBodyLimit. */
int msc_append_response_body(Transaction* transaction, const unsigned char* body, size_t size);
int msc_process_response_body(Transaction* transaction);
/* The body as it was taken in, allocated with malloc and ended by a NUL. */
const char* msc_get_response_body(Transaction* transaction);
size_t msc_get_response_body_length(Transaction* transaction);
size_t msc_get_request_body_length(Transaction* transaction);
/* Asks, after any phase, what is to be done; tells it once. it->disruptive. The caller sets status
 * to 200, the others to 0 and NULL, and frees url and log. */
int msc_intervention(Transaction* transaction, ModSecurityIntervention* it);
/* Frees url and log, and sets all as for a new question. */
void msc_intervention_cleanup(ModSecurityIntervention* it);
/* The status that goes to the client is another one. */
int msc_update_status_code(Transaction* transaction, int status);
/* Phase 5, then the audit log. */
int msc_process_logging(Transaction* transaction);
/* Frees it; nothing is logged. */
void msc_transaction_cleanup(Transaction* transaction);

#ifdef __cplusplus
}
#endif

#endif /* WAFCHECK_MODSECURITY_H */
