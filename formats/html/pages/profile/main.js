'use strict';

// The page of `wafcheck profile`: the tables of its JSON, sorted and summed up by file and
// operator.

/** The steps of expressions: "~" by a sample, "≥" where some were not counted. */
function stepsText(steps) {
  if (!steps) return '';
  const sign = steps.complete ? '' : steps.candidates > steps.sampled ? '~' : '≥ ';
  return sign + count(steps.total);
}

/** Rows summed up by what `name` gives. */
function summedBy(rows, name) {
  const sums = new Map();
  for (const row of rows) {
    const key = name(row);
    const sum = sums.get(key) ??
        {name: key, members: 0, time_us: 0, share: 0, evaluations: 0, candidates: 0, matches: 0};
    ++sum.members;
    for (const part of ['time_us', 'share', 'evaluations', 'candidates', 'matches'])
      sum[part] += row[part];
    sums.set(key, sum);
  }
  return [...sums.values()];
}

class ProfileView {
  constructor(data) {
    this.data = data;
    this.transactions = Math.max(1, data.summary.transactions);
    this.state = new PageState((names) => this.onChange(names));
    this.rules =
        (data.rules ??
         []).map((rule, at) => ({
                   ...rule,
                   at,
                   kind: 'rule',
                   name: `${rule.rule_id ?? '–'}${rule.chain_link ? `/${rule.chain_link}` : ''}`,
                   place: `${baseName(rule.file)}:${rule.line}`,
                 }));
    this.expressions = (data.expressions ??
                        []).map((row, at) => ({
                                  ...row,
                                  at,
                                  kind: 'expression',
                                  text: `@${row.operator}${row.argument ? ` ${row.argument}` : ''}`,
                                }));
    this.page = buildPage({
      kind: 'profile',
      headline: headlineOf(data.summary),
      about: this.about(),
      figures: figuresOf(data.summary),
      notes: notesOf(data.summary),
      sections: this.sections(),
      keys: [['/', 'search'], ['↑ ↓', 'move'], ['Enter', 'open'], ['Esc', 'close']],
    });
    this.panel = new Panel({
      state: this.state,
      name: 'row',
      find: (id) => this.row(id),
      idOf: ({kind, at}) => `${kind} ${at}`,
      tableOf: ({kind}) => (kind === 'rule' ? this.rulesTable : this.expressionsTable),
      content: (row) =>
          [row.kind === 'rule' ? `Rule ${row.name}` : `@${row.operator}`, this.details(row)],
    });
    searchKey(this.search);
    this.show();
    this.state.read();
  }

  each(us) { return us / this.transactions; }

  about() {
    return [
      engineText(this.data.engine),
      plural(this.rules.length, 'rule or link', 'rules and links'),
      plural(this.expressions.length, 'expression'),
      ...measuredOf(this.data.summary),
    ];
  }

  // --- tables ---

  number(name, title, extra = {}) {
    return {
      name,
      title,
      class: `number c-count ${extra.class ?? ''}`,
      first: 'most',
      key: (row) => row[name],
      cell: (td, row) => td.append(count(row[name])),
    };
  }

  timeColumns(rows) {
    const most = rows.reduce((top, {time_us: us}) => Math.max(top, us), 0) || 1;
    return [
      {
        name: 'time',
        title: 'each',
        class: 'number c-time',
        first: 'most',
        key: ({time_us: us}) => us,
        cell: (td, row) => td.append(spanText(this.each(row.time_us)))
      },
      {
        name: 'share',
        title: 'Share',
        class: 'c-share minor',
        first: 'most',
        key: ({share}) => share,
        cell: (td, row) => {
          const part = el('i', {class: 'matched'});
          part.style.width = `${(row.time_us / most) * 100}%`;
          td.append(
              el('span', {class: 'share'}, el('span', {class: 'track'}, part),
                 el('b', {}, percent(row.share, 1))));
        }
      },
    ];
  }

  steps() {
    return {
      name: 'steps',
      title: 'Steps',
      class: 'number c-count minor',
      first: 'most',
      key: ({steps}) => steps?.total ?? null,
      cell: (td, {steps}) => td.append(stepsText(steps)),
    };
  }

