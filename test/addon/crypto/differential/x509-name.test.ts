// X509Name: attributes, order, encodings, comparison.

import type * as Tsopenssl from '../../../../addon/lib/index.ts';
import { entry } from '../../../support/addon.ts';
import { differential } from '../../../support/differential.ts';
import { differences } from './differences.ts';

const { crypto } = (await import(entry)) as typeof Tsopenssl;
const { X509Name, FILETYPE_ASN1, loadCertificate } = crypto;

type Attributes = readonly (readonly [attribute: string, value: string])[];

/** A new name with these attributes, set in this order. */
function nameOf(attributes: Attributes): Tsopenssl.crypto.X509Name {
  const name = new X509Name();
  for (const [attribute, value] of attributes) name.setAttribute(attribute, value);
  return name;
}

/** The attribute as a property. */
function property(name: Tsopenssl.crypto.X509Name, attribute: string): unknown {
  return (name as unknown as Record<string, unknown>)[attribute];
}

const { same, sameForEach, bothRefuse, bothRefuseEach, differ, control } = await differential({
  python: `
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.name import _ASN1Type as Type
    from cryptography.x509.oid import NameOID
    CN, O, C = NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.COUNTRY_NAME
    def odd_certificate(sets):
        name = x509.Name([
            x509.RelativeDistinguishedName([x509.NameAttribute(*attribute) for attribute in one]) for one in sets])
        key = ec.generate_private_key(ec.SECP256R1())
        start = datetime.datetime(2020, 1, 1)
        builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start)
        return crypto.dump_certificate(
            crypto.FILETYPE_ASN1, crypto.X509.from_cryptography(builder.sign(key, hashes.SHA256())))
    def name_of(attributes):
        name = crypto.X509().get_subject()
        for attribute, value in attributes:
            setattr(name, attribute, value)
        return name
    def components(name):
        return [[short.decode(), value] for short, value in name.get_components()]
    def refused(call):
        try:
            call()
            return False
        except Exception:
            return True`,
});

const full: Attributes = [
  ['C', 'DE'],
  ['ST', 'Berlin'],
  ['L', 'Berlin'],
  ['O', 'Example'],
  ['OU', 'Tests'],
  ['CN', 'www.example.org'],
  ['emailAddress', 'root@example.org'],
];

same('a name without attributes is empty', {
  python: `
    name = crypto.X509().get_subject()
    [components(name), name.der(), name.hash(), name.CN]`,
  ours: () => {
    const name = new X509Name();
    return [name.getComponents(), name.der(), name.hash(), name.CN];
  },
});

sameForEach(
  'attributes are encoded in the same bytes',
  {
    'all the usual ones': { attributes: full },
    'characters outside of ASCII': { attributes: [['CN', 'Ärger in Łódź']] },
    'characters of two, three and four bytes': { attributes: [['O', 'é漢😀']] },
    'the longest country': { attributes: [['C', 'DE']] },
    'the longest common name': { attributes: [['CN', 'x'.repeat(64)]] },
    'a long locality': { attributes: [['L', 'x'.repeat(128)]] },
    'domain components': { attributes: [['DC', 'org']] },
    'a user': { attributes: [['UID', 'jane']] },
    'a serial number and a qualifier': {
      attributes: [
        ['serialNumber', '12-3'],
        ['dnQualifier', 'q'],
      ],
    },
    'a street': { attributes: [['street', 'Main Street 1']] },
    'parts of a person': {
      attributes: [
        ['GN', 'Jane'],
        ['SN', 'Doe'],
        ['initials', 'JD'],
        ['title', 'Dr'],
        ['pseudonym', 'x'],
        ['generationQualifier', 'II'],
        ['name', 'Jane Doe'],
      ],
    },
    'the attributes of PKCS#9': {
      attributes: [
        ['unstructuredName', 'a name'],
        ['challengePassword', 'a word'],
      ],
    },
    'commas, quotes and slashes': { attributes: [['O', 'A, "B" + C/D=E']] },
    'control characters': { attributes: [['O', 'a\tb\nc\u0001']] },
    'spaces around': { attributes: [['O', '  x  ']] },
  },
  {
    python: `
      name = name_of(attributes)
      [name.der(), components(name)]`,
    ours: ({ attributes }) => {
      const name = nameOf(attributes as unknown as Attributes);
      return [name.der(), name.getComponents()];
    },
  },
);

