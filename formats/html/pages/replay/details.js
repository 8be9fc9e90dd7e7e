'use strict';

// One transaction in the panel: what became of it, and why.

function verb(transaction) {
  return el('span', {class: `verb ${transaction.group}`}, transaction.decision.toUpperCase());
}

function decisionLine(model, transaction) {
  const {interruption} = transaction.more;
  const rule = interruption?.rule_id;
  const line = el('p', {class: 'decision'}, verb(transaction));
  if (interruption) {
    line.append(` ${interruption.status}`);
    line.append(rule === null ? '' : ` by rule ${rule}`, ` in phase ${interruption.phase}`);
    if (interruption.message) line.append(': ', showBytes(el('span'), interruption.message));
    if (interruption.url) line.append(' to ', showBytes(el('code'), interruption.url));
  }
  if (transaction.score !== null) {
    const limit = model.thresholds.length === 1 ? ` of ${count(model.thresholds[0])}` : '';
    line.append(` · score ${count(transaction.score)}${limit}`);
  }
  return line;
}

/** What the scores came to, and what they were compared with, where that is set. */
function scoreSums({score_sums: sums}) {
  const words = (sums ?? []).map(({variable, total, threshold, reached, ...more}) => {
    const {threshold_variable: limit, threshold_set: set} = more;
    const place = set ? `${baseName(set.file)}:${set.line}` : null;
    const where = [limit, place].filter(Boolean).join(', ');
    const verb = reached ? 'reaches' : 'does not reach';
    return `${variable} ${count(total)}` +
        (threshold === null ? '' : ` ${verb} ${count(threshold)}`) + (where ? ` (${where})` : '');
  });
  if (words.length === 0) return null;
  return el('ul', {class: 'sums'}, words.map((text) => showBytes(el('li'), text)));
}

/** What must not be overlooked about a transaction, in words. */
function warningsOf(transaction) {
  const {undecided, errors, uninspected, http_error: refused, incomplete, rules_left_out: more} =
      transaction.more;
  const words = [];
  if (undecided)
    words.push(`undecided: a limit was reached (${
        undecided.join(', ')}), so that the verdict might have been another`);
  if (refused)
    words.push(`a web server would have refused it: ${refused.status} ${refused.reason}`);
  for (const {body, reason, type} of uninspected ?? []) {
    words.push(`${body} body not inspected in full: ${reason}${type ? ` (${type})` : ''}`);
  }
  for (const {kind, message} of errors ?? []) words.push(`${kind}: ${message}`);
  if (incomplete?.length) words.push(`the record lacks ${incomplete.join(', ')}`);
  if (more) words.push(`${plural(more, 'more rule')} matched, which this page leaves out`);
  return words;
}

function notice(words) {
  if (words.length === 0) return null;
  return el('div', {class: 'notes'}, el('ul', {}, words.map((text) => showBytes(el('li'), text))));
}

/** Of a log: what was done then, and what is done now. */
function thenAndNow({recorded, changed}) {
  if (!recorded) return null;
  const then = `${recorded.decision}${recorded.status ? ` ${recorded.status}` : ''}`;
  const rules = (ids) => (ids.length === 0 ? null : ids.join(' '));
  return el('div', {}, el('h3', {}, 'Then and now'), facts([
              ['recorded by', recorded.producer],
              ['recorded decision', then],
              ['recorded score', recorded.score === null ? null : count(recorded.score)],
              ['change', changed ? changed.decision.join(' → ') : 'none'],
              ['rules gone', changed && rules(changed.gone)],
              ['rules new', changed && rules(changed.new)],
            ]));
}

/** Of a match: [target, value, transformed, what made it match, link of the chain]. */
function matchNode([target, value, transformed, reason, link]) {
  const value_ = (bytes) => showValue(el('code', {class: 'value'}), bytes, true);
  const nodes = [
    showBytes(el('span', {class: 'target'}, link ? `link ${link + 1}: ` : ''), target),
    value_(value),
  ];
  if (transformed) {
    nodes.push(el('span', {class: 'hint'}, 'as the operator saw it'), value_(transformed));
  }
  if (reason) nodes.push(el('span', {}), showBytes(el('p', {class: 'reason'}), reason));
  return el('div', {class: 'match'}, nodes);
}

function ruleCard(model, state, [key, phase, severity, matches, leftOut, message, score]) {
  const rule = model.rule(key);
  const show = () => state.set({rule: rule.name});
  const id =
      el('button', {
        type: 'button',
        class: 'quiet id',
        title: 'Show the transactions it matched',
        onclick: show,
      },
         rule.name);
  const about = [
    `phase ${phase}`,
    SEVERITIES[severity],
    rule.level === null ? null : `PL ${rule.level}`,
  ].filter(Boolean);
  const place =
      el('span', {title: plainBytes(rule.file)}, `${plainBytes(baseName(rule.file))}:${rule.line}`);
  const operators = rule.operators.filter((text) => valueText(text) !== '')
                        .map((text) => showValue(el('code', {class: 'operator'}), text));
  const rest = leftOut ?
      el('p', {class: 'cut'}, `${plural(leftOut, 'more match', 'more matches')} not shown`) :
      null;
  const adds = score ?
      el('span', {class: 'adds'}, `${score > 0 ? '+' : '−'}${count(Math.abs(score))}`) :
      null;
  const tags = rule.tags.map((tag) => showBytes(el('span'), tag));
  return el(
      'article', {class: 'card', 'aria-label': `Rule ${rule.name}`},
      el('div', {class: 'top'}, adds, id, showBytes(el('span'), message ?? rule.message)),
      el('p', {class: 'hint'}, about.join(' · '), ' · ', place), operators, matches.map(matchNode),
      rest, tags.length > 0 ? el('div', {class: 'tags'}, tags) : null);
}

function detailsOf(model, state, transaction) {
  const matched = transaction.matched;
  return [
    decisionLine(model, transaction),
    scoreSums(transaction.more),
    notice(warningsOf(transaction)),
    el('code', {class: 'value'}, `${plainBytes(transaction.method)} `,
       showValue(el('span'), transaction.uri)),
    facts([
      ['source', showBytes(el('span'), transaction.source)],
      ['entry', count(transaction.entry)],
      ['time (UTC)', typeof transaction.time === 'number' ? timeText(transaction.time, 23) : null],
      ['client', transaction.client],
      ['answer', transaction.status],
      ['outbound score', transaction.outbound === null ? null : count(transaction.outbound)],
      ['id', transaction.more.id],
    ]),
    thenAndNow(transaction.more),
    el('h3', {},
       matched.length === 0 ? 'No rule that is shown matched' :
                              `${plural(matched.length, 'rule')} matched`),
    matched.map((rule) => ruleCard(model, state, rule)),
  ].flat();
}
