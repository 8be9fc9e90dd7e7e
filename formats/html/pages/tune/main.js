'use strict';

// The page of `wafcheck tune`: the exclusions with what they free and cost, and what is left.

/** Where an exclusion holds: methods, hosts and path. */
function placeOf({kind, path, methods, hosts}) {
  if (kind === 'setting') return 'all requests';
  return [methods.join(' '), hosts.join(' '), path ?? 'any path'].filter(Boolean).join(' ');
}

function subjectOf({rule_id: rule, tag, setting, value, message}) {
  if (setting) return `${setting} = ${value}`;
  return [tag ? `tag ${tag}` : null, message ?? (rule === null ? '' : `rule ${rule}`)]
      .filter(Boolean)
      .join(' · ');
}

function costOf({tried, lost}) {
  return tried === 0 ? 'not measured' : `${count(lost)} of ${count(tried)}`;
}

class TuneView {
  constructor(data) {
    this.data = data;
    this.state = new PageState((names) => this.onChange(names));
    this.exclusions = data.exclusions.map((row, index) => ({...row, index}));
    this.table = this.exclusionTable();
    this.page = buildPage({
      kind: 'tune',
      headline: this.headline(),
      about: [plural(this.exclusions.length, 'exclusion'), plural(data.good.total, 'transaction')],
      figures: this.figures(),
      notes: this.notes(),
      sections: this.sections(),
      keys: [['/', 'search'], ['↑ ↓', 'move'], ['Enter', 'open'], ['Esc', 'close']],
    });
    this.panel = new Panel({
      state: this.state,
      name: 'x',
      find: (id) => (id === '' ? null : this.exclusions[Number(id)]),
      idOf: ({index}) => index,
      tableOf: () => this.table,
      content: (row) => [subjectOf(row), this.details(row)],
    });
    searchKey(this.search);
    this.show();
    this.state.read();
  }

  headline() {
    const {before, after} = this.data.good;
    if (before === 0) return 'No good request is held back';
    return `${count(before - after)} of ${plural(before, 'good request')} freed`;
  }

  figures() {
    const {good, attacks} = this.data;
    const measured = attacks.before > 0;
    return [
      {value: count(good.before), text: 'good requests held back before'},
      {value: count(good.after), text: 'after', kind: good.after > 0 ? 'blocked' : ''},
      {value: measured ? count(attacks.before) : '–', text: 'attacks detected before'},
      {value: measured ? count(attacks.after) : '–', text: 'after'},
    ];
  }

  notes() {
    const {good, attacks, lint} = this.data;
    const notes = [];
    if (good.after > 0) notes.push(`${plural(good.after, 'good request')} still held back`);
    if (good.suspicious.length > 0) {
      notes.push(`${plural(good.suspicious.length, 'suspicious request')} left out of all counts`);
    }
    if (good.before > 0 && attacks.before === 0) {
      notes.push('No attack to measure the cost with: --attacks names some');
    }
    if (attacks.lost.length > 0) {
      notes.push(`${plural(attacks.lost.length, 'attack')} no longer detected`);
    }
    if (lint) notes.push(showBytes(el('span'), `Lint: ${lint.trim()}`, true));
    return notes;
  }

  exclusionTable() {
    return new DataTable({
      label: 'Exclusions',
      empty: 'No exclusion fits',
      selected: ({index}) => this.state.get('x') === String(index),
      open: ({index}) => this.state.set({x: index}),
      columns: [
        {name: 'id', title: 'Id', class: 'code c-id minor', key: ({id}) => id},
        {name: 'rule', title: 'Rule', class: 'code c-rule', key: ({rule_id: rule}) => rule},
        {
          name: 'subject',
          title: 'What',
          key: subjectOf,
          cell: (td, row) => showBytes(td, subjectOf(row)),
        },
        {
          name: 'target',
          title: 'Target',
          class: 'code minor',
          key: ({target}) => target ?? '',
          cell: (td, {target}) => showBytes(td, target ?? 'the whole rule'),
        },
        {
          name: 'place',
          title: 'Where',
          class: 'code c-place minor',
          key: placeOf,
          cell: (td, row) => showBytes(td, placeOf(row)),
        },
        {
          name: 'freed',
          title: 'Frees',
          class: 'number c-count',
          first: 'most',
          key: ({freed}) => freed,
          cell: (td, {freed}) => td.append(count(freed)),
        },
        {
          name: 'lost',
          title: 'Attacks lost',
          class: 'number c-cost',
          first: 'most',
          key: ({tried, lost}) => (tried === 0 ? null : lost),
          cell: (td, row) => td.append(costOf(row)),
        },
      ],
    });
  }

