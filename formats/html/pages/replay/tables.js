'use strict';

// The tables of the page: what is counted by rule and by path, and the transactions.

const mostFirst = 'most';

/** A column of counts, which `of` gives. */
function countColumn(name, title, of) {
  return {
    name,
    title,
    class: 'number c-count',
    first: mostFirst,
    key: of,
    cell: (td, row) => td.append(count(of(row))),
  };
}

/** A bar of what was blocked, would be, and matched besides, against the longest of the table. */
function barColumn(most) {
  return {
    name: 'bar',
    title: '',
    class: 'c-bar minor',
    cell: (td, row) => {
      const rest = (row.matched ?? row.all) - row.blocked - row.would;
      const track = el('span', {class: 'track'});
      for (const [group, number] of [
               ['blocked', row.blocked], ['would', row.would], ['matched', rest]]) {
        const part = el('i', {class: group});
        part.style.width = `${(Math.max(number, 0) / most) * 100}%`;
        track.append(part);
      }
      td.append(el('span', {class: 'share'}, track));
    },
  };
}

const held = ({blocked, would}) => blocked + would;

function rulesTable(model, state) {
  const rules = [...model.rules.values()];
  const most = rules.reduce((top, {all}) => Math.max(top, all), 1);
  const table = new DataTable({
    label: 'Rules by hits',
    empty: 'No rule that is shown matched',
    sort: ['hits', 'desc'],
    selected: ({name}) => state.get('rule') === name,
    open: ({name}) => state.toggle('rule', name),
    columns: [
      {
        name: 'id',
        title: 'Rule',
        class: 'code c-id',
        key: ({id, name}) => id ?? name,
        cell: (td, {name}) => showBytes(td, name)
      },
      {
        name: 'message',
        title: 'Message',
        key: ({message}) => message,
        cell: (td, {message, file, line}) => {
          showBytes(td, message);
          td.title = `${plainBytes(message)}\n${plainBytes(file)}:${line}`;
        }
      },
      {
        name: 'level',
        title: 'PL',
        class: 'number c-tiny minor',
        first: mostFirst,
        key: ({level}) => level
      },
      countColumn('hits', 'Hits', ({all}) => all),
      countColumn('blocked', 'Blocked', held),
      barColumn(most),
    ],
  });
  table.setRows(rules);
  return table;
}

function pathsTable(model, state) {
  const most = model.paths.reduce((top, row) => Math.max(top, row.matched, held(row)), 1);
  const table = new DataTable({
    label: 'Paths by blocked transactions',
    sort: ['blocked', 'desc'],
    selected: ({path}) => state.get('path') === path,
    open: ({path}) => state.toggle('path', path),
    columns: [
      {
        name: 'path',
        title: 'Path',
        class: 'code',
        key: ({path}) => path,
        cell: (td, {path}) => {
          showBytes(td, path);
          td.title = plainBytes(path);
        }
      },
      countColumn('all', 'All', ({all}) => all),
      countColumn('matched', 'Matched', ({matched}) => matched),
      countColumn('blocked', 'Blocked', held),
      barColumn(most),
    ],
  });
  // Of paths with as many blocked, those with more matches come first.
  table.setRows(model.paths.sort((a, b) => b.matched - a.matched || b.all - a.all));
  return table;
}

function transactionColumns(model) {
  const columns = [
    {
      name: 'entry',
      title: '#',
      class: 'number dim c-entry',
      key: ({index}) => index,
      cell: (td, {index}) => td.append(count(index + 1))
    },
    {
      name: 'time',
      title: 'Time (UTC)',
      class: 'dim c-time minor',
      key: ({time}) => time,
      cell: (td, {time}) => td.append(typeof time === 'number' ? timeText(time) : '')
    },
    {
      name: 'decision',
      title: 'Decision',
      class: 'c-verb',
      key: ({group, decision}) => GROUPS.indexOf(group) + decision,
      cell: (td, one) => td.append(verb(one))
    },
    {
      name: 'score',
      title: 'Score',
      class: 'number c-count',
      first: mostFirst,
      key: ({score}) => score,
      cell: (td, {score}) => td.append(score === null ? '' : count(score))
    },
    {
      name: 'method',
      title: 'Method',
      class: 'code c-method',
      key: ({method}) => method,
      cell: (td, {method}) => showBytes(td, method)
    },
    {
      name: 'uri',
      title: 'Request',
      class: 'code',
      key: ({uri}) => valueText(uri),
      cell: (td, {uri}) => showBytes(td, valueText(uri))
    },
    {
      name: 'rules',
      title: 'Rules',
      class: 'code dim c-rules minor',
      first: mostFirst,
      key: ({matched}) => matched.length,
      cell: (td, {matched}) => {
        const names = matched.slice(0, 4).map(([key]) => model.rule(key).name).join(' ');
        td.append(names, matched.length > 4 ? ` +${matched.length - 4}` : '');
      }
    },
    {
      name: 'source',
      title: 'Source',
      class: 'dim c-source minor',
      key: ({source}) => source,
      cell: (td, {source}) => showBytes(td, baseName(source))
    },
  ];
  const useful = {time: model.timed, source: model.values('source').length > 1};
  return columns.filter(({name}) => useful[name] ?? true);
}

function transactionsTable(model, state) {
  const table = new DataTable({
    label: 'Transactions',
    empty: 'No transaction fits',
    selected: (one) => state.get('t') === String(one.index),
    open: (one) => state.set({t: one.index}),
    sorted: ([name, way]) => state.set({sort: `${name} ${way}`}),
    columns: transactionColumns(model),
  });
  table.node.classList.add('tall');
  return table;
}
