"""Scenarios that are run on both libraries, by name."""

START = [["init", "@m"], ["set_log_cb", "@m"], ["create_rules_set", "@r"]]
ON = "SecRuleEngine On\n"


def rules(*texts):
    """A set with these texts, each added by a call of its own."""
    return START + [["rules_add", "@r", text] for text in texts]


def begin(uri="/?a=1", method="GET", headers=(("Host", "example.com"),)):
    return ([["new_transaction", "@t", "@m", "@r", None],
             ["process_connection", "@t", "127.0.0.1", 4000, "127.0.0.2", 80],
             ["process_uri", "@t", uri, method, "1.1"]] +
            [["add_request_header", "@t", name, value] for name, value in headers])


def phase(name):
    return [[name, "@t"], ["intervention", "@t"]]


def response(status=200, type="text/html", body="hello", protocol="HTTP/1.1"):
    steps = [["add_response_header", "@t", "Content-Type", type],
             ["process_response_headers", "@t", status, protocol], ["intervention", "@t"],
             ["append_response_body", "@t", body, len(body)], ["intervention", "@t"]]
    return steps + phase("process_response_body")


END = [["process_logging", "@t"], ["transaction_cleanup", "@t"]]


def request(body=None, **of):
    steps = begin(**of) + phase("process_request_headers")
    if body is not None:
        steps += [["append_request_body", "@t", body, len(body)], ["intervention", "@t"]]
    return steps + phase("process_request_body")


def whole(body=None, answer=None, **of):
    return request(body, **of) + response(**(answer or {})) + END


FORM = (("Host", "example.com"), ("Content-Type", "application/x-www-form-urlencoded"))
RULE = 'SecRule ARGS:a "@streq 1" "id:%d,phase:%d,%s"\n'


def rule(number=1, phase=1, actions="deny,status:406,msg:'no'"):
    return RULE % (number, phase, actions)


def script(name, actions="deny,status:406,nolog"):
    return f'SecRuleScript FOLDER/{name}.lua "id:1,phase:1,{actions}"\n'


# What a script put into TX:out, in the log.
OUT = "SecRule TX:out \"@unconditionalMatch\" \"id:2,phase:1,pass,log,msg:'%{MATCHED_VAR}'\"\n"


def scripted(name, more=""):
    return rules(ON + more + script(name, "pass,nolog") + OUT) + request(uri="/?q=AbC&e=evil&q=x2") + END


def inspected(name, negated=""):
    return rules(ON + f"SecRule ARGS \"{negated}@inspectFile FOLDER/{name}.lua\" "
                 "\"id:1,phase:1,pass,t:lowercase,log,msg:'seen'\"\n") + request(uri="/?q=AbC&e=evil") + END


