'use strict';

// What stands at the head of the page: the figures, how they were measured, and what is not in
// them.

/** Microseconds a transaction. */
function eachOf({elapsed_us: all, transactions}) { return all / Math.max(1, transactions); }

function headlineOf(summary) {
  return summary.transactions === 0 ? 'No transactions' :
                                      `${spanText(eachOf(summary))} a transaction`;
}

function figuresOf(summary) {
  return [
    {value: count(summary.transactions), text: 'transactions'},
    {value: spanText(eachOf(summary)), text: 'each'},
    {value: spanText(summary.elapsed_us), text: 'in all'},
    {value: spanText(summary.load_us), text: 'to load the rules'},
    {value: spanText(summary.compile_us), text: 'to compile all expressions'},
  ];
}

function measuredOf({overhead_percent: overhead, preempted_us: preempted, threads}) {
  const cost = Math.max(overhead, 0).toFixed(0);
  const said = [`profiling cost ${cost}\u00a0% more, which is in all times`];
  if (preempted > 0)
    said.push(`${spanText(preempted)} in which something else had the processor left out`);
  if (threads > 1) said.push(`${threads} threads, over which times are summed`);
  return said;
}

/** Counts that are told where they are not 0. */
const TOLD = [
  ['rejected', 'rejected by the front: no rule saw them'],
  ['unreadable', 'could not be read'],
  ['skipped', 'skipped: no requests to a server'],
  ['not_selected', 'left out by options'],
];

function notesOf(summary) {
  const told =
      TOLD.filter(([name]) => summary[name] > 0).map(([name,
                                                       what]) => `${count(summary[name])} ${what}`);
  return summary.dropped ? [...told, droppedNote(summary.dropped)] : told;
}
