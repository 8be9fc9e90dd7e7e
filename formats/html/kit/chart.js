'use strict';

// Bars as plain SVG, drawn anew when their room changes.

const WIDEST_BAR = 44;

/**
 * bars: [{parts: [[class, count]...], title}], from the bottom up. ticks: [[bar, text]...], below.
 * line: [bar, text], a limit drawn before that bar. pick(bar index): a click.
 * chosen(bar index): whether it is to be marked. Returns a node.
 */
class BarChart {
  constructor({label, height = 132}) {
    this.label = label;
    this.height = height;
    this.node = el('div', {class: 'chart'});
    new ResizeObserver(() => this.draw()).observe(this.node);
  }

  set(content) {
    this.content = content;
    this.width = 0;
    this.draw();
  }

  draw() {
    const width = Math.floor(this.node.clientWidth);
    if (!this.content || width < 40 || width === this.width) return;
    this.width = width;
    const {bars, ticks, line, pick, chosen} = this.content;
    const left = 44;
    const bottom = 20;
    const top = 16;
    const room = width - left - 4;
    const rise = this.height - bottom - top;
    const sums = bars.map(({parts}) => parts.reduce((sum, [, number]) => sum + number, 0));
    const most = Math.max(1, ...sums);
    const step = Math.min(room / Math.max(1, bars.length), WIDEST_BAR);
    const gap = step > 4 ? Math.min(2, step / 5) : 0;
    const drawing = svg('svg', {
      role: 'img',
      'aria-label': this.label,
      width,
      height: this.height,
      viewBox: `0 0 ${width} ${this.height}`,
    });
    for (const value of axisValues(most)) {
      const y = top + rise - (value / most) * rise;
      drawing.append(
          svg('line', {class: 'grid', x1: left, x2: width - 4, y1: y, y2: y}),
          svg('text', {class: 'axis', x: left - 6, y: y + 4, 'text-anchor': 'end'}, count(value)));
    }
    bars.forEach((bar, index) => {
      const x = left + index * step;
      const group =
          svg('g', {
            class: `bar${chosen?.(index) ? ' chosen' : ''}${pick ? ' pickable' : ''}`,
            onclick: pick ? () => pick(index) : null,
          },
              svg('title', {}, bar.title),
              svg('rect', {class: 'behind', x, y: top, width: step, height: rise}));
      let y = top + rise;
      for (const [name, number] of bar.parts) {
        if (number === 0) continue;
        // What is there is seen, however little it is.
        const high = Math.min(Math.max((number / most) * rise, 2), y - top);
        y -= high;
        group.append(svg('rect', {
          class: `part ${name}`,
          x: x + gap / 2,
          y,
          width: Math.max(step - gap, 1),
          height: high,
        }));
      }
      drawing.append(group);
    });
    let free = -Infinity;
    for (const [index, text] of ticks) {
      const x = left + index * step;
      const wide = text.length * 6.2;
      const from = Math.min(Math.max(x, left), width - 4 - wide);
      if (from < free) continue;
      free = from + wide + 12;
      drawing.append(svg('text', {class: 'axis', x: from, y: this.height - 5}, text));
    }
    if (line) {
      const x = left + line[0] * step;
      const end = x > width - 110;
      drawing.append(
          svg('line', {class: 'limit', x1: x, x2: x, y1: 4, y2: top + rise}),
          svg('text',
              {class: 'limit', x: x + (end ? -5 : 5), y: 12, 'text-anchor': end ? 'end' : 'start'},
              line[1]));
    }
    this.node.replaceChildren(drawing);
  }
}

/** Two or three round numbers up to `most`, 0 among them. */
function axisValues(most) {
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [0.5, 1, 2, 5].map((part) => part * power).find((size) => most / size <= 3) ?? most;
  const round = Math.max(1, Math.ceil(step));
  const values = [];
  for (let value = 0; value <= most; value += round) values.push(value);
  return values;
}
