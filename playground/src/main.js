// The page: what is chosen and written goes to the engine, and what it answers is shown.

import {el, plural, themeSwitch} from 'kit';

import {bytesOf, decode, fromBase64, shownBytes, toBase64} from './bytes.js';
import {FILES, RequestEditor, RulesEditor} from './editors.js';
import {Engine, EngineStopped, latest} from './engine.js';
import {EXAMPLES, stateOfExample} from './examples.js';
import {findingsView, logView, notesOf, traceView, verdictOf, whyView} from './results.js';
import {ENGINES, fragmentOf, stateOf} from './share.js';

const TYPING_PAUSE_MS = 150;
/** Of work that takes longer than this the page says that it goes on. */
const SLOW_MS = 400;
/** Of a file that is dropped. */
const MOST_FILE_BYTES = 64 << 20;
/** Of an address that browsers and chats carry. */
const LONG_LINK = 8000;

/** Of the OWASP CRS that playground/build has put beside the page; empty: there is none. */
const CRS_VERSION = document.querySelector('meta[name="crs-version"]').content;

const byId = (id) => document.getElementById(id);
const ENGINE_TITLES = {
  default: 'wafcheck',
  modsecurity3: 'ModSecurity 3',
  coraza: 'Coraza',
  modsecurity2: 'ModSecurity 2',
};

// --- what there is on the page ---

function option(value, text, attributes = {}) { return el('option', {value, ...attributes}, text); }

function labelled(text, field) {
  return el('label', {class: 'choice'}, el('span', {}, text), field);
}

const examples =
    el('select', {id: 'examples', 'aria-label': 'Examples'}, option('', 'Examples…'),
       EXAMPLES.map(
           ({title, state}, at) =>
               option(at, title, {disabled: state.base === 'crs' && !CRS_VERSION})));
const base =
    el('select', {id: 'base'}, option('none', 'None'), option('wafcheck', 'wafcheck’s rules'),
       CRS_VERSION ? option('crs', `OWASP CRS ${CRS_VERSION}`) :
                     option('crs', 'OWASP CRS: not in this copy', {disabled: true}));
const paranoia =
    el('select', {id: 'paranoia'}, [1, 2, 3, 4].map((level) => option(level, `Level ${level}`)));
const engineChoice =
    el('select', {id: 'engine'}, ENGINES.map((name) => option(name, ENGINE_TITLES[name])));
const recommended = el('input', {id: 'recommended', type: 'checkbox'});
const share = el('button', {type: 'button', id: 'share'}, 'Copy link');

byId('choices').append(
    examples, labelled('Base rules', base), labelled('Paranoia', paranoia),
    labelled('Engine', engineChoice),
    el('label', {
      class: 'check',
      title: 'Body access, body processors and limits, as ModSecurity recommends them'
    },
       recommended, 'Recommended'));
byId('buttons').append(share, themeSwitch());

/** Buttons of which one is pressed; a tab list as WAI-ARIA has it. */
function tabList(label, names, chosen, choose) {
  const list = el('div', {class: 'tabs', role: 'tablist', 'aria-label': label});
  const show = (name) => {
    for (const tab of list.children) {
      const on = tab.dataset.name === name;
      tab.setAttribute('aria-selected', String(on));
      tab.tabIndex = on ? 0 : -1;
    }
  };
  for (const [name, text, controls] of names) {
    list.append(
        el('button', {
          type: 'button',
          role: 'tab',
          id: `tab-${name.replace('.', '-')}`,
          'data-name': name,
          'aria-controls': controls,
          onclick: () => choose(name)
        },
           text));
  }
  list.addEventListener('keydown', (event) => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!step) return;
    event.preventDefault();
    const at = names.findIndex(([name]) => name === document.activeElement.dataset.name);
    const [name] = names[(at + step + names.length) % names.length];
    choose(name);
    list.querySelector(`[data-name="${name}"]`).focus();
  });
  show(chosen);
  return {list, show};
}

const rulesBody = el(
    'div',
    {class: 'editor', id: 'rules-editor', role: 'tabpanel', 'aria-labelledby': 'tab-rules-conf'});
const fileTabs = tabList(
    'Files of rules', FILES.map((name) => [name, name, 'rules-editor']), FILES[0],
    (name) => showFile(name));
const fileHint = el('span', {class: 'hint grow'});
byId('rules-pane')
    .append(
        el('div', {class: 'pane-head'}, el('h2', {}, 'Rules'), fileTabs.list, fileHint), rulesBody);

const entryChoice =
    el('select', {id: 'entry', 'aria-label': 'Which request of the file', hidden: true});
