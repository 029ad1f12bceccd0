#!/usr/bin/env node
// The program `tsopenssl` of the npm package.

import { main } from './cli/main.ts';

main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});