sameForEach(
  'long names stand for short ones',
  Object.fromEntries(
    [
      'countryName',
      'stateOrProvinceName',
      'localityName',
      'organizationName',
      'organizationalUnitName',
      'commonName',
      'emailAddress',
      'domainComponent',
      'givenName',
      'surname',
      'streetAddress',
      'userId',
    ].map((attribute) => [attribute, { attribute }]),
  ),
  {
    python: `
      name = name_of([(attribute, 'XY')])
      [name.der(), components(name), getattr(name, attribute)]`,
    ours: ({ attribute }) => {
      const name = nameOf([[attribute, 'XY']]);
      return [name.der(), name.getComponents(), property(name, attribute)];
    },
  },
);

same('an attribute is read by its short and by its long name', {
  python: `
    name = name_of([('CN', 'x'), ('organizationName', 'y')])
    [name.CN, name.commonName, name.O, name.organizationName]`,
  ours: () => {
    const name = nameOf([
      ['CN', 'x'],
      ['organizationName', 'y'],
    ]);
    return [name.CN, name.commonName, name.O, name.organizationName];
  },
});

same('an attribute that is not there is none', {
  python: "[name_of([('CN', 'x')]).O, name_of([]).emailAddress]",
  ours: () => [nameOf([['CN', 'x']]).O, nameOf([]).emailAddress],
});

same('an attribute is set and read by its OID', {
  python: `
    name = name_of([('2.5.4.3', 'x')])
    [components(name), name.CN, getattr(name, '2.5.4.3')]`,
  ours: () => {
    const name = nameOf([['2.5.4.3', 'x']]);
    return [name.getComponents(), name.CN, name.getAttribute('2.5.4.3')];
  },
});

same('an attribute comes back as the text that was set', {
  python: `
    name = name_of([('CN', 'Ärger 漢 😀'), ('emailAddress', 'a@b')])
    [name.CN, name.emailAddress]`,
  ours: () => {
    const name = nameOf([
      ['CN', 'Ärger 漢 😀'],
      ['emailAddress', 'a@b'],
    ]);
    return [name.CN, name.emailAddress];
  },
});

same('an attribute that is set again moves to the end', {
  python: `
    name = name_of([('C', 'DE'), ('CN', 'x'), ('O', 'y')])
    name.C = 'FR'
    [components(name), name.der()]`,
  ours: () => {
    const name = nameOf([
      ['C', 'DE'],
      ['CN', 'x'],
      ['O', 'y'],
    ]);
    name.C = 'FR';
    return [name.getComponents(), name.der()];
  },
});

same('an attribute that is set by its other name takes the place of the old one', {
  python: `
    name = name_of([('CN', 'x'), ('commonName', 'y')])
    components(name)`,
  ours: () =>
    nameOf([
      ['CN', 'x'],
      ['commonName', 'y'],
    ]).getComponents(),
});

/** A certificate whose subject is what `cryptography`, and not pyOpenSSL, encoded. */
const odd = {
  'twice the same attribute': "[[(CN, 'first')], [(CN, 'second')], [(O, 'x')]]",
  'two attributes in one set': "[[(CN, 'x'), (O, 'y')], [(C, 'DE')]]",
  'a BMPString': "[[(CN, 'Ärger', Type.BMPString)]]",
  'a UniversalString': "[[(CN, 'Ärger', Type.UniversalString)]]",
  'a T61String': "[[(CN, 'x', Type.T61String)]]",
  'a PrintableString': "[[(CN, 'x', Type.PrintableString)]]",
};

sameForEach(
  'reads a subject that others wrote',
  Object.fromEntries(Object.entries(odd).map(([title, source]) => [title, { source }])),
  {
    values: async ({ source }, python) => ({ der: await python(`odd_certificate(${source})`) }),
    python: `
      name = crypto.load_certificate(crypto.FILETYPE_ASN1, der).get_subject()
      [name.der(), components(name), name.CN, name.hash()]`,
    ours: ({ der }) => {
      const name = loadCertificate(FILETYPE_ASN1, der).getSubject();
      return [name.der(), name.getComponents(), name.CN, name.hash()];
    },
  },
);

same('of an attribute that is there twice, setting it replaces the first and leaves the other', {
  values: async (python) => ({ der: await python(`odd_certificate(${odd['twice the same attribute']})`) }),
  python: `
    name = crypto.load_certificate(crypto.FILETYPE_ASN1, der).get_subject()
    name.CN = 'third'
    [components(name), name.der(), name.CN]`,
  ours: ({ der }) => {
    const name = loadCertificate(FILETYPE_ASN1, der).getSubject();
    name.CN = 'third';
    return [name.getComponents(), name.der(), name.CN];
  },
});

same('an attribute can be set in a set of two, and the other one stays', {
  values: async (python) => ({ der: await python(`odd_certificate(${odd['two attributes in one set']})`) }),
  python: `
    name = crypto.load_certificate(crypto.FILETYPE_ASN1, der).get_subject()
    name.CN = 'third'
    [components(name), name.der()]`,
  ours: ({ der }) => {
    const name = loadCertificate(FILETYPE_ASN1, der).getSubject();
    name.CN = 'third';
    return [name.getComponents(), name.der()];
  },
});

