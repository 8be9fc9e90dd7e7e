'use strict';

// One finding in the panel: where it is, what to do, what its fix changes, why the check exists.

const SEVERITY_ORDER = ['error', 'warning', 'info'];

function severity(name) { return el('span', {class: `severity ${name}`}, name); }

function placeText({file, line, column}) {
  return file === null ? 'no file' : `${plainBytes(file)}:${line}:${column}`;
}

/**
 * Source lines as they stand in the data: [number, before, marked, behind, cut before, cut
 * behind].
 */
function sourceNode({lines, lines_left_out: more}) {
  return el(
      'div', {class: 'source'},
      lines.map(
          ([number, ...pieces]) =>
              el('div', {}, el('span', {class: 'line'}, String(number)),
                 showValue(el('span', {class: 'text'}), pieces))),
      more ? el('div', {}, el('span', {class: 'line'}),
                el('span', {class: 'cut'}, `${plural(more, 'more line')} not shown`)) :
             null);
}

function excerptNode(excerpt, own) {
  const words = excerpt.message ?? '';
  const place = excerpt.file === own ? '' : plainBytes(excerpt.file);
  return el(
      'div', {},
      words || place ? el('p', {class: 'hint'}, [words, place].filter(Boolean).join(' · ')) : null,
      sourceNode(excerpt));
}

/** The changes of a fix: rows that begin with "-", "+", "file" or "more". */
function diffNode(changes) {
  const node = el('div', {class: 'diff', 'aria-label': 'What the fix changes'});
  for (const [sign, ...rest] of changes) {
    if (sign === 'file') {
      node.append(el('div', {class: 'hint'}, `${plainBytes(rest[0])}:${rest[1]}`));
    } else if (sign === 'more') {
      node.append(
          el('div', {class: 'cut'},
             rest.length > 1 ? `${plural(rest[0], 'more line')} (${rest[1]}) not shown` :
                               `${plural(rest[0], 'byte')} of lines, not shown`));
    } else {
      node.append(
          el('div', {class: sign === '-' ? 'remove' : 'add'}, `${sign} `,
             showValue(el('span'), rest)));
    }
  }
  return node;
}

/** What the check is for, as --explain tells it. */
function checkNode(check) {
  if (!check) return null;
  const example = (title, text) => text ?
      [el('p', {class: 'hint'}, title), showBytes(el('code', {class: 'value'}), text, true)] :
      [];
  const examples = [example('with the fault', check.bad), example('without it', check.good)].flat();
  return el(
      'section', {class: 'check', 'aria-labelledby': 'check'}, el('h3', {id: 'check'}, 'The check'),
      el('p', {}, check.doc), check.why ? el('p', {class: 'soft'}, check.why) : null,
      examples.length > 0 ? el('details', {}, el('summary', {}, 'Examples'), examples) : null,
      el('p', {class: 'hint'},
         `category ${check.category} · on with --profile ${check.profile} · ` +
             `wafcheck lint --explain ${check.name}`));
}

function detailsOf(finding, check) {
  const {excerpts, help, fix, engines} = finding;
  return [
    el('p', {class: 'message'}, severity(finding.severity), ' ',
       showBytes(el('span'), finding.message)),
    facts([
      ['check', `${finding.code} ${finding.check}`.trim()],
      ['place', placeText(finding)],
      ['rule', finding.rule_id === null ? null : String(finding.rule_id)],
      ['engines', engines.join(', ')],
      ['fingerprint', el('code', {}, finding.fingerprint)],
    ]),
    excerpts.map((excerpt) => excerptNode(excerpt, finding.file)),
    help ? el('div', {}, el('h3', {}, 'Help'), showBytes(el('p'), help)) : null,
    fix ? el('div', {}, el('h3', {}, 'Fix'),
             el('p', {}, showBytes(el('span'), fix.title),
                el('span', {class: 'soft'},
                   fix.safe ? ' · the same verdict on every input: --fix' :
                              ' · may change verdicts: --unsafe-fixes')),
             diffNode(fix.changes)) :
          null,
    checkNode(check),
  ].flat()
      .filter(Boolean);
}
