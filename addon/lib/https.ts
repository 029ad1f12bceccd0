// The namespace `https`: node:http over streams of TLS, under node:https's names.

import {
  type ClientRequest,
  get as httpGet,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent } from './https/agent.ts';

export { Agent, type AgentOptions } from './https/agent.ts';
export { createServer, Server, type ServerOptions } from './https/server.ts';

/** The agent of {@link request} and {@link get} where none is given: it keeps connections, and trusts the embedded CA bundle. */
export const globalAgent: Agent = new Agent({ keepAlive: true, timeout: 5000 });

/** What node:http takes. */
type Response = (response: IncomingMessage) => void;

/**
 * A request of node:http, with {@link globalAgent} where no agent is given.
 * @param url - with `https:`
 * @param options - of node:http
 * @param listener - of `response`
 * @throws {TypeError} as node:http, for a URL of another protocol as well
 */
export function request(
  url: string | URL,
  options: RequestOptions | Response = {},
  listener?: Response,
): ClientRequest {
  if (typeof options === 'function') return httpRequest(url, { agent: globalAgent }, options);
  return httpRequest(url, { agent: globalAgent, ...options }, listener);
}

/**
 * The same with the method GET and without a body: it is sent at once.
 * @throws as {@link request}
 */
export function get(
  url: string | URL,
  options: RequestOptions | Response = {},
  listener?: Response,
): ClientRequest {
  if (typeof options === 'function') return httpGet(url, { agent: globalAgent }, options);
  return httpGet(url, { agent: globalAgent, ...options }, listener);
}
