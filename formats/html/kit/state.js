'use strict';

// What the reader chose, kept behind the # of the address, so that a link shows the same.

class PageState {
  /** `change` is called with the names that changed, also when the address was edited. */
  constructor(change) {
    this.change = change;
    this.values = new Map();
    window.addEventListener('hashchange', () => this.read());
  }

  /** Takes the address. */
  read() {
    const now = new Map(new URLSearchParams(location.hash.slice(1)));
    const names = new Set([...now.keys(), ...this.values.keys()]);
    const changed = [...names].filter((name) => now.get(name) !== this.values.get(name));
    this.values = now;
    if (changed.length > 0) this.change(changed);
  }

  get(name) { return this.values.get(name) ?? ''; }

  /** Sets some; an empty value removes. */
  set(values) {
    const changed = [];
    for (const [name, value] of Object.entries(values)) {
      const text = String(value ?? '');
      if (text === this.get(name)) continue;
      changed.push(name);
      if (text === '') {
        this.values.delete(name);
      } else {
        this.values.set(name, text);
      }
    }
    if (changed.length === 0) return;
    const hash = new URLSearchParams([...this.values]).toString();
    history.replaceState(null, '', hash === '' ? location.pathname + location.search : `#${hash}`);
    this.change(changed);
  }

  /** Sets a value, or removes it if it is set so already. */
  toggle(name, value) { this.set({[name]: this.get(name) === String(value) ? '' : value}); }
}