const lineEnds = el('button', {type: 'button', class: 'small', id: 'line-ends'});
const picker = el('input', {
  type: 'file',
  id: 'file',
  class: 'unseen',
  tabindex: '-1',
  'aria-hidden': 'true',
  accept: '.har,.http,.txt,.jsonl,.json,.log,.xml,.conf,*/*'
});
const open =
    el('button', {type: 'button', class: 'small', id: 'open', onclick: () => picker.click()},
       'Open file…');
const requestBody = el('div', {class: 'editor', id: 'request-editor'});
const requestNote = el('div', {class: 'pane-note', id: 'request-note', hidden: true});
byId('request-pane')
    .append(
        el('div', {class: 'pane-head'}, el('h2', {}, 'Request'),
           el('span', {class: 'hint grow'}, 'HTTP text; paste curl, drop HAR'), entryChoice,
           lineEnds, open, picker),
        requestNote, requestBody);

const title = el('strong', {id: 'verdict', class: 'verdict-title'}, 'Starting…');
const detail = el('span', {class: 'verdict-detail', id: 'verdict-detail'});
const scores = el('span', {class: 'scores', id: 'scores'});
const busyMark = el('span', {class: 'busy', id: 'busy', hidden: true}, 'working…');
const verdict =
    el('div', {class: 'verdict', 'data-kind': 'none'}, title, detail, el('span', {class: 'grow'}),
       busyMark, scores);
const notes = el('ul', {class: 'notes-list', id: 'notes'});
const VIEWS = [['why', 'Why'], ['trace', 'Trace'], ['findings', 'Findings'], ['log', 'Log']];
const view = el('div', {class: 'view', id: 'view', role: 'tabpanel', tabindex: '0'});
const viewTabs = tabList(
    'Results', VIEWS.map(([name, text]) => [name, text, 'view']), 'why', (name) => showView(name));
byId('result-pane')
    .append(
        verdict, el('div', {class: 'pane-head'}, viewTabs.list),
        el('div', {class: 'scroll'}, notes, view));

const KEYS = [
  ['Alt+1', 'rules'], ['Alt+2', 'request'], ['Alt+3', 'result'], ['F8', 'next finding'],
  ['Ctrl+Enter', 'evaluate now']
];
byId('keys').append(
    ...KEYS.map(([key, text]) => el('span', {}, el('kbd', {}, key), ` ${text}`)),
    el('span', {class: 'grow'}),
    el('span', {}, 'Everything runs in this browser; nothing is sent anywhere.'));

// --- the state ---

const runner = new Engine(), linter = new Engine();
let result = {
  rules: {loaded: true, findings: [], notes: [], rules: 0, dropped: 0},
  transaction: null,
  log: [],
  audit: null
};
let lintAnswer = null;
let lintedRules = null;  ///< that `lint` was last asked for, as JSON
let problem = null;      ///< why there is no result: a text
let shownView = 'why';
let traceAll = false;
let entries = [];
let crsReady = null;
let setting = false;  ///< the page sets its own fields, so that their changes are not the user's

const rules = new RulesEditor(rulesBody, () => changed(), (finding) => fix(finding));
const request =
    new RequestEditor(requestBody, () => requestChanged(), (text, event) => pasted(text, event));

function rulesMember() {
  return {
    engine: engineChoice.value,
    base: base.value,
    recommended: recommended.checked,
    paranoia: base.value === 'crs' ? Number(paranoia.value) : 0,
    before: rules.text('before.conf'),
    after: rules.text('rules.conf'),
  };
}

function currentState() {
  const state = {...rulesMember(), paranoia: Number(paranoia.value)};
  const shown =
      request.locked ? {request_base64: toBase64(request.bytes)} : {request: request.text()};
  return {
    ...state,
    ...shown,
    ...(request.exact?.text !== undefined ? {line: request.exact.text} : {})
  };
}

function setState(state) {
  setting = true;
  base.value = state.base;
  if (base.selectedIndex < 0 || (state.base === 'crs' && !CRS_VERSION)) {
    base.value = 'none';
    tell('This copy of the playground has no OWASP CRS: the rules are evaluated without it.');
  }
  engineChoice.value = state.engine;
  paranoia.value = String(state.paranoia);
  recommended.checked = state.recommended;
  rules.set('before.conf', state.before);
  rules.set('rules.conf', state.after);
  showFile(state.after === '' && state.before !== '' ? 'before.conf' : 'rules.conf');
  showEntries([]);
  if (state.request_base64 !== undefined) {
    setRequest(fromBase64(state.request_base64), state.line);
  } else {
    setRequest(state.request, state.line);
  }
  setting = false;
  showBase();
  changed(true);
}

