-- Rules for Apache Traffic Server 9, through its Lua plugin: requests and response headers pass a
-- libmodsecurity.so.3. Bodies are not looked at. In plugin.config:
--
--   tslua.so --enable-reload /etc/trafficserver/wafcheck.lua LIBRARY RULES
--
-- LIBRARY is the path of libmodsecurity.so.3, RULES that of a rules file. `traffic_ctl config reload`
-- reads the rules again; those that do not load leave the old ones in force.

local ffi = require("ffi")

ffi.cdef [[
typedef struct ModSecurity_t ModSecurity;
typedef struct Rules_t RulesSet;
typedef struct Transaction_t Transaction;
typedef struct {
  int status;
  int pause;
  char *url;
  char *log;
  int disruptive;
} ModSecurityIntervention;
ModSecurity *msc_init(void);
void msc_set_connector_info(ModSecurity *msc, const char *connector);
RulesSet *msc_create_rules_set(void);
int msc_rules_add_file(RulesSet *rules, const char *file, const char **error);
int msc_rules_cleanup(RulesSet *rules);
Transaction *msc_new_transaction(ModSecurity *msc, RulesSet *rules, void *cbdata);
int msc_process_connection(Transaction *t, const char *client, int client_port, const char *server,
                           int server_port);
int msc_process_uri(Transaction *t, const char *uri, const char *method, const char *version);
int msc_add_n_request_header(Transaction *t, const char *key, size_t key_length, const char *value,
                             size_t value_length);
int msc_process_request_headers(Transaction *t);
int msc_process_request_body(Transaction *t);
int msc_add_n_response_header(Transaction *t, const char *key, size_t key_length, const char *value,
                              size_t value_length);
int msc_process_response_headers(Transaction *t, int code, const char *protocol);
int msc_process_response_body(Transaction *t);
int msc_intervention(Transaction *t, ModSecurityIntervention *it);
int msc_update_status_code(Transaction *t, int status);
int msc_process_logging(Transaction *t);
void msc_transaction_cleanup(Transaction *t);
void free(void *memory);
]]

local library, instance, rules, rules_file

local function load_rules()
  local loaded = library.msc_create_rules_set()
  local problem = ffi.new("const char *[1]")
  if library.msc_rules_add_file(loaded, rules_file, problem) < 0 then
    local text = problem[0] ~= nil and ffi.string(problem[0]) or "the rules do not load"
    ffi.C.free(ffi.cast("void *", problem[0]))
    library.msc_rules_cleanup(loaded)
    return nil, text
  end
  return loaded
end

function __init__(arguments)
  if #arguments < 2 then
    ts.error("wafcheck.lua: name the library and the rules file")
    return -1
  end
  rules_file = arguments[2]
  library = ffi.load(arguments[1])
  instance = library.msc_init()
  library.msc_set_connector_info(instance, "wafcheck.lua")
  local problem
  rules, problem = load_rules()
  if rules == nil then
    ts.error("wafcheck.lua: " .. problem)
    return -1
  end
end

function __reload__()
  local loaded, problem = load_rules()
  if loaded == nil then
    ts.error("wafcheck.lua: the old rules stay: " .. problem)
    return
  end
  library.msc_rules_cleanup(rules)  -- transactions that run keep what they need
  rules = loaded
end

local function text(value)
  return value == nil and "" or tostring(value)
end

local function finish(transaction)
  library.msc_process_logging(transaction)
  library.msc_transaction_cleanup(transaction)
  ts.ctx["transaction"] = nil
end

-- Whether the transaction is not to go on; then `answer` is called with a status, and it is over.
local function refused(transaction, answer)
  local it = ffi.new("ModSecurityIntervention", {200, 0, nil, nil, 0})
  if library.msc_intervention(transaction, it) == 0 then
    return false
  end
  if it.log ~= nil then
    ts.error(ffi.string(it.log))
    ffi.C.free(it.log)
  end
  if it.url ~= nil then
    ts.ctx["location"] = ffi.string(it.url)
    ffi.C.free(it.url)
  end
  library.msc_update_status_code(transaction, it.status)
  answer(it.status)
  finish(transaction)
  return true
end

local function send_response()
  local transaction = ts.ctx["transaction"]
  if transaction ~= nil and ts.server_response.get_status() ~= nil then
    for name, value in pairs(ts.server_response.get_headers()) do
      value = text(value)
      library.msc_add_n_response_header(transaction, name, #name, value, #value)
    end
    library.msc_process_response_headers(transaction, ts.server_response.get_status(), "HTTP/1.1")
    refused(transaction, function(status)
      ts.client_response.set_error_resp(status, "The response was refused.\n")
    end)
  end
  if ts.ctx["location"] ~= nil then
    ts.client_response.header["Location"] = ts.ctx["location"]
  end
end

local function close()
  local transaction = ts.ctx["transaction"]
  if transaction ~= nil then
    finish(transaction)
  end
end

function do_global_read_request()
  local transaction = library.msc_new_transaction(instance, rules, nil)
  if transaction == nil then
    return
  end
  ts.ctx["transaction"] = transaction
  ts.hook(TS_LUA_HOOK_SEND_RESPONSE_HDR, send_response)
  ts.hook(TS_LUA_HOOK_TXN_CLOSE, close)
  local address, port = ts.client_request.client_addr.get_addr()
  library.msc_process_connection(transaction, text(address), port or 0, "127.0.0.1",
                                 ts.client_request.client_addr.get_incoming_port() or 0)
  local uri, query = ts.client_request.get_uri(), ts.client_request.get_uri_args()
  if query ~= nil and query ~= "" then
    uri = uri .. "?" .. query
  end
  library.msc_process_uri(transaction, uri, ts.client_request.get_method(),
                          text(ts.client_request.get_version()))
  for name, value in pairs(ts.client_request.get_headers()) do
    value = text(value)
    library.msc_add_n_request_header(transaction, name, #name, value, #value)
  end
  library.msc_process_request_headers(transaction)
  if not refused(transaction, ts.http.set_resp) then
    library.msc_process_request_body(transaction)
    refused(transaction, ts.http.set_resp)
  end
end
