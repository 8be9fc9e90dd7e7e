'use strict';

/**
 * The panel at the side, with the details of the row that a part of the state names. find(id): the
 * row, or nothing; idOf(row): its id; tableOf(row): the table that it stands in; content(row): a
 * title, and nodes. show() is to be called when that part of the state has changed.
 */
class Panel {
  constructor({state, name, find, idOf, tableOf, content}) {
    Object.assign(this, {state, name, find, idOf, tableOf, content});
    this.title = el('h2', {id: 'panel-title'});
    this.body = el('div', {class: 'panel-body'});
    const button = (text, label, click) =>
        el('button', {type: 'button', class: 'quiet', 'aria-label': label, onclick: click}, text);
    const buttons = [
      button('↑', 'Previous', () => this.step(-1)),
      button('↓', 'Next', () => this.step(1)),
      button('✕', 'Close', () => this.close()),
    ];
    this.node =
        el('aside', {
          class: 'panel',
          role: 'dialog',
          'aria-labelledby': 'panel-title',
          tabindex: '-1',
          hidden: true,
        },
           el('div', {class: 'panel-head'}, this.title, el('span', {class: 'buttons'}, buttons)),
           this.body);
    document.body.append(this.node);
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.row) this.close();
    });
  }

  show() {
    const before = this.row;
    this.row = this.find(this.state.get(this.name));
    for (const row of [before, this.row].filter(Boolean)) this.tableOf(row).draw();
    if (this.row) {
      const [title, ...content] = this.content(this.row);
      this.title.textContent = title;
      this.body.replaceChildren(...content.flat(Infinity).filter(Boolean));
      this.body.scrollTop = 0;
      this.node.hidden = false;
      if (!before) this.node.focus({preventScroll: true});
    } else if (before) {
      this.node.hidden = true;
      this.tableOf(before).table.focus({preventScroll: true});
    }
  }

  close() { this.state.set({[this.name]: ''}); }

  /** To the next row of the table, or the one before. */
  step(by) {
    const table = this.tableOf(this.row);
    const at = table.rows.indexOf(this.row) + by;
    if (!table.rows[at]) return;
    table.activate(at);
    this.state.set({[this.name]: this.idOf(table.rows[at])});
  }
}
