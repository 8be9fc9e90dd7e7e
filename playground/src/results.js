// What became of the request: the verdict, its reasons, the trace, findings and log lines. Made of
// answers of the engine (wasm/playground/session.h); all text of them is shown as text.

import {baseName, count, el, plural, showBytes} from 'kit';

import {bytesOf, shownBytes} from './bytes.js';

/** Rows that a list shows before one asks for more. */
const FIRST_ROWS = 200;
/** Rules of a trace that are shown unfolded, where there are no more. */
const UNFOLDED = 6;
/** Bytes of a value that are shown before and behind what matched. */
const AROUND = 300;

const PHASES =
    ['', 'request headers', 'request body', 'response headers', 'response body', 'logging'];

/** A finding in a line. */
export function placeOf({file, line, column}) {
  return file === null ? '' : `${file}:${line}:${column}`;
}

const UNINSPECTED = {
  'no-access':
      'the rules do not switch access to it on (SecRequestBodyAccess, SecResponseBodyAccess)',
  'no-processor': 'no rule switches a processor for its type on',
  'type-not-listed': 'SecResponseBodyMimeType does not list its type',
  'over-limit': 'it is longer than its limit',
  'compressed': 'it is compressed',
};

/** {kind, title, detail}: the verdict in a few words. `kind` gives its colour. */
export function verdictOf({rules, fault, transaction}) {
  if (!rules.loaded) {
    const errors = rules.findings.filter(({severity}) => severity === 'error');
    const [first] = errors;
    return {
      kind: 'fault',
      title: 'The rules do not load',
      detail: first ?
          `${placeOf(first)}: ${first.message}${
              errors.length > 1 ? `, and ${plural(errors.length - 1, 'more error')}` : ''}` :
                                  '',
    };
  }
  if (!transaction) return {kind: 'fault', title: 'No request', detail: fault ?? ''};
  const by = (interruption) => {
    const message = interruption.message ? `: ${interruption.message}` : '';
    return `by rule ${interruption.rule_id ?? 'without an id'} in phase ${interruption.phase}${
        message}`;
  };
  const {decision, interruption, would_interrupt: would} = transaction;
  if (interruption) {
    const titles = {
      deny: `Blocked ${interruption.status}`,
      drop: 'Connection dropped',
      redirect:
          `Redirected ${interruption.status}${interruption.url ? ` to ${interruption.url}` : ''}`,
    };
    return {
      kind: 'blocked',
      title: titles[interruption.action] ?? `Blocked ${interruption.status}`,
      detail: by(interruption),
    };
  }
  const matched = transaction.matched_rules.length;
  const rulesMatched = matched === 0 ? 'no rule matched' : `${plural(matched, 'rule')} matched`;
  if (would)
    return {
      kind: 'would',
      title: 'Would be blocked',
      detail: `the engine only detects; ${by(would)}`
    };
  if (decision === 'allow') return {kind: 'passed', title: 'Allowed', detail: rulesMatched};
  return {kind: 'passed', title: 'Passed', detail: rulesMatched};
}

/** What must not be overlooked, as texts. */
export function notesOf({rules, transaction}) {
  const notes = [];
  if (rules.dropped > 0)
    notes.push(`${plural(rules.dropped, 'rule')} dropped: they have no effect`);
  if (transaction) {
    for (const kind of transaction.undecided ?? []) {
      notes.push(`Undecided: rules were given up at a limit (${kind}).`);
    }
    for (const {body, reason, type} of transaction.uninspected ?? []) {
      notes.push(`The ${body} body${type ? ` (${type})` : ''} was not inspected in full: ${
          UNINSPECTED[reason] ?? reason}.`);
    }
    if (transaction.incomplete.length > 0) {
      notes.push(
          `The file does not hold all of this request: ${transaction.incomplete.join(', ')}.`);
    }
    for (const {message} of transaction.errors) notes.push(message);
    if (transaction.http_error) {
      notes.push(`A server would refuse this request: ${transaction.http_error.reason} (${
          transaction.http_error.status}).`);
    }
  }
  if (rules.loaded) notes.push(...rules.notes);
  return notes;
}

// --- values ---

