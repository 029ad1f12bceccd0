// What a module makes public, with the docstrings, as the TypeScript compiler sees it: every export, and of classes and
// interfaces every member that a caller may use.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import {
  API,
  type Checker,
  type Symbol as DeclaredSymbol,
  ModifierFlags,
  type Project,
  SymbolFlags,
  type Type,
} from 'typescript/unstable/sync';

export type PublicKind =
  | ('namespace' | 'function' | 'constant' | 'type' | 'interface' | 'class' | 'alias')
  | ('constructor' | 'method' | 'static' | 'accessor' | 'property' | 'field');

/** One thing that is public. */
export interface PublicName {
  /** `crypto.PKey.bits`; a constructor is `crypto.PKey.new`; fields inside fields go on: `Version.node.napi`. */
  readonly path: string;
  /** An alias is another name for something that is listed already. */
  readonly kind: PublicKind;
  readonly documentation: string;
  /** What stands behind each @param and @throws. */
  readonly params: readonly string[];
  readonly throws: readonly string[];
  /** Names of the parameters, a `?` behind those that may be left out, `...` before a rest. */
  readonly parameters: readonly string[];
  /** As the source spells it; empty where it does not. */
  readonly returns: string;
  /** `addon/lib/crypto/key.ts:61` */
  readonly place: string;
}

/** Parts of the syntax tree that are looked at; each kind of node has some of them. */
interface Declaration extends Node {
  readonly type?: Node;
  readonly parameters?: readonly Parameter[];
  readonly modifierFlags?: number;
  readonly heritageClauses?: readonly Node[];
}

interface Parameter extends Node {
  readonly name: Node;
  readonly questionToken?: Node;
  readonly initializer?: Node;
  readonly dotDotDotToken?: Node;
}

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** The public names of the package. */
export function packageApi(): PublicName[] {
  return publicApi(path.join(root, 'addon/tsconfig.json'), path.join(root, 'addon/lib/index.ts'));
}

/**
 * The public names of a module, sorted as they are exported.
 * @param configFile - absolute path of the tsconfig.json of its project
 * @param module - absolute path of the module
 * @throws {Error} the project does not hold that module
 */
export function publicApi(configFile: string, module: string): PublicName[] {
  const api = new API({ cwd: root });
  try {
    const [project] = api.updateSnapshot({ openProjects: [configFile] }).getProjects();
    const file = project?.program.getSourceFile(module);
    const symbol = file && project?.checker.getSymbolAtLocation(file);
    if (project === undefined || symbol === undefined)
      throw new Error(`${configFile}: wanted ${module} in its project, found none`);
    return [...exportsOf(project, symbol, '', new Set())];
  } finally {
    api.close();
  }
}

/** What belongs to no namespace comes first, so that another name for it is one with a longer path. */
function* exportsOf(
  project: Project,
  module: DeclaredSymbol,
  prefix: string,
  seen: Set<number>,
): Generator<PublicName> {
  const modules: [exported: DeclaredSymbol, module: DeclaredSymbol][] = [];
  for (const exported of project.checker.getExportsOfModule(module)) {
    const isAlias = (exported.flags & SymbolFlags.Alias) !== 0;
    const symbol = isAlias ? project.checker.getAliasedSymbol(exported) : exported;
    const name = `${prefix}${exported.name}`;
    if (symbol.flags & SymbolFlags.ValueModule) modules.push([exported, symbol]);
    else if (seen.has(symbol.id)) yield described(project, symbol, name, 'alias');
    else yield* withMembers(project, symbol, name);
    seen.add(symbol.id);
  }
  for (const [exported, symbol] of modules) {
    // a module has no docstring; the statement that exports it may have one
    const name = `${prefix}${exported.name}`;
    yield described(project, exported, name, 'namespace');
    yield* exportsOf(project, symbol, `${name}.`, seen);
  }
}

function* withMembers(project: Project, symbol: DeclaredSymbol, name: string): Generator<PublicName> {
  const kind = kindOf(symbol);
  yield described(project, symbol, name, kind);
  if (kind === 'class') yield* membersOfClass(project, symbol, name);
  const type =
    kind === 'interface' ? project.checker.getDeclaredTypeOfSymbol(symbol) : typeOfObject(project, symbol);
  if (type) yield* fieldsOf(project, project.checker.getPropertiesOfType(type), name);
}

/** The type of a constant that is an object without a declared type: its fields are told where they are written. */
function typeOfObject(project: Project, symbol: DeclaredSymbol): Type | undefined {
  if (kindOf(symbol) !== 'constant' || declarationOf(project, symbol)?.type !== undefined) return undefined;
  const type = project.checker.getTypeOfSymbol(symbol);
  return type?.isObjectType() ? type : undefined;
}

