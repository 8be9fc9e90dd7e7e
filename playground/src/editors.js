// The editors of rules and of the request.

import {autocompletion} from '@codemirror/autocomplete';
import {defaultKeymap, history, historyKeymap} from '@codemirror/commands';
import {bracketMatching, indentUnit} from '@codemirror/language';
import {lintGutter, lintKeymap, setDiagnostics} from '@codemirror/lint';
import {highlightSelectionMatches, searchKeymap} from '@codemirror/search';
import {Compartment, EditorState} from '@codemirror/state';
import {drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, placeholder} from '@codemirror/view';

import grammar from '../../editors/vscode/syntaxes/seclang.tmLanguage.json';

import {indexOfByte} from './bytes.js';
import {coloured, http, seclang} from './languages.js';

export const FILES = ['rules.conf', 'before.conf'];

const PLACEHOLDERS = {
  'rules.conf': '# Your own rules and exclusions',
  'before.conf': '# What has to come before the base rules: settings, exclusions by ctl',
};

const language = seclang(grammar);

/** What both editors have. Tab leaves them, so that the keyboard alone reaches all of the page. */
function common(label, changed) {
  return [
    lineNumbers(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    EditorState.allowMultipleSelections.of(true),
    indentUnit.of('    '),
    bracketMatching(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    coloured,
    keymap.of([...defaultKeymap, ...searchKeymap, ...historyKeymap, ...lintKeymap]),
    EditorView.contentAttributes.of(
        {'aria-label': label, spellcheck: 'false', autocapitalize: 'off'}),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) changed(update);
    }),
  ];
}

/** Two files of rules in one editor. */
export class RulesEditor {
  /** `changed` is called for edits, `fix` where a finding in the text is to be fixed. */
  constructor(parent, changed, fix) {
    this.file = FILES[0];
    this.changed = changed;
    this.fixFinding = fix;
    this.diagnostics = [];
    this.states = {};
    for (const file of FILES) this.states[file] = this.fresh(file, '');
    this.view = new EditorView({parent, state: this.states[this.file]});
  }

  fresh(file, text) {
    return EditorState.create({
      doc: text,
      extensions: [
        common(`Rules, ${file}`, () => this.changed()), language, lintGutter(),
        EditorView.lineWrapping, placeholder(PLACEHOLDERS[file])
      ],
    });
  }

  text(file) { return (file === this.file ? this.view.state : this.states[file]).doc.toString(); }

  set(file, text) {
    this.states[file] = this.fresh(file, text);
    if (file === this.file) this.view.setState(this.states[file]);
  }

  show(file) {
    if (file === this.file) return;
    this.states[this.file] = this.view.state;
    this.file = file;
    this.view.setState(this.states[file]);
    this.mark(this.diagnostics);
  }

  /** Puts the cursor at a place, which counts from 1, columns in bytes. */
  jump(line, column) {
    const at = this.offset({line, column});
    this.view.dispatch(
        {selection: {anchor: at}, effects: EditorView.scrollIntoView(at, {y: 'center'})});
    this.view.focus();
  }

  offset({line, column}) {
    const {doc} = this.view.state;
    const text = doc.line(Math.min(Math.max(line, 1), doc.lines));
    return text.from + indexOfByte(text.text, column - 1);
  }

  /** Marks what findings are about in the file that is shown. */
  mark(findings) {
    this.diagnostics = findings;
    const own = findings.filter(({file}) => file === this.file).map((finding) => {
      const from = this.offset(finding);
      const to = Math.max(from, this.offset({line: finding.end_line, column: finding.end_column}));
      return {
        from,
        to,
        severity: finding.severity,
        source: finding.check,
        message: finding.help ? `${finding.message}\n${finding.help}` : finding.message,
        actions: finding.fix ? [{name: finding.fix.title, apply: () => this.fixFinding(finding)}] :
                               [],
      };
    });
    this.view.dispatch(setDiagnostics(this.view.state, own));
  }

  /** Makes the edits of a finding's fix. */
  fix(finding) {
    const file = finding.fix.edits[0]?.file ?? this.file;
    if (!FILES.includes(file) || finding.fix.edits.some((edit) => edit.file !== file)) return;
    this.show(file);
    const changes =
        finding.fix.edits.map((edit) => ({
                                from: this.offset(edit),
                                to: this.offset({line: edit.end_line, column: edit.end_column}),
                                insert: edit.replacement,
                              }));
    this.view.dispatch({changes, userEvent: 'input.fix'});
  }
}

