// The namespace `tsafe`: connections that several tasks may use at once, as of pyOpenSSL's module of that name.

export { type AsynchronousMethods, Connection } from './tsafe/connection.ts';
