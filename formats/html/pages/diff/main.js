'use strict';

// The page of `wafcheck diff`: verdicts that change with their causes, rules with what differs, and
// what the rules matched before and now.

const CHANGES = [
  ['newly_passed', 'newly passed'],
  ['newly_blocked', 'newly blocked'],
  ['otherwise_changed', 'otherwise decided'],
  ['score_changed', 'another score'],
];

/** "POST /api": without the query, which may hold what is nobody's business. */
function requestOf({request: {method, uri}}) { return `${method} ${uri.split(/[?#]/, 1)[0]}`; }

function verdictOf({decision, status, rule_id: rule, score}) {
  const by = rule === null ? '' : ` by ${rule}`;
  return `${decision}${status === null ? '' : ` ${status}`}${by}` +
      (score === null ? '' : `, score ${score}`);
}

function causesOf({cause}) { return cause.map(({text}) => text).join('; '); }

function titleOf(change) { return CHANGES.find(([name]) => name === change)[1]; }

/** A cell that shows bytes, with all of them as its title. */
function bytesColumn(name, title, of, class_ = '') {
  return {
    name,
    title,
    class: class_,
    key: of,
    cell: (td, row) => {
      showBytes(td, of(row));
      td.title = plainBytes(of(row));
    },
  };
}

function numberColumn(name, title, of = (row) => row[name]) {
  return {
    name,
    title,
    class: 'number c-count',
    first: 'most',
    key: of,
    cell: (td, row) => td.append(count(of(row))),
  };
}

/** What an expression's comparison came to. */
function expressionNotes({relation, only_new: onlyNew, only_old: onlyOld, reason}) {
  const witness = (text, value) =>
      value === null ? null : el('p', {}, `${text} `, showBytes(el('code'), value));
  return [
    el('p', {}, `The new expression is ${relation}.`),
    witness('It now also matches', onlyNew),
    witness('It no longer matches', onlyOld),
    reason === null ? null : el('p', {class: 'soft'}, `Not decided: ${reason}`),
  ];
}

class DiffView {
  constructor(data) {
    this.data = data;
    this.state = new PageState((names) => this.onChange(names));
    const hits = new Map((data.per_rule ?? []).map((row) => [row.id, row]));
    this.changes = (data.changes ?? []).map((row, index) => ({...row, index}));
    this.rules = this.ruleRows(hits);
    this.changeTable = this.makeChangeTable();
    this.ruleTable = this.makeRuleTable();
    this.page = buildPage({
      kind: 'diff',
      headline: this.headline(),
      about: [`old: ${plainBytes(data.old)}`, `new: ${plainBytes(data.new)}`],
      figures: this.figures(),
      notes: this.notes(),
      sections: this.sections(),
      keys: [['/', 'search'], ['↑ ↓', 'move'], ['Enter', 'open'], ['Esc', 'close']],
    });
    this.panel = new Panel({
      state: this.state,
      name: 'x',
      find: (id) => this.find(id),
      idOf: (row) => (row.change ? `c${row.index}` : `r${row.index}`),
      tableOf: (row) => (row.change ? this.changeTable : this.ruleTable),
      content: (row) =>
          (row.change ? [requestOf(row), this.changeDetails(row)] :
                        [`${row.what} ${row.id ?? ''}`, this.ruleDetails(row)]),
    });
    searchKey(this.search);
    this.show();
    this.state.read();
  }

  find(id) {
    if (id === '') return null;
    return (id[0] === 'c' ? this.changes : this.rules)[Number(id.slice(1))] ?? null;
  }

  headline() {
    const {summary} = this.data;
    if (!summary) return `${plural(this.rules.length, 'rule')} differ`;
    const changed = summary.newly_passed + summary.newly_blocked + summary.otherwise_changed;
    return changed === 0 ? 'No verdict changes' : `${plural(changed, 'verdict')} changed`;
  }

  figures() {
    const {summary, rules} = this.data;
    if (!summary) {
      return [
        {value: count(rules.added.length), text: 'rules added'},
        {value: count(rules.removed.length), text: 'removed'},
        {value: count(rules.changed.length), text: 'changed'},
      ];
    }
    return [
      {value: count(summary.transactions), text: 'transactions'},
      ...CHANGES.map(([name, text]) => ({
                       value: count(summary[name]),
                       text,
                       kind: name === 'newly_passed' && summary[name] > 0 ? 'blocked' : '',
                     })),
    ];
  }

  notes() {
    const {summary, settings, exclusions, variables, paranoia_levels: levels} = this.data;
    const notes = [];
    for (const {level, ...counts} of levels ?? []) {
      const parts = CHANGES.map(([name, text]) => `${count(counts[name])} ${text}`);
      notes.push(`Paranoia level ${level}: ${parts.join(', ')}`);
    }
    if (summary?.undecided) {
      notes.push(`${plural(summary.undecided, 'verdict')} undecided: a limit was reached`);
    }
    if (summary?.unreadable) notes.push(`${count(summary.unreadable)} unreadable`);
    for (const {name, old, new: now} of settings) {
      notes.push(showBytes(el('span'), `${name}: ${old ?? 'not set'} became ${now ?? 'not set'}`));
    }
    for (const {text, reason, file, line} of exclusions.void) {
      notes.push(showBytes(el('span'), `${file}:${line}: ${text}: ${reason}`));
    }
    for (const {text, file, line} of exclusions.unneeded) {
      notes.push(showBytes(el('span'), `${file}:${line}: this traffic does not need ${text}`));
    }
    for (const {name, file, line} of variables.unread) {
      notes.push(showBytes(el('span'), `${file}:${line}: no rule reads ${name} any more`));
    }
    return notes;
  }