function kindOf({ flags }: DeclaredSymbol): PublicKind {
  if (flags & SymbolFlags.Class) return 'class';
  if (flags & SymbolFlags.Function) return 'function';
  if (flags & SymbolFlags.Interface) return 'interface';
  return flags & SymbolFlags.Variable ? 'constant' : 'type';
}

function* membersOfClass(project: Project, symbol: DeclaredSymbol, name: string): Generator<PublicName> {
  const made = symbol.getMembers().get('__constructor' as typeof symbol.escapedName);
  // without a constructor, and nothing to inherit one from, it is made with no arguments, as its own docstring says
  const isMadeOfNothing = made === undefined && !declarationOf(project, symbol)?.heritageClauses;
  if (isMadeOfNothing || (made && isPublic(project, made)))
    yield described(project, made ?? symbol, `${name}.new`, 'constructor');
  for (const member of project.checker.getPropertiesOfType(project.checker.getDeclaredTypeOfSymbol(symbol)))
    if (isPublic(project, member))
      yield described(project, member, `${name}.${member.name}`, memberKind(member));
  for (const member of symbol.getExports().values())
    if (member.name !== 'prototype' && isPublic(project, member))
      yield described(project, member, `${name}.${member.name}`, 'static');
}

function memberKind({ flags }: DeclaredSymbol): PublicKind {
  if (flags & SymbolFlags.Method) return 'method';
  return flags & SymbolFlags.Accessor ? 'accessor' : 'property';
}

/** The fields of an interface, and of the object types that are written inside it. */
function* fieldsOf(project: Project, fields: readonly DeclaredSymbol[], name: string): Generator<PublicName> {
  for (const field of fields) {
    if (!isPublic(project, field)) continue;
    const fieldName = `${name}.${field.name}`;
    yield described(project, field, fieldName, 'field');
    const type = declarationOf(project, field)?.type;
    if (type?.kind !== SyntaxKind.TypeLiteral) continue;
    const inner = project.checker.getTypeFromTypeNode(type as never);
    if (inner) yield* fieldsOf(project, project.checker.getPropertiesOfType(inner), fieldName);
  }
}

/** What has a name of this library's own that is neither private nor taken out of the declarations. */
function isPublic(project: Project, member: DeclaredSymbol): boolean {
  if (member.name.includes('#') || member.name.startsWith('__@')) return false;
  const declaration = declarationOf(project, member);
  // a property of a mapped type has no declaration: it is ours, and its class tells of it
  if (declaration === undefined) return true;
  if (/(^|\/)node_modules\//.test(placeOf(declaration))) return false;
  if (((declaration.modifierFlags ?? 0) & ModifierFlags.NonPublicAccessibilityModifier) !== 0) return false;
  return !member.getJsDocTags(project.checker).some((tag) => tag.name === 'internal');
}

function declarationOf(project: Project, symbol: DeclaredSymbol): Declaration | undefined {
  return symbol.declarations[0]?.resolve(project) as Declaration | undefined;
}

function described(project: Project, symbol: DeclaredSymbol, name: string, kind: PublicKind): PublicName {
  const declaration = declarationOf(project, symbol);
  // `export * as name` is no declaration with a docstring for the compiler, but for who reads it
  const above = kind === 'namespace' ? declaration?.parent.jsDoc?.[0] : undefined;
  return {
    path: name,
    kind,
    documentation: above ? textOf(above) : symbol.getDocumentationComment(project.checker),
    params: tagsOf(project.checker, symbol, 'param'),
    throws: tagsOf(project.checker, symbol, 'throws'),
    parameters: (declaration?.parameters ?? []).map(parameterName),
    returns: declaration?.type === undefined ? '' : textOf(declaration.type),
    place: declaration === undefined ? '' : placeOf(declaration),
  };
}

function tagsOf(checker: Checker, symbol: DeclaredSymbol, wanted: string): string[] {
  return symbol
    .getJsDocTags(checker)
    .filter(({ name }) => name === wanted)
    .map(({ text = '' }) => text);
}

function parameterName({ name, questionToken, initializer, dotDotDotToken }: Parameter): string {
  if (dotDotDotToken) return `...${textOf(name)}`;
  return `${textOf(name)}${questionToken || initializer ? '?' : ''}`;
}

function textOf(node: Node): string {
  return node.getSourceFile().text.slice(node.pos, node.end).trim().replaceAll(/\s+/g, ' ');
}

function placeOf(node: Node): string {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
  return `${path.relative(root, file.fileName)}:${line + 1}`;
}
