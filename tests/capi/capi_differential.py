#!/usr/bin/env python3
"""The same calls on libmodsecurity and on wafcheck's library.

    capi_differential.py WAFCHECK_LIBRARY [PACKAGED_LIBRARY]

Runs the scenarios of cases.py and random sequences of calls on both, and compares return values,
interventions, lines of the log callback and error texts. What may differ is in ACCEPTED, each with a
reason; an entry that no longer differs is a failure too. WAFCHECK_DIFFERENTIAL_SCALE multiplies the
random sequences.
"""

import json
import os
import random
import re
import sys
import tempfile

import cases
import library

PACKAGED = "libmodsecurity.so.3"
SEQUENCES = 300

# Scenario: what differs, why, and who is right.
ACCEPTED = {
    "remote": "libmodsecurity tries to download and says nothing of what failed; wafcheck says why not",
    "id twice": "libmodsecurity ends the text with a line end",
    "id twice in two texts": "libmodsecurity ends the text with a line end",
    "id twice in a merge": "libmodsecurity ends the text with a line end",
    "file that is not there": "words; wafcheck says why it cannot be read",
    "no id": "libmodsecurity prints an address where the file's name belongs",
    "script that matches": "libmodsecurity does not say what matched",
    "script that returns a number": "libmodsecurity does not say what matched",
    "script that gets all of a name": "m.getvars of libmodsecurity leaves transformations out",
    "script that gets a scalar": "m.getvars of libmodsecurity leaves transformations out",
    "script that does not compile": "words; of a first rule, libmodsecurity says no place",
    "script that is not there": "words; of a first rule, libmodsecurity says no place",
}
# Of these, both give -1 and a text with file and line; the column is where libmodsecurity's scanner
# stopped, and in wafcheck where the word stands that is wrong. The words are each one's own.
ERRORS = ["file with an error", "error, and on", "unknown directive", "unknown variable",
          "unknown action", "unknown transformation", "bad engine", "bad number", "missing data file",
          "missing include", "exec of what is not there"]


def same_for_both(text):
    """Without what differs from run to run."""
    return re.sub(r'\[unique_id "\d+\.\d+"\]', '[unique_id "ID"]', text)


def place_of(error):
    return re.match(r"Rules error\. File: .*?\. Line: \d+\. Column: ", error or "")


def same_error(ours, theirs):
    if ours[0] != theirs[0] or ours[0] not in library.WITH_ERROR:
        return False
    (our_count, our_text), (their_count, their_text) = ours[1], theirs[1]
    if our_count != their_count:
        return False
    places = place_of(our_text), place_of(their_text)
    return all(places) and places[0].group() == places[1].group()


def differences(name, ours, theirs):
    found = []
    for at in range(max(len(ours), len(theirs))):
        ours_at = ours[at] if at < len(ours) else None
        theirs_at = theirs[at] if at < len(theirs) else None
        if ours_at == theirs_at:
            continue
        if name in ERRORS and ours_at and theirs_at and same_error(ours_at, theirs_at):
            continue
        found.append(f"    wafcheck:       {json.dumps(ours_at)}\n    libmodsecurity: {json.dumps(theirs_at)}")
    return found


class Comparison:
    def __init__(self, ours, theirs):
        self.ours, self.theirs = ours, theirs
        self.failures = []
        self.compared = 0

    def results(self, path, steps):
        return json.loads(same_for_both_json(library.in_a_child(path, steps)))

    def compare(self, name, steps):
        self.compared += 1
        found = differences(name, self.results(self.ours, steps), self.results(self.theirs, steps))
        if found and name not in ACCEPTED:
            self.failures.append(f"{name}:\n" + "\n".join(found))
        if not found and name in ACCEPTED:
            self.failures.append(f"{name}: accepted, and nothing differs")

    def survive(self, name, steps):
        """Of calls that make no sense, wafcheck's library has to come back."""
        self.compared += 1
        ours = library.in_a_child(self.ours, steps)
        if ours and ours[-1][0] == "ended":
            self.failures.append(f"{name}: {ours[-1][1]} of {json.dumps(steps)}")


def same_for_both_json(results):
    def rewritten(value):
        if isinstance(value, str):
            return same_for_both(value)
        return [rewritten(each) for each in value] if isinstance(value, list) else value
    return json.dumps(rewritten(results))