CASES = {
    "instance": START + [["set_connector_info", "@m", "test"], ["cleanup", "@m"]],
    "deny in phase 1": rules(ON + rule()) + request() + END,
    "deny in phase 2": rules(ON + rule(phase=2)) + whole(),
    "deny in phase 3": rules(ON + rule(phase=3)) + whole(),
    "deny in phase 4": rules(ON + "SecResponseBodyAccess On\n" + rule(phase=4)) + whole(),
    "deny in phase 5": rules(ON + rule(phase=5)) + whole(),
    "pass that logs": rules(ON + rule(actions="pass,log,msg:'seen',tag:'x',severity:2")) + whole(),
    "pass with logdata": rules(ON + rule(actions="pass,log,msg:'m',logdata:'%{MATCHED_VAR}'")) + whole(),
    "nolog": rules(ON + rule(actions="pass,nolog")) + whole(),
    "auditlog alone": rules(ON + rule(actions="pass,nolog,auditlog,msg:'x'")) + whole(),
    "deny with nolog": rules(ON + rule(actions="deny,nolog")) + whole(),
    "no phase": rules(ON + 'SecRule ARGS:a "@streq 1" "id:1,deny,status:407"\n') + whole(),
    "no phase, body": rules(ON + 'SecRule ARGS_POST:a "@streq 1" "id:1,deny,status:407"\n') +
                      whole(uri="/", method="POST", headers=FORM, body="a=1"),
    "engine unset": rules(rule() + rule(2, 2)) + whole(),
    "DetectionOnly": rules("SecRuleEngine DetectionOnly\n" + rule()) + whole(),
    "Off": rules("SecRuleEngine Off\n" + rule()) + whole(),
    "redirect": rules(ON + rule(actions="redirect:'http://www.example.com/%{ARGS.a}'")) + whole(),
    "redirect with a status": rules(ON + rule(actions="redirect:'http://e.example/',status:301")) + whole(),
    "drop": rules(ON + rule(actions="drop,msg:'x'")) + whole(),
    "allow": rules(ON + rule(actions="allow,msg:'x'") + rule(2, 2)) + whole(),
    "allow:phase": rules(ON + rule(actions="allow:phase,msg:'x'") + rule(2, 2)) + whole(),
    "allow:request": rules(ON + rule(actions="allow:request,msg:'x'") + rule(2, 2) + rule(3, 3)) + whole(),
    "block": rules(ON + 'SecDefaultAction "phase:1,log,deny,status:410"\n' + rule(actions="block")) + whole(),
    "block without a default": rules(ON + rule(actions="block,msg:'x'")) + whole(),
    "SecAction": rules(ON + "SecAction \"id:9,phase:1,pass,log,msg:'here'\"\n") + whole(),
    "chain": rules(ON + "SecRule ARGS:a \"@streq 1\" \"id:1,phase:1,deny,status:405,msg:'c',chain\"\n"
                   "SecRule REQUEST_METHOD \"@streq GET\"\n") + whole(),
    "multiMatch": rules(ON + "SecRule ARGS:a \"@streq 1\" \"id:1,phase:1,pass,log,msg:'mm',multiMatch,"
                        "t:none,t:lowercase\"\n") + whole(),
    "two that log": rules(ON + rule(actions="pass,log,msg:'one'") + rule(2, 1, "pass,log,msg:'two'")) + whole(),
    "interrupted twice": rules(ON + rule(phase=2) + rule(2, 3, "deny,status:501")) + whole(),
    "told late": rules(ON + rule(phase=1)) + begin() + [["process_request_headers", "@t"],
                 ["process_request_body", "@t"], ["intervention", "@t"], ["intervention", "@t"]] + END,
    "told once": rules(ON + rule(phase=1)) + begin() + [["process_request_headers", "@t"],
                 ["intervention", "@t"], ["intervention", "@t"]] + END,
    "response type not named": rules(ON + "SecResponseBodyAccess On\n" +
        'SecRule RESPONSE_BODY "@contains hello" "id:1,phase:4,deny,status:502"\n') +
        whole(answer={"type": "application/x-other"}),
    "response type listed": rules(ON + "SecResponseBodyAccess On\nSecResponseBodyMimeType text/plain\n" +
        'SecRule RESPONSE_BODY "@contains hello" "id:1,phase:4,deny,status:502"\n') +
        whole(answer={"type": "text/html"}) ,
    "response body without access": rules(ON + 'SecRule RESPONSE_BODY "@contains hello" "id:1,phase:4,deny"\n') + whole(),
    "request body without access": rules(ON + "SecRequestBodyAccess Off\n" + rule(phase=2)) +
        whole(uri="/", method="POST", headers=FORM, body="a=1"),
    "request body": rules(ON + "SecRequestBodyAccess On\n" + rule(phase=2)) +
        whole(uri="/", method="POST", headers=FORM, body="a=1"),
    "request body over the limit": rules(ON + "SecRequestBodyAccess On\nSecRequestBodyLimit 5\n"
        "SecRequestBodyLimitAction Reject\n") + whole(uri="/", method="POST", headers=FORM, body="a=123456"),
    "the same in DetectionOnly": rules("SecRuleEngine DetectionOnly\nSecRequestBodyAccess On\nSecRequestBodyLimit 5\n"
        "SecRequestBodyLimitAction Reject\n") + whole(uri="/", method="POST", headers=FORM, body="a=123456"),
    "request body cut off": rules(ON + "SecRequestBodyAccess On\nSecRequestBodyLimit 5\n"
        "SecRequestBodyLimitAction ProcessPartial\n") + request(uri="/", method="POST", headers=FORM, body="a=123456") +
        [["get_request_body_length", "@t"]] + END,
    "exactly the limit": rules(ON + "SecRequestBodyAccess On\nSecRequestBodyLimit 5\n"
        "SecRequestBodyLimitAction ProcessPartial\n") + request(uri="/", method="POST", headers=FORM, body="a=123") +
        [["append_request_body", "@t", "4", 1], ["get_request_body_length", "@t"]] + END,
    "response body over the limit": rules(ON + "SecResponseBodyAccess On\nSecResponseBodyLimit 3\n"
        "SecResponseBodyLimitAction Reject\n") + whole(),
    "response body cut off": rules(ON + "SecResponseBodyAccess On\nSecResponseBodyLimit 3\n"
        "SecResponseBodyLimitAction ProcessPartial\n") + request() + response() +
        [["get_response_body_length", "@t"], ["get_response_body", "@t"]] + END,
    "bodies asked for": rules(ON + "SecResponseBodyAccess On\n") + request() + response() +
        [["get_response_body_length", "@t"], ["get_response_body", "@t"], ["get_request_body_length", "@t"]] + END,
    "spooled body": rules(ON + "SecRequestBodyAccess On\n" + rule(phase=2)) + begin(uri="/", method="POST", headers=FORM) +
        phase("process_request_headers") + [["request_body_from_file", "@t", "FOLDER/body"]] +
        phase("process_request_body") + END,
    "spooled body that is not there": rules(ON) + begin(uri="/", method="POST", headers=FORM) +
        [["request_body_from_file", "@t", "FOLDER/nothing"]] + END,
    "status changed": rules(ON + 'SecRule RESPONSE_STATUS "@streq 403" "id:1,phase:5,pass,log,msg:\'st\'"\n') +
        request() + [["update_status_code", "@t", 403]] + END,
    "response line": rules(ON + "SecRule RESPONSE_PROTOCOL \"@rx .\" \"id:1,phase:3,pass,log,msg:'%{MATCHED_VAR}'\"\n") +
        whole(answer={"protocol": "HTTP 1.1"}),
    "own id": rules(ON + rule(actions="pass,log,msg:'x'")) + [["new_transaction_with_id", "@t", "@m", "@r", "my-id", None],
        ["process_uri", "@t", "/?a=1", "GET", "1.1"], ["process_request_headers", "@t"]] + END,
    "own id, no address": rules(ON + rule()) + [["new_transaction_with_id", "@t", "@m", "@r", "my-id", None],
        ["process_uri", "@t", "/?a=1", "GET", "1.1"]] + phase("process_request_headers") + END,
    "no uri": rules(ON + 'SecRule REMOTE_ADDR "@streq 127.0.0.1" "id:1,phase:1,deny"\n') +
        [["new_transaction_with_id", "@t", "@m", "@r", "my-id", None], ["process_connection", "@t", "127.0.0.1", 1, "127.0.0.1", 2]] +
        phase("process_request_headers") + END,
    "no phase 2": rules(ON + rule(phase=3)) + begin() + phase("process_request_headers") + response() + END,
    "logging alone": rules(ON + "SecRule REQUEST_METHOD \"@rx .\" \"id:1,phase:5,pass,log,msg:'l'\"\n") + begin() + END,
    "never logged": rules(ON + rule(phase=5)) + request() + [["transaction_cleanup", "@t"]],
    "empty set": START + whole(),
    "set of settings": rules(ON) + whole(),
    "empty text": START + [["rules_add", "@r", ""]],
    "comment": START + [["rules_add", "@r", "# nothing\n"]],
    "counts": START + [["rules_add", "@r", rule()], ["rules_add", "@r", rule(2) + rule(3)],
        ["rules_add", "@r", ON], ["rules_add", "@r", "SecMarker END\n"],
        ["rules_add", "@r", 'SecRule ARGS "@rx a" "id:4,phase:1,pass,chain"\nSecRule ARGS "@rx b"\n'],
        ["rules_add", "@r", 'SecAction "id:5,phase:1,pass,nolog"\n'],
        ["rules_add", "@r", "SecRuleRemoveById 1\n"]],
    "counts of merges": START + [["create_rules_set", "@q"], ["rules_add", "@r", rule() + rule(2)],
        ["rules_merge", "@q", "@r"], ["rules_add", "@q", rule(3)], ["create_rules_set", "@p"], ["rules_add", "@p", rule(4)],
        ["rules_merge", "@p", "@q"], ["create_rules_set", "@e"], ["rules_merge", "@p", "@e"], ["rules_merge", "@e", "@p"]],
    "remote": START + [["rules_add_remote", "@r", "key", "https://127.0.0.1:9/none"]],
    "file": START + [["rules_add_file", "@r", "FOLDER/rules.conf"]] + request(uri="/?file=1") + END,
    "file that is not there": START + [["rules_add_file", "@r", "FOLDER/none.conf"]],
    "file with an error": START + [["rules_add_file", "@r", "FOLDER/bad.conf"]],
    "error, and on": rules(ON + rule()) + [["rules_add", "@r", "SecNoSuch On\n"]] + request() + END,
    # what does not load
    "unknown directive": START + [["rules_add", "@r", "SecNoSuchDirective On\n"]],
    "unknown variable": START + [["rules_add", "@r", 'SecRule ARGS "a" "id:1"\n\nSecRule NOSUCH "a" "id:4"\n']],
    "unknown operator": START + [["rules_add", "@r", 'SecRule ARGS "@nosuch a" "id:1"\n']],
    "unknown action": START + [["rules_add", "@r", 'SecRule ARGS "@rx a" "id:1,nosuch"\n']],
    "unknown transformation": START + [["rules_add", "@r", 'SecRule ARGS "@rx a" "id:1,t:nosuch"\n']],
    "no id": START + [["rules_add", "@r", 'SecRule ARGS "@rx a" "phase:1"\n']],
    "id twice": START + [["rules_add", "@r", rule() + rule()]],
    "id twice in two texts": START + [["rules_add", "@r", rule()], ["rules_add", "@r", rule()], ["rules_add", "@r", rule(2)]],
    "id twice in a merge": START + [["create_rules_set", "@q"], ["rules_add", "@r", rule()], ["rules_add", "@q", rule() + rule(5)],
        ["rules_merge", "@q", "@r"]],
    "broken expression": START + [["rules_add", "@r", 'SecRule ARGS "@rx (" "id:1"\n']],
    "bad engine": START + [["rules_add", "@r", "SecRuleEngine Maybe\n"]],
    "bad number": START + [["rules_add", "@r", "SecRequestBodyLimit many\n"]],
    "open quote": START + [["rules_add", "@r", 'SecRule ARGS "@rx a" "id:1\n']],
    "missing data file": START + [["rules_add", "@r", 'SecRule ARGS "@pmFromFile none.data" "id:1"\n']],
    "missing include": START + [["rules_add", "@r", "Include FOLDER/none.conf\n"]],
    # precedence
    "setting twice in a text": rules("SecRuleEngine Off\nSecRuleEngine On\n" + rule()) + request() + END,
    "setting in two texts": rules("SecRuleEngine Off\n", "SecRuleEngine On\n" + rule()) + request() + END,
    "setting in two texts, on": rules("SecRuleEngine On\n", "SecRuleEngine Off\n" + rule()) + request() + END,
    "setting of parent": START + [["create_rules_set", "@p"], ["rules_add", "@p", ON],
        ["rules_add", "@r", rule()], ["rules_merge", "@r", "@p"]] + request() + END,
    "setting of child": START + [["create_rules_set", "@p"], ["rules_add", "@p", ON],
        ["rules_add", "@r", "SecRuleEngine DetectionOnly\n" + rule()], ["rules_merge", "@r", "@p"]] + request() + END,
    "child first": START + [["create_rules_set", "@p"], ["rules_add", "@p", ON + rule(1, 1, "pass,log,msg:'parent'")],
        ["rules_add", "@r", rule(2, 1, "pass,log,msg:'child'")], ["rules_merge", "@r", "@p"]] + request() + END,
    "texts in order": rules(ON + rule(1, 1, "pass,log,msg:'first'"), rule(2, 1, "pass,log,msg:'second'")) + request() + END,
    "child removes": START + [["create_rules_set", "@p"], ["rules_add", "@p", ON + rule(1)],
        ["rules_add", "@r", "SecRuleRemoveById 1\n"], ["rules_merge", "@r", "@p"]] + request() + END,
    "parent unchanged": START + [["create_rules_set", "@p"], ["rules_add", "@r", ON + rule(1)],
        ["rules_add", "@p", "SecRuleRemoveById 1\n"], ["rules_merge", "@p", "@r"]] + request() + END,
    "child excludes a target": START + [["create_rules_set", "@p"], ["rules_add", "@p", ON + 'SecRule ARGS "@streq 1" "id:1,phase:1,deny"\n'],
        ["rules_add", "@r", "SecRuleUpdateTargetById 1 !ARGS:a\n"], ["rules_merge", "@r", "@p"]] + request() + END,
    "default of child": START + [["create_rules_set", "@p"], ["rules_add", "@p", ON + rule(1, 1, "block")],
        ["rules_add", "@r", 'SecDefaultAction "phase:1,log,deny,status:411"\n'], ["rules_merge", "@r", "@p"]] + request() + END,
    "default of parent": START + [["create_rules_set", "@p"], ["rules_add", "@p", ON + 'SecDefaultAction "phase:1,log,deny,status:411"\n'],
        ["rules_add", "@r", rule(1, 1, "block")], ["rules_merge", "@r", "@p"]] + request() + END,
    "defaults of both": START + [["create_rules_set", "@p"], ["rules_add", "@p", ON + 'SecDefaultAction "phase:1,log,deny,status:411"\n'],
        ["rules_add", "@r", 'SecDefaultAction "phase:1,log,deny,status:412"\n' + rule(1, 1, "block")], ["rules_merge", "@r", "@p"]] + request() + END,
    "default in a later text": rules(ON + rule(1, 1, "block"), 'SecDefaultAction "phase:1,log,deny,status:411"\n') + request() + END,
    "limits of child": START + [["create_rules_set", "@p"], ["rules_add", "@p", ON + "SecRequestBodyLimit 3\nSecRequestBodyLimitAction Reject\n"],
        ["rules_add", "@r", "SecRequestBodyLimit 100\n"], ["rules_merge", "@r", "@p"]] +
        request(uri="/", method="POST", headers=FORM, body="a=123456") + END,
    "open chain at the end": rules(ON + 'SecRule ARGS:a "@streq 1" "id:1,phase:1,deny,chain"\n', rule(2, 1, "pass,log,msg:'x'")) + request() + END,
    "skipAfter over texts": rules(ON + 'SecRule ARGS:a "@streq 1" "id:1,phase:1,pass,nolog,skipAfter:END"\n' + rule(2, 1, "pass,log,msg:'two'"),
        "SecMarker END\n" + rule(3, 1, "pass,log,msg:'three'")) + request() + END,
    "initcol": rules(ON + 'SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR},setvar:ip.n=+1"\n'
        'SecRule IP:n "@gt 1" "id:2,phase:1,deny,status:429"\n') + request() + END + request() + END,
    "script that matches": rules(ON + script("text")) + request() + END,
    "script that returns a number": rules(ON + script("number")) + request() + END,
    "script that returns nil": rules(ON + script("nil")) + request() + END,
    "script that returns true": rules(ON + script("true")) + request() + END,
    "script that returns an empty text": rules(ON + script("empty")) + request() + END,
    "script that returns a table": rules(ON + script("table")) + request() + END,
    "script that fails": rules(ON + script("fails")) + request() + END,
    "script that fails with a table": rules(ON + script("fails_table")) + request() + END,
    "script without main": rules(ON + script("nomain")) + request() + END,
    "script in detection only": rules("SecRuleEngine DetectionOnly\n" + script("text")) + request() + END,
    "script that gets a member": scripted("getvar"),
    "script that transforms": scripted("transforms"),
    "script that gets all of a name": scripted("getvars"),
    "script that gets a scalar": scripted("scalar"),
    "script that gets what is not there": scripted("none"),
    "script that gets TX": scripted("tx", 'SecAction "id:9,phase:1,pass,nolog,setvar:tx.z=9"\n'),
    "script that sets": scripted("setvar"),
    "script that names no transformation": scripted("unknown_step"),
    "script that sets no collection": scripted("no_collection"),
    "script with wrong arguments": scripted("wrong_arguments"),
    "script that does not compile": START + [["rules_add", "@r", script("broken")]],
    "script that is not there": START + [["rules_add", "@r", script("missing")]],
    "inspectFile": inspected("inspects"),
    "inspectFile, negated": inspected("inspects", "!"),
    "exec": rules(ON + "SecRule ARGS:q \"@contains b\" \"id:1,phase:1,pass,nolog,exec:FOLDER/sets.lua\"\n" + OUT) +
        request(uri="/?q=AbC") + END,
    "exec of what is not there": START + [["rules_add", "@r", 'SecAction "id:1,phase:1,pass,exec:FOLDER/missing.lua"\n']],
    "script of parent": START + [["create_rules_set", "@p"], ["rules_add", "@p", ON + script("getvar", "pass,nolog") + OUT],
        ["rules_add", "@r", rule(5)], ["rules_merge", "@r", "@p"]] + request(uri="/?q=AbC&e=evil") + END,
    "script of child": START + [["create_rules_set", "@p"], ["rules_add", "@p", ON + rule(5)],
        ["rules_add", "@r", script("getvar", "pass,nolog") + OUT], ["rules_merge", "@r", "@p"]] + request(uri="/?q=AbC&e=evil") + END,
    "script of parent that child changes": START + [["create_rules_set", "@p"],
        ["rules_add", "@p", ON + script("getvar", "pass,nolog") + OUT],
        ["rules_add", "@r", "SecRuleUpdateActionById 1 \"nolog,pass\"\n" + rule(5)], ["rules_merge", "@r", "@p"]] +
        request(uri="/?q=AbC&e=evil") + END,
    "hostname": rules(ON + rule(actions="pass,log,msg:'x'")) + begin() + [["process_request_headers", "@t"]] + END,
    "bytes": rules(ON + "SecRule ARGS:b \"@rx .\" \"id:1,phase:1,pass,log,msg:'x',logdata:'%{MATCHED_VAR}'\"\n") +
        request(uri="/?b=%00%ff%22%5c%0a") + END,
}