// --- the request ---

/** Shows a request, bytes or text; `line`: the transaction line that is evaluated in its place. */
function setRequest(content, line) {
  const bytes = typeof content === 'string' ? null : content;
  const text = bytes ? decode(bytes) : content;
  // An editor would make a line end of a lone CR.
  const locked = text === null || /\r(?!\n)/.test(text);
  const exact = line !== undefined ? {text: line} :
      text === null                ? {base64: toBase64(bytes)} :
      locked                       ? {text} :
                                     null;
  request.bytes = bytes ?? new TextEncoder().encode(content);
  request.set(
      text === null ?
          shownBytes(bytes).replace(
              /[\udc80-\udcff]/g, (unit) => `\\x${(unit.charCodeAt(0) & 0xff).toString(16)}`) :
          text,
      exact, locked);
  showRequest();
}

function requestChanged() {
  showRequest();
  changed();
}

function showRequest() {
  lineEnds.textContent = request.ends === '\n' ? 'LF' : 'CRLF';
  lineEnds.setAttribute('aria-label', `Lines end in ${lineEnds.textContent}; change`);
  lineEnds.disabled = request.locked === true;
  requestNote.replaceChildren();
  if (request.locked) {
    requestNote.append(
        'It holds bytes that are no text, shown as \\xHH. It is evaluated as it is, and cannot be edited here.');
  } else {
    const length = request.otherLength();
    if (length !== null) {
      requestNote.append(
          'Content-Length does not say how long the body is. ',
          el('button', {
            type: 'button',
            class: 'small',
            id: 'set-length',
            onclick: () => request.setLength(length)
          },
             `Set it to ${length}`));
    }
  }
  requestNote.hidden = !requestNote.hasChildNodes();
}

function showEntries(list) {
  entries = list;
  entryChoice.replaceChildren(...list.map(
      (entry, at) => option(
          at,
          entry.error ?
              `${at + 1}: unreadable` :
              `${at + 1}: ${entry.method} ${
                  entry.uri.length > 60 ? `${entry.uri.slice(0, 60)}…` :
                                          entry.uri}${entry.status ? ` → ${entry.status}` : ''}`)));
  entryChoice.hidden = list.length < 2;
}

function showEntry(at) {
  const entry = entries[at];
  if (!entry) return;
  entryChoice.value = String(at);
  if (entry.error) {
    tell(`Entry ${at + 1} cannot be read: ${entry.error}`);
    return;
  }
  const bytes = bytesOf(entry, 'text');
  setRequest(bytes, entry.line);
  changed(true);
}

/** Takes what was dropped, opened or pasted: traffic in any format. */
async function takeTraffic(bytes, name) {
  const text = decode(bytes);
  try {
    const answer = await runner.ask(
        {call: 'read', ...(text === null ? {request_base64: toBase64(bytes)} : {request: text})});
    const good = answer.entries.findIndex((entry) => !entry.error);
    showEntries(answer.entries);
    const all = plural(answer.entries.length, 'request');
    const left =
        answer.left_out > 0 ? `; ${answer.left_out} more left out: a playground takes no more` : '';
    if (good < 0) {
      tell(
          answer.entries.length === 0 ? `${name} holds no request.` :
                                        `${name}: ${answer.entries[0].error}`);
    } else {
      tell(`${name}: ${all}${left}.${answer.remarks.map((remark) => ` ${remark}`).join('')}`);
      showEntry(good);
    }
  } catch (error) {
    tell(`${name}: ${error.message}`);
  }
}

function pasted(text, event) {
  if (!/^\s*(?:\$\s*)?curl(?:\.exe)?\s/.test(text)) return false;
  event.preventDefault();
  takeTraffic(new TextEncoder().encode(text.replace(/^\s*\$\s*/, '')), 'The curl command');
  return true;
}