RANDOM_RULES = (
    cases.ON + "SecRequestBodyAccess On\nSecResponseBodyAccess On\n"
    'SecRule ARGS:a "@streq 1" "id:1,phase:1,deny,status:406,msg:\'one\'"\n'
    'SecRule ARGS:a "@streq 2" "id:2,phase:2,deny,status:407,msg:\'two\'"\n'
    'SecRule ARGS:a "@streq 3" "id:3,phase:3,deny,status:408,msg:\'three\'"\n'
    'SecRule ARGS:a "@streq 4" "id:4,phase:4,deny,status:409,msg:\'four\'"\n'
    'SecRule ARGS:a "@rx ^[567]$" "id:5,phase:1,pass,log,msg:\'five\'"\n'
    'SecRule RESPONSE_STATUS "@rx ^4" "id:6,phase:5,pass,log,msg:\'six\'"\n'
    'SecRule REQUEST_HEADERS:X "@rx ." "id:7,phase:2,pass,log,msg:\'seven\'"\n')


def usual_calls(chance):
    body = chance.choice(["a=2", "b=9", "a=7&b=1", ""])
    page = chance.choice(["hello", "", "a longer page of text"])
    ask = ["intervention", "@t"]
    calls = [["process_connection", "@t", "127.0.0.1", 4000, "127.0.0.2", 80],
             ["process_uri", "@t", "/?a=%d" % chance.randrange(9), chance.choice(["GET", "POST"]), "1.1"],
             ["add_request_header", "@t", "Content-Type", "application/x-www-form-urlencoded"],
             ["add_request_header", "@t", "X", "y"], ["process_request_headers", "@t"], ask,
             ["append_request_body", "@t", body, len(body)], ask, ["process_request_body", "@t"], ask,
             ["add_response_header", "@t", "Content-Type", "text/html"],
             ["process_response_headers", "@t", chance.choice([200, 404, 500]), "HTTP/1.1"], ask,
             ["append_response_body", "@t", page, len(page)], ask, ["process_response_body", "@t"], ask,
             ["update_status_code", "@t", 403], ["get_response_body_length", "@t"],
             ["get_request_body_length", "@t"], ["process_logging", "@t"]]
    return calls


NEW = [["new_transaction_with_id", "@t", "@m", "@r", "random", None]]


def left_out(chance):
    """Calls in order, a few left out: what both have to agree on."""
    calls = [call for call in usual_calls(chance) if call[0] == "intervention" or chance.random() < 0.85]
    return cases.rules(RANDOM_RULES) + NEW + calls + [["transaction_cleanup", "@t"]]


def disordered(chance):
    """Calls in any order, repeated, of transactions that end early, with handles that are NULL."""
    calls = usual_calls(chance) * 2
    chance.shuffle(calls)
    calls = [[call[0]] + [None if each == "@t" and chance.random() < 0.1 else each for each in call[1:]]
             for call in calls[:chance.randrange(len(calls))]]
    return cases.rules(RANDOM_RULES) + NEW + calls + [["transaction_cleanup", "@t"]]


def main():
    ours = sys.argv[1]
    theirs = sys.argv[2] if len(sys.argv) > 2 else PACKAGED
    if ours == "" or library.in_a_child(theirs, [["init", "@m"]]) != [["init", True]]:
        print("SKIPPED: there is no packaged libmodsecurity.so.3")
        return 0
    comparison = Comparison(ours, theirs)
    scale = int(os.environ.get("WAFCHECK_DIFFERENTIAL_SCALE", "1"))
    with tempfile.TemporaryDirectory() as folder:
        for name, text in cases.FILES.items():
            with open(os.path.join(folder, name), "w") as file:
                file.write(text)
        for name, steps in cases.CASES.items():
            comparison.compare(name, json.loads(json.dumps(steps).replace("FOLDER", folder)))
    for number in range(SEQUENCES * scale):
        comparison.compare(f"left out {number}", left_out(random.Random(number)))
        comparison.survive(f"disordered {number}", disordered(random.Random(number)))
    unknown = set(ACCEPTED) | set(ERRORS)
    comparison.failures += [f"{name}: accepted, and no scenario" for name in unknown - set(cases.CASES)]
    for failure in comparison.failures:
        print("FAILED:", failure)
    print(f"{comparison.compared} sequences of calls, {len(comparison.failures)} failed")
    return 1 if comparison.failures else 0


if __name__ == "__main__":
    sys.exit(main())
