// The examples of the menu. `base` as in share.js; what is left out is as in the first one.

const FORM = `POST /questions HTTP/1.1
Host: shop.example
User-Agent: Mozilla/5.0
Accept: text/html
Content-Type: application/x-www-form-urlencoded
`;

export const EXAMPLES = [
  {
    title: 'A first rule',
    state: {
      base: 'none',
      after: `# Searches for cats are refused, however the word is written.
SecRuleEngine On

SecRule ARGS:q "@contains cat" \\
    "id:100,\\
    phase:2,\\
    deny,\\
    status:403,\\
    log,\\
    t:none,t:urlDecodeUni,t:lowercase,\\
    msg:'A cat in %{MATCHED_VAR_NAME}'"
`,
      request: `GET /search?q=my+C%2541T&page=2 HTTP/1.1
Host: shop.example
User-Agent: Mozilla/5.0
`,
    },
  },
  {
    title: 'A mistake, found and fixed',
    state: {
      base: 'none',
      after: `SecRuleEngine On

# Two mistakes are in this rule: open "Findings" and fix them.
SecRule ARG:user "@rx ^admin$" \\
    "id:110,\\
    phase:2,\\
    deny,\\
    status:403,\\
    t:none,t:lowercases,\\
    msg:'A reserved name'"
`,
      request: `GET /register?user=ADMIN HTTP/1.1
Host: shop.example
`,
    },
  },
  {
    title: 'A chain: the admin area, from outside',
    state: {
      base: 'none',
      after: `SecRuleEngine On

# Both rules of a chain have to match.
SecRule REQUEST_FILENAME "@beginsWith /admin" \\
    "id:120,\\
    phase:1,\\
    deny,\\
    status:403,\\
    log,\\
    t:none,t:normalizePath,\\
    msg:'The admin area from outside',\\
    chain"
    SecRule REMOTE_ADDR "!@ipMatch 10.0.0.0/8,192.168.0.0/16"
`,
      request: `GET /shop/../admin/users HTTP/1.1
Host: shop.example
User-Agent: Mozilla/5.0
`,
    },
  },
  {
    title: 'A response that tells too much',
    state: {
      base: 'none',
      after: `SecRuleEngine On
SecResponseBodyAccess On
SecResponseBodyMimeType text/html

SecRule RESPONSE_BODY "@rx (?i)you have an error in your sql syntax" \\
    "id:130,\\
    phase:4,\\
    deny,\\
    status:502,\\
    log,\\
    t:none,\\
    msg:'A database error in the response'"
`,
      request: `GET /products?id=1' HTTP/1.1
Host: shop.example
User-Agent: Mozilla/5.0

HTTP/1.1 200 OK
Content-Type: text/html

<h1>Error</h1>
<p>You have an error in your SQL syntax near ''1''' at line 1</p>
`,
    },
  },
  {
    title: 'SQL injection (wafcheck\u2019s rules)',
    state: {
      base: 'wafcheck',
      request: `GET /products?id=17'%20UNION%20SELECT%20email,password%20FROM%20users--%20- HTTP/1.1
Host: shop.example
User-Agent: Mozilla/5.0
Accept: text/html
`,
    },
  },
  {
    title: 'SQL injection (CRS)',
    state: {
      base: 'crs',
      request: `GET /products?id=1'%20OR%201%3D1--%20- HTTP/1.1
Host: shop.example
User-Agent: Mozilla/5.0
Accept: text/html
`,
    },
  },
  {
    title: 'A false positive and its exclusion (CRS)',
    state: {
      base: 'crs',
      before:
          `# People ask about SQL here. Remove the # before these three lines, and the question passes.
#SecRule REQUEST_FILENAME "@streq /questions" \\
#    "id:1000,phase:1,pass,nolog,t:none,\\
#    ctl:ruleRemoveTargetById=942190;ARGS:text"
`,
      request: `${FORM}Content-Length: 56

text=How+do+I+use+union+select+in+SQL+to+join+two+tables
`,
    },
  },
];

/** An example as a whole state. */
export function stateOfExample({state}) {
  return {
    engine: 'default',
    paranoia: 1,
    recommended: state.base !== 'none',
    before: '',
    after: '',
    ...state
  };
}