async function takeFile(file) {
  if (file.size > MOST_FILE_BYTES) {
    tell(`${file.name} has ${Math.round(file.size / (1 << 20))} MiB: a playground takes 64.`);
    return;
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (/\.conf(\.example)?$/.test(file.name)) {
    const text = decode(bytes);
    if (text === null) {
      tell(`${file.name} holds bytes that are no text.`);
      return;
    }
    rules.set('rules.conf', text);
    showFile('rules.conf');
    changed(true);
    return;
  }
  await takeTraffic(bytes, file.name);
}

// --- evaluating ---

let pause = null;
function changed(now = false) {
  if (setting) return;
  clearTimeout(pause);
  pause = setTimeout(evaluate, now ? 0 : TYPING_PAUSE_MS);
}

/** Gives CRS to both engines, once. */
function loadCrs() {
  crsReady ??= (async () => {
    const response = await fetch(new URL('crs.json', document.baseURI));
    if (!response.ok) throw new Error(`OWASP CRS cannot be loaded: ${response.status}`);
    const {files} = await response.json();
    await Promise.all([runner, linter].map((each) => each.prepare({call: 'crs', files})));
  })();
  crsReady.catch(() => {
    crsReady = null;
  });
  return crsReady;
}

const running = new Set();
async function slowly(name, work) {
  const mark = setTimeout(() => {
    running.add(name);
    busyMark.hidden = false;
  }, SLOW_MS);
  try {
    return await work();
  } finally {
    clearTimeout(mark);
    running.delete(name);
    busyMark.hidden = running.size === 0;
  }
}

const run = latest(async (call, outdated) => slowly('run', async () => {
                     try {
                       if (call.rules.base === 'crs') await loadCrs();
                       const answer = await runner.ask(call);
                       if (outdated()) return;
                       result = {...answer, of: call.rules};
                       problem = null;
                     } catch (error) {
                       if (outdated() && !(error instanceof EngineStopped)) return;
                       problem = error.message;
                     }
                     showResult();
                   }));

const lint = latest(
    async (call, outdated) => slowly('lint', async () => {
      try {
        if (call.rules.base === 'crs') await loadCrs();
        const answer = await linter.ask(call);
        if (outdated()) return;
        lintAnswer = {...answer, of: call.rules};
      } catch (error) {
        if (outdated()) return;
        lintAnswer =
            {findings: [], elsewhere: 0, suppressed: 0, fault: error.message, of: call.rules};
        lintedRules = null;  // so that the next evaluation tries again
      }
      showFindings();
    }));

function evaluate() {
  clearTimeout(pause);
  const member = rulesMember();
  run({
    call: 'run',
    rules: member,
    ...request.member(),
    entry: 0,
    trace: traceAll ? 'all' : 'matched'
  });
  const text = JSON.stringify(member);
  if (text !== lintedRules) {
    lintedRules = text;
    lint({call: 'lint', rules: member});
  }
}

/** What is known of findings in the rules as they are now: an answer of `lint`, or of `run`. */
function known() {
  const now = JSON.stringify(rulesMember());
  const isNow = (answer) => JSON.stringify(answer.of) === now;
  return {
    lint: lintAnswer && isNow(lintAnswer) ? lintAnswer : null,
    run: isNow(result) ? result : null
  };
}

function findings() {
  const {lint: checked, run: loaded} = known();
  return (checked && !checked.fault ? checked.findings : loaded?.rules.findings) ?? [];
}

/** Makes the edits of a finding's fix, if the rules are still those that it was found in. */
function fix(finding) {
  if (!findings().includes(finding)) {
    tell('The rules have changed since: they are being checked anew.');
    return;
  }
  rules.fix(finding);
  fileTabs.show(rules.file);
}

// --- showing ---

const actions = {
  isOwn: (file) => FILES.includes(file),
  jump(file, line, column) {
    showFile(file);
    rules.jump(line, column);
  },
  fix,
  traceAll(all) {
    traceAll = all;
    evaluate();
  },
  async explain(rule, button) {
    const card = button.closest('.card');
    const open = card.querySelector(':scope > .explained');
    button.setAttribute('aria-expanded', String(!open));
    if (open) {
      open.remove();
      return;
    }
    const box = el('pre', {class: 'explained', tabindex: '0'}, 'Reading the rules…');
    card.append(box);
    try {
      const {texts} = await linter.ask({call: 'explain', rules: rulesMember(), id: rule.id});
      box.textContent = texts.join('\n');
    } catch (error) {
      box.textContent = error.message;
    }
  },
};

function tell(text) {
  byId('live').textContent = text;
  const toast = byId('toast');
  toast.textContent = text;
  toast.hidden = text === '';
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => {
    toast.hidden = true;
  }, 8000);
}
document.body.append(el('div', {id: 'toast', class: 'toast', hidden: true, 'aria-hidden': 'true'}));

