'use strict';

// The page of `wafcheck lint`.

const FILTERS = ['q', 'severity', 'check', 'file', 'fix'];

/** Findings counted by what `name` gives, with how many there are of each severity. */
function tally(findings, name) {
  const rows = new Map();
  for (const finding of findings) {
    const key = name(finding);
    const row =
        rows.get(key) ?? {name: key, code: finding.code, all: 0, error: 0, warning: 0, info: 0};
    ++row.all;
    ++row[finding.severity];
    rows.set(key, row);
  }
  return [...rows.values()];
}

class LintView {
  constructor(data) {
    this.data = data;
    this.checks = new Map(data.checks.map((check) => [check.name, check]));
    this.findings = data.findings.map(
        (finding, index) => ({
          ...finding,
          index,
          path: finding.file ?? '',
          text: [
            finding.message, finding.check, finding.code, finding.file ?? '', finding.rule_id ?? ''
          ].join(' ')
                    .toLowerCase(),
        }));
    this.state = new PageState((names) => this.onChange(names));
    this.buildTables();
    this.page = buildPage({
      kind: 'lint',
      ...this.head(),
      sections: this.sections(),
      keys: [['/', 'search'], ['↑ ↓', 'move'], ['Enter', 'open'], ['Esc', 'close']],
    });
    this.panel = new Panel({
      state: this.state,
      name: 'f',
      find: (id) => (id === '' ? null : this.findings[Number(id)]),
      idOf: ({index}) => index,
      tableOf: () => this.table,
      content:
          (one) => [`${one.code} ${one.check}`.trim(), detailsOf(one, this.checks.get(one.check))],
    });
    searchKey(this.search);
    this.show();
    this.state.read();
  }

  head() {
    const {summary, rules, files, complete} = this.data;
    const all = this.findings.length;
    const pick = (name) => () => this.state.toggle('severity', name);
    const fixable = this.findings.filter(({fix}) => fix?.safe).length;
    const unsafe = this.findings.filter(({fix}) => fix && !fix.safe).length;
    const figures = [
      {
        value: count(summary.error),
        text: 'errors',
        kind: summary.error ? 'blocked' : '',
        pick: pick('error')
      },
      {
        value: count(summary.warning),
        text: 'warnings',
        kind: summary.warning ? 'would' : '',
        pick: pick('warning')
      },
      {value: count(summary.info), text: 'info', pick: pick('info')},
    ];
    if (fixable)
      figures.push({
        value: count(fixable),
        text: 'fixed by --fix',
        pick: () => this.state.toggle('fix', 'safe')
      });
    if (unsafe)
      figures.push({
        value: count(unsafe),
        text: 'by --unsafe-fixes',
        pick: () => this.state.toggle('fix', 'unsafe')
      });
    const notes = [];
    if (!complete)
      notes.push('The rules did not load completely: what could not be read was not checked');
    if (summary.suppressed)
      notes.push(`${plural(summary.suppressed, 'finding')} suppressed by comments in the rules`);
    if (summary.left_out)
      notes.push(`${plural(summary.left_out, 'finding')} over the limit of a check: left out`);
    if (summary.fixed !== undefined)
      notes.push(`${plural(summary.fixed, 'finding')} fixed in this run`);
    if (summary.baseline) {
      const {held, stale} = summary.baseline;
      notes.push(`${plural(held, 'finding')} hidden by the baseline`);
      if (stale)
        notes.push(`${
            plural(
                stale, 'entry',
                'entries')} of the baseline no longer found: write it anew with --write-baseline`);
    }
    return {
      headline: all === 0 ? 'Nothing found' : plural(all, 'finding'),
      about: [
        plural(rules, 'rule'), plural(files, 'file'),
        plural(this.checks.size, 'check') + ' with findings'
      ],
      figures,
      notes,
    };
  }

  countTable(label, name, title, showName, filter) {
    const rows = tally(this.findings, name);
    const most = rows.reduce((top, {all}) => Math.max(top, all), 1);
    const table = new DataTable({
      label,
      sort: ['all', 'desc'],
      empty: 'Nothing found',
      selected: (row) => this.state.get(filter) === row.name,
      open: (row) => this.state.toggle(filter, row.name),
      columns: [
        {name: 'name', title, key: (row) => row.name, cell: showName},
        {
          name: 'all',
          title: 'Findings',
          class: 'number c-count',
          first: 'most',
          key: ({all}) => all,
          cell: (td, {all}) => td.append(count(all))
        },
        {
          name: 'bar',
          title: '',
          class: 'c-bar minor',
          cell: (td, row) => {
            const track = el('span', {class: 'track'});
            for (const part of SEVERITY_ORDER) {
              const bar = el('i', {class: part});
              bar.style.width = `${(row[part] / most) * 100}%`;
              track.append(bar);
            }
            td.append(el('span', {class: 'share'}, track));
          }
        },
      ],
    });
    table.setRows(rows);
    return table;
  }

