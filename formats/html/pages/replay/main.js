'use strict';

// The page of `wafcheck replay`.

const FILTERS =
    ['q', 'decision', 'method', 'source', 'rule', 'path', 'mark', 'min', 'max', 'from', 'to'];

class ReplayView {
  constructor(model) {
    this.model = model;
    this.state = new PageState((names) => this.onChange(names));
    this.rules = rulesTable(model, this.state);
    this.paths = pathsTable(model, this.state);
    this.table = transactionsTable(model, this.state);
    this.timeChart = new BarChart({label: 'Decisions over time; each stands in the table below'});
    this.scoreChart = new BarChart({label: 'Transactions by score; the table below sorts by it'});
    this.page = buildPage({
      kind: 'replay',
      headline: headlineOf(model),
      about: this.about(),
      figures: figuresOf(model, this.state),
      notes: notesOf(model),
      sections: this.sections(),
      keys: [['/', 'search'], ['↑ ↓', 'move'], ['Enter', 'open'], ['Esc', 'close']],
    });
    this.panel = new Panel({
      state: this.state,
      name: 't',
      find: (id) => (id === '' ? null : model.transactions[Number(id)]),
      idOf: ({index}) => index,
      tableOf: () => this.table,
      content: (one) =>
          [`${plainBytes(one.method)} ${plainBytes(one.path)}`, detailsOf(model, this.state, one)],
    });
    searchKey(this.search);
    this.drawCharts();
    this.show();
    this.state.read();
  }

  about() {
    const {engine, summary, rules, paths} = this.model;
    return [
      engineText(engine),
      `${plural(rules.size, 'rule')} matched`,
      plural(paths.length, 'path'),
      summary.elapsed_ms === undefined ? null : spanText(summary.elapsed_ms * 1000),
    ].filter(Boolean);
  }

  sections() {
    const {model} = this;
    const charts = model.transactions.length === 0 ? [] : this.chartSections();
    return [
      ...charts,
      section(
          {id: 'rules', title: 'Rules', hint: 'a click shows the transactions'}, this.rules.node),
      section({id: 'paths', title: 'Paths', hint: 'where rules match and block'}, this.paths.node),
      section(
          {id: 'transactions', title: 'Transactions', wide: true}, this.tools(), this.chips,
          this.table.node),
    ];
  }

  chartSections() {
    const {model} = this;
    const having = (score) => model.transactions.filter((one) => one.score === score).length;
    const [zero, none] = [having(0), having(null)];
    const apart = [zero ? `${count(zero)} at 0` : '', none ? `${count(none)} without a score` : ''];
    const scored = model.transactions.length > zero + none;
    const untimed = model.transactions.filter(({time}) => typeof time !== 'number').length;
    const list = [section(
        {
          id: 'over-time',
          wide: !scored,
          title: model.timed ? 'Decisions over time' : 'Decisions in the order of the traffic',
          hint: model.timed ? 'by the traffic’s own clock, UTC' :
                              `${count(untimed)} without a time`,
        },
        this.timeChart.node, legend(model))];
    if (scored) {
      const hint = apart.filter(Boolean).join(', ');
      list.push(section(
          {id: 'scores', title: 'Scores', hint: hint && `not drawn: ${hint}`},
          this.scoreChart.node));
    }
    return list;
  }

  tools() {
    const {state, model} = this;
    const field = (name, label, attributes) => el('input', {
      placeholder: label,
      'aria-label': label,
      autocomplete: 'off',
      'data-filter': name,
      oninput: (event) => state.set({[name]: event.target.value}),
      ...attributes,
    });
    const choice = (name, label, options) =>
        el('select', {
          'data-filter': name,
          'aria-label': label,
          onchange: (event) => state.set({[name]: event.target.value}),
        },
           el('option', {value: ''}, label),
           options.map(([value, text]) => el('option', {value}, text)));
    const same = (name) => model.values(name).map((value) => [value, plainBytes(value)]);
    const decisions = model.values('decision').map((name) => [name, name.toUpperCase()]);
    const groups = GROUPS.map((group) => [group, GROUP_NAMES[group]]);
    const sources = same('source');
    const marks =
        Object.entries(MARKS).filter(([name]) => model.transactions.some((one) => one.has(name)));
    this.search = field('q', 'Search paths, clients, ids', {type: 'search'});
    this.total = el('span', {class: 'count'});
    this.chips = el('div', {class: 'chips', role: 'group', 'aria-label': 'Filters in force'});
    return el(
        'div', {class: 'tools', role: 'search'}, this.search,
        choice('decision', 'any decision', [...groups, ...decisions]),
        choice('method', 'any method', same('method')),
        marks.length > 0 ? choice('mark', 'any state', marks) : null,
        sources.length > 1 ? choice('source', 'any source', sources) : null,
        field('rule', 'rule id', {class: 'short', inputmode: 'numeric'}),
        field('min', 'score from', {type: 'number', class: 'score'}),
        field('max', 'score to', {type: 'number', class: 'score'}), this.total);
  }

  drawCharts() {
    this.timeChart.set(timelineContent(this.model, this.state));
    this.scoreChart.set(scoreContent(this.model, this.state));
  }

  /** Shows the transactions that fit. */
  show() {
    const chosen = this.model.select(this.state);
    const all = plural(this.model.transactions.length, 'transaction');
    const text = chosen.length === this.model.transactions.length ?
        all :
        `${count(chosen.length)} of ${all}`;
    this.total.textContent = text;
    this.page.live(text);
    this.table.setRows(chosen);
    this.chips.replaceChildren(...filterChips(this.state, this.filtersInForce()));
    showFilters(this.state);
  }

  /** [what is said, the names that it removes] of each. */
  filtersInForce() {
    const {state, model} = this;
    const names = {
      q: 'search',
      decision: 'decision',
      method: 'method',
      source: 'source',
      rule: 'rule',
      path: 'path',
      mark: 'only'
    };
    const list = Object.entries(names)
                     .filter(([name]) => state.get(name) !== '')
                     .map(
                         ([name, word]) =>
                             [`${word}: ${
                                  GROUP_NAMES[state.get(name)] ?? MARKS[state.get(name)] ??
                                  state.get(name)}`,
                              [name]]);
    const [min, max] = [state.get('min'), state.get('max')];
    if (min !== '' || max !== '')
      list.push([`score: ${min || '…'} to ${max || '…'}`, ['min', 'max']]);
    if (state.get('from') !== '') {
      const [from, to] = [Number(state.get('from')), Number(state.get('to'))];
      const range = model.timed ? `${timeText(from)} to ${timeText(to)}` :
                                  `${count(from + 1)} to ${count(to)}`;
      list.push([`${model.timed ? 'time' : 'transactions'}: ${range}`, ['from', 'to']]);
    }
    return list;
  }

  onChange(names) {
    if (names.includes('sort')) {
      const [name, way] = this.state.get('sort').split(' ');
      this.table.setOrder(name ? [name, way] : null);
    }
    if (names.some((name) => FILTERS.includes(name))) {
      this.show();
      this.drawCharts();
      this.rules.draw();
      this.paths.draw();
    }
    if (names.includes('t')) this.panel.show();
  }
}

window.addEventListener('DOMContentLoaded', () => new ReplayView(new ReplayModel(pageData())));