def main_of(body):
    return f"function main(value)\n{body}\nend\n"


def out(expression):
    return main_of(f'm.setvar("tx.out", {expression})\nreturn nil')


ALL = 'local s = "" for i, v in ipairs(%s) do s = s .. i .. v.name .. "=" .. v.value .. ";" end m.setvar("tx.out", s)'

FILES = {
    "text.lua": main_of('return "found"'),
    "number.lua": main_of("return 5"),
    "nil.lua": main_of("return nil"),
    "true.lua": main_of("return true"),
    "empty.lua": main_of('return ""'),
    "table.lua": main_of("return {}"),
    "fails.lua": main_of('error("boom")'),
    "fails_table.lua": main_of("error({})"),
    "nomain.lua": "x = 1\n",
    "getvar.lua": out('m.getvar("ARGS.e") .. m.getvar("ARGS:q") .. m.getvar("args.Q")'),
    "transforms.lua": out('m.getvar("ARGS.e", "uppercase") .. m.getvar("ARGS.q", {"uppercase", "hexEncode"})'),
    "getvars.lua": main_of(ALL % 'm.getvars("ARGS.q", {"uppercase"})'),
    "scalar.lua": main_of(ALL % 'm.getvars("REQUEST_METHOD", "lowercase")'),
    "none.lua": main_of('local v = m.getvar("ARGS.none") m.setvar("tx.out", type(v) .. #m.getvars("ARGS.none"))'),
    "tx.lua": out('m.getvar("TX.z") .. m.getvar("tx:Z")'),
    "setvar.lua": main_of('m.setvar("TX.a.b", 5) m.setvar("tx.p", "+5") m.setvar("tx.m", "%{REQUEST_METHOD}")\n'
                          'm.setvar("tx.out", m.getvar("tx.a.b") .. m.getvar("tx.p") .. m.getvar("tx.m"))'),
    "unknown_step.lua": out('m.getvar("ARGS.q", {"lowercase", "nosuch"})'),
    "no_collection.lua": main_of('m.setvar("nodot", "1") m.setvar("args.z", "1") m.setvar("tx.out", "went on")'),
    "wrong_arguments.lua": out('tostring(pcall(m.getvar)) .. tostring(pcall(m.log, "x"))'),
    "broken.lua": "function main(\n",
    "inspects.lua": main_of('m.log(1, value) if value == "abc" then return "found" end return nil'),
    "sets.lua": out('"ran"'),
    "body": "a=1",
    "rules.conf": ON + 'SecRule ARGS:file "@streq 1" "id:70,phase:1,deny,status:409,msg:\'f\'"\n',
    "bad.conf": "# one\nSecRuleEngine On\nSecRule NOSUCH \"a\" \"id:4\"\n",
}
