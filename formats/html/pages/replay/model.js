'use strict';

// The data of a replay: transactions as rows (formats/records/replay_page.cc), what follows from
// them, and which of them the reader wants to see.

const GROUPS = ['blocked', 'would', 'matched', 'passed'];
const GROUP_NAMES = {
  blocked: 'blocked',
  would: 'would be blocked',
  matched: 'matched, let through',
  passed: 'passed',
};

/** What only some transactions have, by the member that tells of it. */
const MARKS = {
  undecided: 'undecided',
  errors: 'with errors or notes',
  uninspected: 'with a body not inspected',
  incomplete: 'records that lack something',
  changed: 'changed since the log',
};

/** What became of a transaction, in four groups. */
function groupOf(decision, matched) {
  if (decision.startsWith('would-')) return 'would';
  if (decision !== 'pass' && decision !== 'allow') return 'blocked';
  return matched ? 'matched' : 'passed';
}

const NOTHING = Object.freeze([]);

class Transaction {
  constructor(row, index) {
    const [entry, source, method, uri, decision, status, time, client] = row;
    this.index = index;
    this.entry = entry;
    this.source = source;
    this.method = method;
    this.uri = uri;
    this.decision = decision;
    this.status = status;
    this.time = time;
    this.client = client;
    this.score = row[8] ?? null;
    this.outbound = row[9] ?? null;
    this.matched = row[10] ?? NOTHING;
    this.more = row[11] ?? NOTHING;
    this.group = groupOf(decision, this.matched.length > 0);
    const text = valueText(uri);
    const query = text.indexOf('?');
    this.path = query < 0 ? text : text.slice(0, query);
    this.searched = `${text}\n${client ?? ''}\n${this.more.id ?? ''}\n${source}`.toLowerCase();
  }

  /** Whether it has one of MARKS. */
  has(mark) {
    const value = this.more[mark] ?? [];
    return !Array.isArray(value) || value.length > 0;
  }

  /** Whether it was held back, or would have been. */
  get held() { return this.group === 'blocked' || this.group === 'would'; }
}

class Rule {
  constructor([key, id, message, file, line, tags, operators]) {
    Object.assign(this, {key, id, message, file, line});
    this.tags = tags ?? [];
    this.operators = operators ?? [];
    this.name = id === null ? `${baseName(file)}:${line}` : String(id);
    const level = this.tags.find((tag) => tag.startsWith('paranoia-level/'));
    this.level = level ? Number(level.slice(15)) : null;
    this.all = 0;
    this.blocked = 0;
    this.would = 0;
  }
}

const SEVERITIES = [
  'EMERGENCY',
  'ALERT',
  'CRITICAL',
  'ERROR',
  'WARNING',
  'NOTICE',
  'INFO',
  'DEBUG',
];

class ReplayModel {
  constructor(data) {
    this.engine = data.engine;
    this.summary = data.summary;
    this.notes = data.notes;
    this.thresholds = data.thresholds;
    this.transactions = data.transactions.map((row, index) => new Transaction(row, index));
    this.rules = new Map(data.rules.map((row) => [String(row[0]), new Rule(row)]));
    this.known = new Map();
    this.groups = Object.fromEntries(GROUPS.map((group) => [group, 0]));
    this.count();
    this.timed = this.transactions.length > 0 &&
        this.transactions.every(({time}) => typeof time === 'number');
  }

  count() {
    const paths = new Map();
    for (const transaction of this.transactions) {
      ++this.groups[transaction.group];
      let path = paths.get(transaction.path);
      if (!path) {
        path = {path: transaction.path, all: 0, blocked: 0, would: 0, matched: 0};
        paths.set(transaction.path, path);
      }
      ++path.all;
      if (transaction.held) ++path[transaction.group];
      if (transaction.matched.length > 0) ++path.matched;
      const seen = new Set();
      for (const [key] of transaction.matched) {
        const rule = this.rule(key);
        if (seen.has(rule)) continue;
        seen.add(rule);
        ++rule.all;
        if (transaction.held) ++rule[transaction.group];
      }
    }
    this.paths = [...paths.values()];
  }

  rule(key) { return this.rules.get(String(key)); }

  /** The position on the axis of the timeline: a time, or a number in the order of the input. */
  place(transaction) { return this.timed ? transaction.time : transaction.index; }

  /** The transactions that fit what `state` holds. */
  select(state) {
    const words = state.get('q').trim().toLowerCase();
    const number = (name) => (state.get(name) === '' ? null : Number(state.get(name)));
    const [least, most, from, to] = ['min', 'max', 'from', 'to'].map(number);
    const [decision, method, rule, path, source, mark] =
        ['decision', 'method', 'rule', 'path', 'source', 'mark'].map((name) => state.get(name));
    // The beginning of an id stands for all that begin so.
    const whole = [...this.rules.values()].some(({name}) => name === rule);
    const isWanted = ({name}) => (whole ? name === rule : name.startsWith(rule));
    return this.transactions.filter(
        (one) => (decision === '' || one.group === decision || one.decision === decision) &&
            (method === '' || one.method === method) && (source === '' || one.source === source) &&
            (path === '' || one.path === path) && (mark === '' || one.has(mark)) &&
            (least === null || (one.score !== null && one.score >= least)) &&
            (most === null || (one.score !== null && one.score <= most)) &&
            (from === null || this.place(one) >= from) && (to === null || this.place(one) < to) &&
            (rule === '' || one.matched.some(([key]) => isWanted(this.rule(key)))) &&
            (words === '' || one.searched.includes(words)));
  }

  /** The values that transactions have, each once, in order. */
  values(name) {
    if (!this.known.has(name)) {
      this.known.set(name, [...new Set(this.transactions.map((one) => one[name]))].sort());
    }
    return this.known.get(name);
  }
}
