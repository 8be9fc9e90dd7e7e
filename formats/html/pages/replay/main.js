'use strict';

// The page of `wafcheck replay`.

const FILTERS = ['q', 'decision', 'method', 'source', 'rule', 'path', 'min', 'max', 'from', 'to'];

class ReplayView {
  constructor(model) {
    this.model = model;
    this.state = new PageState((names) => this.onChange(names));
    this.buildTables();
    this.buildCharts();
    this.page = buildPage({
      kind: 'replay', ...this.head(), sections: this.sections(),
      keys: [['/', 'search'], ['↑ ↓', 'move'], ['Enter', 'open'], ['Esc', 'close']],
    });
    this.panel = new Panel({
      label: 'Transaction', closed: () => this.onClosed(), move: (by) => this.step(by),
    });
    searchKey(this.search);
    this.timeChart.set(timelineContent(model, this.state));
    this.scoreChart.set(scoreContent(model, this.state));
    this.rulesTable.setRows([...model.rules.values()]);
    this.pathsTable.setRows(model.paths);
    this.show();
    this.state.read();
  }

  head() {
    const { summary, groups, engine } = this.model;
    const held = summary.interrupted + summary.rejected;
    const pick = (decision) => () => this.state.toggle('decision', decision);
    const figures = [
      { value: count(summary.transactions), text: 'transactions' },
      { value: count(held), text: 'blocked', kind: held ? 'blocked' : '', pick: pick('blocked') },
      { value: count(summary.would_interrupt), text: 'would be blocked',
        kind: summary.would_interrupt ? 'would' : '', pick: pick('would') },
      { value: count(groups.matched), text: 'matched, let through', pick: pick('matched') },
      { value: count(groups.passed), text: 'passed', pick: pick('passed') },
    ];
    for (const [name, text] of [
      ['undecided', 'undecided'], ['unreadable', 'unreadable'], ['with_errors', 'with errors'],
      ['uninspected', 'bodies not inspected'], ['dropped_rules', 'rules dropped'],
    ]) {
      if (summary[name] > 0) figures.push({ value: count(summary[name]), text, kind: 'warn' });
    }
    const all = held + summary.would_interrupt;
    return {
      headline: all === 0 ? `${plural(summary.transactions, 'transaction')}, none blocked`
        : `${count(all)} of ${plural(summary.transactions, 'transaction')} ${summary.would_interrupt === all ? 'would be blocked' : 'blocked'} (${percent(all, summary.transactions)})`,
      about: [
        engine.profile === 'default' ? `wafcheck ${engine.version}`
          : `${engine.profile} ${engine.version}, by wafcheck ${engine.wafcheck_version}`,
        `${plural(this.model.rules.size, 'rule')} matched`,
        plural(this.model.paths.length, 'path'),
        summary.elapsed_ms === undefined ? null : `${count(Math.round(summary.elapsed_ms))} ms`,
      ].filter(Boolean),
      figures, notes: this.notes(),
    };
  }

  /** What the figures alone would hide, in words. */
  notes() {
    const { summary, transactions } = this.model;
    const notes = [...this.model.notes];
    if (summary.undecided > 0) notes.push(`${plural(summary.undecided, 'transaction')} undecided: a limit ended something that the verdict hangs on`);
    if (summary.unreadable > 0) notes.push(`${plural(summary.unreadable, 'entry', 'entries')} of the traffic could not be read`);
    if (summary.skipped > 0) notes.push(`${plural(summary.skipped, 'entry', 'entries')} skipped: no requests to a server`);
    if (summary.not_selected > 0) notes.push(`${plural(summary.not_selected, 'entry', 'entries')} left out by options`);
    if (summary.with_errors > 0) notes.push(`${plural(summary.with_errors, 'transaction')} with errors or notes, which stand with each`);
    if (transactions.length < summary.transactions) notes.push(`${count(transactions.length)} of ${plural(summary.transactions, 'transaction')} are in this page: --only left out the others`);
    if (summary.records) {
      const { same, no_longer: gone, newly, partial } = summary.records;
      notes.push(`Against the log: ${count(same)} the same, ${count(gone)} no longer blocked, ${count(newly)} newly blocked, ${count(partial)} partial`);
    }
    if (summary.dropped) {
      notes.push(el('details', {}, el('summary', {}, `${plural(summary.dropped.length, 'rule')} dropped: they have no effect`),
        el('ul', {}, summary.dropped.map(({ id, file, line, reason }) =>
          showBytes(el('li'), `${id ?? 'no id'} (${baseName(file)}:${line}): ${reason}`)))));
    }
    return notes;
  }

