// What node loads when the package is loaded: `startup.cjs require` or `startup.cjs import`, and with the name of a namespace
// when something of it is used.

const { Session } = require('node:inspector');

const session = new Session();
session.connect();
session.post('Debugger.enable');
const known = process.moduleLoadList.length;
const scripts = [];
session.on('Debugger.scriptParsed', ({ params }) => scripts.push(params.url));

/** Of node's own modules only the names; bindings are part of the program. */
function answer() {
  session.disconnect();
  const builtIn = process.moduleLoadList.slice(known).filter((name) => name.startsWith('NativeModule '));
  const own = scripts.filter((url) => url.includes('/node_modules/'));
  console.log(
    JSON.stringify({
      scripts: own.map((url) => url.replace(/^.*\/node_modules\//, '')),
      builtIn: builtIn.map((name) => name.replace('NativeModule ', '')),
    }),
  );
}

/** Reads a value of a namespace. */
function use(library) {
  const namespace = library[process.argv[3]];
  for (const name of Object.keys(namespace ?? {}).slice(0, 1)) namespace[name];
  answer();
}

if (process.argv[2] === 'import') import('tsopenssl').then(use);
else use(require('tsopenssl'));