  /** Requests of good traffic, or attacks: an id, what it is, and why it is in the list. */
  listTable(label, rows) {
    const column = (name, title, class_) => ({
      name,
      title,
      class: class_,
      key: (row) => row[name] ?? '',
      cell: (td, row) => {
        showBytes(td, String(row[name] ?? ''));
        td.title = plainBytes(String(row[name] ?? ''));
      }
    });
    const table = new DataTable({
      label,
      columns: [
        column('request', 'Request', 'code'),
        column('reason', 'Why', 'c-reason'),
        column('source', 'Source', 'dim minor'),
      ],
    });
    table.setRows(rows);
    return table.node;
  }

  sections() {
    const {good, attacks} = this.data;
    this.search = el('input', {
      type: 'search',
      placeholder: 'Search rules, targets, paths',
      'aria-label': 'Search exclusions',
      autocomplete: 'off',
      'data-filter': 'q',
      oninput: (event) => this.state.set({q: event.target.value}),
    });
    this.total = el('span', {class: 'count'});
    const tools = el('div', {class: 'tools', role: 'search'}, this.search, this.total);
    const lost = attacks.lost.map(({id, payload, rule_id: rule, path, target}) => ({
                                    request: payload ?? id,
                                    reason: payload ? `${rule} in ${target} of ${path}` : 'a test',
                                    source: '',
                                  }));
    const lists = [
      ['left', 'Still held back', good.left],
      ['suspicious', 'Suspicious, left out', good.suspicious],
      ['lost', 'Attacks no longer detected', lost],
    ].filter(([, , rows]) => rows.length > 0);
    return [
      section({id: 'exclusions', title: 'Exclusions', wide: true}, tools, this.table.node),
      ...lists.map(
          ([id, title, rows]) => section({id, title, wide: true}, this.listTable(title, rows))),
    ];
  }

  details(row) {
    const requests = row.requests.slice(0, 200);
    const more = row.requests.length - requests.length;
    return [
      facts([
        ['id', row.id],
        ['rule', row.rule_id],
        ['kind', row.kind],
        ['target', row.target ? showBytes(el('code'), row.target) : 'the whole rule'],
        ['where', showBytes(el('code'), placeOf(row))],
        ['attacks lost', costOf(row)],
        ['file', row.file],
      ]),
      el('h3', {}, 'As SecLang'),
      el('code', {class: 'value'}, row.text.split('\n').map((line) => [plainBytes(line), '\n'])),
      el('h3', {}, `Frees ${plural(row.freed, 'request')}`),
      el('ul', {class: 'requests'},
         requests.map(
             ({request, source, entry}) =>
                 el('li', {}, showBytes(el('code'), request),
                    showBytes(el('span', {class: 'soft'}), ` ${source}, entry ${entry}`)))),
      more > 0 ? el('p', {class: 'cut'}, `${plural(more, 'more request')} not shown`) : null,
    ];
  }

  show() {
    const words = this.state.get('q').trim().toLowerCase();
    const texts = (row) => [row.rule_id, subjectOf(row), row.target, placeOf(row), row.id];
    const chosen = this.exclusions.filter(
        (row) => words === '' || texts(row).join(' ').toLowerCase().includes(words));
    const all = plural(this.exclusions.length, 'exclusion');
    const text =
        chosen.length === this.exclusions.length ? all : `${count(chosen.length)} of ${all}`;
    this.total.textContent = text;
    this.page.live(text);
    this.table.setRows(chosen);
    showFilters(this.state);
  }

  onChange(names) {
    if (names.includes('q')) this.show();
    if (names.includes('x')) this.panel.show();
  }
}

window.addEventListener('DOMContentLoaded', () => new TuneView(pageData()));