/** Bytes with a marked range, the parts far from it left out. */
function valueNode(bytes, range) {
  const node = el('code', {class: 'value'});
  const [begin, end] = range ?? [0, 0];
  const from = range ? Math.max(0, begin - AROUND) : 0;
  const to = Math.min(bytes.length, (range ? end : 0) + 2 * AROUND);
  const cut = (number) =>
      number > 0 ? [el('span', {class: 'cut'}, `… ${plural(number, 'byte')} not shown …`)] : [];
  node.append(...cut(from));
  if (bytes.length === 0) node.append(el('span', {class: 'cut'}, 'empty'));
  if (range) {
    showBytes(node, shownBytes(bytes.subarray(from, begin)));
    const marked = Math.min(end, begin + 4 * AROUND);
    node.append(showBytes(el('mark'), shownBytes(bytes.subarray(begin, marked))));
    node.append(...cut(end - marked));
    showBytes(node, shownBytes(bytes.subarray(end, to)));
  } else {
    showBytes(node, shownBytes(bytes.subarray(0, to)));
  }
  node.append(...cut(bytes.length - to));
  return node;
}

const sameBytes = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);

function stepRow(name, bytes, range) {
  return el(
      'div', {class: 'step'}, el('span', {class: 'step-name'}, name), valueNode(bytes, range));
}

/** What each transformation made of a value; only those that changed it. */
function stepRows(target, why) {
  const rows = [];
  let last = bytesOf(target, 'value');
  const idle = [];
  for (const step of target.transformations) {
    const bytes = bytesOf(step, 'value');
    if (sameBytes(last, bytes)) {
      idle.push(step.name);
    } else {
      rows.push([`t:${step.name}`, bytes]);
    }
    last = bytes;
  }
  const range = why?.match_in === 'transformed' ? why.match : why?.match_transformed;
  return [
    rows.map(([name, bytes], at) => stepRow(name, bytes, at === rows.length - 1 ? range : null)),
    idle.length > 0 ? el('p', {class: 'hint'},
                         `Without effect here: ${idle.map((name) => `t:${name}`).join(', ')}`) :
                      null
  ];
}

// --- why ---

/** The tested value of the trace that a reason is about. */
function testedBy(trace, why) {
  const bytes = bytesOf(why, 'value');
  for (const entry of trace) {
    if (entry.rule_id !== why.id || entry.chain_link !== why.chain_link) continue;
    const found = entry.targets.find(
        (target) => target.matched && target.variable === why.target &&
            sameBytes(bytesOf(target, 'value'), bytes));
    if (found) return found;
  }
  return null;
}

function reasonNode(why, trace) {
  const tested = testedBy(trace, why);
  const value = bytesOf(why, 'value');
  return el(
      'div', {class: 'reason'},
      el('div', {class: 'reason-head'}, showBytes(el('code', {class: 'target'}), why.target),
         el('span', {class: 'hint'}, `${why.negated ? 'not ' : ''}@${why.operator}: ${why.reason}`),
         why.chain_link > 0 ?
             el('span', {class: 'hint'}, `link ${why.chain_link + 1} of its chain`) :
             null),
      why.sent !== undefined ? stepRow('as sent', bytesOf(why, 'sent'), why.match_sent) : null,
      stepRow('value', value, why.match_in === 'value' ? why.match : null),
      tested ? stepRows(tested, why) : null);
}

function ruleButtons(rule, actions) {
  return [
    el('button', {
      type: 'button',
      class: 'small',
      'aria-expanded': 'false',
      onclick: (event) => actions.explain(rule, event.currentTarget)
    },
       'Explain'),
    actions.isOwn(rule.file) ?
        el('button',
           {type: 'button', class: 'small', onclick: () => actions.jump(rule.file, rule.line, 1)},
           'Show rule') :
        null,
  ];
}

function whyCard(reasons, trace, actions) {
  const [first] = reasons;
  const score = reasons.reduce((sum, {score}) => sum + score, 0);
  const decides = reasons.find(({decides}) => decides)?.decides;
  return el(
      'li', {class: 'card'},
      el('div', {class: 'card-head'}, el('b', {class: 'id'}, first.id ? String(first.id) : 'no id'),
         decides ? el('span', {class: 'badge blocked'}, decides) : null,
         score ? el('span', {class: 'badge score'}, `score ${score > 0 ? '+' : ''}${score}`) : null,
         first.paranoia_level ? el('span', {class: 'badge'}, `PL ${first.paranoia_level}`) : null,
         el('span', {class: 'hint'}, `phase ${first.phase}, ${baseName(first.file)}:${first.line}`),
         el('span', {class: 'grow'}), ruleButtons(first, actions)),
      first.message ? showBytes(el('p', {class: 'message'}), first.message) : null,
      reasons.map((why) => reasonNode(why, trace)));
}