  buildTables() {
    const { state } = this;
    const bar = (td, all, blocked, most) => {
      const track = el('span', { class: 'track' });
      for (const [group, number] of [['blocked', blocked], ['matched', all - blocked]]) {
        const part = el('i', { class: group });
        part.style.width = `${(number / most) * 100}%`;
        track.append(part);
      }
      td.append(el('span', { class: 'share' }, track));
    };
    const topRule = () => Math.max(1, ...[...this.model.rules.values()].map(({ hits }) => hits));
    const topPath = this.model.paths.reduce((top, { matched, blocked }) => Math.max(top, matched, blocked), 1);
    this.rulesTable = new DataTable({
      label: 'Rules by hits', empty: 'No rule that is shown matched', sort: ['hits', 'desc'],
      selected: ({ name }) => state.get('rule') === name,
      open: ({ name }) => state.toggle('rule', name),
      columns: [
        { name: 'id', title: 'Rule', class: 'code c-id', key: ({ id, name }) => id ?? name },
        { name: 'message', title: 'Message', key: ({ message }) => message,
          cell: (td, { message, file, line }) => {
            showBytes(td, message);
            td.title = `${plainBytes(message)}\n${plainBytes(file)}:${line}`;
          } },
        { name: 'level', title: 'PL', class: 'number c-tiny minor', first: 'most', key: ({ level }) => level },
        { name: 'hits', title: 'Hits', class: 'number c-count', first: 'most', key: ({ hits }) => hits,
          cell: (td, { hits }) => td.append(count(hits)) },
        { name: 'blocked', title: 'Blocked', class: 'number c-count', first: 'most', key: ({ blocked }) => blocked,
          cell: (td, { blocked }) => td.append(count(blocked)) },
        { name: 'bar', title: '', class: 'c-bar minor',
          cell: (td, { hits, blocked }) => bar(td, hits, blocked, this.mostHits ??= topRule()) },
      ],
    });
    this.pathsTable = new DataTable({
      label: 'Paths by blocked transactions', sort: ['blocked', 'desc'],
      selected: ({ path }) => state.get('path') === path,
      open: ({ path }) => state.toggle('path', path),
      columns: [
        { name: 'path', title: 'Path', class: 'code', key: ({ path }) => path,
          cell: (td, { path }) => {
            showBytes(td, path);
            td.title = plainBytes(path);
          } },
        { name: 'all', title: 'All', class: 'number c-count', first: 'most', key: ({ all }) => all,
          cell: (td, { all }) => td.append(count(all)) },
        { name: 'matched', title: 'Matched', class: 'number c-count', first: 'most', key: ({ matched }) => matched,
          cell: (td, { matched }) => td.append(count(matched)) },
        { name: 'blocked', title: 'Blocked', class: 'number c-count', first: 'most', key: ({ blocked, matched }) => blocked + matched / 1e9,
          cell: (td, { blocked }) => td.append(count(blocked)) },
        { name: 'bar', title: '', class: 'c-bar minor',
          cell: (td, { matched, blocked }) => bar(td, Math.max(matched, blocked), blocked, topPath) },
      ],
    });
    this.table = new DataTable({
      label: 'Transactions', empty: 'No transaction fits', sort: null,
      selected: (one) => state.get('t') === String(one.index),
      open: (one) => state.set({ t: one.index }),
      sorted: ([name, way]) => state.set({ sort: `${name} ${way}` }),
      columns: this.transactionColumns(),
    });
    this.table.node.classList.add('tall');
  }

