// The subject and the attributes that an openssl.cnf describes for `openssl req`: values, or questions with defaults.

import type { NameHandle } from '../native/name-binding.ts';
import type { RequestHandle } from '../native/request-binding.ts';
import { native } from '../native.ts';
import { requireOptions, requireText } from './arguments.ts';
import type { ConfigSections } from './config-sections.ts';

/** What somebody would type at the prompts of `openssl req`, by the names in the section. */
export type ConfigAnswers = Readonly<Record<string, string>>;

/** One attribute that is to be added. */
interface Attribute {
  /** Name or OID: `organizationName`. */
  readonly type: string;
  readonly value: string;
  /** It belongs to the same part of the name as the one before (a multi-valued RDN). */
  readonly isJoined: boolean;
}

/**
 * The subject that a section describes, and the attributes of a request, such as `challengePassword`.
 * @param request - what the attributes are added to; a certificate has none
 * @throws {TypeError} answers that are not text, or to no question
 * @throws {RangeError} no such section, an unknown attribute, a value of a wrong length, or an empty name
 * @throws {OpenSSLError} a value that the attribute cannot have
 */
export function configuredSubject(
  config: ConfigSections,
  section: string,
  answers: ConfigAnswers | undefined,
  request?: RequestHandle,
): NameHandle {
  const wanted = config.get(section, 'distinguished_name');
  if (wanted === undefined)
    throw new RangeError(
      `Expected distinguished_name in [ ${section} ] of config, or options.subject, got neither`,
    );
  const extra = request === undefined ? undefined : config.get(section, 'attributes');
  const hasQuestions = config.get(section, 'prompt') !== 'no';
  const sections = extra === undefined ? [wanted] : [wanted, extra];
  const asked = new Map(hasQuestions ? sections.map((each) => [each, questionsOf(config, each)]) : []);
  const names = [...asked.values()].flat().map(({ name }) => name);
  checkAnswers(answers, names);
  const attributes = (from: string) => {
    const questions = asked.get(from);
    return questions === undefined ? valuesOf(config, from) : answered(config, from, questions, answers);
  };
  const mask = config.stringMask(section);
  const name = native.nameNew();
  for (const { type, value, isJoined } of attributes(wanted))
    native.nameAdd(name, type, value, mask, isJoined);
  if (native.nameComponents(name).length === 0)
    throw new RangeError(`Expected a value for one of the attributes in [ ${wanted} ] of config, got none`);
  if (request !== undefined && extra !== undefined)
    for (const { type, value } of attributes(extra)) native.requestAddAttribute(request, type, value, mask);
  return name;
}

/** With `prompt = no` the section holds the values themselves. */
function valuesOf(config: ConfigSections, section: string): readonly Attribute[] {
  return config.entries(section).map(([name, value]) => ({ value, ...attributeType(config, name) }));
}

/** One question that `openssl req` would ask. */
interface Question extends Omit<Attribute, 'value'> {
  /** As it stands in the section: `0.organizationName`. */
  readonly name: string;
}

function questionsOf(config: ConfigSections, section: string): readonly Question[] {
  return config
    .entries(section)
    .map(([name]) => ({ name, ...attributeType(config, name) }))
    .filter(({ name, type }) => !/_(?:min|max|default|value)$/.test(name) && isAttribute(type));
}

function answered(
  config: ConfigSections,
  section: string,
  questions: readonly Question[],
  answers: ConfigAnswers | undefined,
): readonly Attribute[] {
  return questions.flatMap(({ name, type, isJoined }) => {
    const value = answerTo(config, section, name, answers);
    return value === undefined ? [] : [{ type, isJoined, value }];
  });
}

/**
 * Answers make no sense where nothing is asked.
 * @param reason - what takes the place of the questions
 * @throws {TypeError} there are some
 */
export function requireNoAnswers(answers: ConfigAnswers | undefined, reason: string): void {
  if (answers !== undefined) throw new TypeError(`Expected no options.answers beside ${reason}, got some`);
}

/** What stands before the first `.`, `,` or `:` tells several of the same type apart; a `+` joins. */
function attributeType(config: ConfigSections, name: string): Pick<Attribute, 'type' | 'isJoined'> {
  const bare = /^[^:,.]*[:,.](.+)$/s.exec(name)?.[1] ?? name;
  const isJoined = bare.startsWith('+');
  return { type: config.attribute(isJoined ? bare.slice(1) : bare), isJoined };
}

/** Whether OpenSSL knows an attribute; a question about another one is passed over. */
function isAttribute(type: string): boolean {
  try {
    native.nameGet(native.nameNew(), type);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function checkAnswers(answers: ConfigAnswers | undefined, questions: readonly string[]): void {
  if (answers === undefined) return;
  for (const [name, answer] of Object.entries(
    requireOptions<ConfigAnswers>(answers, 'options.answers', questions),
  ))
    requireText(answer, `options.answers.${name}`);
}

/** The value of `_value`, else the answer, else that of `_default`; a dot and nothing leave the attribute out. */
function answerTo(
  config: ConfigSections,
  section: string,
  name: string,
  answers: ConfigAnswers | undefined,
): string | undefined {
  const fixed = config.get(section, `${name}_value`);
  const given = answers !== undefined && Object.hasOwn(answers, name) ? answers[name] : undefined;
  if (fixed !== undefined && given !== undefined)
    throw new RangeError(`Expected no answer for ${name}, which config sets by ${name}_value, got one`);
  const answer = fixed ?? given ?? '';
  if (answer === '.') return undefined;
  const value = answer === '' ? (config.get(section, `${name}_default`) ?? '') : answer;
  if (value === '') return undefined;
  const length = Buffer.byteLength(value);
  const [least, most] = [config.number(section, `${name}_min`), config.number(section, `${name}_max`)];
  if (length < (least ?? 0) || length > (most ?? length))
    throw new RangeError(
      `Expected ${least ?? 0} to ${most ?? 'any number of'} bytes for ${name}, got ${length}`,
    );
  return value;
}