  counts() {
    return [
      this.number('evaluations', 'Evaluated'),
      this.number('candidates', 'Candidates', {class: 'minor'}), this.number('matches', 'Matches')
    ];
  }

  ruleTable() {
    return new DataTable({
      label: 'Rules by time',
      sort: ['time', 'desc'],
      empty: 'No rule fits',
      selected: (row) => this.state.get('row') === `rule ${row.at}`,
      open: (row) => this.state.set({row: `rule ${row.at}`}),
      columns: [
        {
          name: 'id',
          title: 'Rule',
          class: 'code c-id',
          key: ({rule_id: id, chain_link: link}) => (id ?? 0) + link / 1e4,
          cell: (td, {name}) => td.append(name)
        },
        ...this.timeColumns(this.rules),
        {name: 'phase', title: 'Phase', class: 'number c-tiny minor', key: ({phase}) => phase},
        ...this.counts(),
        this.steps(),
        {
          name: 'place',
          title: 'Place',
          class: 'c-place dim minor',
          key: ({file, line}) => `${file}:${String(line).padStart(7, '0')}`,
          cell: (td, {file, line, place}) => {
            showBytes(td, place);
            td.title = `${plainBytes(file)}:${line}`;
          }
        },
      ],
    });
  }

  expressionTable() {
    return new DataTable({
      label: 'Expressions by time',
      sort: ['time', 'desc'],
      empty: 'No expression fits',
      selected: (row) => this.state.get('row') === `expression ${row.at}`,
      open: (row) => this.state.set({row: `expression ${row.at}`}),
      columns: [
        {
          name: 'text',
          title: 'Expression',
          class: 'code',
          key: ({text}) => text,
          cell: (td, {text}) => showBytes(td, text.slice(0, 400))
        },
        {
          name: 'rules',
          title: 'Rules',
          class: 'code dim c-id minor',
          key: ({rules}) => rules[0] ?? null,
          cell: (td, {rules}) => td.append(
              rules.length > 1 ? `${rules[0]} +${rules.length - 1}` : String(rules[0] ?? '–'))
        },
        ...this.timeColumns(this.expressions),
        ...this.counts(),
        this.steps(),
      ],
    });
  }

  sumTable(label, title, rows, members) {
    const table = new DataTable({
      label,
      sort: ['time', 'desc'],
      columns: [
        {
          name: 'name',
          title,
          class: 'code',
          key: ({name}) => name,
          cell: (td, {name}) => {
            showBytes(td, baseName(name));
            td.title = plainBytes(name);
          }
        },
        ...this.timeColumns(rows),
        {...this.number('members', members), class: 'number c-count minor'},
        this.number('evaluations', 'Evaluated'),
        this.number('matches', 'Matches'),
      ],
      open: ({name}) => this.state.toggle('q', baseName(name)),
      selected: ({name}) => this.state.get('q') === baseName(name),
    });
    table.setRows(rows);
    return table;
  }

  transformationTable() {
    const rows = this.data.transformations;
    const table = new DataTable({
      label: 'Transformations by time',
      sort: ['time', 'desc'],
      columns: [
        {name: 'name', title: 'Transformation', class: 'code', key: (row) => row.transformation},
        ...this.timeColumns(rows),
        this.number('runs', 'Runs'),
        this.number('changed', 'Changed'),
        {...this.number('bytes', 'Bytes'), class: 'number c-count minor'},
      ],
    });
    table.setRows(rows);
    return table;
  }

  phaseTable() {
    const rows = this.data.phases;
    const table = new DataTable({
      label: 'Phases',
      columns: [
        {name: 'phase', title: 'Phase', class: 'number c-tiny', key: ({phase}) => phase},
        ...this.timeColumns(rows),
        this.number('runs', 'Rules run'),
        ...this.counts(),
      ],
    });
    table.setRows(rows);
    return table;
  }

  parts() {
    const {parts} = this.data.summary;
    const strip =
        el('div', {class: 'split', 'aria-hidden': 'true'}, parts.map(({share, name}, at) => {
          const part = el('i', {class: `p${at % 6}`, title: name});
          part.style.width = `${share * 100}%`;
          return part;
        }));
    return [
      strip,
      el('ul', {class: 'parts'},
         parts.map(
             ({name, share, time_us: us}, at) =>
                 el('li', {}, el('i', {class: `p${at % 6}`}), name,
                    el('b', {}, `${spanText(this.each(us))} · ${percent(share, 1)}`))))
    ];
  }

