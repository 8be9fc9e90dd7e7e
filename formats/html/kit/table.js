'use strict';

// A table of any length: rows are drawn as they come into view. It is a grid to screen readers: the
// table has the focus, and says which of its rows is the active one.

// Browsers do not lay out what is higher than this.
const MOST_PIXELS = 8_000_000;
const ROWS_PRINTED = 400;

let tablesMade = 0;

class DataTable {
  /**
   * label: what a screen reader calls it. columns: [{name, title, class, key, cell, first}], where
   * key(row) is what is sorted by, cell(td, row) shows it (default: the key as text), and first is
   * 'most' where the first click puts the greatest on top. open(row): Enter or a click.
   * selected(row): whether a row is to be marked. sort: [column name, 'asc' or 'desc'].
   */
  constructor({label, columns, open, selected, sort, sorted, empty}) {
    this.columns = columns;
    this.open = open;
    this.isSelected = selected ?? (() => false);
    this.sorted = sorted ?? (() => {});
    this.emptyText = empty ?? 'Nothing to show';
    this.order = sort ?? null;
    this.rows = [];
    this.active = -1;
    this.id = `table-${++tablesMade}`;
    this.build(label);
  }

  build(label) {
    this.heads = this.columns.map(
        (column) => el(
            'th', {scope: 'col', role: 'columnheader', class: column.class},
            column.key ?
                el('button', {type: 'button', onclick: () => this.sortBy(column)}, column.title) :
                column.title));
    this.above = el('tr', {class: 'space', 'aria-hidden': 'true'}, el('td'));
    this.below = el('tr', {class: 'space', 'aria-hidden': 'true'}, el('td'));
    this.body = el('tbody', {role: 'rowgroup'});
    this.table =
        el('table', {role: 'grid', tabindex: '0', 'aria-label': label, id: this.id},
           el('thead', {role: 'rowgroup'}, el('tr', {role: 'row'}, this.heads)), this.body);
    this.note = el('p', {class: 'empty'});
    this.node = el('div', {class: 'table'}, this.table, this.note);
    this.table.addEventListener('keydown', (event) => this.onKey(event));
    this.body.addEventListener('click', (event) => this.onClick(event));
    this.node.addEventListener('scroll', () => this.draw(), {passive: true});
    new ResizeObserver(() => this.draw()).observe(this.node);
    window.addEventListener('beforeprint', () => this.draw(ROWS_PRINTED));
    window.addEventListener('afterprint', () => this.draw());
  }

  /** The rows in the order that is theirs without a sort. */
  setRows(rows) {
    this.given = rows;
    this.active = -1;
    this.sortRows();
    this.node.scrollTop = 0;
    this.draw();
  }

  sortBy(column) {
    const down = this.order?.[1] === 'desc';
    const again = this.order?.[0] === column.name;
    const descending = again ? !down : column.first === 'most';
    this.order = [column.name, descending ? 'desc' : 'asc'];
    this.sortRows();
    this.node.scrollTop = 0;
    this.draw();
    this.sorted(this.order);
  }

  /** Takes an order that was kept elsewhere; null: that of the rows. */
  setOrder(order) {
    this.order = order;
    this.sortRows();
    this.draw();
  }

  sortRows() {
    const column = this.columns.find(({name}) => name === this.order?.[0]);
    this.rows = this.given ?? [];
    if (column) {
      const way = this.order[1] === 'desc' ? -1 : 1;
      // Equal rows keep their order, and what has no value comes last either way.
      this.rows = this.rows.map((row) => [column.key(row), row])
                      .sort(([a], [b]) => {
                        const left = a ?? null;
                        const right = b ?? null;
                        if (left === right) return 0;
                        if (left === null || right === null) return left === null ? 1 : -1;
                        if (typeof left === 'number' && typeof right === 'number')
                          return way * (left - right);
                        return way * (left < right ? -1 : left > right ? 1 : 0);
                      })
                      .map(([, row]) => row);
    }
    this.heads.forEach((head, at) => {
      const own = this.columns[at] === column;
      const words = {asc: 'ascending', desc: 'descending'};
      if (own)
        head.setAttribute('aria-sort', words[this.order[1]]);
      else
        head.removeAttribute('aria-sort');
    });
  }