function sumNode(sum) {
  const over = sum.threshold === null ? '' : `, threshold ${sum.threshold}`;
  return el(
      'p', {class: 'sum'}, el('code', {}, sum.variable),
      ` came to ${sum.total}${over}${sum.reached ? ': reached' : ''}`);
}

/** Shows a long list in pieces. */
function inPieces(list, items, make) {
  let shown = 0;
  const more = () => {
    const next = items.slice(shown, shown + FIRST_ROWS);
    list.querySelector(':scope > .more')?.remove();
    list.append(...next.map(make));
    shown += next.length;
    if (shown < items.length) {
      list.append(
          el('li', {class: 'more'},
             el('button', {type: 'button', onclick: more},
                `Show ${count(Math.min(FIRST_ROWS, items.length - shown))} more of ${
                    count(items.length - shown)}`)));
    }
  };
  more();
  return list;
}

export function whyView({rules, transaction}, actions) {
  if (!transaction)
    return [empty(
        rules.loaded ? 'Nothing was evaluated.' : 'Nothing was evaluated: the rules do not load.')];
  const reasons = transaction.why ?? [];
  const groups = new Map();
  for (const why of reasons) {
    const key = `${why.id}/${why.file}:${why.phase}`;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(why);
  }
  const told = new Set(reasons.map(({id}) => id));
  const others = transaction.matched_rules.filter(({id}) => !told.has(id));
  const trace = transaction.trace ?? [];
  const sums = transaction.score_sums ?? [];
  if (groups.size === 0 && others.length === 0) return [empty('No rule matched this request.')];
  return [
    sums.length > 0 ? el('div', {class: 'sums'}, sums.map(sumNode)) : null,
    inPieces(
        el('ol', {class: 'cards'}), [...groups.values()],
        (group) => whyCard(group, trace, actions)),
    others.length > 0 ?
        el('details', {class: 'others'},
           el('summary', {}, `${plural(others.length, 'other rule')} matched and decided nothing`),
           inPieces(
               el('ul', {}), others,
               (rule) =>
                   el('li', {}, el('b', {class: 'id'}, rule.id ? String(rule.id) : 'no id'), ' ',
                      showBytes(el('span'), rule.message),
                      el('span', {class: 'hint'}, ` ${baseName(rule.file)}:${rule.line}`)))) :
        null,
  ];
}

// --- trace ---

function tracedTarget(target) {
  return el(
      'div', {class: 'reason'},
      el('div', {class: 'reason-head'}, showBytes(el('code', {class: 'target'}), target.variable),
         showBytes(
             el('code', {class: 'operator'}),
             `${target.negated ? '!' : ''}${target.operator} ${shorten(target.argument)}`),
         el('span', {class: target.matched ? 'badge matched' : 'badge'},
            target.matched ? 'matched' : 'no match')),
      stepRow('value', bytesOf(target, 'value'), null), stepRows(target, null));
}

const shorten = (text, most = 160) => text.length > most ? `${text.slice(0, most)}…` : text;

function traceRow(entry, unfolded) {
  const tx = Object.entries(entry.tx);
  const lines = () =>
      [entry.targets.length > 0 ? inPieces(
                                      el('ul', {class: 'plain'}), entry.targets,
                                      (target) => el('li', {}, tracedTarget(target))) :
                                  null,
       entry.reason ? showBytes(el('p', {class: 'hint'}), `Skipped: ${entry.reason}`) : null,
       entry.actions.length > 0 ?
           showBytes(el('p', {class: 'hint mono'}), entry.actions.join(', ')) :
           null,
       tx.map(
           ([name, [before, after]]) => showBytes(
               el('p', {class: 'hint mono'}),
               `tx.${name}: ${before ?? 'unset'} → ${after ?? 'unset'}`)),
  ];
  const row = el('li', {class: `traced ${entry.outcome}`});
  const details = el(
      'details', {},
      el('summary', {}, el('span', {class: `dot ${entry.outcome}`, 'aria-hidden': 'true'}),
         el('b', {class: 'id'}, entry.rule_id ? String(entry.rule_id) : 'no id'),
         entry.chain_link > 0 ? el('span', {class: 'hint'}, `link ${entry.chain_link + 1}`) : null,
         el('span', {class: 'outcome'}, entry.outcome),
         el('span', {class: 'hint'}, `${baseName(entry.file)}:${entry.line}`)));
  // A trace of all rules is long: what is folded away is made when it is opened.
  details.addEventListener('toggle', () => {
    if (details.childElementCount === 1) details.append(...lines().flat().filter(Boolean));
  });
  details.open = unfolded;
  row.append(details);
  return row;
}