  sections() {
    const {data} = this;
    this.search = el('input', {
      type: 'search',
      placeholder: 'Search rules and expressions',
      'aria-label': 'Search rules and expressions',
      autocomplete: 'off',
      'data-filter': 'q',
      oninput: (event) => this.state.set({q: event.target.value}),
    });
    this.total = el('span', {class: 'count'});
    const tools = el('div', {class: 'tools', role: 'search'}, this.search, this.total);
    const list = [section(
        {id: 'parts', title: 'Where the time goes', hint: 'a transaction', wide: true},
        this.parts())];
    if (data.rules) {
      this.rulesTable = this.ruleTable();
      list.push(section(
          {
            id: 'rules',
            title: 'Rules',
            hint: 'evaluated: values that met the operator; candidates: those it was run on',
            wide: true
          },
          tools, this.rulesTable.node));
    }
    if (data.expressions) {
      this.expressionsTable = this.expressionTable();
      list.push(section(
          {
            id: 'expressions',
            title: 'Expressions',
            hint: 'of one operator and argument, in whatever rules',
            wide: true
          },
          data.rules ? null : tools, this.expressionsTable.node));
    }
    if (data.rules)
      list.push(section(
          {id: 'files', title: 'Files'},
          this.sumTable('Files by time', 'File', summedBy(this.rules, ({file}) => file), 'Rules')
              .node));
    if (data.expressions)
      list.push(section(
          {id: 'operators', title: 'Operators'},
          this.sumTable(
                  'Operators by time', 'Operator',
                  summedBy(this.expressions, ({operator}) => `@${operator}`), 'Expressions')
              .node));
    if (data.transformations)
      list.push(section(
          {id: 'transformations', title: 'Transformations'}, this.transformationTable().node));
    if (data.phases) list.push(section({id: 'phases', title: 'Phases'}, this.phaseTable().node));
    return list;
  }

  show() {
    const words = this.state.get('q').trim().toLowerCase();
    const fits = (...texts) =>
        words === '' || texts.some((text) => text.toLowerCase().includes(words));
    const rules = this.rules.filter(({name, file, place}) => fits(name, file, place));
    const expressions = this.expressions.filter(({text, rules: ids}) => fits(text, ids.join(' ')));
    this.rulesTable?.setRows(rules);
    this.expressionsTable?.setRows(expressions);
    const text = [
      this.rulesTable && plural(rules.length, 'rule'),
      this.expressionsTable && plural(expressions.length, 'expression')
    ].filter(Boolean).join(', ');
    this.total.textContent = text;
    this.page.live(text);
    showFilters(this.state);
  }

  // --- details ---

  onChange(names) {
    if (names.includes('q')) this.show();
    if (names.includes('row')) this.panel.show();
  }

  row(id) {
    const [kind, at] = id.split(' ');
    return {rule: this.rules, expression: this.expressions}[kind]?.[Number(at)];
  }

  details(row) {
    const own = row.kind === 'rule' ?
        [['place', showBytes(el('span'), `${row.file}:${row.line}`)], ['phase', row.phase]] :
        [['rules', row.rules.join(' ') || 'without an id']];
    return [
      row.kind === 'expression' ? showBytes(el('code', {class: 'value'}), row.text, true) : null,
      facts([
        ...own,
        ['time a transaction', spanText(this.each(row.time_us))],
        ['share', percent(row.share, 1)],
        ['time in all', spanText(row.time_us)],
        ['of it, the operator', spanText(row.operator_us)],
        ['runs', count(row.runs)],
        ['values that met the operator', count(row.evaluations)],
        ['of these, it was run on', count(row.candidates)],
        ['ruled out by an earlier one', count(row.cached)],
        ['matches', count(row.matches)],
        ['steps', stepsText(row.steps)],
        ['most steps of one value', row.steps ? count(row.steps.most) : null],
      ]),
    ].filter(Boolean);
  }
}

window.addEventListener('DOMContentLoaded', () => new ProfileView(pageData()));