same('a copy is equal and changes alone', {
  python: `
    name = name_of([('C', 'DE'), ('CN', 'x')])
    copy = crypto.X509Name(name)
    before = [copy == name, copy.der()]
    copy.CN = 'y'
    [before, copy == name, name.CN, copy.CN]`,
  ours: () => {
    const name = nameOf([
      ['C', 'DE'],
      ['CN', 'x'],
    ]);
    const copy = new X509Name(name);
    const before = [copy.equals(name), copy.der()];
    copy.CN = 'y';
    return [before, copy.equals(name), name.CN, copy.CN];
  },
});

const pairs: Readonly<Record<string, readonly [Attributes, Attributes]>> = {
  'the same attributes': [[['CN', 'x']], [['CN', 'x']]],
  'other letters': [[['CN', 'a']], [['CN', 'b']]],
  'capital letters': [[['CN', 'Example']], [['CN', 'eXAMPLE']]],
  'spaces around and within': [[['CN', 'a b']], [['CN', ' A  b ']]],
  'another attribute': [[['CN', 'x']], [['O', 'x']]],
  'one attribute more': [
    [['CN', 'x']],
    [
      ['CN', 'x'],
      ['O', 'y'],
    ],
  ],
  'another order': [
    [
      ['CN', 'x'],
      ['O', 'y'],
    ],
    [
      ['O', 'y'],
      ['CN', 'x'],
    ],
  ],
  'nothing and something': [[], [['CN', 'x']]],
  'nothing at all': [[], []],
};
const pairRows = Object.fromEntries(
  Object.entries(pairs).map(([title, [left, right]]) => [title, { left, right }]),
);

sameForEach('two names are equal or not', pairRows, {
  python: '[name_of(left) == name_of(right), name_of(left) != name_of(right)]',
  ours: ({ left, right }) => {
    const isEqual = nameOf(left as unknown as Attributes).equals(nameOf(right as unknown as Attributes));
    return [isEqual, !isEqual];
  },
});

sameForEach('two names are in an order', pairRows, {
  python: '[name_of(left) < name_of(right), name_of(left) > name_of(right)]',
  ours: ({ left, right }) => {
    const order = nameOf(left as unknown as Attributes).compare(nameOf(right as unknown as Attributes));
    return [order < 0, order > 0];
  },
});

sameForEach('names that are equal have the same hash', pairRows, {
  python: '[name_of(left).hash(), name_of(right).hash()]',
  ours: ({ left, right }) => [
    nameOf(left as unknown as Attributes).hash(),
    nameOf(right as unknown as Attributes).hash(),
  ],
});

same('a name sorts among others', {
  python: `
    names = [name_of([('CN', word)]) for word in ['pear', 'Apple', 'fig', 'banana split']]
    [name.CN for name in sorted(names)]`,
  ours: () =>
    ['pear', 'Apple', 'fig', 'banana split']
      .map((word) => nameOf([['CN', word]]))
      .sort((one, other) => one.compare(other))
      .map((name) => name.CN),
});

differ('a name is compared with names alone', differences.comparedWithOthers, {
  python: "[name_of([]) == 'x', name_of([]) == None]",
  ours: () => nameOf([]).equals('x' as never),
  pythonGives: { answer: [false, false] },
  oursGive: { refusal: 'TypeError' },
});

bothRefuse('an order between a name and something else', {
  python: "name_of([]) < 'x'",
  ours: () => nameOf([]).compare('x' as never),
});

bothRefuse('to copy what is no name', {
  python: "crypto.X509Name('CN=x')",
  ours: () => new X509Name('CN=x' as never),
});

differ('a name is made from nothing', differences.emptyName, {
  python: 'crypto.X509Name()',
  ours: () => new X509Name().getComponents(),
  pythonGives: { refusal: 'TypeError' },
  oursGive: { answer: [] },
});

differ('an attribute keeps its value where another is refused', differences.refusedAttribute, {
  python: `
    name = name_of([('C', 'DE'), ('CN', 'x')])
    refused(lambda: setattr(name, 'C', 'DEU'))
    components(name)`,
  ours: () => {
    const name = nameOf([
      ['C', 'DE'],
      ['CN', 'x'],
    ]);
    try {
      name.C = 'DEU';
    } catch {
      return name.getComponents();
    }
    return 'not refused';
  },
  pythonGives: { answer: [['CN', Buffer.from('x')]] },
  oursGive: {
    answer: [
      ['C', Buffer.from('DE')],
      ['CN', Buffer.from('x')],
    ],
  },
});