  /** The height of a row, as the styles have it. */
  get rowHeight() {
    return parseFloat(getComputedStyle(this.node).getPropertyValue('--row')) || 28;
  }

  /** Draws the rows in view, or the first ones where `most` is given. */
  draw(most = 0) {
    const total = this.rows.length;
    const height = this.rowHeight;
    const whole = Math.min(total * height, MOST_PIXELS);
    const scale = total === 0 ? 1 : whole / (total * height);
    const view = Math.ceil(this.node.clientHeight / height) + 1;
    const around = most > 0 ? 0 : 8;
    let first = most > 0 ? 0 : Math.floor(this.node.scrollTop / scale / height) - around;
    first = Math.max(0, Math.min(first, total - view - around));
    const shown = this.rows.slice(first, first + (most > 0 ? most : view + 2 * around));
    const above = first * height * scale;
    const below = Math.max(0, whole - above - shown.length * height);
    this.above.firstChild.style.height = `${most > 0 ? 0 : above}px`;
    this.below.firstChild.style.height = `${most > 0 ? 0 : below}px`;
    this.first = first;
    this.body.replaceChildren(
        this.above, ...shown.map((row, at) => this.rowNode(row, first + at)), this.below);
    this.table.setAttribute('aria-rowcount', String(total + 1));
    this.point();
    const left = total - shown.length;
    this.note.textContent = total === 0 ? this.emptyText :
        most > 0 && left > 0            ? `and ${count(left)} more, which are not printed` :
                                          '';
  }

  rowNode(row, index) {
    const cells = this.columns.map((column) => {
      const td = el('td', {role: 'gridcell', class: column.class});
      if (column.cell)
        column.cell(td, row);
      else
        td.append(String(column.key(row) ?? ''));
      return td;
    });
    return el(
        'tr', {
          role: 'row',
          id: `${this.id}-${index}`,
          'aria-rowindex': String(index + 2),
          'aria-selected': this.isSelected(row) ? 'true' : 'false',
          class: index === this.active ? 'active' : null,
        },
        cells);
  }

  /** Tells which row is the active one. */
  point() {
    const drawn = document.getElementById(`${this.id}-${this.active}`);
    if (drawn)
      this.table.setAttribute('aria-activedescendant', drawn.id);
    else
      this.table.removeAttribute('aria-activedescendant');
  }

  /** Makes a row the active one and brings it into view. */
  activate(index) {
    if (this.rows.length === 0) return;
    this.active = Math.max(0, Math.min(index, this.rows.length - 1));
    const height = this.rowHeight;
    const whole = Math.min(this.rows.length * height, MOST_PIXELS);
    const top = (this.active / this.rows.length) * whole;
    const head = this.table.tHead.offsetHeight;
    if (top < this.node.scrollTop) this.node.scrollTop = top;
    const room = this.node.clientHeight - head - height;
    if (top > this.node.scrollTop + room) this.node.scrollTop = top - room;
    this.draw();
  }

  onClick(event) {
    const row = event.target.closest('tr[aria-rowindex]');
    if (!row) return;
    this.active = Number(row.getAttribute('aria-rowindex')) - 2;
    this.draw();
    this.table.focus({preventScroll: true});
    this.open?.(this.rows[this.active]);
  }

  onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(this.node.clientHeight / this.rowHeight) - 2);
    const moves = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + page,
      PageUp: this.active - page,
      Home: 0,
      End: this.rows.length - 1,
    };
    if (event.key in moves) {
      this.activate(moves[event.key]);
    } else if ((event.key === 'Enter' || event.key === ' ') && this.active >= 0) {
      this.open?.(this.rows[this.active]);
    } else {
      return;
    }
    event.preventDefault();
  }
}
