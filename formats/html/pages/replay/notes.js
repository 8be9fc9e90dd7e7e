'use strict';

// What stands at the head of the page: the figures, and in words what they alone would hide.

/** Counts of the summary that are told where they are not 0: [name, noun, nouns, what is said]. */
const TOLD = [
  [
    'undecided', 'transaction', 'transactions',
    'undecided: a limit ended something that the verdict hangs on'
  ],
  ['unreadable', 'entry', 'entries', 'of the traffic could not be read'],
  ['skipped', 'entry', 'entries', 'skipped: no requests to a server'],
  ['not_selected', 'entry', 'entries', 'left out by options'],
  ['with_errors', 'transaction', 'transactions', 'with errors or notes, which stand with each'],
];

/** Figures of the summary that are shown where they are not 0, and the mark that they stand for. */
const WARNINGS = [
  ['undecided', 'undecided', 'undecided'],
  ['unreadable', 'unreadable'],
  ['with_errors', 'with errors', 'errors'],
  ['uninspected', 'bodies not inspected', 'uninspected'],
  ['dropped_rules', 'rules dropped'],
];

function figuresOf({summary, groups}, state) {
  const pick = (decision) => () => state.toggle('decision', decision);
  const blocked = summary.interrupted + summary.rejected;
  const would = summary.would_interrupt;
  const warnings = WARNINGS.filter(([name]) => summary[name] > 0);
  return [
    {value: count(summary.transactions), text: 'transactions'},
    {value: count(blocked), text: 'blocked', kind: blocked ? 'blocked' : '', pick: pick('blocked')},
    {
      value: count(would),
      text: 'would be blocked',
      kind: would ? 'would' : '',
      pick: pick('would')
    },
    {value: count(groups.matched), text: 'matched, let through', pick: pick('matched')},
    {value: count(groups.passed), text: 'passed', pick: pick('passed')},
    ...warnings.map(([name, text, mark]) => ({
                      value: count(summary[name]),
                      text,
                      kind: 'warn',
                      pick: mark ? () => state.toggle('mark', mark) : null,
                    })),
  ];
}

function headlineOf({summary}) {
  const would = summary.would_interrupt;
  const all = summary.interrupted + summary.rejected + would;
  const transactions = plural(summary.transactions, 'transaction');
  if (summary.transactions === 0) return 'No transactions';
  if (all === 0) return `${transactions}, none blocked`;
  const share = percent(all, summary.transactions);
  return `${count(all)} of ${transactions} ${would === all ? 'would be' : 'were'} blocked (${
      share})`;
}

function notesOf({summary, transactions, notes}) {
  const all = summary.transactions;
  const shown = transactions.length;
  const told =
      TOLD.filter(([name]) => summary[name] > 0)
          .map(([name, noun, nouns, what]) => `${plural(summary[name], noun, nouns)} ${what}`);
  const words = [...notes, ...told];
  if (shown < all) {
    words.push(`This page has ${count(shown)} of ${
        plural(all, 'transaction')}: --only left out the others`);
  }
  if (summary.records) {
    const {same, no_longer: gone, newly, partial} = summary.records;
    const parts = [
      [same, 'the same'], [gone, 'no longer blocked'], [newly, 'newly blocked'],
      [partial, 'partial']
    ];
    words.push(
        `Against the log: ${parts.map(([number, what]) => `${count(number)} ${what}`).join(', ')}`);
  }
  return summary.dropped ? [...words, droppedNote(summary.dropped)] : words;
}
