// Runs a TextMate grammar, a line at a time: as much of the format as the grammar of SecLang in
// editors/vscode/syntaxes uses, so that this grammar stays the only one. A state is the stack of
// rules that are open, which never changes in place.

/** Letters and ranges of letters in both cases: JavaScript has no (?i:...) everywhere. */
function inBothCases(source) {
  let out = '';
  let inClass = false;
  for (let at = 0; at < source.length; ++at) {
    const character = source[at];
    if (character === '\\') {
      out += character + (source[++at] ?? '');
    } else if (inClass) {
      if (source.startsWith('A-Z', at) && !source.startsWith('A-Za-z', at)) out += 'a-z';
      inClass = character !== ']';
      out += character;
    } else if (character === '[') {
      inClass = true;
      out += character;
    } else if (/[A-Za-z]/.test(character)) {
      out += `[${character.toUpperCase()}${character.toLowerCase()}]`;
    } else {
      out += character;
    }
  }
  return out;
}

/** Where the group that begins at `at` ends. */
function endOfGroup(source, at) {
  let depth = 0;
  let inClass = false;
  for (; at < source.length; ++at) {
    const character = source[at];
    if (character === '\\') {
      ++at;
    } else if (inClass) {
      inClass = character !== ']';
    } else if (character === '[') {
      inClass = true;
    } else if (character === '(') {
      ++depth;
    } else if (character === ')' && --depth === 0) {
      return at;
    }
  }
  throw new Error(`no ) in ${source}`);
}

function compiled(source) {
  for (let at = source.indexOf('(?i:'); at >= 0; at = source.indexOf('(?i:', at)) {
    const end = endOfGroup(source, at);
    source =
        `${source.slice(0, at)}(?:${inBothCases(source.slice(at + 4, end))}${source.slice(end)}`;
  }
  return new RegExp(source, 'gd');
}

/** The first match of each expression in a line, kept as long as it lies ahead. */
class Searches {
  constructor(line) {
    this.line = line;
    this.found = new Map();
  }
  from(expression, at) {
    const known = this.found.get(expression);
    if (known === null || (known && known.index >= at)) return known;
    expression.lastIndex = at;
    const match = expression.exec(this.line);
    this.found.set(expression, match);
    return match;
  }
}

export class Grammar {
  constructor(json) {
    this.json = json;
    this.rules = new Map();
    this.initial = [{rule: {patterns: this.expand(json.patterns)}, scopes: [json.scopeName]}];
  }

  /** The rules of a list, those that it includes in their place. */
  expand(patterns) {
    return (patterns ?? []).flatMap((pattern) => {
      if (pattern.include) {
        const included = this.json.repository[pattern.include.slice(1)];
        return included.match || included.begin ? [this.rule(included)] :
                                                  this.expand(included.patterns);
      }
      return [this.rule(pattern)];
    });
  }

  rule(json) {
    let rule = this.rules.get(json);
    if (!rule) {
      const begins = json.begin !== undefined;
      rule = {
        name: json.name,
        contentName: json.contentName,
        start: compiled(begins ? json.begin : json.match),
        captures: (begins ? json.beginCaptures : json.captures) ?? json.captures ?? {},
        end: begins ? compiled(json.end) : null,
        endCaptures: json.endCaptures ?? json.captures ?? {},
      };
      this.rules.set(json, rule);
      rule.patterns = begins ? this.expand(json.patterns) : [];
    }
    return rule;
  }

  /** The tokens of a line, {from, to, scopes}, and the state behind it. */
  tokenize(line, state) {
    const tokens = [];
    const searches = new Searches(line);
    const add = (from, to, scopes) => {
      if (to > from) tokens.push({from, to, scopes});
    };
    const addMatch = (match, captures, scopes) => {
      let at = match.index;
      const [, end] = match.indices[0];
      for (let group = 0; group < match.indices.length; ++group) {
        const name = captures[group]?.name;
        const range = match.indices[group];
        if (!name || !range) continue;
        add(at, Math.max(at, range[0]), scopes);
        add(Math.max(at, range[0]), range[1], [...scopes, name]);
        at = Math.max(at, range[1]);
      }
      add(at, end, scopes);
      return end;
    };

    let at = 0;
    // A rule that matches nothing may be followed by another; but not without end.
    for (let steps = 0; steps < 2 * line.length + 100; ++steps) {
      const open = state.at(-1);
      let best = open.rule.end ? searches.from(open.rule.end, at) : null;
      let rule = null;
      for (const candidate of open.rule.patterns) {
        const match = searches.from(candidate.start, at);
        if (match && (!best || match.index < best.index)) {
          best = match;
          rule = candidate;
        }
      }
      const inside = open.inside ?? open.scopes;
      if (!best) break;
      add(at, best.index, inside);
      if (rule === null) {
        at = addMatch(best, open.rule.endCaptures, open.scopes);
        state = state.slice(0, -1);
      } else {
        const scopes = rule.name ? [...inside, rule.name] : inside;
        at = addMatch(best, rule.captures, scopes);
        if (rule.end) {
          const content = rule.contentName ? [...scopes, rule.contentName] : scopes;
          state = [...state, {rule, scopes, inside: content}];
        } else if (best[0] === '' && at >= line.length) {
          break;
        }
      }
    }
    const last = state.at(-1);
    add(at, line.length, last.inside ?? last.scopes);
    return {tokens, state};
  }
}
