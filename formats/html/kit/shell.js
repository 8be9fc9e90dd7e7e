'use strict';

// What every page has around its content: the head with its figures, notes, the switch between
// light and dark, the panel for details, and the keys.

const THEMES = ['auto', 'light', 'dark'];

function themeSwitch() {
  const root = document.documentElement;
  const button = el('button', { type: 'button', class: 'quiet', id: 'theme' });
  let at = 0;
  const show = () => {
    if (at === 0) root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', THEMES[at]);
    const signs = { auto: '◐', light: '☀', dark: '☾' };
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
function figure({ value, text, kind, pick, title }) {
  const inside = [el('strong', {}, value), el('span', {}, text)];
  const attributes = { class: `figure ${kind ?? ''}`, title };
  return pick ? el('button', { ...attributes, type: 'button', onclick: pick }, inside)
              : el('div', attributes, inside);
}

/**
 * Builds the page: kind ("replay"), headline, about (short texts below it), figures, notes (what
 * must not be overlooked: [text or node]), sections. Returns {main, live}: live(text) tells screen readers.
 */
function buildPage({ kind, headline, about, figures, notes, sections, keys }) {
  const live = el('p', { class: 'unseen', 'aria-live': 'polite', role: 'status' });
  const head = el('header', { class: 'page' },
    el('div', { class: 'bar' },
      el('span', { class: 'brand' }, el('b', {}, 'wafcheck'), ` ${kind}`),
      themeSwitch()),
    el('h1', {}, headline),
    el('p', { class: 'about' }, about.map((text) => el('span', {}, text))),
    figures.length > 0 ? el('div', { class: 'figures' }, figures.map(figure)) : null,
    notes.length > 0
      ? el('section', { class: 'notes', 'aria-label': 'What to know' },
           el('ul', {}, notes.map((note) => el('li', {}, note))))
      : null);
  const main = el('main', {}, sections);
  const foot = el('footer', {},
    (keys ?? []).map(([key, text]) => el('span', {}, el('kbd', {}, key), ` ${text}`)));
  document.body.append(head, main, foot, live);
  return { main, live: (text) => { live.textContent = text; } };
}

/** A part of the page under a heading. */
function section({ title, hint, id, wide }, ...children) {
  return el('section', { class: wide ? 'wide' : null, 'aria-labelledby': id },
    el('div', { class: 'head' }, el('h2', { id }, title),
       hint ? el('p', { class: 'hint' }, hint) : null),
    children);
}

/** The panel at the side that holds the details of one row. */
class Panel {
  /** closed(): what is to be done once it is closed. */
  constructor({ label, closed, move }) {
    this.closed = closed;
    this.title = el('h2', { id: 'panel-title' });
    this.body = el('div', { class: 'panel-body' });
    const button = (text, label_, click) =>
      el('button', { type: 'button', class: 'quiet', 'aria-label': label_, onclick: click }, text);
    this.node = el('aside', {
      class: 'panel', role: 'dialog', 'aria-label': label, 'aria-labelledby': 'panel-title',
      tabindex: '-1', hidden: true,
    },
      el('div', { class: 'panel-head' }, this.title,
        el('span', { class: 'buttons' },
          button('↑', 'Previous', () => move(-1)), button('↓', 'Next', () => move(1)),
          button('✕', 'Close', () => this.close()))),
      this.body);
    this.node.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
    });
    document.body.append(this.node);
  }

  get isOpen() {
    return !this.node.hidden;
  }

  open(title, ...content) {
    this.title.textContent = title;
    this.body.replaceChildren(...content.flat().filter(Boolean));
    this.body.scrollTop = 0;
    if (this.node.hidden) {
      this.node.hidden = false;
      this.node.focus({ preventScroll: true });
    }
  }

  close() {
    if (this.node.hidden) return;
    this.node.hidden = true;
    this.closed();
  }
}

/** Pairs of a name and what there is to say, those without a value left out. */
function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return el('dl', { class: 'facts' },
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
