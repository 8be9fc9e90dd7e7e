'use strict';

// Decisions over time, and how the scores are spread.

function legend(model) {
  return el(
      'p', {class: 'legend'},
      GROUPS.filter((group) => model.groups[group] > 0)
          .map(
              (group) =>
                  el('span', {}, el('i', {class: group}), GROUP_NAMES[group],
                     ` ${count(model.groups[group])}`)));
}

/** The counts of groups, those that are not 0. */
function inWords(groups) {
  return GROUPS.filter((group) => groups[group] > 0)
      .map((group) => `${count(groups[group])} ${GROUP_NAMES[group]}`);
}

/** "14:05", with what two times of one axis need to differ. */
function tickText(ms, span) {
  if (span > 3 * 86400000) return timeText(ms, 10);
  return span > 180000 ? timeText(ms, 16).slice(5) : timeText(ms).slice(11);
}

/** The bars of the timeline: where each begins, and what is in it. */
function timeline(model, most = 72) {
  const places = model.transactions.map((one) => model.place(one));
  const first = places.reduce((a, b) => Math.min(a, b), Infinity);
  const last = places.reduce((a, b) => Math.max(a, b), -Infinity);
  const span = last - first + 1;
  const bars = Math.max(1, Math.min(most, span));
  const step = model.timed ? span / bars : Math.ceil(span / bars);
  const used = model.timed ? bars : Math.ceil(span / step);
  const counts = Array.from({length: used}, () => ({blocked: 0, would: 0, matched: 0, passed: 0}));
  model.transactions.forEach((one, at) => {
    ++counts[Math.min(used - 1, Math.floor((places[at] - first) / step))][one.group];
  });
  return {first, step, span, counts};
}

function timelineContent(model, state) {
  const {first, step, span, counts} = timeline(model);
  const name = (at) => {
    const [from, to] = [first + at * step, first + (at + 1) * step];
    return model.timed ? `${timeText(from)} to ${timeText(to)}` :
                         `transactions ${count(Math.round(from) + 1)} to ${
                             count(Math.min(Math.round(to), first + span))}`;
  };
  const every = Math.ceil(counts.length / 6);
  return {
    bars: counts.map((groups, at) => ({
                       parts: GROUPS.map((group) => [group, groups[group]]),
                       title: [name(at), ...inWords(groups)].join('\n'),
                     })),
    ticks: counts.map((_, at) => at)
               .filter((at) => at % every === 0)
               .map(
                   (at) =>
                       [at,
                        model.timed ? tickText(first + at * step, span) :
                                      count(Math.round(first + at * step) + 1)]),
    pick: (at) => {
      const [from, to] = [Math.floor(first + at * step), Math.ceil(first + (at + 1) * step)];
      const again = state.get('from') === String(from) && state.get('to') === String(to);
      state.set({from: again ? '' : from, to: again ? '' : to});
    },
    chosen: (at) => state.get('from') === String(Math.floor(first + at * step)) &&
        state.get('to') === String(Math.ceil(first + (at + 1) * step)),
  };
}

/** The scores above 0: those are what differs, and most transactions have none. */
function scoreContent(model, state) {
  const scored = model.transactions.filter(({score}) => score > 0);
  const most = scored.reduce((top, {score}) => Math.max(top, score), 0);
  const limit = model.thresholds[0];
  const last = Math.max(most, ...model.thresholds, 10);
  const wide = Math.ceil(last / 48);
  const counts =
      Array.from({length: Math.floor(last / wide) + 1}, () => ({blocked: 0, would: 0, matched: 0}));
  for (const one of scored)
    ++counts[Math.floor(one.score / wide)][one.held ? one.group : 'matched'];
  const range = (at) => [at === 0 ? 1 : at * wide, at * wide + wide - 1];
  const every = [1, 2, 5, 10].find((size) => counts.length / size <= 9) ?? 20;
  return {
    bars: counts.map(
        (groups, at) => ({
          parts: Object.entries(groups),
          title:
              [`score ${wide === 1 ? at : range(at).join(' to ')}`, ...inWords(groups)].join('\n'),
        })),
    ticks: counts.map((_, at) => at)
               .filter((at) => at % every === 0)
               .map((at) => [at, count(at * wide)]),
    line: model.thresholds.length > 0 ?
        [limit / wide, `threshold ${model.thresholds.map(count).join(', ')}`] :
        null,
    pick: (at) => {
      const [min, max] = range(at).map(String);
      const again = state.get('min') === min && state.get('max') === max;
      state.set({min: again ? '' : min, max: again ? '' : max});
    },
    chosen: (at) =>
        state.get('min') === String(range(at)[0]) && state.get('max') === String(range(at)[1]),
  };
}