export function traceView({transaction}, all, actions) {
  const choice =
      el('label', {class: 'check'}, el('input', {
           type: 'checkbox',
           id: 'trace-all',
           checked: all,
           onchange: (event) => actions.traceAll(event.target.checked)
         }),
         'Also rules that did not match');
  if (!transaction) return [choice, empty('Nothing was evaluated.')];
  const trace = transaction.trace ?? [];
  if (trace.length === 0) return [choice, empty('No rule matched this request.')];
  const phases = [...new Set(trace.map(({phase}) => phase))];
  return [
    choice, phases.map((phase) => {
      const entries = trace.filter((entry) => entry.phase === phase);
      return el(
          'section', {}, el('h3', {}, `Phase ${phase}: ${PHASES[phase]}`),
          inPieces(
              el('ol', {class: 'trace'}), entries,
              (entry) => traceRow(entry, trace.length <= UNFOLDED)));
    })
  ];
}

// --- findings ---

function findingNode(finding, actions) {
  const own = actions.isOwn(finding.file);
  const place = placeOf(finding);
  return el(
      'li', {class: `finding ${finding.severity}`},
      el('span', {class: `badge ${finding.severity}`}, finding.severity),
      own ? el('button', {
        type: 'button',
        class: 'place',
        onclick: () => actions.jump(finding.file, finding.line, finding.column)
      },
               place) :
            el('code', {}, place),
      showBytes(el('span', {class: 'message'}), finding.message),
      el('code', {class: 'hint'}, finding.check),
      finding.fix && own ?
          el('button', {type: 'button', class: 'small', onclick: () => actions.fix(finding)},
             `Fix: ${finding.fix.title}`) :
          null,
      finding.help ? showBytes(el('p', {class: 'hint'}), finding.help) : null);
}

/** `lint`: the answer about these rules; null where it has not come yet. */
export function findingsView(findings, lint, actions) {
  const notes = [];
  if (lint?.fault) notes.push(`The rules could not be checked: ${lint.fault}`);
  if (lint?.elsewhere > 0)
    notes.push(`${plural(lint.elsewhere, 'finding')} in the base rules not shown`);
  if (lint?.suppressed > 0)
    notes.push(`${plural(lint.suppressed, 'finding')} silenced by comments`);
  if (!lint) notes.push('The rules are being checked.');
  return [
    findings.length > 0 ?
        inPieces(
            el('ol', {class: 'findings'}), findings, (finding) => findingNode(finding, actions)) :
        lint && !lint.fault ? empty('Nothing was found in your rules.') :
                              null,
    notes.length > 0 ? el('p', {class: 'hint'}, notes.join('; ')) : null,
  ];
}

// --- log ---

export function logView({log, audit, transaction}) {
  if (!transaction) return [empty('Nothing was evaluated.')];
  let record = audit;
  try {
    record = JSON.stringify(JSON.parse(audit), null, 2);
  } catch { /* the native layout is no JSON */
  }
  return [
    el('h3', {}, 'Error log'),
    log.length > 0 ? el('pre', {class: 'log', tabindex: '0'},
                        log.map((line) => [showBytes(el('span'), line), '\n'])) :
                     empty('No rule writes to the log.'),
    el('h3', {}, 'Audit log'),
    record ? el('pre', {class: 'log', tabindex: '0'}, record) :
             empty('SecAuditEngine asks for no record of this transaction.'),
  ];
}

function empty(text) { return el('p', {class: 'empty'}, text); }