/** How the lines of a request end, as far as one can tell. */
function endsOf(text) {
  const body = text.search(/\r?\n\r?\n/);
  return (body < 0 ? text : text.slice(body + 3)).includes('\r\n') ? '\r\n' : '\n';
}

/**
 * The request. What an editor cannot hold byte for byte is shown and not edited: `exact` is then
 * what is evaluated, {text} or {base64}.
 */
export class RequestEditor {
  constructor(parent, changed, pasted) {
    this.ends = '\n';
    this.exact = null;
    this.writable = new Compartment();
    this.loading = false;
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        extensions: [
          common(
              'Request',
              () => {
                if (!this.loading) this.exact = null;
                changed();
              }),
          http,
          placeholder('GET / HTTP/1.1'),
          autocompletion({override: [headerNames]}),
          this.writable.of([]),
          EditorView.lineWrapping,
          EditorView.domEventHandlers({
            paste: (event) => {
              const text = event.clipboardData?.getData('text/plain') ?? '';
              return pasted(text, event);
            },
          }),
        ],
      }),
    });
  }

  /** Shows a text; `exact`: what is evaluated until it is edited; `locked`: it cannot be edited. */
  set(text, exact = null, locked = false) {
    this.loading = true;
    this.ends = endsOf(text);
    this.exact = exact;
    this.locked = locked;
    this.view.dispatch({
      changes: {from: 0, to: this.view.state.doc.length, insert: text},
      effects: this.writable.reconfigure(locked ? EditorState.readOnly.of(true) : []),
      selection: {anchor: 0},
    });
    this.loading = false;
  }

  /** The text with the line ends that were chosen. */
  text() {
    const text = this.view.state.doc.toString();
    return this.ends === '\n' ? text : text.replaceAll('\n', this.ends);
  }

  /** The member of a call. */
  member() {
    if (this.exact?.base64 !== undefined) return {request_base64: this.exact.base64};
    if (this.exact) return {request: this.exact.text};
    // Nobody types the empty line that ends the head of a request without a body.
    const text = this.text();
    return {request: /\n\r?\n/.test(text) ? text : `${text.trimEnd()}${this.ends}${this.ends}`};
  }

  /** Makes the header Content-Length say how long the body is. */
  setLength(length) {
    const text = this.view.state.doc.toString();
    const head = text.slice(0, text.search(/\n\n|$(?![^])/));
    const header = /^content-length:.*$/im.exec(head);
    const line = `Content-Length: ${length}`;
    const change = header ?
        {from: header.index, to: header.index + header[0].length, insert: line} :
        {from: head.length, insert: `\n${line}`};
    this.view.dispatch({changes: change, userEvent: 'input.length'});
  }

  /** How many bytes of body there are, where the head says otherwise; null: it does not. */
  otherLength() {
    if (this.exact || this.locked) return null;
    const text = this.text();
    const gap = /\r?\n\r?\n/.exec(text);
    if (!gap || /^(###|HTTP\/\d)/m.test(text.slice(gap.index)) ||
        /^transfer-encoding:/im.test(text.slice(0, gap.index)))
      return null;
    // The last line end of a file is not part of the body: see open_http().
    const body = text.slice(gap.index + gap[0].length);
    const said = /^content-length:\s*(\d+)\s*$/im.exec(text.slice(0, gap.index));
    const whole = new TextEncoder().encode(body).length;
    if (said ? Number(said[1]) === whole : whole === 0) return null;
    const length = new TextEncoder().encode(body.replace(/\r?\n$/, '')).length;
    if (said ? Number(said[1]) === length : length === 0) return null;
    return length;
  }
}

const HEADERS = [
  'Accept',
  'Accept-Encoding',
  'Accept-Language',
  'Authorization',
  'Content-Length',
  'Content-Type',
  'Cookie',
  'Host',
  'Origin',
  'Referer',
  'User-Agent',
  'X-Forwarded-For',
  'X-Requested-With',
];

function headerNames(context) {
  const word = context.matchBefore(/^[A-Za-z-]+/);
  const line = context.state.doc.lineAt(context.pos);
  if (!word || line.number === 1) return null;
  const before = context.state.sliceDoc(0, line.from);
  if (/\n\n/.test(before)) return null;
  return {
    from: word.from,
    options: HEADERS.map((label) => ({label, apply: `${label}: `, type: 'property'}))
  };
}