  transactionColumns() {
    const several = this.model.values('source').length > 1;
    const columns = [
      { name: 'entry', title: '#', class: 'number dim c-entry', key: ({ index }) => index,
        cell: (td, { index }) => td.append(count(index + 1)) },
      { name: 'time', title: 'Time (UTC)', class: 'dim c-time minor', key: ({ time }) => time,
        cell: (td, { time }) => td.append(typeof time === 'number' ? timeText(time) : '') },
      { name: 'decision', title: 'Decision', class: 'c-verb', key: ({ group, decision }) => GROUPS.indexOf(group) + decision,
        cell: (td, one) => td.append(verb(one)) },
      { name: 'score', title: 'Score', class: 'number c-count', first: 'most', key: ({ score }) => score,
        cell: (td, { score }) => td.append(score === null ? '' : count(score)) },
      { name: 'method', title: 'Method', class: 'code c-method', key: ({ method }) => method,
        cell: (td, { method }) => showBytes(td, method) },
      { name: 'uri', title: 'Request', class: 'code', key: ({ text }) => text,
        cell: (td, { uri }) => showBytes(td, valueText(uri)) },
      { name: 'rules', title: 'Rules', class: 'code dim c-rules minor', first: 'most', key: ({ matched }) => matched.length,
        cell: (td, { matched }) => td.append(
          matched.slice(0, 4).map(([key]) => this.model.rule(key).name).join(' ') +
          (matched.length > 4 ? ` +${matched.length - 4}` : '')) },
    ];
    if (several) {
      columns.push({ name: 'source', title: 'Source', class: 'dim c-source minor', key: ({ source }) => source,
        cell: (td, { source }) => showBytes(td, baseName(source)) });
    }
    return this.model.timed ? columns : columns.filter(({ name }) => name !== 'time');
  }

  buildCharts() {
    this.timeChart = new BarChart({ label: 'Decisions over time; the same numbers stand above, and each in the table below' });
    this.scoreChart = new BarChart({ label: 'Transactions by score; the table below sorts by score' });
  }

  sections() {
    const { model } = this;
    const zero = model.transactions.filter(({ score }) => score === 0).length;
    const none = model.transactions.filter(({ score }) => score === null).length;
    const apart = [zero ? `${count(zero)} at 0` : '', none ? `${count(none)} without a score` : ''].filter(Boolean).join(', ');
    const scored = model.transactions.length > zero + none;
    const untimed = model.transactions.filter(({ time }) => typeof time !== 'number').length;
    return [
      section({ id: 'over-time', title: model.timed ? 'Decisions over time' : 'Decisions in the order of the traffic',
                hint: model.timed ? 'by the traffic’s own clock, UTC'
                  : `${count(untimed)} without a time`, wide: !scored },
        this.timeChart.node, legend(model)),
      scored ? section({ id: 'scores', title: 'Scores', hint: apart && `not drawn: ${apart}` }, this.scoreChart.node) : null,
      section({ id: 'rules', title: 'Rules', hint: 'a click shows the transactions' }, this.rulesTable.node),
      section({ id: 'paths', title: 'Paths', hint: 'where rules match and block' }, this.pathsTable.node),
      section({ id: 'transactions', title: 'Transactions', wide: true }, this.tools(), this.chips, this.table.node),
    ].filter(Boolean);
  }

  tools() {
    const { state } = this;
    const field = (name, attributes) => el('input', {
      ...attributes, 'data-filter': name, oninput: (event) => state.set({ [name]: event.target.value }),
    });
    const choice = (name, label, options) => el('select', {
      'data-filter': name, 'aria-label': label, onchange: (event) => state.set({ [name]: event.target.value }),
    }, el('option', { value: '' }, label), options.map(([value, text]) => el('option', { value }, text)));
    const decisions = this.model.values('decision');
    this.search = field('q', {
      type: 'search', placeholder: 'Search paths, clients, ids   /', 'aria-label': 'Search transactions', autocomplete: 'off',
    });
    this.total = el('span', { class: 'count' });
    this.chips = el('div', { class: 'chips', 'aria-label': 'Filters in force' });
    const sources = this.model.values('source');
    return el('div', { class: 'tools', role: 'search' }, this.search,
      choice('decision', 'any decision', [...GROUPS.map((group) => [group, GROUP_NAMES[group]]),
        ...decisions.map((name) => [name, name.toUpperCase()])]),
      choice('method', 'any method', this.model.values('method').map((name) => [name, plainBytes(name)])),
      sources.length > 1 ? choice('source', 'any source', sources.map((name) => [name, plainBytes(name)])) : null,
      field('rule', { class: 'short rule', placeholder: 'rule id', 'aria-label': 'Rule id', inputmode: 'numeric' }),
      el('label', {}, 'score', field('min', { type: 'number', class: 'short', placeholder: 'from', 'aria-label': 'Score from' })),
      el('label', {}, 'to', field('max', { type: 'number', class: 'short', placeholder: 'to', 'aria-label': 'Score to' })),
      this.total);
  }