let lastSaid = '';
function showResult() {
  const {kind, title: heading, detail: text} =
      problem ? {kind: 'fault', title: 'No result', detail: problem} : verdictOf(result);
  verdict.dataset.kind = kind;
  title.textContent = heading;
  detail.textContent = text;
  detail.title = text;
  const inbound = result.transaction?.scores.inbound;
  const outbound = result.transaction?.scores.outbound;
  scores.replaceChildren();
  if (!problem && inbound !== null && inbound !== undefined) {
    scores.append(
        'score ', el('b', {}, String(inbound)),
        result.threshold === null ? '' : ` of ${result.threshold}`,
        outbound ? `, outbound ${outbound}` : '');
  }
  const said = `${heading}. ${text}`;
  if (said !== lastSaid) byId('live').textContent = said;
  lastSaid = said;
  const list = problem ? [] : notesOf(result);
  notes.replaceChildren(
      ...list.slice(0, 20).map((note) => el('li', {}, note)),
      ...(list.length > 20 ? [el('li', {}, `${list.length - 20} more`)] : []));
  showFindings();
  if (shownView !== 'findings') drawView();
}

function showFindings() {
  rules.mark(findings());
  const number = findings().length;
  const tab = byId('tab-findings');
  tab.textContent = number === 0 ? 'Findings' : `Findings (${number})`;
  if (shownView === 'findings') drawView();
}

function drawView() {
  const views = {
    why: () => whyView(result, actions),
    trace: () => traceView(result, traceAll, actions),
    findings: () => findingsView(findings(), known().lint, actions),
    log: () => logView(result),
  };
  const nothing = problem && shownView !== 'findings';
  view.replaceChildren(...(nothing ? [el('p', {class: 'empty'}, problem)] : views[shownView]())
                           .flat(Infinity)
                           .filter(Boolean));
  view.setAttribute('aria-labelledby', `tab-${shownView}`);
}

function showView(name) {
  shownView = name;
  viewTabs.show(name);
  drawView();
}

function showFile(name) {
  rules.show(name);
  fileTabs.show(name);
  rulesBody.setAttribute('aria-labelledby', `tab-${name.replace('.', '-')}`);
  showBase();
}

function showBase() {
  const withBase = base.value !== 'none';
  paranoia.disabled = base.value !== 'crs';
  const title = base.value === 'crs' ? 'CRS' : 'the base rules';
  fileHint.textContent = !withBase ? '' :
      rules.file === 'before.conf' ? `read before ${title}` :
                                     `read after ${title}`;
}

// --- what the user does ---

examples.addEventListener('change', () => {
  if (examples.value !== '') setState(stateOfExample(EXAMPLES[Number(examples.value)]));
  examples.value = '';
});
base.addEventListener('change', () => {
  if (base.value !== 'none') recommended.checked = true;
  showBase();
  changed(true);
});
for (const field of [paranoia, engineChoice, recommended])
  field.addEventListener('change', () => changed(true));
entryChoice.addEventListener('change', () => showEntry(Number(entryChoice.value)));
lineEnds.addEventListener('click', () => {
  request.ends = request.ends === '\n' ? '\r\n' : '\n';
  request.exact = null;
  requestChanged();
});
picker.addEventListener('change', () => {
  if (picker.files[0]) takeFile(picker.files[0]);
  picker.value = '';
});

document.addEventListener('dragover', (event) => {
  if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
});
document.addEventListener('drop', (event) => {
  const file = event.dataTransfer?.files[0];
  if (!file) return;
  event.preventDefault();
  takeFile(file);
}, true);

document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    event.stopPropagation();
    evaluate();
  } else if (event.altKey && !event.ctrlKey && !event.metaKey && [
               '1', '2', '3'
             ].includes(event.key)) {
    event.preventDefault();
    if (event.key === '1') rules.view.focus();
    if (event.key === '2') request.view.focus();
    if (event.key === '3') view.focus();
  }
}, true);

share.addEventListener('click', async () => {
  const fragment = await fragmentOf(currentState());
  history.replaceState(null, '', `#${fragment}`);
  const long =
      location.href.length > LONG_LINK ? ' It is long: some chats and mail programs cut it.' : '';
  try {
    await navigator.clipboard.writeText(location.href);
    tell(`The link is copied. It holds the rules and the request.${long}`);
  } catch {
    tell(`The link stands in the address bar. It holds the rules and the request.${long}`);
  }
});

async function readFragment() {
  let state = null;
  try {
    state = await stateOf(location.hash.slice(1));
  } catch (error) {
    tell(error.message);
  }
  if (state) setState(state);
  return state !== null;
}
window.addEventListener('hashchange', readFragment);

/** The versions that the engine models. */
async function showVersions() {
  try {
    const {engines} = await runner.ask({call: 'about'});
    for (const {name, title: text} of engines)
      engineChoice.querySelector(`[value="${name}"]`).textContent = text;
  } catch { /* the first evaluation says what is wrong */
  }
}

// The engine is fetched once the page stands.
requestAnimationFrame(() => setTimeout(async () => {
                        showVersions();
                        if (!await readFragment()) setState(stateOfExample(EXAMPLES[0]));
                      }));
