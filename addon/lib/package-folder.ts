// Where the package lies. What is published is one file for the library and one for the command, both in lib/, so no other
// module may ask where it is itself.

import { createRequire } from 'node:module';
import path from 'node:path';

/** Absolute path of the package's folder, the one with package.json. */
export const packageFolder: string = path.dirname(import.meta.dirname);

/** `require` of the package: finds its dependencies wherever a package manager has put them. */
export const packageRequire: NodeJS.Require = createRequire(path.join(packageFolder, 'package.json'));