  ruleRows(hits) {
    const {added, removed, changed, moved} = this.data.rules;
    const row = (what, rule) => ({what, ...rule, hits: hits.get(rule.id) ?? { old: 0, new: 0 }});
    return [
      ...changed.map((rule) => row('changed', rule)),
      ...added.map((rule) => row('added', rule)),
      ...removed.map((rule) => row('removed', rule)),
      ...moved.map((rule) => row('moved', rule)),
    ].map((rule, index) => ({...rule, index}));
  }

  makeChangeTable() {
    return new DataTable({
      label: 'Changed transactions',
      empty: 'No transaction fits',
      selected: ({index}) => this.state.get('x') === `c${index}`,
      open: ({index}) => this.state.set({x: `c${index}`}),
      columns: [
        bytesColumn('change', 'Change', ({change}) => titleOf(change), 'c-change'),
        bytesColumn('request', 'Request', requestOf, 'code'),
        bytesColumn('old', 'Before', ({old}) => verdictOf(old), 'minor c-verdict'),
        bytesColumn('new', 'Now', ({new: now}) => verdictOf(now), 'minor c-verdict'),
        bytesColumn('cause', 'Why', causesOf),
      ],
    });
  }

  makeRuleTable() {
    return new DataTable({
      label: 'Rules that differ',
      empty: 'No rule fits',
      selected: ({index}) => this.state.get('x') === `r${index}`,
      open: ({index}) => this.state.set({x: `r${index}`}),
      columns: [
        bytesColumn('rule', 'Rule', ({id, marker}) => String(id ?? marker ?? '–'), 'code c-rule'),
        bytesColumn('what', 'What', ({what}) => what, 'c-change'),
        bytesColumn('fields', 'Differs in', ({fields, msg}) => fields?.join(', ') ?? msg ?? ''),
        bytesColumn(
            'relation', 'Expression', ({expression}) => expression?.relation ?? '', 'c-change'),
        numberColumn('old', 'Hits before', ({hits}) => hits.old),
        numberColumn('new', 'Now', ({hits}) => hits.new),
      ],
    });
  }

  sections() {
    this.search = el('input', {
      type: 'search',
      placeholder: 'Search rules, requests, causes',
      'aria-label': 'Search changes and rules',
      autocomplete: 'off',
      'data-filter': 'q',
      oninput: (event) => this.state.set({q: event.target.value}),
    });
    this.total = el('span', {class: 'count'});
    const tools = el('div', {class: 'tools', role: 'search'}, this.search, this.total);
    const rules = section(
        {id: 'rules', title: 'Rules', wide: true}, this.data.summary ? null : tools,
        this.ruleTable.node);
    if (!this.data.summary) return [rules];
    return [
      section({id: 'changes', title: 'Transactions', wide: true}, tools, this.changeTable.node),
      rules,
    ];
  }

  changeDetails(row) {
    return [
      facts([
        ['change', titleOf(row.change)],
        ['before', verdictOf(row.old)],
        ['now', verdictOf(row.new)],
        ['paranoia level', row.paranoia_level],
        ['source', showBytes(el('code'), `${row.source}, entry ${row.entry}`)],
        ['id', showBytes(el('code'), row.id)],
      ]),
      el('h3', {}, 'Why'),
      el('ul', {}, row.cause.map(({text}) => showBytes(el('li'), text))),
    ];
  }

  ruleDetails(row) {
    const details = (row.details ?? [])
                        .map(
                            ({field, link, old, new: now}) =>
                                [el('h3', {}, link === 0 ? field : `${field}, link ${link + 1}`),
                                 el('p', {class: 'soft'}, 'before'),
                                 showBytes(el('code', {class: 'value'}), old, true),
                                 el('p', {class: 'soft'}, 'now'),
                                 showBytes(el('code', {class: 'value'}), now, true),
    ]);
    return [
      facts([
        ['rule', row.id],
        ['place', row.file ? showBytes(el('code'), `${row.file}:${row.line}`) : null],
        ['hits before', count(row.hits.old)],
        ['hits now', count(row.hits.new)],
      ]),
      row.msg ? showBytes(el('p'), row.msg) : null,
      ...(row.expression ? [el('h3', {}, 'What it matches'), ...expressionNotes(row.expression)] :
                           []),
      ...details.flat(),
    ];
  }

  show() {
    const words = this.state.get('q').trim().toLowerCase();
    const fits = (texts) => words === '' || texts.join(' ').toLowerCase().includes(words);
    const changes = this.changes.filter(
        (row) => fits([titleOf(row.change), requestOf(row), causesOf(row), row.id]));
    const rules = this.rules.filter(
        (row) => fits([row.id, row.what, row.fields?.join(' '), row.msg, row.marker]));
    const text = [
      this.data.summary ? `${count(changes.length)} of ${plural(this.changes.length, 'change')}` :
                          null,
      `${count(rules.length)} of ${plural(this.rules.length, 'rule')}`,
    ].filter(Boolean).join(', ');
    this.total.textContent = text;
    this.page.live(text);
    this.changeTable.setRows(changes);
    this.ruleTable.setRows(rules);
    showFilters(this.state);
  }

  onChange(names) {
    if (names.includes('q')) this.show();
    if (names.includes('x')) this.panel.show();
  }
}

window.addEventListener('DOMContentLoaded', () => new DiffView(pageData()));