differ('an attribute is removed', differences.removedAttribute, {
  python: "name_of([('CN', None)])",
  ours: () => {
    const name = nameOf([
      ['CN', 'x'],
      ['O', 'y'],
    ]);
    name.CN = undefined;
    return name.getComponents();
  },
  pythonGives: { refusal: 'TypeError' },
  oursGive: { answer: [['O', Buffer.from('y')]] },
});

differ('a NUL in a value is refused', differences.nulInName, {
  python: "name_of([('CN', 'good.example\\0.evil.example')]).CN",
  ours: () => nameOf([['CN', 'good.example\0.evil.example']]).CN,
  pythonGives: { answer: 'good.example' },
  oursGive: { refusal: 'RangeError' },
});

differ('an attribute without a name is called by its OID', differences.unknownComponent, {
  values: async (python) => ({
    der: await python("odd_certificate([[(x509.ObjectIdentifier('1.2.3.4'), 'x')]])"),
  }),
  python: 'components(crypto.load_certificate(crypto.FILETYPE_ASN1, der).get_subject())',
  ours: ({ der }) => loadCertificate(FILETYPE_ASN1, der).getSubject().getComponents(),
  pythonGives: { answer: [['UNDEF', Buffer.from('x')]] },
  oursGive: { answer: [['1.2.3.4', Buffer.from('x')]] },
});

differ('the text of a name is that of RFC 2253', differences.textOfName, {
  python: "repr(name_of([('C', 'DE'), ('CN', 'x')]))",
  ours: () =>
    nameOf([
      ['C', 'DE'],
      ['CN', 'x'],
    ]).toString(),
  pythonGives: { answer: "<X509Name object '/C=DE/CN=x'>" },
  oursGive: { answer: 'CN=x,C=DE' },
});

same('the old form of a name is there as well', {
  python: "repr(name_of([('C', 'DE'), ('O', 'a/b'), ('CN', 'x')])).split(\"'\")[1]",
  ours: () =>
    nameOf([
      ['C', 'DE'],
      ['O', 'a/b'],
      ['CN', 'x'],
    ]).toOneLine(),
});

bothRefuseEach(
  'a value that the attribute does not allow',
  {
    'a country of three letters': { attributes: [['C', 'DEU']] },
    'a country that is no ASCII': { attributes: [['C', 'ÄÖ']] },
    'an e-mail address that is no ASCII': { attributes: [['emailAddress', 'ä@example.org']] },
    'a common name of 65 characters': { attributes: [['CN', 'x'.repeat(65)]] },
    'an organization of 65 characters': { attributes: [['O', 'x'.repeat(65)]] },
    'an empty common name': { attributes: [['CN', '']] },
    'a country of one letter': { attributes: [['C', 'D']] },
  },
  {
    python: 'name_of(attributes)',
    ours: ({ attributes }) => nameOf(attributes as unknown as Attributes),
  },
);

bothRefuseEach(
  'to set an attribute that there is not',
  {
    'a word': { attribute: 'favouriteColour' },
    'letters in the wrong case': { attribute: 'cn' },
  },
  {
    python: "name_of([(attribute, 'x')])",
    ours: ({ attribute }) => nameOf([[attribute, 'x']]),
  },
);

same('a property that is no attribute cannot be set', {
  python: "refused(lambda: setattr(name_of([]), 'comonName', 'x'))",
  ours: () => {
    try {
      Object.assign(nameOf([]), { comonName: 'x' });
      return false;
    } catch (error) {
      return error instanceof TypeError;
    }
  },
});

differ('a property that is no attribute is undefined', differences.unknownProperty, {
  python: 'name_of([]).comonName',
  ours: () => Reflect.get(nameOf([]), 'comonName'),
  pythonGives: { refusal: 'RangeError' },
  oursGive: { answer: undefined },
});

bothRefuse('to get an attribute that there is not', {
  python: "getattr(name_of([]), 'comonName')",
  ours: () => nameOf([]).getAttribute('comonName'),
});

bothRefuse('a value that is a number', {
  python: "name_of([('CN', 3)])",
  ours: () => nameOf([['CN', 3 as never]]),
});

control('one letter more makes another encoding', {
  python: "name_of([('CN', 'x')]).der()",
  ours: () => nameOf([['CN', 'xx']]).der(),
});

control('another order of attributes is told apart', {
  python: "components(name_of([('CN', 'x'), ('O', 'y')]))",
  ours: () =>
    nameOf([
      ['O', 'y'],
      ['CN', 'x'],
    ]).getComponents(),
});

control('a name that is set and one that is refused are told apart', {
  python: "components(name_of([('C', 'DE')]))",
  ours: () => nameOf([['C', 'DEU']]).getComponents(),
});