  buildTables() {
    this.checkTable =
        this.countTable('Findings by check', ({check}) => check, 'Check', (td, {name, code}) => {
          td.append(code ? el('code', {class: 'dim'}, `${code} `) : '', name);
          td.title = this.checks.get(name)?.doc ?? '';
        }, 'check');
    this.fileTable = this.countTable('Findings by file', ({path}) => path, 'File', (td, {name}) => {
      showBytes(td, name === '' ? 'no file' : baseName(name));
      td.title = plainBytes(name);
    }, 'file');
    this.table = new DataTable({
      label: 'Findings',
      empty: 'No finding fits',
      selected: (one) => this.state.get('f') === String(one.index),
      open: (one) => this.state.set({f: one.index}),
      sorted: ([name, way]) => this.state.set({sort: `${name} ${way}`}),
      columns: [
        {
          name: 'severity',
          title: 'Severity',
          class: 'c-sign',
          key: (one) => SEVERITY_ORDER.indexOf(one.severity),
          cell: (td, one) => td.append(severity(one.severity))
        },
        {
          name: 'place',
          title: 'Place',
          class: 'c-place',
          key: (one) => `${one.path}:${String(one.line ?? 0).padStart(8, '0')}`,
          cell: (td, one) => {
            showBytes(
                td,
                one.file === null ? 'no file' : `${baseName(one.file)}:${one.line}:${one.column}`);
            td.title = placeText(one);
          }
        },
        {
          name: 'rule',
          title: 'Rule',
          class: 'code c-id minor',
          key: (one) => one.rule_id,
          cell: (td, one) => td.append(String(one.rule_id ?? ''))
        },
        {
          name: 'message',
          title: 'Message',
          key: ({message}) => message,
          cell: (td, {message}) => {
            showBytes(td, message);
            td.title = plainBytes(message);
          }
        },
        {
          name: 'check',
          title: 'Check',
          class: 'c-check dim minor',
          key: ({check}) => check,
          cell: (td, one) => td.append(one.check)
        },
        {
          name: 'fix',
          title: 'Fix',
          class: 'c-fix minor',
          key: ({fix}) => (fix ? (fix.safe ? 0 : 1) : null),
          cell: (td, {fix}) => td.append(fix ? (fix.safe ? 'safe' : 'unsafe') : '')
        },
      ],
    });
    this.table.node.classList.add('tall');
  }

  sections() {
    const {state} = this;
    this.search = el('input', {
      type: 'search',
      placeholder: 'Search messages, files, rules',
      'aria-label': 'Search findings',
      autocomplete: 'off',
      'data-filter': 'q',
      oninput: (event) => state.set({q: event.target.value}),
    });
    const choice = (name, label, options) =>
        el('select', {
          'data-filter': name,
          'aria-label': label,
          onchange: (event) => state.set({[name]: event.target.value}),
        },
           el('option', {value: ''}, label),
           options.map(([value, text]) => el('option', {value}, text)));
    this.total = el('span', {class: 'count'});
    this.chips = el('div', {class: 'chips', role: 'group', 'aria-label': 'Filters in force'});
    const tools =
        el('div', {class: 'tools', role: 'search'}, this.search,
           choice('severity', 'any severity', SEVERITY_ORDER.map((name) => [name, name])),
           choice(
               'fix', 'with or without a fix',
               [['safe', 'safe fix'], ['unsafe', 'unsafe fix'], ['none', 'no fix']]),
           this.total);
    return [
      section(
          {id: 'checks', title: 'Checks', hint: 'a click shows the findings'},
          this.checkTable.node),
      section({id: 'files', title: 'Files'}, this.fileTable.node),
      section({id: 'findings', title: 'Findings', wide: true}, tools, this.chips, this.table.node),
    ];
  }

  select() {
    const [words, level, check, file, fix] = FILTERS.map((name) => this.state.get(name));
    const search = words.trim().toLowerCase();
    const fixOf = (finding) => (finding.fix ? (finding.fix.safe ? 'safe' : 'unsafe') : 'none');
    return this.findings.filter(
        (finding) => (level === '' || finding.severity === level) &&
            (check === '' || finding.check === check) && (file === '' || finding.path === file) &&
            (fix === '' || fixOf(finding) === fix) &&
            (search === '' || finding.text.includes(search)));
  }

  show() {
    const chosen = this.select();
    const all = this.findings.length;
    const text = chosen.length === all ? plural(all, 'finding') :
                                         `${count(chosen.length)} of ${plural(all, 'finding')}`;
    this.total.textContent = text;
    this.page.live(text);
    this.table.setRows(chosen);
    const filters =
        FILTERS.filter((name) => this.state.get(name) !== '')
            .map((name) => [`${name === 'q' ? 'search' : name}: ${this.state.get(name)}`, [name]]);
    this.chips.replaceChildren(...filterChips(this.state, filters));
    showFilters(this.state);
  }

  onChange(names) {
    if (names.includes('sort')) {
      const [name, way] = this.state.get('sort').split(' ');
      this.table.setOrder(name ? [name, way] : null);
    }
    if (names.some((name) => FILTERS.includes(name))) {
      this.show();
      this.checkTable.draw();
      this.fileTable.draw();
    }
    if (names.includes('f')) this.panel.show();
  }
}

window.addEventListener('DOMContentLoaded', () => new LintView(pageData()));
