// How rules and requests are coloured.

import {HighlightStyle, StreamLanguage, syntaxHighlighting} from '@codemirror/language';
import {Tag, tags} from '@lezer/highlight';

import {Grammar} from './textmate.js';

// The first row whose beginning a scope has; its name is the class of the text in style.css.
const ROWS = [
  ['keyword.control.directive', 'directive', tags.keyword],
  ['keyword.other.suppression', 'suppression', tags.meta],
  ['keyword.other.action', 'action', tags.attributeName],
  ['entity.other.attribute-name', 'action', tags.attributeName],
  ['entity.name.tag', 'directive', tags.keyword],
  ['variable.language', 'variable', tags.variableName],
  ['variable.other', 'member', tags.propertyName],
  ['support.function.operator', 'operator', tags.operatorKeyword],
  ['support.function', 'function', tags.className],
  ['constant.numeric', 'number', tags.number],
  ['constant.character', 'escape', tags.escape],
  ['constant.other', 'escape', tags.escape],
  ['constant.language', 'number', tags.number],
  ['comment', 'comment', tags.comment],
  ['string.regexp', 'expression', tags.regexp],
  ['string', 'string', tags.string],
  ['keyword.operator.negation', 'negation', tags.logicOperator],
  ['keyword', 'escape', tags.escape],
  ['punctuation', 'punctuation', tags.punctuation],
  ['invalid', 'invalid', tags.invalid],
];

/** The name that a token has by its innermost scope of the table; null: plain text. */
export function styleOf(scopes) {
  for (let at = scopes.length - 1; at >= 0; --at) {
    const row = ROWS.find(([scope]) => scopes[at].startsWith(scope));
    if (row) return row[1];
  }
  return null;
}

const tokenTable = Object.fromEntries(ROWS.map(([, name, tag]) => [name, tag]));
tokenTable.method = Tag.define(tags.keyword);
tokenTable.target = Tag.define(tags.string);
tokenTable.field = Tag.define(tags.propertyName);

const style = HighlightStyle.define(
    Object.entries(tokenTable).map(([name, tag]) => ({tag, class: `tok-${name}`})));
export const coloured = syntaxHighlighting(style);

/** SecLang, by the TextMate grammar of the editors. */
export function seclang(json) {
  const grammar = new Grammar(json);
  return StreamLanguage.define({
    name: 'seclang',
    startState: () => ({stack: grammar.initial, tokens: [], at: 0}),
    copyState: (state) => ({...state}),
    blankLine(state) { state.stack = grammar.tokenize('', state.stack).state; },
    token(stream, state) {
      if (stream.sol()) {
        const {tokens, state: stack} = grammar.tokenize(stream.string, state.stack);
        Object.assign(state, {tokens, stack, at: 0});
      }
      const token = state.tokens[state.at++];
      if (!token) {
        stream.skipToEnd();
        return null;
      }
      stream.pos = token.to;
      return styleOf(token.scopes);
    },
    languageData: {commentTokens: {line: '#'}},
    tokenTable,
  });
}

/** HTTP messages. */
export const http = StreamLanguage.define({
  name: 'http',
  startState: () => ({at: 'start', after: null}),
  copyState: (state) => ({...state}),
  blankLine(state) { state.at = state.at === 'headers' ? 'body' : state.at;},
  token(stream, state) {
    if (stream.sol()) {
      if (stream.match(/^###.*/)) {
        state.at = 'start';
        return 'comment';
      }
      if (state.at === 'body' && stream.match(/^HTTP\/[\d.]+(?= \d{3})/)) {
        state.at = 'target';
        return 'method';
      }
    }
    switch (state.at) {
      case 'start':
        stream.match(/^\S+/) || stream.next();
        state.at = 'target';
        return 'method';
      case 'target': {
        const version = stream.match(/^\s*HTTP\/[\d.]+$/);
        if (!version) stream.match(/^\s*\S+/) || stream.skipToEnd();
        if (stream.eol()) state.at = 'headers';
        return version ? 'comment' : 'target';
      }
      case 'headers':
        if (stream.sol() && stream.match(/^[^:\s]+/)) return 'field';
        stream.skipToEnd();
        return 'string';
      default:
        stream.skipToEnd();
        return null;
    }
  },
  tokenTable,
});
