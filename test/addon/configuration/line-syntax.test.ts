import test from 'ava';
import { isPlainValue, type Line, parseLine } from '../../../addon/lib/configuration/line-syntax.ts';

const lines: Readonly<Record<string, Line>> = {
  '': { kind: 'blank' },
  ' \t\r': { kind: 'blank' },
  '# .include /a': { kind: 'blank' },
  '[ section ]': { kind: 'section', name: 'section' },
  '[two words] # comment': { kind: 'section', name: 'two words' },
  '[open': { kind: 'other' },
  'name = value': { kind: 'entry', section: undefined, name: 'name' },
  'name=': { kind: 'entry', section: undefined, name: 'name' },
  'other::name = value': { kind: 'entry', section: 'other', name: 'name' },
  '1.activate = 1': { kind: 'entry', section: undefined, name: '1.activate' },
  'TLS.MinProtocol = TLSv1.2': { kind: 'entry', section: undefined, name: 'TLS.MinProtocol' },
  'no equals sign': { kind: 'other' },
  '.include /etc/a.cnf': { kind: 'include', section: undefined, value: '/etc/a.cnf' },
  '.include = /etc/a.cnf': { kind: 'include', section: undefined, value: '/etc/a.cnf' },
  '.include=/etc/a.cnf  # comment': { kind: 'include', section: undefined, value: '/etc/a.cnf' },
  '\t.include\t=\t"/etc/a #1.cnf"': { kind: 'include', section: undefined, value: '"/etc/a #1.cnf"' },
  'other::.include $dir/a': { kind: 'include', section: 'other', value: '$dir/a' },
  '.included = /a': { kind: 'include', section: undefined, value: '/a' },
  '.include': { kind: 'other' },
  '.pragma includedir:/etc': { kind: 'pragma', name: 'includedir', value: '/etc' },
  '.pragma = abspath : on': { kind: 'pragma', name: 'abspath', value: 'on' },
  '.pragma abspath': { kind: 'other' },
  "name = 'a # b' # c": { kind: 'entry', section: undefined, name: 'name' },
  '\\# = 1': { kind: 'entry', section: undefined, name: '\\#' },
};

for (const [text, line] of Object.entries(lines)) {
  test(`reads ${JSON.stringify(text)} as ${line.kind}`, (t) => {
    t.deepEqual(parseLine(text), line);
  });
}

test('takes a value for plain when it has no quotes, escapes or variables', (t) => {
  t.true(isPlainValue('/etc/crypto-policies/back-ends/opensslcnf.config'));
  for (const value of ['$dir/a', '$(ENV::HOME)', "'a'", '"a"', '`a`', 'a\\ b']) t.false(isPlainValue(value));
});