  /** Shows the transactions that fit. */
  show() {
    const chosen = this.model.select(this.state);
    const all = this.model.transactions.length;
    const text = chosen.length === all ? plural(all, 'transaction')
      : `${count(chosen.length)} of ${plural(all, 'transaction')}`;
    this.total.textContent = text;
    this.page.live(text);
    this.table.setRows(chosen);
    this.showChips();
    for (const node of document.querySelectorAll('[data-filter]')) {
      const value = this.state.get(node.dataset.filter);
      if (node.value !== value) node.value = value;
    }
  }

  showChips() {
    const { state, model } = this;
    const names = { rule: 'rule', path: 'path', decision: 'decision', method: 'method', source: 'source', q: 'search' };
    const chip = (text, values) => el('button', {
      type: 'button', class: 'chip', 'aria-label': `Remove the filter ${text}`, onclick: () => state.set(values),
    }, el('span', {}, text), '✕');
    const chips = Object.keys(names).filter((name) => state.get(name) !== '').map((name) =>
      chip(`${names[name]}: ${plainBytes(GROUP_NAMES[state.get(name)] ?? state.get(name))}`, { [name]: '' }));
    if (state.get('min') !== '' || state.get('max') !== '') {
      chips.push(chip(`score: ${state.get('min') || '…'} to ${state.get('max') || '…'}`, { min: '', max: '' }));
    }
    if (state.get('from') !== '') {
      const [from, to] = [Number(state.get('from')), Number(state.get('to'))];
      chips.push(chip(model.timed ? `time: ${timeText(from)} to ${timeText(to)}`
        : `transactions: ${count(from + 1)} to ${count(to)}`, { from: '', to: '' }));
    }
    if (chips.length > 1) chips.push(chip('all', Object.fromEntries(FILTERS.map((name) => [name, '']))));
    this.chips.replaceChildren(...chips);
  }

  onChange(names) {
    if (names.includes('sort')) {
      const [name, way] = this.state.get('sort').split(' ');
      this.table.setOrder(name ? [name, way] : null);
    }
    if (names.some((name) => FILTERS.includes(name))) {
      this.show();
      this.timeChart.set(timelineContent(this.model, this.state));
      this.scoreChart.set(scoreContent(this.model, this.state));
      this.rulesTable.draw();
      this.pathsTable.draw();
    }
    if (names.includes('t')) this.showDetails();
  }

  showDetails() {
    const transaction = this.model.transactions[Number(this.state.get('t'))];
    if (this.state.get('t') === '' || !transaction) {
      this.panel.close();
    } else {
      const title = `${plainBytes(transaction.method)} ${plainBytes(transaction.path)}`;
      this.panel.open(title, detailsOf(this.model, this.state, transaction));
    }
    this.table.draw();
  }

  onClosed() {
    this.state.set({ t: '' });
    this.table.draw();
    this.table.table.focus({ preventScroll: true });
  }

  step(by) {
    const at = this.table.rows.findIndex(({ index }) => String(index) === this.state.get('t'));
    const next = this.table.rows[at + by];
    if (!next) return;
    this.table.activate(at + by);
    this.state.set({ t: next.index });
  }
}

window.addEventListener('DOMContentLoaded', () => new ReplayView(new ReplayModel(pageData())));
