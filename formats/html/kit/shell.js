'use strict';

// What every page has around its content: the head with its figures, notes, the switch between
// light and dark, the panel for details, and the keys.

const THEMES = ['auto', 'light', 'dark'];

function themeSwitch() {
  const root = document.documentElement;
  const button = el('button', {type: 'button', class: 'quiet', id: 'theme'});
  let at = 0;
  const show = () => {
    if (at === 0)
      root.removeAttribute('data-theme');
    else
      root.setAttribute('data-theme', THEMES[at]);
    const signs = {auto: '◐', light: '☀', dark: '☾'};
    button.textContent = `${signs[THEMES[at]]} ${THEMES[at]}`;
    button.setAttribute('aria-label', `Colours: ${THEMES[at]}`);
  };
  button.addEventListener('click', () => {
    at = (at + 1) % THEMES.length;
    show();
  });
  show();
  return button;
}

/** A figure of the head; `pick` makes it a button. */
function figure({value, text, kind, pick, title}) {
  const inside = [el('strong', {}, value), el('span', {}, text)];
  const attributes = {class: `figure ${kind ?? ''}`, title};
  return pick ? el('button', {...attributes, type: 'button', onclick: pick}, inside) :
                el('div', attributes, inside);
}

/**
 * Builds the page: kind ("replay"), headline, about (short texts below it), figures, notes (what
 * must not be overlooked: [text or node]), sections. Returns {main, live}: live(text) tells screen
 * readers.
 */
function buildPage({kind, headline, about, figures, notes, sections, keys}) {
  const live = el('p', {class: 'unseen', 'aria-live': 'polite', role: 'status'});
  const head = el(
      'header', {class: 'page'},
      el('div', {class: 'bar'}, el('span', {class: 'brand'}, el('b', {}, 'wafcheck'), ` ${kind}`),
         themeSwitch()),
      el('h1', {}, headline), el('p', {class: 'about'}, about.map((text) => el('span', {}, text))),
      figures.length > 0 ? el('div', {class: 'figures'}, figures.map(figure)) : null,
      notes.length > 0 ? el('section', {class: 'notes', 'aria-label': 'What to know'},
                            el('ul', {}, notes.map((note) => el('li', {}, note)))) :
                         null);
  const main = el('main', {}, sections);
  const foot =
      el('footer', {},
         (keys ?? []).map(([key, text]) => el('span', {}, el('kbd', {}, key), ` ${text}`)));
  document.body.append(head, main, foot, live);
  return {
    main,
    live: (text) => {
      live.textContent = text;
    }
  };
}

/** A part of the page under a heading. */
function section({title, hint, id, wide}, ...children) {
  return el(
      'section', {class: wide ? 'wide' : null, 'aria-labelledby': id},
      el('div', {class: 'head'}, el('h2', {id}, title),
         hint ? el('p', {class: 'hint'}, hint) : null),
      children);
}

/** Pairs of a name and what there is to say, those without a value left out. */
function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return el(
      'dl', {class: 'facts'},
      shown.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
}

/** `/` puts the focus on the search field. */
function searchKey(field) {
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest?.('input, select, textarea');
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}

/** Buttons that each remove a filter; filters: [what is said, the names that it removes]. */
function filterChips(state, filters) {
  const chip = (text, names) =>
      el('button', {
        type: 'button',
        class: 'chip',
        'aria-label': `Remove the filter ${text}`,
        onclick: () => state.set(Object.fromEntries(names.map((name) => [name, '']))),
      },
         showBytes(el('span'), text), '✕');
  const chips = filters.map(([text, names]) => chip(text, names));
  if (filters.length > 1) chips.push(chip('all of them', filters.flatMap(([, names]) => names)));
  return chips;
}

/** Brings fields that set a part of the state ("data-filter") in line with it. */
function showFilters(state) {
  for (const node of document.querySelectorAll('[data-filter]')) {
    const value = state.get(node.dataset.filter);
    if (node.value !== value) node.value = value;
  }
}

/** The engine whose semantics were taken. */
function engineText({profile, version, wafcheck_version: own}) {
  return profile === 'default' ? `wafcheck ${version}` :
                                 `${profile} ${version}, by wafcheck ${own}`;
}

/** Rules that are written and have no effect, each behind a line that counts them. */
function droppedNote(dropped) {
  const lines = dropped.map(
      ({id, file, line, reason}) =>
          showBytes(el('li'), `${id ?? 'no id'} (${baseName(file)}:${line}): ${reason}`));
  return el(
      'details', {},
      el('summary', {}, `${plural(dropped.length, 'rule')} dropped: they have no effect`),
      el('ul', {}, lines));
}
