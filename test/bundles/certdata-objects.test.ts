import test from 'ava';
import { readCertdataObjects } from '../../bundles/certdata-objects.ts';

const text = `# a comment
BEGINDATA
CKA_CLASS CK_OBJECT_CLASS CKO_NSS_BUILTIN_ROOT_LIST
CKA_LABEL UTF8 "Mozilla Builtin Roots"

# the next object
CKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE
CKA_TOKEN CK_BBOOL CK_TRUE
CKA_ID UTF8 "0 # no comment"
CKA_VALUE MULTILINE_OCTAL
\\060\\000
\\377
END
# a comment inside of an object

CKA_NSS_MOZILLA_CA_POLICY CK_BBOOL CK_TRUE
`;

/** The text with one edit, which must have had an effect. */
function edited(from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the text does not hold ${from}`);
  return text.replace(from, () => to);
}

test('reads objects, attributes, octal blocks and the lines where they stand', (t) => {
  const objects = readCertdataObjects(text);

  t.deepEqual(
    objects.map((object) => [object.line, [...object.attributes.keys()]]),
    [
      [3, ['CKA_CLASS', 'CKA_LABEL']],
      [7, ['CKA_CLASS', 'CKA_TOKEN', 'CKA_ID', 'CKA_VALUE', 'CKA_NSS_MOZILLA_CA_POLICY']],
    ],
  );
  t.deepEqual(objects[1]?.attributes.get('CKA_ID'), { type: 'UTF8', value: '"0 # no comment"', line: 9 });
  t.deepEqual(objects[1]?.attributes.get('CKA_VALUE'), {
    type: 'MULTILINE_OCTAL',
    value: Uint8Array.of(0o60, 0, 0o377),
    line: 10,
  });
});

const rules: readonly (readonly [title: string, text: string, message: string])[] = [
  ['an empty file', '', 'line 1: the file ends without a line feed: it has been cut'],
  ['a header alone', '# a comment\n\n', 'line 2: the file ends before BEGINDATA: it has been cut'],
  ['another file', `<html>\n${text}`, 'line 1: wanted BEGINDATA, got "<html>"'],
  ['a byte order mark', `\uFEFF${text}`, 'line 1: wanted BEGINDATA, got "\uFEFF# a comment"'],
  [
    'a carriage return',
    edited('CK_TRUE\n', 'CK_TRUE\r\n'),
    'line 8: wanted UTF-8 with line feeds, got a carriage return or broken UTF-8',
  ],
  [
    'what is left of bytes that were no UTF-8',
    edited('Builtin', 'B\uFFFDiltin'),
    'line 4: wanted UTF-8 with line feeds, got a carriage return or broken UTF-8',
  ],
  [
    'an attribute without a value',
    edited('CKA_TOKEN CK_BBOOL CK_TRUE', 'CKA_TOKEN CK_BBOOL'),
    'line 8: wanted an attribute (name, type, value), got "CKA_TOKEN CK_BBOOL"',
  ],
  [
    'an attribute of an unknown type',
    edited('CKA_ID UTF8', 'CKA_ID UTF9'),
    'line 9: wanted an attribute (name, type, value), got "CKA_ID UTF9 \\"0 # no comment\\""',
  ],
  [
    'an octal block that begins on the line of its name',
    edited('MULTILINE_OCTAL', 'MULTILINE_OCTAL \\060'),
    'line 10: wanted an attribute (name, type, value), got "CKA_VALUE MULTILINE_OCTAL \\\\060"',
  ],
  [
    'octal digits above a byte',
    edited('\\060\\000', '\\460\\000'),
    'line 11: wanted octal bytes or END in CKA_VALUE, got "\\\\460\\\\000"',
  ],
  [
    'half an octal byte',
    edited('\\060\\000', '\\060\\00'),
    'line 11: wanted octal bytes or END in CKA_VALUE, got "\\\\060\\\\00"',
  ],
  [
    'an octal block that another attribute interrupts',
    edited('\\377\nEND\n', '\\377\n'),
    'line 13: wanted octal bytes or END in CKA_VALUE, got "# a comment inside of an object"',
  ],
  ['an octal block without bytes', edited('\\060\\000\n\\377\n', ''), 'line 11: CKA_VALUE has no bytes'],
  [
    'an octal block without END',
    text.slice(0, text.indexOf('END\n')),
    'line 12: the file ends inside CKA_VALUE: it has been cut',
  ],
  [
    'attributes before the first CKA_CLASS',
    edited('CKA_CLASS CK_OBJECT_CLASS CKO_NSS_BUILTIN_ROOT_LIST\n', ''),
    'line 3: wanted CKA_CLASS first, got CKA_LABEL',
  ],
  [
    'an attribute that stands twice in one object',
    edited('CKA_ID', 'CKA_TOKEN'),
    'line 9: CKA_TOKEN stands twice in one object',
  ],
  [
    'a comment or a blank line at the end, which belong to an object that is missing',
    `${text}\n`,
    'line 17: the file ends with a comment or a blank line: it has been cut',
  ],
];

for (const [title, broken, message] of rules) {
  test(`rejects ${title}`, (t) => {
    t.notThrows(() => readCertdataObjects(text));
    t.throws(() => readCertdataObjects(broken), {
      name: 'BuildError',
      code: 'ERR_CERTDATA',
      message: `certdata.txt ${message}`,
    });
  });
}
